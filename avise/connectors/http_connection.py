"""One instance's connection to an HTTP tool: addresses, sign-in, redirects, body limits, status table."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx2
from aiolimiter import AsyncLimiter

from avise.connectors.addresses import looks_like_sign_in, parse_base, resolve, same_origin
from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.deadline import Deadline
from avise.connectors.endpoints import HttpEndpoint
from avise.connectors.http_status import status_error
from avise.connectors.sign_in import Again, Credentials, Secret, credentials_for
from avise.connectors.transport_errors import TRANSPORT_ERRORS, TransportError, error_of
from avise.env import Env
from avise.models.errors import ErrorKind, Origin

CONNECT_S = 3.0
"""A connection that takes longer will not come (`connectors.md` C8)."""
LARGEST_BODY = 32 * 1024 * 1024
"""Bytes after decompression; more is not an answer about one customer."""
KEPT_ALIVE_S = 3.0
"""Shorter than servers keep an idle connection (5 s is common), so that they do not close it under us."""
MOST_REDIRECTS = 3
QUIET_STREAM_S = 120.0
"""An endless answer that says nothing for so long is taken for broken."""
LONGEST_LINE = 64 * 1024
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NEVER_LEFT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)
"""Errors before the first byte of a request."""


@dataclass(slots=True)
class Sent:
    """Whether a request that may write has left during a call: without its answer, nobody knows."""

    writes: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request as a connector asks for it."""

    method: str
    path: str
    query: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept_status: Collection[int] = ()
    sent: Sent | None = None
    """Told when this request leaves; None for one that only reads."""


class HttpConnection:
    """Sends requests to one tool.

    Args:
        endpoint: where the tool is and how one signs in.
        tls: the context shared by all instances; there is no way to switch verification off.
        secret: gives the instance's secrets.
        again: reads them again, when the tool refused them.
        env: clock.
        user_agent: how Avise names itself.
        proxy: through which the tool is reached; None reaches it directly.
        credentials: of a person, which outlive this connection; None makes those that the endpoint names.
    """

    def __init__(
        self,
        endpoint: HttpEndpoint,
        tls: ssl.SSLContext,
        secret: Secret,
        again: Again,
        env: Env,
        user_agent: str,
        credentials: Credentials | None = None,
        proxy: httpx2.Proxy | None = None,
    ) -> None:
        _silence_libraries()
        self._endpoint = endpoint
        self._base = parse_base(endpoint.base_url)
        self._tls = tls
        self._proxy = proxy
        self._env = env
        self._user_agent = user_agent
        self._client = self._new_client()
        self._pool_timeouts = 0
        self._limiter = _limiter(endpoint.rate_per_second)
        self._credentials: Credentials = credentials or credentials_for(
            endpoint.sign_in, secret, again, self._post_form, env
        )

    def _new_client(self) -> httpx2.AsyncClient:
        # The bulkhead queues, never the pool; passwords of the environment are not ours.
        limits = httpx2.Limits(
            max_connections=self._endpoint.concurrency * 2 + 4, keepalive_expiry=KEPT_ALIVE_S
        )
        return httpx2.AsyncClient(
            verify=self._tls,
            proxy=self._proxy,
            limits=limits,
            follow_redirects=False,
            trust_env=False,
            timeout=CONNECT_S,
        )

    async def aclose(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def send(self, outgoing: Outgoing, deadline: Deadline, reference: str) -> HttpReply:
        """Send a request once, and once more only when a new sign-in may change the answer.

        Args:
            outgoing: the request.
            deadline: bounds each operation; the caller bounds the whole.
            reference: sent as X-Request-Id, for the tool's own log.

        Raises:
            ConnectorError: transport errors, and the default status table.
        """
        await self._await_rate(deadline)
        signed = await self._credentials.headers()
        reply = await self._exchange(outgoing, signed, deadline, reference)
        if reply.status == 401 and await self._credentials.renew(signed):
            signed = await self._credentials.headers()
            reply = await self._exchange(outgoing, signed, deadline, reference)
        if reply.status not in outgoing.accept_status:
            error = status_error(reply.status, reply.headers, self._env.now())
            if error is not None:
                raise error
        return reply

    @asynccontextmanager
    async def lines(
        self, path: str, headers: Mapping[str, str], reference: str
    ) -> AsyncIterator[AsyncIterator[str]]:
        """Open an endless answer and give its lines.

        Raises:
            ConnectorError: transport errors, and the default status table.
        """
        signed = await self._credentials.headers()
        response = await self._open_stream(path, {**headers, **signed}, reference)
        if response.status_code == 401 and await self._credentials.renew(signed):
            await response.aclose()
            signed = await self._credentials.headers()
            response = await self._open_stream(path, {**headers, **signed}, reference)
        try:
            error = status_error(response.status_code, dict(response.headers), self._env.now())
            if error is not None or response.is_redirect:
                raise error or ConnectorError(ErrorKind.BAD_DATA, "stream redirected")
            yield _lines_of(response)
        finally:
            await response.aclose()

    async def _open_stream(self, path: str, headers: Mapping[str, str], reference: str) -> httpx2.Response:
        url = resolve(self._base, path, self._endpoint.hosts)
        timeout = httpx2.Timeout(CONNECT_S, read=QUIET_STREAM_S)
        request = self._client.build_request(
            "GET", url, headers=self._headers(headers, reference), timeout=timeout
        )
        try:
            return await self._client.send(request, stream=True)
        except TRANSPORT_ERRORS as error:
            raise self._error_of(error) from None

    async def _exchange(
        self, outgoing: Outgoing, signed: Mapping[str, str], deadline: Deadline, reference: str
    ) -> HttpReply:
        """Send, and follow redirects of the same origin for requests that only read."""
        url = resolve(self._base, outgoing.path, self._endpoint.hosts)
        if outgoing.query:
            url = url.copy_merge_params(dict(outgoing.query))
        redirected = False
        for _ in range(MOST_REDIRECTS + 1):
            # Another declared host never gets this one's credentials.
            trusted = signed if same_origin(self._base, url) else {}
            reply, location = await self._send_once(outgoing, url, trusted, deadline, reference)
            if location is None:
                return _refuse_page(reply, outgoing.headers, redirected=redirected)
            url = self._redirected(outgoing, url, location)
            outgoing = replace(outgoing, query=None)
            redirected = redirected or looks_like_sign_in(url)
        raise ConnectorError(ErrorKind.BAD_DATA, "too many redirects")

    def _redirected(self, outgoing: Outgoing, url: httpx2.URL, location: str) -> httpx2.URL:
        if outgoing.method not in SAFE_METHODS:
            raise ConnectorError(ErrorKind.BAD_DATA, "request redirected")
        try:
            target = url.join(location)
        except httpx2.InvalidURL:
            raise ConnectorError(ErrorKind.BAD_DATA, "redirect unreadable") from None
        if same_origin(self._base, target):
            return target
        if looks_like_sign_in(target):
            raise ConnectorError(ErrorKind.AUTH, "redirected to a sign-in page")
        raise ConnectorError(ErrorKind.BAD_DATA, "redirected to another origin")

    async def _send_once(
        self,
        outgoing: Outgoing,
        url: httpx2.URL,
        signed: Mapping[str, str],
        deadline: Deadline,
        reference: str,
    ) -> tuple[HttpReply, str | None]:
        left = max(deadline.remaining(), 0.001)
        request = self._client.build_request(
            outgoing.method,
            url,
            content=outgoing.content,
            headers=self._headers({**outgoing.headers, **signed}, reference),
            timeout=httpx2.Timeout(left, connect=min(CONNECT_S, left)),
        )
        before = outgoing.sent is not None and outgoing.sent.writes
        if outgoing.sent is not None:
            outgoing.sent.writes = True
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await _bounded_body(response)
            finally:
                await response.aclose()
        except _NEVER_LEFT as error:
            if outgoing.sent is not None:
                outgoing.sent.writes = before
            if isinstance(error, httpx2.PoolTimeout):
                await self._note_pool_timeout()
            raise self._error_of(error) from None
        except TRANSPORT_ERRORS as error:
            raise self._error_of(error) from None
        self._pool_timeouts = 0
        location = response.headers.get("location") if response.status_code in _REDIRECTS else None
        return _reply_of(response, body), location

    def _error_of(self, error: TransportError) -> ConnectorError:
        return error_of(error, through_proxy=self._proxy is not None)

    async def _note_pool_timeout(self) -> None:
        """Build the pool anew after two waits in a row: a slot was lost."""
        self._pool_timeouts += 1
        if self._pool_timeouts >= 2:
            self._pool_timeouts = 0
            worn, self._client = self._client, self._new_client()
            await worn.aclose()

    async def _await_rate(self, deadline: Deadline) -> None:
        if self._limiter is None or self._limiter.has_capacity():
            if self._limiter is not None:
                await self._limiter.acquire()
            return
        if self._limiter.time_period / self._limiter.max_rate > deadline.remaining():
            raise ConnectorError(ErrorKind.RATE_LIMITED, "our own limit", origin=Origin.HOST)
        await self._limiter.acquire()

    async def _post_form(self, address: str, headers: Mapping[str, str], form: bytes) -> HttpReply:
        url = self._base.join(address) if "://" in address else resolve(self._base, address)
        request = self._client.build_request(
            "POST",
            url,
            content=form,
            headers={
                "User-Agent": self._user_agent,
                "Content-Type": "application/x-www-form-urlencoded",
                **headers,
            },
        )
        try:
            response = await self._client.send(request, stream=True)
            try:
                return _reply_of(response, await _bounded_body(response))
            finally:
                await response.aclose()
        except TRANSPORT_ERRORS as error:
            raise self._error_of(error) from None

    def _headers(self, headers: Mapping[str, str], reference: str) -> dict[str, str]:
        ours = {"Accept": "application/json", "User-Agent": self._user_agent, "X-Request-Id": reference}
        return {**ours, **self._endpoint.headers, **headers}


def _silence_libraries() -> None:
    """Stop the HTTP library from logging addresses, which hold identifiers, at level INFO."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _limiter(rate_per_second: float | None) -> AsyncLimiter | None:
    if rate_per_second is None:
        return None
    if rate_per_second >= 1.0:
        return AsyncLimiter(rate_per_second, 1.0)
    return AsyncLimiter(1.0, 1.0 / rate_per_second)


async def _bounded_body(response: httpx2.Response) -> bytes:
    # Joined at the end: `join` lets other threads go on while it copies megabytes, a bytearray does not.
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.aiter_bytes():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise ConnectorError(ErrorKind.BAD_DATA, "body too large")
        chunks.append(chunk)
    return b"".join(chunks)


async def _lines_of(response: httpx2.Response) -> AsyncIterator[str]:
    pending = b""
    try:
        async for chunk in response.aiter_bytes():
            *lines, pending = (pending + chunk).split(b"\n")
            if len(pending) > LONGEST_LINE:
                raise ConnectorError(ErrorKind.BAD_DATA, "line too long")
            for line in lines:
                yield _decoded(line.removesuffix(b"\r"))
    except TRANSPORT_ERRORS as error:
        raise error_of(error) from None
    if pending:
        yield _decoded(pending)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise ConnectorError(ErrorKind.BAD_DATA, "stream not in UTF-8") from None


def _reply_of(response: httpx2.Response, body: bytes) -> HttpReply:
    content_type = response.headers.get("content-type", "")
    return HttpReply(
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=body,
        content_type=content_type.partition(";")[0].strip().lower(),
        charset=response.charset_encoding or "utf-8",
        url=str(response.url),
    )


def _refuse_page(reply: HttpReply, headers: Mapping[str, str], *, redirected: bool) -> HttpReply:
    """Refuse a page for people where data was asked: a proxy's error or an expired sign-in, in HTTP 200."""
    accept = next((value for name, value in headers.items() if name.lower() == "accept"), "application/json")
    if not 200 <= reply.status < 300 or "json" not in accept or not _is_page(reply):
        return reply
    if redirected or b"password" in reply.body.lower():
        raise ConnectorError(ErrorKind.AUTH, "sign-in page in place of data")
    raise ConnectorError(ErrorKind.BAD_DATA, "page in place of data")


def _is_page(reply: HttpReply) -> bool:
    start = reply.body[:200].lstrip().lower()
    return reply.content_type in {"text/html", "application/xhtml+xml"} or start.startswith(
        (b"<!doctype html", b"<html")
    )
