"""Between the window's process and its engine's: messages through the pipes that the two share.

A message is a frozen value of this module, pickled behind its length. The pipes are inherited by a child
that the window started itself; nothing from outside ever reaches them.
"""

from __future__ import annotations

import pickle
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from avise.models.interaction import TimelineEntry
from avise.models.roles import Session
from avise.services.customer_updates import TimelineChanged

_LENGTH = struct.Struct("!I")

PAGE = 250
"""Exchanges in one message: a longer one would hold the window's interpreter while it is read."""

Problem = tuple[str, dict[str, str]]
"""Catalogue key and parameters of an `AviseError`."""


# ---- from the window to the engine -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Start:
    """Open a profile. The passphrase is None when nobody typed one."""

    folder: Path
    language: str
    passphrase: str | None


@dataclass(frozen=True, slots=True)
class Call:
    """Call a method of the desk, or of the engine, once. Language: the one that the window speaks now."""

    number: int
    method: str
    arguments: tuple[object, ...]
    keywords: Mapping[str, object]
    language: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow a stream of the desk. Language: as for a call."""

    number: int
    method: str
    arguments: tuple[object, ...]
    keywords: Mapping[str, object]
    language: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel a call, or stop following a stream."""

    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """End the engine in order."""


# ---- from the engine to the window -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ready:
    """The desk answers. Notices: what this start had to set aside."""

    session: Session
    notices: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The profile cannot be opened."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returned."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Item:
    """The next value of a stream."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class End:
    """A call failed, or a stream ended: in order when there is no problem."""

    number: int
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class EntriesPage:
    """Some of the new entries of the history that follows in a `HistoryPatch`."""

    number: int
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, slots=True)
class HistoryPatch:
    """A history that differs from the last one between two places only.

    Args:
        head: how many entries at its beginning are as before.
        tail: how many at its end are as before.
        value: the history without its entries; those between came in pages.
    """

    number: int
    head: int
    tail: int
    value: TimelineChanged


def frame_of(message: object) -> bytes:
    """Return a message as it is written.

    Raises:
        Exception: it holds something that cannot be pickled; a bug of whoever made it.
    """
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


class Pipe:
    """One direction each of two pipes.

    Args:
        incoming: read by one thread.
        outgoing: written by one thread.
    """

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def write(self, frame: bytes) -> bool:
        """Write a message; return False when the other side is gone."""
        try:
            self._outgoing.write(frame)
            self._outgoing.flush()
        except (OSError, ValueError):
            return False
        return True

    def receive(self) -> object | None:
        """Wait for a message; None when the other side is gone."""
        try:
            head = self._incoming.read(_LENGTH.size)
            if len(head) < _LENGTH.size:
                return None
            (length,) = _LENGTH.unpack(head)
            body = self._incoming.read(length)
        except (OSError, ValueError):
            return None
        if len(body) < length:
            return None
        message: object = pickle.loads(body)  # noqa: S301 - written by our own child, or our own parent
        return message

    def close(self) -> None:
        """Close what is written: the other side reads its end."""
        try:
            self._outgoing.close()
        except OSError:
            return


class Post:
    """A thread that writes: a full pipe holds up nobody else.

    Args:
        pipe: that it writes; closed when the thread ends.
        name: of the thread.
        on_deaf: called once, on the thread, when the other side reads no more.
    """

    def __init__(self, pipe: Pipe, name: str, on_deaf: Callable[[], None] = lambda: None) -> None:
        self._pipe, self._on_deaf = pipe, on_deaf
        self._letters: deque[Callable[[], list[bytes]] | None] = deque()
        self._something = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._deliver, name=name, daemon=True)
        self._thread.start()

    def put(self, frames: Callable[[], list[bytes]]) -> None:
        """Write what a function returns, after what was put before; it is called on the thread."""
        self._letters.append(frames)
        self._something.release()

    def put_frame(self, frame: bytes) -> None:
        """Write a message after those put before."""
        self.put(lambda: [frame])

    def stop(self, seconds: float) -> None:
        """Write what waits, then end the thread and close the pipe; do not wait longer than that."""
        self._letters.append(None)
        self._something.release()
        self._thread.join(seconds)

    def _deliver(self) -> None:
        try:
            while True:
                self._something.acquire()
                letter = self._letters.popleft()
                if letter is None:
                    return
                if not all(self._pipe.write(frame) for frame in letter()):
                    self._on_deaf()
                    return
        finally:
            self._pipe.close()


class HistorySender:
    """Sends a history as what changed in it since the last one of the same stream."""

    def __init__(self) -> None:
        self._last: tuple[TimelineEntry, ...] = ()

    def messages(self, number: int, value: TimelineChanged) -> list[object]:
        """Return the messages that carry a history, in order."""
        before, after = self._last, value.entries
        self._last = after
        head = _alike(before, after)
        room = min(len(before), len(after)) - head
        tail = min(_alike(before[::-1], after[::-1]), room)
        changed = after[head : len(after) - tail]
        pages = [EntriesPage(number, changed[start : start + PAGE]) for start in range(0, len(changed), PAGE)]
        return [*pages, HistoryPatch(number, head, tail, replace(value, entries=()))]


def _alike(one: tuple[TimelineEntry, ...], other: tuple[TimelineEntry, ...]) -> int:
    """Return how many entries at the beginning are the same."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine is not yours and mine != yours:
            break
        count += 1
    return count


class HistoryReceiver:
    """Puts a history together again."""

    def __init__(self) -> None:
        self._last: tuple[TimelineEntry, ...] = ()
        self._pages: list[TimelineEntry] = []

    def take_page(self, page: EntriesPage) -> None:
        """Keep some entries until the patch that they belong to."""
        self._pages.extend(page.entries)

    def value(self, patch: HistoryPatch) -> TimelineChanged:
        """Return the history that the patch describes."""
        last = self._last
        tail = last[len(last) - patch.tail :]
        self._last = (*last[: patch.head], *self._pages, *tail)
        self._pages = []
        return replace(patch.value, entries=self._last)
