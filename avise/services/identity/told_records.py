"""What is told here of the records of pairs, and when it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError
from avise.models.event_fold import moment_of
from avise.models.identity.links import Side
from avise.models.record_dates import NO_DATES, RecordDates, newest
from avise.services.identity.link_events import LinkEvents
from avise.services.ports import DirectoryPort


class DatesCopies(Protocol):
    """Copies of what tools told."""

    async def record_dates(self, persons: Iterable[PersonId]) -> Mapping[PersonId, RecordDates]:
        """Return when records were read and last changed, where a copy tells."""


class ToldRecords:
    """Finds what the directory lists of a record, else what a tool told of it.

    Args:
        directory: who exists.
        events: what was decided, and what describes the records that no directory lists.
        copies: tells when records were read.
    """

    def __init__(self, directory: DirectoryPort, events: LinkEvents, copies: DatesCopies) -> None:
        self._directory = directory
        self._events = events
        self._copies = copies

    async def entry_of(self, side: Side) -> DirectoryEntry | None:
        """Return a record as it is now: the directory's word before what a tool told; None when untold."""
        found = await self._directory.by_person(side.person)
        party = side.party or self._events.party_of(side.person)
        if found is not None or party is None:
            return found
        return DirectoryEntry(side.person, side.person, party)

    async def entries(self, sides: Iterable[Side]) -> list[DirectoryEntry]:
        """Return those of some records of which something is told."""
        found = [await self.entry_of(side) for side in sides]
        return [entry for entry in found if entry is not None]

    async def untold(self, sides: Iterable[Side]) -> tuple[PersonId, ...]:
        """Return those of some records of which only their own streams at the hub tell."""
        asked = [side for side in sides if side.tool]
        return tuple([side.person for side in asked if await self.entry_of(side) is None])

    async def dates(self, sides: Sequence[Side]) -> tuple[RecordDates, ...]:
        """Return when what is shown of each record was read, and when it last changed."""
        copies = await self._copies.record_dates([side.person for side in sides])
        return tuple([newest(await self._taken(side), copies.get(side.person, NO_DATES)) for side in sides])

    async def _taken(self, side: Side) -> RecordDates:
        if side.tool:
            return RecordDates(self._events.described_at(side.person))
        return RecordDates(await self._directory_as_of(), of_directory=True)

    async def _directory_as_of(self) -> datetime | None:
        """Return until when the directory was read from the identity tool; None when it does not say."""
        try:
            return moment_of((await self._directory.search("", 1)).as_of)
        except AviseError:
            return None
