"""The part of the scripted desk of a representative's visits."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from avise.models.errors import AviseError
from avise.services.visit_values import (
    Delivery,
    ProposedRequest,
    SheetLine,
    VisitDay,
    VisitDetail,
    VisitId,
    VisitOutcome,
    VisitReport,
    VisitRow,
    VisitState,
)
from tests.ui.persona import HELENE
from tests.ui.stream import Stream

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
TODAY = date(2026, 3, 24)
FIRST, SECOND, COMPANY, TOMORROW = (uuid.UUID(int=number) for number in range(701, 705))


def visit_row(visit: VisitId, title: str, hour: int, **more: object) -> VisitRow:
    """Return a visit of the day."""
    starts = datetime(2026, 3, 24, hour, 30, tzinfo=UTC)
    usual: dict[str, object] = {
        "visit": visit,
        "person": uuid.UUID(int=visit.int + 100),
        "title": title,
        "place": "Guérande",
        "purpose": "Souscription",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=1),
        "state": VisitState.PLANNED,
        "on_board": True,
        "minutes_by_car": 18,
    }
    return VisitRow(**(usual | more))  # type: ignore[arg-type]  # test data


def scripted_days() -> tuple[VisitDay, ...]:
    """Return two days of visits."""
    today = (
        visit_row(
            FIRST, "DELAUNAY Irène", 7, place="Saint-Nazaire", purpose="Bilan", state=VisitState.DONE,
            delivery=Delivery.WAITING, minutes_by_car=None,
        ),
        visit_row(SECOND, "FONTAINE Éric", 9, person=HELENE),
        visit_row(COMPANY, "Bâti Presqu’île", 11, purpose="Collectif", state=VisitState.TO_CONFIRM),
    )  # fmt: skip
    starts = datetime(2026, 3, 25, 8, 0, tzinfo=UTC)
    tomorrow = (
        visit_row(
            TOMORROW, "COLIN Martine", 8, starts_at=starts, ends_at=starts + timedelta(hours=1),
            place="Donges", on_board=False, minutes_by_car=None,
        ),
    )  # fmt: skip
    return (VisitDay(TODAY, today, 62, NOW), VisitDay(date(2026, 3, 25), tomorrow, None, NOW))


def detail_of(row: VisitRow, report: VisitReport, saved_at: datetime | None) -> VisitDetail:
    """Return what is known of a visit."""
    proposed = (
        (ProposedRequest("enrolment", "Suivi d’adhésion", "suivre l’adhésion signée"),)
        if report.outcome is VisitOutcome.SIGNED
        else ()
    )
    return VisitDetail(
        row=row,
        address="8 rue du Moulin, 44350 Guérande",
        phone="+33261910142",
        access_notes="Sonner au portail bleu.",
        sheet=(
            SheetLine("visit.sheet.household", "Éric 52 ans, Sylvie 50 ans", NOW - timedelta(hours=3)),
            SheetLine("visit.sheet.contract", "Confort, depuis le 01/01/2020", NOW - timedelta(hours=3)),
        ),
        past=((NOW - timedelta(days=19), "Rendez-vous pris par téléphone"),),
        report=report,
        saved_at=saved_at,
        proposed_requests=proposed,
        can_recap=True,
    )


@dataclass(kw_only=True)
class ScriptedVisits:
    """Implements `VisitDesk` from values; a test changes them and reads `asked`."""

    asked: list[tuple[object, ...]] = field(default_factory=list)
    visit_days: tuple[VisitDay, ...] = field(default_factory=scripted_days)
    reports: dict[VisitId, tuple[VisitReport, datetime]] = field(default_factory=dict)
    visit_day_stream: Stream = field(default_factory=Stream)
    visit_streams: dict[VisitId, Stream] = field(default_factory=dict)
    visit_error: AviseError | None = None
    """Raised by what writes."""

    # ---- what a test plays -------------------------------------------------------------------
    def change_visit(self, visit: VisitId, **changed: object) -> None:
        """Change a visit of the list, and tell it."""
        self.visit_days = tuple(
            replace(
                day,
                visits=tuple(
                    replace(row, **changed) if row.visit == visit else row  # type: ignore[arg-type]  # test data
                    for row in day.visits
                ),
            )
            for day in self.visit_days
        )
        self.visit_day_stream.tell(self.visit_days)
        self.tell_visit(visit)

    def tell_visit(self, visit: VisitId) -> None:
        """Tell a visit anew."""
        if visit in self.visit_streams:
            self.visit_streams[visit].tell(self._detail(visit))

    def _detail(self, visit: VisitId) -> VisitDetail:
        row = next(row for day in self.visit_days for row in day.visits if row.visit == visit)
        report, saved_at = self.reports.get(visit, (VisitReport(), None))
        return detail_of(row, report, saved_at)

    # ---- the desk ----------------------------------------------------------------------------
    async def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """Play the days."""
        self.asked.append(("follow_visits", first_day, days))
        async for found in self.visit_day_stream.follow(self.visit_days):
            yield found  # type: ignore[misc]  # a stream of days by construction

    async def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """Play a visit."""
        self.asked.append(("follow_visit", visit))
        stream = self.visit_streams.setdefault(visit, Stream())
        async for found in stream.follow(self._detail(visit)):
            yield found  # type: ignore[misc]  # a stream of visits by construction

    async def start_visit(self, visit: VisitId) -> None:
        """Begin it."""
        self.asked.append(("start_visit", visit))
        self._refuse_visit()
        self.change_visit(visit, state=VisitState.UNDER_WAY)

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """Keep it."""
        self.asked.append(("save_visit_report", visit, report))
        self._refuse_visit()
        self.reports[visit] = (report, NOW)
        self.change_visit(visit, delivery=Delivery.HERE)

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """End it."""
        self.asked.append(("end_visit", visit, report))
        if report.outcome is None:
            raise AviseError("visit.outcome_missing")
        self._refuse_visit()
        self.reports[visit] = (report, NOW)
        self.change_visit(visit, state=VisitState.DONE, delivery=Delivery.WAITING)

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Note it."""
        self.asked.append(("miss_visit", visit, reason))
        self._refuse_visit()
        self.change_visit(visit, state=VisitState.MISSED, delivery=Delivery.WAITING)

    def _refuse_visit(self) -> None:
        if self.visit_error is not None:
            raise self.visit_error
