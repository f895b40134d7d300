"""The hub of a house, reached by HTTPS: the port's calls, each with a deadline (`hub.md` 1).

With `auth.py` the only module of the hub that speaks HTTP to somebody else. Certificates are always
verified; plain http is spoken on this very machine only. Nothing of a call is logged.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import uuid
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import httpx2

from avise.directory.party_json import read_answer, read_entry
from avise.env import Env
from avise.hub.check_out_values import CheckedOut, CheckOut
from avise.hub.http_check_outs import check_out_to_json, read_checked_out
from avise.hub.http_reading import MalformedError, Told, from_json, to_json
from avise.hub.http_values import (
    presence_to_json,
    pushed_to_json,
    read_ack,
    read_head,
    read_opened,
    read_page,
    read_pulled,
)
from avise.hub.port import (
    MAX_BLOB,
    PAGE,
    Ack,
    Head,
    HubError,
    HubUnreachableError,
    IdCollisionError,
    Page,
    Presence,
    Pulled,
    PushedEvent,
    ResendMismatchError,
    SequenceGapError,
    SubjectOpened,
    View,
)
from avise.hub.refusals import FULL, HubFullError
from avise.hub.remote_sign_in import Tokens, Ways, read_ways
from avise.models.customer import DirectoryEntry, SearchAnswer
from avise.models.json_types import JSON
from avise.models.roles import Purpose
from avise.oidc.errors import ProviderError
from avise.oidc.line import require_protected
from avise.transport.faults import key_of
from avise.transport.web import word_of_web

T = TypeVar("T")

HEAD_S = 5.0
CALL_S = 10.0
BLOB_S = 60.0
CHECK_OUT_S = 30.0
STREAM_SILENT_S = 40.0
"""The hub's streams say something every 15 s: one that is silent for longer is dead."""
LISTEN_AGAIN_S = 2.0
POLL_S = 4.0
"""Between two heads while no stream is heard, ±15 % (`hub.md` 2)."""
RETOLD_AFTER = 5.0
"""Seconds after which the same presence is told again, well before it is forgotten."""
KEPT_S = 30.0
"""A connection that was idle for longer may be closed at the other end as we use it."""
LARGEST_ANSWER = 256 * 1024 * 1024
_INLINE = 64 * 1024
_KEY = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,60}){1,3}")


class HubLine:
    """HTTP to one hub.

    Args:
        address: "https://hub.example", with a path when it is behind a proxy.
        tls: the context that all connections of the process share; it verifies certificates.
        proxy: through which it is reached; None reaches it directly.

    Raises:
        HubError: `hub.address_unfit`: neither https, nor http on this very machine, or a context that
            verifies nothing.
    """

    def __init__(self, address: str, tls: ssl.SSLContext, proxy: httpx2.Proxy | None = None) -> None:
        try:
            require_protected(address)
        except ProviderError:
            raise HubError("hub.address_unfit") from None
        if "?" in address or tls.verify_mode is not ssl.CERT_REQUIRED or not tls.check_hostname:
            raise HubError("hub.address_unfit")
        for name in ("httpx2", "httpcore2"):
            # At level DEBUG the library logs headers.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._address = address.rstrip("/")
        self._through_proxy = proxy is not None
        self._speaker = httpx2.AsyncClient(
            verify=tls,
            proxy=proxy,
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(CALL_S),
            limits=httpx2.Limits(max_connections=20, keepalive_expiry=KEPT_S),
        )

    async def ways(self) -> Ways:
        """Return how one may sign in at this hub."""
        return read_ways(from_json(await self.call("GET", "/sign-in/ways", seconds=HEAD_S)))

    async def post(self, path: str, value: JSON) -> JSON:
        """Return what is answered to a JSON call that needs no token."""
        content = await self.call("POST", path, to_json(value))
        return from_json(content) if content else None

    async def wiped(self, device: str, secret: str) -> None:
        """Tell that a workstation erased itself; it can sign in no more, and needs not."""
        await self.call("POST", "/wiped", to_json({"device": device, "receipt": secret}))

    async def call(
        self, method: str, path: str, content: bytes | None = None, *, seconds: float = CALL_S,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:  # fmt: skip
        """Return the body of an answer.

        Raises:
            HubUnreachableError: none came, or not in time, or the server could not do it.
            HubError: the hub refused.
        """
        told = {"Accept": "application/json", "User-Agent": "Avise", **(headers or {})}
        if content is not None:
            told.setdefault("Content-Type", "application/json")
        try:
            async with asyncio.timeout(seconds):
                status, body = await self._transfer(method, path, content, told)
        except (TimeoutError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None
        if status in (200, 204):
            return body
        raise _refusal(status, body)

    async def _transfer(
        self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        request = self._speaker.build_request(
            method, self._address + path, content=content, headers=dict(headers)
        )
        response = await self._speaker.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > LARGEST_ANSWER:
                    raise HubUnreachableError("hub.unreachable")
                chunks.append(chunk)
            return response.status_code, b"".join(chunks)
        finally:
            await response.aclose()

    async def positions(self, headers: Mapping[str, str]) -> AsyncGenerator[tuple[str, int]]:
        """Yield where perimeters are as the hub says it, until the stream ends; ("", 0) once it is heard.

        Raises:
            HubUnreachableError: no answer, or none for too long.
            HubError: the hub refused.
        """
        timeout = httpx2.Timeout(HEAD_S, read=STREAM_SILENT_S)
        address = self._address + "/pokes"
        try:
            async with self._speaker.stream(
                "GET", address, headers=dict(headers), timeout=timeout
            ) as response:
                if response.status_code != 200:
                    raise _refusal(response.status_code, await response.aread())
                yield "", 0
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        told = Told(from_json(line.removeprefix("data: ").encode()))
                        yield told.text("p"), told.number("pos")
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: Exception) -> HubUnreachableError:
        """Return the error of no answer, with what IT can mend where a certificate or a proxy is why."""
        word = word_of_web(error, through_proxy=self._through_proxy)
        if not word:
            return HubUnreachableError("hub.unreachable")
        return HubUnreachableError(key_of(word), source=httpx2.URL(self._address).host)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._speaker.aclose()


def _refusal(status: int, body: bytes) -> HubError:
    """Return the error that an answer tells."""
    try:
        told = Told(from_json(body))
        key = told.text("key")
        params = {name: str(value) for name, value in told.mapping("params").items()}
    except MalformedError:
        # Not our server: a proxy's page, or something else on that port.
        return HubUnreachableError("hub.unreachable")
    if _KEY.fullmatch(key) is None:
        return HubUnreachableError("hub.unreachable")
    if key == "hub.sequence_gap":
        return SequenceGapError(_number(params, "expected"))
    if key == "hub.copied_device":
        return ResendMismatchError()
    if key == "hub.id_collision":
        return IdCollisionError(_number(params, "device_seq"))
    return _failure(key) if status >= 500 else HubError(key, **params)


def _failure(key: str) -> HubError:
    return HubFullError() if key == FULL else HubUnreachableError("hub.unreachable")


def _number(params: Mapping[str, str], name: str) -> int:
    word = params.get(name, "")
    return int(word) if re.fullmatch(r"\d{1,18}", word) else 0


class RemoteHub:
    """The hub of a house, to whoever is signed in on this workstation.

    Args:
        line: to it; closed with this.
        tokens: what is shown at each call.
        env: for waiting.
    """

    def __init__(self, line: HubLine, tokens: Tokens, env: Env) -> None:
        self._line = line
        self._tokens = tokens
        self._env = env
        self._told: tuple[Presence, ...] = ()
        self._told_at = 0.0
        self._positions: dict[str, int] = {}
        self._moved = asyncio.Event()
        self._heard = False
        self._listening: asyncio.Task[None] | None = None
        self._closed = False

    async def enrol(self) -> None:
        """Make this workstation known to the hub; again is harmless."""
        await self._call("POST", "/devices", b"{}")

    async def head(self, presence: Sequence[Presence] = ()) -> Head:
        """Return where the hub is, and tell it what this station looks at when that changed."""
        told, now = tuple(presence), self._env.monotonic()
        if told == self._told and not (told and now - self._told_at > RETOLD_AFTER):
            return read_head(await self._asked("GET", "/head", seconds=HEAD_S))
        sent: JSON = {"presence": [presence_to_json(one) for one in told]}
        try:
            found = read_head(await self._asked("POST", "/head", sent, seconds=HEAD_S))
        except HubError as error:
            if error.message_key != "hub.device_revoked":
                raise
            # It shows nothing to anybody any more, and is still told what is asked of it.
            found = read_head(await self._asked("GET", "/head", seconds=HEAD_S))
        self._told, self._told_at = told, now
        return found

    async def push(self, events: Sequence[PushedEvent]) -> tuple[Ack, ...]:
        """Hand events over; sending them again after `HubUnreachableError` is safe."""
        sent: JSON = {"events": [pushed_to_json(event) for event in events]}
        return Told(await self._asked("POST", "/push", sent)).each("acks", read_ack)

    async def pull(self, cursors: Mapping[str, int], limit: int = PAGE) -> Pulled:
        """Return what follows each cursor."""
        sent: JSON = {"cursors": dict(cursors), "limit": max(limit, 1)}
        return read_pulled(await self._asked("POST", "/pull", sent))

    async def open_subject(self, dossier: uuid.UUID, purpose: Purpose, reason: str = "") -> SubjectOpened:
        """Log that a customer's file is opened, then return what the hub holds of it."""
        sent: JSON = {"purpose": purpose.value, "reason": reason}
        return read_opened(await self._asked("POST", f"/subjects/{dossier}/open", sent))

    async def query(self, view: View, filters: Mapping[str, JSON], cursor: str = "", limit: int = 50) -> Page:
        """Return one page of a list."""
        sent: JSON = {"filters": dict(filters), "cursor": cursor, "limit": max(limit, 1)}
        try:
            return read_page(await self._asked("POST", f"/query/{view.value}", sent))
        except MalformedError:
            raise HubError("hub.bad_filter") from None

    async def put_blob(self, name: str, content: bytes) -> None:
        """Keep an attachment; again is harmless."""
        if not 0 < len(content) <= MAX_BLOB:
            raise HubError("hub.blob_size", most=str(MAX_BLOB // 1024 // 1024))
        kind = {"Content-Type": "application/octet-stream"}
        await self._call("PUT", f"/blobs/{_name(name)}", content, seconds=BLOB_S, headers=kind)

    async def get_blob(self, name: str, request: uuid.UUID) -> bytes:
        """Return an attachment of a request that the actor may read."""
        return await self._call("GET", f"/blobs/{_name(name)}?request={request}", seconds=BLOB_S)

    async def wipe_done(self) -> None:
        """Tell that this workstation destroyed what it held."""
        await self._call("POST", "/wipe-done", b"{}")

    async def check_out(self, wanted: CheckOut) -> CheckedOut:
        """Take a portfolio along."""
        sent: JSON = check_out_to_json(wanted)
        return read_checked_out(await self._asked("POST", "/check-out", sent, seconds=CHECK_OUT_S))

    async def renew_check_out(self) -> CheckedOut:
        """Have what was taken along lent again."""
        return read_checked_out(await self._asked("POST", "/check-out/renew", {}))

    async def check_in(self) -> None:
        """Give back what was taken along; again is harmless."""
        await self._call("POST", "/check-in", b"{}")

    async def begin_wipe(self, receipt: str) -> None:
        """Tell that this workstation begins to erase itself."""
        await self._call("POST", "/wipe-begun", to_json({"receipt": receipt}))

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """Return True when a position moved past those seen, False after some seconds without knowing.

        One stream tells positions for as long as this hub is open; while it cannot be heard, the head is
        asked every few seconds.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        if self._listening is None and not self._closed:
            self._listening = asyncio.create_task(self._listen())
        while not self._closed:
            if any(self._positions.get(name, 0) > position for name, position in seen.items()):
                return True
            left = until - loop.time()
            if left <= 0:
                return False
            self._moved.clear()
            pause = left if self._heard else min(left, POLL_S * (0.85 + 0.3 * self._env.random()))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), pause)
                continue
            if not self._heard:
                await self._ask_positions()
        return False

    async def _ask_positions(self) -> None:
        with suppress(HubError):
            found = read_head(await self._asked("GET", "/head", seconds=HEAD_S))
            self._positions.update(found.positions)

    async def _listen(self) -> None:
        """Hear the stream, and hear it again when it ends."""
        while True:
            with suppress(HubError):
                await self._hear()
            self._heard = False
            self._moved.set()
            await asyncio.sleep(LISTEN_AGAIN_S * (0.5 + self._env.random()))

    async def _hear(self) -> None:
        token = await self._tokens.bearer()
        async with aclosing(self._line.positions(self._headers(token))) as told:
            async for name, position in told:
                self._heard = True
                self._positions[name] = position
                self._moved.set()

    async def aclose(self) -> None:
        """End; what waits ends with it."""
        self._closed = True
        self._moved.set()
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._line.aclose()

    # ---- the house's directory ------------------------------------------------------------------------

    async def search_people(self, words: str, limit: int) -> SearchAnswer:
        """Find people in the house's directory by any key in any form."""
        found = await self._asked("POST", "/directory/search", {"words": words[:200], "limit": limit})
        return _understood(read_answer, found)

    async def search_people_wider(self, words: str, known: Collection[uuid.UUID], limit: int) -> SearchAnswer:
        """Find who else it may be when two letters are wrong."""
        listed: JSON = [str(person) for person in known][:100]
        sent: JSON = {"words": words[:200], "known": listed, "limit": limit}
        return _understood(read_answer, await self._asked("POST", "/directory/search-wider", sent))

    async def find_people(self, **key: str) -> tuple[DirectoryEntry, ...]:
        """Find people by one exact key.

        Args:
            key: `person`, `family` or `phone`; or `scheme` and `value`.
        """
        found = await self._asked("POST", "/directory/find", dict(key))
        return _understood(lambda told: tuple(map(read_entry, told["entries"])), found)

    # ---- calls --------------------------------------------------------------------------------------

    async def _asked(self, method: str, path: str, value: JSON = None, *, seconds: float = CALL_S) -> JSON:
        content = None if value is None else to_json(value)
        found = await self._call(method, path, content, seconds=seconds)
        try:
            # A page of long bodies would hold the loop while it is read.
            return await asyncio.to_thread(from_json, found) if len(found) > _INLINE else from_json(found)
        except MalformedError:
            raise HubUnreachableError("hub.unreachable") from None

    async def _call(
        self, method: str, path: str, content: bytes | None = None, *, seconds: float = CALL_S,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:  # fmt: skip
        if self._closed:
            raise HubUnreachableError("hub.unreachable")
        token = await self._tokens.bearer()
        try:
            return await self._sent(method, path, content, token, seconds, headers)
        except HubError as error:
            if error.message_key not in _RENEWED_AFTER:
                raise
            newer = await self._tokens.renewed(token)
            if not newer or newer == token:
                raise
        return await self._sent(method, path, content, newer, seconds, headers)

    async def _sent(
        self, method: str, path: str, content: bytes | None, token: str, seconds: float,
        headers: Mapping[str, str] | None,
    ) -> bytes:  # fmt: skip
        told = self._headers(token) | dict(headers or {})
        return await self._line.call(method, path, content, seconds=seconds, headers=told)

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}", "Avise-Device": self._tokens.device}


def _understood(read: Callable[[Mapping[str, Any]], T], found: JSON) -> T:
    """Return what the hub answered; it answers no other way than ours, unless something stands between."""
    try:
        if not isinstance(found, Mapping):
            raise HubUnreachableError("hub.unreachable")
        return read(found)
    except (ValueError, TypeError, KeyError):
        raise HubUnreachableError("hub.unreachable") from None


_RENEWED_AFTER = frozenset(("hub.token_expired", "hub.token_refused"))


def _name(name: str) -> str:
    """Return the name of an attachment, which goes into an address.

    Raises:
        HubError: `hub.blob_name`.
    """
    if re.fullmatch(r"[A-Za-z0-9_-]{16,128}", name) is None:
        raise HubError("hub.blob_name")
    return name
