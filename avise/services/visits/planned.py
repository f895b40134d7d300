"""Which visits there are, by the calendar and by what was asked from here, and whom they are at."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence

from avise.models.commands import CommandState, OutboxItem
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError
from avise.models.visits import KnownVisit, VisitId, visit_of_appointment
from avise.services.visit_values import Delivery
from avise.services.visits.calendar import USUAL_LENGTH, PlannedVisit
from avise.services.visits.parts import VisitParts
from avise.services.visits.report_text import report_of
from avise.store.directory import DirectoryNotReadyError

LOOK_EVERY = 10.0
"""Seconds between two looks at the clock, the calendar and the hub."""

PAUSE = 0.1
"""Seconds between two states told to a screen: readings land by the score."""

ASKED = "asked"
"""Stands for the calendar, of an appointment that it has not answered yet."""

_GOES_WRONG = frozenset(
    {
        CommandState.REJECTED,
        CommandState.CONFLICT,
        CommandState.EXPIRED,
        CommandState.CANCELLED,
        CommandState.NEEDS_HUMAN,
    }
)
_LEFT = frozenset({CommandState.SENDING, CommandState.UNKNOWN, CommandState.ACCEPTED})


class PlannedVisits:
    """Finds visits and those who are visited.

    Args:
        parts: what visits are made of.
    """

    def __init__(self, parts: VisitParts) -> None:
        self._parts = parts
        self._entries: dict[tuple[str, str], DirectoryEntry] = {}
        self.forgotten = 0
        """How often names were forgotten: whoever follows a visit looks again whose it is."""
        self.names_locked = False
        """Whether what is on board tells no names, for want of its key."""

    def forget_names(self) -> None:
        """Forget whom visits are at: what told it may be read no longer."""
        self._entries.clear()
        self.forgotten += 1
        self._parts.changes.tell()

    def of_calendar(self) -> tuple[PlannedVisit, ...]:
        """Return the visits of the calendar's last answer."""
        return self._parts.calendar.visits()

    async def with_asked(self, planned: Sequence[PlannedVisit]) -> tuple[PlannedVisit, ...]:
        """Add the appointments that were asked from here and that the calendar does not tell yet."""
        told = {(visit.starts_at, await self._person(visit)) for visit in planned}
        asked = [
            visit
            for known in self._parts.book.all()
            if (visit := self._asked(known)) is not None and (visit.starts_at, known.person) not in told
        ]
        return tuple(sorted((*planned, *asked), key=lambda visit: (visit.starts_at, visit.visit)))

    def _asked(self, known: KnownVisit) -> PlannedVisit | None:
        starts, answer = report_of(known.report).next_appointment, self.answer(known.command)
        if known.command is None or known.person is None or starts is None or answer is None:
            return None
        return PlannedVisit(
            visit=visit_of_appointment(ASKED, str(known.command)),
            scheme=ASKED,
            identifier=str(known.person),
            subject=known.purpose,
            place=known.place,
            notes="",
            starts_at=starts,
            ends_at=starts + USUAL_LENGTH,
            tentative=answer is not Delivery.CONFIRMED,
        )

    def answer(self, command: uuid.UUID | None) -> Delivery | None:
        """Return where an appointment that was asked is; None when none was, or when it is over."""
        item = self._parts.consequences.command(command)
        return delivery_of(item) if item is not None and not item.acknowledged else None

    async def _person(self, visit: PlannedVisit) -> PersonId | None:
        entry = await self.entry(visit)
        return entry.person if entry is not None else None

    async def entry(self, visit: PlannedVisit) -> DirectoryEntry | None:
        """Return who is visited, None when the calendar does not say, or nobody here knows them."""
        key = (visit.scheme, visit.identifier)
        if key not in self._entries and visit.identifier:
            try:
                found = await self._looked_up(visit)
            except DirectoryNotReadyError:
                # Without its key, what is on board tells no names; the day itself goes on.
                self.names_locked, found = True, None
            else:
                self.names_locked = False
            if found is not None:
                self._entries[key] = found
        return self._entries.get(key)

    async def _looked_up(self, visit: PlannedVisit) -> DirectoryEntry | None:
        if visit.scheme == ASKED:
            return await self._parts.directory.by_person(uuid.UUID(visit.identifier))
        return await self._parts.directory.by_identifier(visit.scheme, visit.identifier)

    async def beats(self) -> AsyncIterator[None]:
        """Come round at each change, and now and then without one."""
        changes, env = self._parts.changes, self._parts.env
        while True:
            seen = changes.count
            await self._parts.book.look()
            yield
            await changes.wait(seen, env, LOOK_EVERY)
            await env.sleep(PAUSE)

    async def found(self, visit: VisitId, known: PlannedVisit | None = None) -> PlannedVisit:
        """Return a visit of the calendar; one that it no longer tells stays as it was known.

        Raises:
            AviseError: `visit.nobody_knows`.
        """
        while True:
            seen = self._parts.changes.count
            found = next(
                (each for each in await self.with_asked(self.of_calendar()) if each.visit == visit), None
            )
            if found is not None or known is not None:
                return found or known  # type: ignore[return-value]  # one of them is there
            if self._parts.calendar.asked.is_set():
                raise AviseError("visit.nobody_knows")
            await self._parts.changes.wait(seen, self._parts.env, LOOK_EVERY)

    async def member(self, entry: DirectoryEntry) -> DirectoryEntry:
        """Return the member in whose file somebody stands."""
        if entry.dossier == entry.person:
            return entry
        return await self._parts.directory.by_person(entry.dossier) or entry


def delivery_of(item: OutboxItem) -> Delivery:
    """Return where a command is, as the delivery of what was written."""
    if item.state is CommandState.DONE:
        return Delivery.CONFIRMED
    if item.state in _GOES_WRONG:
        return Delivery.TO_CORRECT
    return Delivery.SENT if item.state in _LEFT else Delivery.WAITING
