"""The part of the bridge of a representative's visits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from avise.services.visit_values import VisitDay, VisitDetail, VisitId, VisitReport
from avise.ui.crossing import Crossing, Failed, Watch


class VisitBridge(Crossing):
    """The intentions of `avise.services.visit_desk.VisitDesk`, as the window calls them."""

    def watch_visits(
        self,
        first_day: date,
        days: int,
        on_days: Callable[[tuple[VisitDay, ...]], None],
        on_failed: Failed | None = None,
    ) -> Watch:
        """Follow the visits of some days."""
        return self._watch(
            lambda: self._desk.follow_visits(first_day, days), lambda _days: "days", on_days, on_failed
        )

    def watch_visit(
        self,
        visit: VisitId,
        on_detail: Callable[[VisitDetail], None],
        on_failed: Failed | None = None,
        on_interrupted: Callable[[], None] | None = None,
    ) -> Watch:
        """Follow one visit; `visit.nobody_knows` or what its customer's file is refused with."""
        return self._watch(
            lambda: self._desk.follow_visit(visit),
            lambda _detail: "detail",
            on_detail,
            on_failed,
            on_interrupted,
        )

    async def start_visit(self, visit: VisitId) -> None:
        """Say that the visit begins now."""
        await self._call(self._desk.start_visit(visit))

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """Keep what is written so far on this machine; returns once it is on the disk."""
        await self._call(self._desk.save_visit_report(visit, report))

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """Record the report and what follows from it: one act."""
        await self._call(self._desk.end_visit(visit, report))

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Say that the visit did not take place."""
        await self._call(self._desk.miss_visit(visit, reason))
