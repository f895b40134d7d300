"""What screens show of visits: the list of a day, and one visit with its sheet and its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from avise.models.care_totals import CareTotal
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.visits import KnownVisit, visit_of_appointment
from avise.services.customer_header import header_of
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
from avise.services.visits.calendar import PlannedVisit
from avise.services.visits.consequences import Visited
from avise.services.visits.files import OpenFile
from avise.services.visits.parts import VisitParts
from avise.services.visits.planned import ASKED, PlannedVisits
from avise.services.visits.request_rules import proposed, request_rules
from avise.services.visits.routes import communes, town_of
from avise.services.visits.sheet import past_lines, sheet_lines
from avise.texts import text
from avise.texts.formats import format_list_name, local


class ShownVisits:
    """Puts visits in the form in which they are shown.

    Args:
        parts: what visits are made of.
        planned: which there are.
    """

    def __init__(self, parts: VisitParts, planned: PlannedVisits) -> None:
        self._parts, self._planned = parts, planned

    async def days(self, first_day: date, days: int) -> tuple[VisitDay, ...]:
        """Return the visits of some days as they now are."""
        wanted = [first_day + timedelta(days=number) for number in range(days)]
        planned = await self._planned.with_asked(self._planned.of_calendar())
        entries = {visit.visit: await self._planned.entry(visit) for visit in planned}
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

    def _who(self, entry: DirectoryEntry | None) -> str:
        if entry is not None:
            return _title(entry)
        return text("visit.names_locked" if self._planned.names_locked else "visit.unknown_person")

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
            return self._planned.answer(found.command) if found is not None else None
        own = self._parts.book.delivery(visit.visit)
        appointment = self._planned.answer(self._parts.book.known(visit.visit).command)
        return Delivery.TO_CORRECT if appointment is Delivery.TO_CORRECT else own

    def detail(
        self,
        planned: PlannedVisit,
        entry: DirectoryEntry | None,
        opened: OpenFile | None,
        carried: frozenset[PersonId],
        care: Sequence[CareTotal] = (),
    ) -> VisitDetail:
        """Return one visit as it now is; of nobody whom this desk knows, what the calendar tells of it."""
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
            appointment=self._planned.answer(known.command),
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
