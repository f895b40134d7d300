"""The hub of a house over its line: the port's calls, and its changes as they come (`hub.md` 1)."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, TypeVar

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
    Page,
    Presence,
    Pulled,
    PushedEvent,
    SubjectOpened,
    View,
)
from avise.hub.remote_line import CALL_S, HEAD_S, HubLine
from avise.hub.remote_sign_in import Tokens
from avise.models.customer import DirectoryEntry, SearchAnswer
from avise.models.json_types import JSON
from avise.models.roles import Purpose
from avise.models.typed_search import MOST_CHARACTERS

T = TypeVar("T")

BLOB_S = 60.0
CHECK_OUT_S = 30.0
LISTEN_AGAIN_S = 2.0
POLL_S = 4.0
"""Between two heads while no stream is heard, ±15 % (`hub.md` 2)."""
RETOLD_AFTER = 5.0
"""Seconds after which the same presence is told again, well before it is forgotten."""
_INLINE = 64 * 1024


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
        found = await self._asked(
            "POST", "/directory/search", {"words": words[:MOST_CHARACTERS], "limit": limit}
        )
        return _understood(read_answer, found)

    async def search_people_wider(self, words: str, known: Collection[uuid.UUID], limit: int) -> SearchAnswer:
        """Find who else it may be when two letters are wrong."""
        listed: JSON = [str(person) for person in known][:100]
        sent: JSON = {"words": words[:MOST_CHARACTERS], "known": listed, "limit": limit}
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
