"""A representative's visits, from the day's list to what follows from each report.

Everything that is asked is answered from what is at hand: the calendar's last answer, the directory, the
copies of the tools, the journal. What is written is on this workstation when a method returns.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import date

from avise.models.customer import DirectoryEntry, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.visits import KnownVisit, VisitId, visit_stream
from avise.services.customer_rights import refuse_without_right
from avise.services.open_customer import OpenDossier
from avise.services.promises import Promise, keep_promises
from avise.services.visit_values import VisitDay, VisitDetail, VisitReport
from avise.services.visits.calendar import PlannedVisit
from avise.services.visits.consequences import Visited
from avise.services.visits.parts import VisitParts
from avise.services.visits.planned import LOOK_EVERY, PlannedVisits
from avise.services.visits.report_text import refuse_unfinished, refuse_unfit, report_body, report_of
from avise.services.visits.request_rules import RuleSection, proposed, request_rules
from avise.services.visits.shown import ShownVisits
from avise.services.wrap_up import refuse_restricted
from avise.texts import text


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
        self._planned = PlannedVisits(parts)
        self._shown = ShownVisits(parts, self._planned)
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
        self._planned.forget_names()

    # ---- the days ------------------------------------------------------------------------------
    async def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """Follow the visits of some days."""
        refuse_without_right(self._parts.session.role)
        told: tuple[VisitDay, ...] | None = None
        async for _ in self._planned.beats():
            if not self._planned.of_calendar() and not self._parts.calendar.asked.is_set():
                continue
            found = await self._shown.days(first_day, days)
            if found != told:
                told = found
                yield found

    # ---- one visit -----------------------------------------------------------------------------
    async def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """Follow one visit; the opening is journaled as a consultation of its customer."""
        refuse_without_right(self._parts.session.role)
        told: VisitDetail | None = None
        while True:
            planned = await self._planned.found(visit)
            entry = await self._planned.entry(planned)
            details = self._of_nobody(planned) if entry is None else self._of(planned, entry)
            async with aclosing(details):
                async for detail in details:
                    if detail != told:
                        told = detail
                        yield detail

    async def _of_nobody(self, planned: PlannedVisit) -> AsyncGenerator[VisitDetail]:
        """Tell a visit until it is known whose it is."""
        async for _ in self._planned.beats():
            if await self._planned.entry(planned) is not None:
                return
            yield self._shown.detail(planned, None, None, frozenset())

    async def _of(self, planned: PlannedVisit, entry: DirectoryEntry) -> AsyncGenerator[VisitDetail]:
        """Tell the visit of somebody until names are forgotten."""
        forgotten = self._planned.forgotten
        member = await self._planned.member(entry)
        carried = await self._parts.carried((member.dossier,))
        care = await self._parts.care(member.dossier)
        async with self._parts.files.beside(entry, member) as opened:
            async for _ in self._planned.beats():
                if forgotten != self._planned.forgotten:
                    return
                planned = await self._planned.found(planned.visit, known=planned)
                yield self._shown.detail(planned, entry, opened, carried, care)

    # ---- what the representative does ----------------------------------------------------------
    async def start_visit(self, visit: VisitId) -> None:
        """Say that the visit begins now; said twice, it began the first time."""
        refuse_without_right(self._parts.session.role)
        planned = await self._planned.found(visit)
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
            planned = await self._planned.found(visit)
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
        return NewEvent(customer_stream(visited.entry.dossier), EventKind.INTERACTION_RECORDED, body)

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Say that the visit did not take place."""
        refuse_without_right(self._parts.session.role)
        refuse_restricted(reason, key="visit.restricted")
        planned = await self._planned.found(visit)
        if self._parts.book.known(visit).ended_at is not None:
            raise AviseError("visit.already_ended")
        event = await self._event(planned, EventKind.VISIT_MISSED, {"reason": reason.strip()})
        await self._keep((Promise((event,), (self._parts.book.clearing(visit),)),))
        self._parts.book.cleared(visit)
        self._parts.changes.tell()

    async def _visited(self, planned: PlannedVisit) -> Visited | None:
        entry = await self._planned.entry(planned)
        if entry is None:
            return None
        member = await self._planned.member(entry)
        opened = self._parts.files.get(member.dossier)
        if opened is None:
            async with self._parts.files.beside(entry, member) as briefly:
                opened = briefly.dossier
        return Visited(member, entry.person, opened.facts(), planned.place, planned.subject)

    async def _event(self, planned: PlannedVisit, kind: EventKind, told: dict[str, JSON]) -> NewEvent:
        entry = await self._planned.entry(planned)
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
