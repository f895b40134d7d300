"""A representative's visits, from the day's list to what follows from each report.

Everything that is asked is answered from what is at hand: the calendar's last answer, the directory, the
copies of the tools, the journal. What is written is on this workstation when a method returns.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import date, timedelta

from avise.env import Env
from avise.models.care_totals import CareTotal
from avise.models.commands import CommandState, OutboxItem
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.roles import Session
from avise.models.visits import KnownVisit, VisitId, visit_of_appointment, visit_stream
from avise.services.change_signal import ChangeSignal
from avise.services.customer_header import header_of
from avise.services.customer_rights import refuse_without_right
from avise.services.open_customer import OpenDossier
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.promises import Promise, keep_promises
from avise.services.request_wording import type_label
from avise.services.visit_values import (
    Delivery,
    ProposedRequest,
    VisitDay,
    VisitDetail,
    VisitReport,
    VisitRow,
    VisitState,
)
from avise.services.visits.book import VisitBook
from avise.services.visits.calendar import USUAL_LENGTH, PlannedVisit, VisitCalendar
from avise.services.visits.consequences import Consequences, Visited
from avise.services.visits.files import OpenFile, VisitFiles
from avise.services.visits.report_text import refuse_unfinished, refuse_unfit, report_body, report_of
from avise.services.visits.request_rules import RuleSection, proposed, request_rules
from avise.services.visits.routes import Communes, communes, town_of
from avise.services.visits.sheet import past_lines, sheet_lines
from avise.services.wrap_up import refuse_restricted
from avise.store.directory import DirectoryNotReadyError
from avise.texts import text
from avise.texts.formats import format_list_name, local

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

Carried = Callable[[Sequence[PersonId]], Awaitable[frozenset[PersonId]]]
"""Returns those of some members whose file can be read without network."""


CareOf = Callable[[PersonId], Awaitable[Sequence[CareTotal]]]
"""Returns what a member's care came to by category, as it is carried on board."""


@dataclass(frozen=True, slots=True)
class VisitParts:
    """What visits are made of.

    Args:
        session: who visits.
        journal: where acts are written.
        directory: who exists.
        calendar: when visits are.
        book: what was written about them.
        files: opens those who are visited.
        consequences: makes what follows from a report.
        carried: whose file is on board.
        care: what care came to, for those whose file is.
        open_requests: how many requests of a file somebody works on; None when nobody knows.
        env: clock and identifiers.
        changes: told of every change.
        communes: where they are.
    """

    session: Session
    journal: JournalPort
    directory: DirectoryPort
    calendar: VisitCalendar
    book: VisitBook
    files: VisitFiles
    consequences: Consequences
    carried: Carried
    care: CareOf
    open_requests: Callable[[PersonId], int | None]
    env: Env
    changes: ChangeSignal
    communes: Communes | None = None


class Visits:
    """Implements `VisitDesk`.

    Args:
        parts: what visits are made of.
        written: shows everywhere what was written, and has it sent.
    """

    def __init__(
        self, parts: VisitParts, written: Callable[[Sequence[EventEnvelope]], Awaitable[None]]
    ) -> None:
        self._parts = parts
        self._written = written
        self._entries: dict[tuple[str, str], DirectoryEntry] = {}
        self._forgotten = 0
        """How often names were forgotten: whoever follows a visit looks again whose it is."""
        self._names_locked = False
        self._ending: set[VisitId] = set()

    # ---- what others of the desk ask -----------------------------------------------------------
    def open_file(self, dossier: PersonId) -> OpenDossier | None:
        """Return the file of a member, when it is open beside a visit."""
        return self._parts.files.get(dossier)

    def take_shared(self, events: Sequence[EventEnvelope]) -> None:
        """Take what another workstation of this user wrote."""
        mine = [event for event in events if event.author == self._parts.session.user]
        if self._parts.book.take_shared(mine):
            self._parts.changes.tell()

    def forget_names(self) -> None:
        """Forget whom visits are at: what told it may be read no longer."""
        self._entries.clear()
        self._forgotten += 1
        self._parts.changes.tell()

    # ---- the days ------------------------------------------------------------------------------
    async def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """Follow the visits of some days."""
        refuse_without_right(self._parts.session.role)
        told: tuple[VisitDay, ...] | None = None
        async for _ in self._beats():
            if not self._planned() and not self._parts.calendar.asked.is_set():
                continue
            found = await self._days(first_day, days)
            if found != told:
                told = found
                yield found

    async def _beats(self) -> AsyncIterator[None]:
        changes, env = self._parts.changes, self._parts.env
        while True:
            seen = changes.count
            await self._parts.book.look()
            yield
            await changes.wait(seen, env, LOOK_EVERY)
            await env.sleep(PAUSE)

    async def _days(self, first_day: date, days: int) -> tuple[VisitDay, ...]:
        wanted = [first_day + timedelta(days=number) for number in range(days)]
        planned = await self._with_asked(self._planned())
        entries = {visit.visit: await self._entry(visit) for visit in planned}
        members = [entry.dossier for entry in entries.values() if entry is not None]
        carried = await self._parts.carried(members)
        found = []
        for day in wanted:
            of_day = [visit for visit in planned if local(visit.starts_at).date() == day]
            rows = [self._row(visit, entries[visit.visit], carried) for visit in of_day]
            found.append(self._day(day, rows))
        return tuple(found)

    def _day(self, day: date, rows: Sequence[VisitRow]) -> VisitDay:
        places = self._parts.communes or communes()
        towns = [row.place for row in rows]
        legs = places.legs(towns)
        timed = tuple(
            replace(row, minutes_by_car=leg.minutes if leg is not None else None)
            for row, leg in zip(rows, legs, strict=True)
        )
        return VisitDay(day, timed, places.kilometres(towns), self._parts.calendar.read_at)

    def _planned(self) -> tuple[PlannedVisit, ...]:
        return self._parts.calendar.visits()

    async def _with_asked(self, planned: Sequence[PlannedVisit]) -> tuple[PlannedVisit, ...]:
        """Add the appointments that were asked from here and that the calendar does not tell yet."""
        told = {(visit.starts_at, await self._person(visit)) for visit in planned}
        asked = [
            visit
            for known in self._parts.book.all()
            if (visit := self._asked(known)) is not None and (visit.starts_at, known.person) not in told
        ]
        return tuple(sorted((*planned, *asked), key=lambda visit: (visit.starts_at, visit.visit)))

    def _asked(self, known: KnownVisit) -> PlannedVisit | None:
        starts, answer = report_of(known.report).next_appointment, self._answer(known.command)
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

    def _answer(self, command: uuid.UUID | None) -> Delivery | None:
        """Return where an appointment that was asked is; None when none was, or when it is over."""
        item = self._parts.consequences.command(command)
        return delivery_of(item) if item is not None and not item.acknowledged else None

    async def _person(self, visit: PlannedVisit) -> PersonId | None:
        entry = await self._entry(visit)
        return entry.person if entry is not None else None

    async def _entry(self, visit: PlannedVisit) -> DirectoryEntry | None:
        """Return who is visited, None when the calendar does not say, or nobody here knows them."""
        key = (visit.scheme, visit.identifier)
        if key not in self._entries and visit.identifier:
            try:
                found = await self._looked_up(visit)
            except DirectoryNotReadyError:
                # Without its key, what is on board tells no names; the day itself goes on.
                self._names_locked, found = True, None
            else:
                self._names_locked = False
            if found is not None:
                self._entries[key] = found
        return self._entries.get(key)

    async def _looked_up(self, visit: PlannedVisit) -> DirectoryEntry | None:
        if visit.scheme == ASKED:
            return await self._parts.directory.by_person(uuid.UUID(visit.identifier))
        return await self._parts.directory.by_identifier(visit.scheme, visit.identifier)

    def _who(self, entry: DirectoryEntry | None) -> str:
        if entry is not None:
            return _title(entry)
        return text("visit.names_locked" if self._names_locked else "visit.unknown_person")

    def _row(
        self, visit: PlannedVisit, entry: DirectoryEntry | None, carried: frozenset[PersonId]
    ) -> VisitRow:
        known = self._parts.book.known(visit.visit)
        return VisitRow(
            visit=visit.visit,
            person=entry.person if entry is not None else None,
            title=self._who(entry),
            place=town_of(visit.place) or (entry.party.city if entry is not None else ""),
            purpose=visit.subject,
            starts_at=visit.starts_at,
            ends_at=visit.ends_at,
            state=_state(visit, known),
            on_board=entry is not None and entry.dossier in carried,
            delivery=self._delivery(visit),
            asked=visit.scheme == ASKED and visit.tentative,
        )

    def _delivery(self, visit: PlannedVisit) -> Delivery | None:
        """Return where what was written is: what went wrong counts before what waits."""
        if visit.scheme == ASKED:
            asked = (known for known in self._parts.book.all() if known.command is not None)
            of_it = (k for k in asked if visit_of_appointment(ASKED, str(k.command)) == visit.visit)
            found = next(of_it, None)
            return self._answer(found.command) if found is not None else None
        own = self._parts.book.delivery(visit.visit)
        appointment = self._answer(self._parts.book.known(visit.visit).command)
        return Delivery.TO_CORRECT if appointment is Delivery.TO_CORRECT else own

    # ---- one visit -----------------------------------------------------------------------------
    async def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """Follow one visit; the opening is journaled as a consultation of its customer."""
        refuse_without_right(self._parts.session.role)
        told: VisitDetail | None = None
        while True:
            planned = await self._found(visit)
            entry = await self._entry(planned)
            details = self._of_nobody(planned) if entry is None else self._of(planned, entry)
            async with aclosing(details):
                async for detail in details:
                    if detail != told:
                        told = detail
                        yield detail

    async def _of_nobody(self, planned: PlannedVisit) -> AsyncGenerator[VisitDetail]:
        """Tell a visit until it is known whose it is."""
        async for _ in self._beats():
            if await self._entry(planned) is not None:
                return
            yield self._detail(planned, None, None, frozenset())

    async def _of(self, planned: PlannedVisit, entry: DirectoryEntry) -> AsyncGenerator[VisitDetail]:
        """Tell the visit of somebody until names are forgotten."""
        forgotten = self._forgotten
        member = await self._member(entry)
        carried = await self._parts.carried((member.dossier,))
        care = await self._parts.care(member.dossier)
        async with self._parts.files.beside(entry, member) as opened:
            async for _ in self._beats():
                if forgotten != self._forgotten:
                    return
                planned = await self._found(planned.visit, known=planned)
                yield self._detail(planned, entry, opened, carried, care)

    async def _found(self, visit: VisitId, known: PlannedVisit | None = None) -> PlannedVisit:
        """Return a visit of the calendar; one that it no longer tells stays as it was known.

        Raises:
            AviseError: `visit.nobody_knows`.
        """
        while True:
            seen = self._parts.changes.count
            found = next(
                (each for each in await self._with_asked(self._planned()) if each.visit == visit), None
            )
            if found is not None or known is not None:
                return found or known  # type: ignore[return-value]  # one of them is there
            if self._parts.calendar.asked.is_set():
                raise AviseError("visit.nobody_knows")
            await self._parts.changes.wait(seen, self._parts.env, LOOK_EVERY)

    async def _member(self, entry: DirectoryEntry) -> DirectoryEntry:
        if entry.dossier == entry.person:
            return entry
        return await self._parts.directory.by_person(entry.dossier) or entry

    def _detail(
        self,
        planned: PlannedVisit,
        entry: DirectoryEntry | None,
        opened: OpenFile | None,
        carried: frozenset[PersonId],
        care: Sequence[CareTotal] = (),
    ) -> VisitDetail:
        parts = self._parts
        report, saved_at = parts.book.report(planned.visit)
        known = parts.book.known(planned.visit)
        row = self._row(planned, entry, carried)
        if entry is None or opened is None:
            return VisitDetail(
                row, planned.place, "", planned.notes, (), (), report, saved_at, started_at=known.started_at
            )
        facts = opened.dossier.facts()
        header = header_of(opened.dossier.entry, facts, parts.session.role)
        visited = Visited(opened.dossier.entry, entry.person, facts, planned.place, planned.subject)
        requests = parts.open_requests(opened.dossier.entry.dossier)
        return VisitDetail(
            row=row,
            address=planned.place or header.address,
            phone=header.phone,
            access_notes=planned.notes,
            sheet=sheet_lines(facts, parts.session.role, requests, care),
            past=past_lines(opened.entries),
            report=report,
            saved_at=saved_at,
            proposed_requests=self._proposed(report, known),
            appointment=self._answer(known.command),
            can_recap=parts.consequences.can_recap(visited),
            started_at=known.started_at,
        )

    def _proposed(self, report: VisitReport, known: KnownVisit) -> tuple[ProposedRequest, ...]:
        if self._parts.consequences.prepare is None:
            return ()
        return tuple(
            ProposedRequest(
                rule.id, type_label(rule.type), text(f"visit.because.{rule.id}"), rule.id in known.asked
            )
            for rule in proposed(request_rules(), report)
        )

    # ---- what the representative does ----------------------------------------------------------
    async def start_visit(self, visit: VisitId) -> None:
        """Say that the visit begins now; said twice, it began the first time."""
        refuse_without_right(self._parts.session.role)
        planned = await self._found(visit)
        if self._parts.book.known(visit).started_at is not None:
            return
        await self._keep((Promise((await self._event(planned, EventKind.VISIT_STARTED, {}),)),))

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """Keep what is written so far on this machine."""
        refuse_without_right(self._parts.session.role)
        refuse_unfit(report)
        while visit in self._ending:
            # Typed since "end" was asked: it corrects the report that is being recorded.
            await self._parts.changes.wait(self._parts.changes.count, self._parts.env, LOOK_EVERY)
        await self._parts.book.save(visit, report)
        self._parts.changes.tell()

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """Record the report and what follows from it: one act, all of it or nothing."""
        parts = self._parts
        refuse_without_right(parts.session.role)
        refuse_unfinished(report, parts.env.now())
        if visit in self._ending:
            return
        self._ending.add(visit)
        try:
            planned = await self._found(visit)
            await self._keep(await self._end(planned, report))
            parts.book.cleared(visit)
        finally:
            self._ending.discard(visit)
            parts.changes.tell()

    async def _end(self, planned: PlannedVisit, report: VisitReport) -> Sequence[Promise]:
        """Return the parts of a visit's end; what an earlier report did already is not done again."""
        known = self._parts.book.known(planned.visit)
        visited = await self._visited(planned)
        wanted = [rule for rule in proposed(request_rules(), report) if rule.id in report.requests]
        fresh = [rule for rule in wanted if rule.id not in known.asked]
        told: dict[str, JSON] = {"report": report_body(report), "asked": [rule.id for rule in wanted]}
        promises: list[Promise] = []
        if visited is not None:
            promises += await self._consequences(fresh, report, known, visited, told)
        elif fresh or report.next_appointment is not None or report.recap_by_email:
            raise AviseError("visit.unknown_person_acts")
        clearing = self._parts.book.clearing(planned.visit)
        event = await self._event(planned, EventKind.VISIT_ENDED, told)
        return (Promise((event,), (clearing,)), *promises)

    async def _consequences(
        self,
        rules: Sequence[RuleSection],
        report: VisitReport,
        known: KnownVisit,
        visited: Visited,
        told: dict[str, JSON],
    ) -> list[Promise]:
        """Return what follows from a report, and write in `told` what the visit's event says of it."""
        makes, before = self._parts.consequences, report_of(known.report)
        promises: list[Promise] = []
        requests = await makes.requests(rules, report, visited)
        told["requests"] = [str(request) for request, _ in requests]
        promises += [promise for _, promise in requests]
        if report.next_appointment is not None and report.next_appointment != before.next_appointment:
            command, promise = makes.appointment(report.next_appointment, visited)
            told["command"] = str(command)
            promises.append(promise)
        if report.recap_by_email and not before.recap_by_email:
            promises.append(await makes.recap(report, visited))
        if known.ended_at is None:
            promises.append(Promise((self._history(report, visited),)))
        return promises

    def _history(self, report: VisitReport, visited: Visited) -> NewEvent:
        """Return the exchange that the customer's history tells of a visit."""
        outcome = report.outcome.value if report.outcome is not None else ""
        body: dict[str, JSON] = {
            "at": self._parts.env.now().isoformat(),
            "channel": Channel.FIELD_VISIT.value,
            "direction": Direction.OUT.value,
            "title": text("visit.history", outcome=text(f"visit.outcome.{outcome}")),
            "note": report.note.strip(),
            "person": str(visited.person),
        }
        return NewEvent(f"customer/{visited.entry.dossier}", EventKind.INTERACTION_RECORDED, body)

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Say that the visit did not take place."""
        refuse_without_right(self._parts.session.role)
        refuse_restricted(reason, key="visit.restricted")
        planned = await self._found(visit)
        if self._parts.book.known(visit).ended_at is not None:
            raise AviseError("visit.already_ended")
        event = await self._event(planned, EventKind.VISIT_MISSED, {"reason": reason.strip()})
        await self._keep((Promise((event,), (self._parts.book.clearing(visit),)),))
        self._parts.book.cleared(visit)
        self._parts.changes.tell()

    async def _visited(self, planned: PlannedVisit) -> Visited | None:
        entry = await self._entry(planned)
        if entry is None:
            return None
        member = await self._member(entry)
        opened = self._parts.files.get(member.dossier)
        if opened is None:
            async with self._parts.files.beside(entry, member) as briefly:
                opened = briefly.dossier
        return Visited(member, entry.person, opened.facts(), planned.place, planned.subject)

    async def _event(self, planned: PlannedVisit, kind: EventKind, told: dict[str, JSON]) -> NewEvent:
        entry = await self._entry(planned)
        about: dict[str, JSON] = {
            "starts_at": planned.starts_at.isoformat(),
            "purpose": planned.subject,
            "place": planned.place,
        }
        if entry is not None:
            about |= {"person": str(entry.person), "dossier": str(entry.dossier)}
        return NewEvent(visit_stream(planned.visit), kind, {**about, **told})

    async def _keep(self, promises: Iterable[Promise]) -> None:
        parts = self._parts
        written = await keep_promises(parts.journal, parts.session, promises)
        parts.book.take_own(written)
        await self._written(written)
        parts.changes.tell()


def delivery_of(item: OutboxItem) -> Delivery:
    """Return where a command is, as the delivery of what was written."""
    if item.state is CommandState.DONE:
        return Delivery.CONFIRMED
    if item.state in _GOES_WRONG:
        return Delivery.TO_CORRECT
    return Delivery.SENT if item.state in _LEFT else Delivery.WAITING


def _state(visit: PlannedVisit, known: KnownVisit) -> VisitState:
    if known.ended_at is not None:
        return VisitState.DONE
    if known.missed_at is not None:
        return VisitState.MISSED
    if known.started_at is not None:
        return VisitState.UNDER_WAY
    if visit.missed:
        return VisitState.MISSED
    return VisitState.TO_CONFIRM if visit.tentative else VisitState.PLANNED


def _title(entry: DirectoryEntry) -> str:
    party = entry.party
    return party.company_name or format_list_name(party.last_name, party.first_name)
