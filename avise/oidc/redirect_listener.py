"""Where the browser comes back to at the end of a sign-in: one port of this machine, one answer (RFC 8252).

Whatever else knocks (the icon that browsers ask for, connections opened in advance, a page of somebody
else's that guesses the port) is answered and changes nothing. What it hears is never logged.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qs, urlsplit

from avise.oidc.errors import SignInError
from avise.texts import language, speaking, text

PATH = "/avise"
LONGEST_REQUEST = 16 * 1024
"""Bytes of a request's line and headers; more is not a browser coming back."""
REQUEST_S = 5.0
"""For a request to come whole, and for a page to be taken."""

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>Avise</title>'
    '<meta name="viewport" content="width=device-width"><style>:root{{color-scheme:light dark}}'
    "body{{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}}"
    "</style></head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>"
)
_HEADERS = (
    "Content-Type: text/html; charset=utf-8",
    # The address holds the code: neither the cache nor the next page may keep it.
    "Cache-Control: no-store",
    "Referrer-Policy: no-referrer",
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options: nosniff",
    "Connection: close",
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back: a code, or nothing when the provider refused."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Reply:
    status: str
    page: str = ""
    returned: Returned | None = None


class RedirectListener:
    """Waits for the browser of one sign-in; made by `listening`.

    Args:
        state: that the answer must repeat.
        issuer: who answers, where the answer names it (RFC 9207); "" where nobody knows.
    """

    def __init__(self, state: str, issuer: str) -> None:
        self._state = state
        self._issuer = issuer
        self._language = language()
        self._handlers: set[asyncio.Task[None]] = set()
        self._returned: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self._taken = False
        self._closed = False
        self._host = ""

    @property
    def address(self) -> str:
        """Where the provider sends the browser."""
        return f"http://{self._host}{PATH}"

    async def code(self) -> str:
        """Return the code that the provider gave.

        Raises:
            SignInError: the provider, or the person, refused.
        """
        returned = await self._returned
        if not returned.code:
            raise SignInError("oidc.sign_in_refused", "refused in the browser")
        return returned.code

    async def open(self) -> asyncio.Server:
        """Take a free port of 127.0.0.1; no other machine reaches it.

        Raises:
            SignInError: there is none.
        """
        try:
            server = await asyncio.start_server(self._handle, "127.0.0.1", 0, limit=LONGEST_REQUEST)
        except OSError:
            raise SignInError("oidc.sign_in_port") from None
        self._host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    async def close(self) -> None:
        """End the conversations under way."""
        self._closed = True
        self._returned.cancel()
        handlers = tuple(self._handlers)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if self._closed:
            writer.transport.abort()
            return
        if task is not None:
            self._handlers.add(task)
            task.add_done_callback(self._handlers.discard)
        returned = None
        try:
            async with asyncio.timeout(REQUEST_S):
                reply = self._answer(await reader.readuntil(b"\r\n\r\n"))
                returned = reply.returned
                writer.write(_written(reply, self._language))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # Whoever it was left, or says nothing: the sign-in goes on without an answer to it.
            pass
        finally:
            writer.transport.abort()
            if returned is not None and not self._returned.done():
                self._returned.set_result(returned)

    def _answer(self, request: bytes) -> _Reply:
        line, _, rest = request.decode("latin-1").partition("\r\n")
        method, _, target = line.rpartition(" ")[0].partition(" ")
        # A page of another site that had its name point here would say that name (DNS rebinding).
        hosts = [value.strip() for value in _values(rest, "host")]
        if hosts != [self._host]:
            return _Reply("400 Bad Request", "foreign")
        parts = urlsplit(f"http://{self._host}{target}") if target.startswith("/") else None
        if parts is None or parts.path != PATH:
            return _Reply("404 Not Found")
        if method != "GET":
            return _Reply("405 Method Not Allowed")
        return self._returning(parts.query)

    def _returning(self, query: str) -> _Reply:
        try:
            stated = parse_qs(query, max_num_fields=16)
        except ValueError:
            return _Reply("400 Bad Request", "foreign")
        state, issuer = _only(stated, "state"), _only(stated, "iss")
        if not hmac.compare_digest(state.encode(), self._state.encode()) or self._taken:
            return _Reply("400 Bad Request", "foreign")
        if self._issuer and "iss" in stated and issuer != self._issuer:
            return _Reply("400 Bad Request", "foreign")
        code = _only(stated, "code")
        if "error" in stated:
            self._taken = True
            return _Reply("200 OK", "refused", Returned(""))
        if not code:
            return _Reply("400 Bad Request", "foreign")
        self._taken = True
        return _Reply("200 OK", "received", Returned(code))


@asynccontextmanager
async def listening(state: str, issuer: str) -> AsyncIterator[RedirectListener]:
    """Listen for the browser of one sign-in; the port is free again when the block ends, however it ends.

    Args:
        state: that the answer must repeat.
        issuer: the provider.

    Raises:
        SignInError: no port is free.
    """
    listener = RedirectListener(state, issuer)
    server = await listener.open()
    try:
        yield listener
    finally:
        server.close()
        await listener.close()
        await server.wait_closed()


def _only(stated: dict[str, list[str]], name: str) -> str:
    """Return a value that is said once; said twice, nobody knows which one the others read."""
    values = stated.get(name, [])
    return values[0] if len(values) == 1 else ""


def _values(headers: str, name: str) -> list[str]:
    lines = [line.partition(":") for line in headers.split("\r\n")]
    return [value for found, _, value in lines if found.lower() == name]


def _written(reply: _Reply, spoken: str) -> bytes:
    body = b""
    if reply.page:
        with speaking(spoken):
            title, sentence = text(f"oidc.page_{reply.page}"), text(f"oidc.page_{reply.page}_next")
        body = _PAGE.format(language=spoken, title=escape(title), sentence=escape(sentence)).encode()
    head = "\r\n".join((f"HTTP/1.1 {reply.status}", *_HEADERS, f"Content-Length: {len(body)}"))
    return head.encode("ascii") + b"\r\n\r\n" + body
