"""Between the window's process and its engine's: messages through the pipes that the two share.

A message is a frozen value of this module, pickled behind its length. The pipes are inherited by a child
that the window started itself; nothing from outside ever reaches them.
"""

from __future__ import annotations

import pickle
import struct
import threading
from collections.abc import Mapping
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


class Pipe:
    """One direction each of two pipes.

    Args:
        incoming: read by one thread.
        outgoing: written by any.
    """

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing
        self._writing = threading.Lock()

    def send(self, message: object) -> bool:
        """Write a message; return False when the other side is gone."""
        frame = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        try:
            with self._writing:
                self._outgoing.write(_LENGTH.pack(len(frame)) + frame)
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
            frame = self._incoming.read(length)
        except (OSError, ValueError):
            return None
        if len(frame) < length:
            return None
        message: object = pickle.loads(frame)  # noqa: S301 - written by our own child, or our own parent
        return message

    def close(self) -> None:
        """Close what is written: the other side reads its end."""
        try:
            self._outgoing.close()
        except OSError:
            return


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
