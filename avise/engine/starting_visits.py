"""The part of the awaited desk of a representative's visits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

from avise.engine.awaited_desk import AwaitedDesk
from avise.services.visit_values import VisitDay, VisitDetail, VisitId, VisitReport


class StartingVisits(AwaitedDesk):
    """Implements `avise.services.visit_desk.VisitDesk` by waiting for the real one."""

    def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """See `VisitDesk.follow_visits`."""
        return self._follow(lambda desk: desk.follow_visits(first_day, days))

    def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """See `VisitDesk.follow_visit`."""
        return self._follow(lambda desk: desk.follow_visit(visit))

    async def start_visit(self, visit: VisitId) -> None:
        """See `VisitDesk.start_visit`."""
        await (await self._desk()).start_visit(visit)

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """See `VisitDesk.save_visit_report`."""
        await (await self._desk()).save_visit_report(visit, report)

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """See `VisitDesk.end_visit`."""
        await (await self._desk()).end_visit(visit, report)

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """See `VisitDesk.miss_visit`."""
        await (await self._desk()).miss_visit(visit, reason)
