"""What a desk offers around visits; a part of `avise.services.desk.Desk`, which inherits it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from avise.services.visit_values import VisitDay, VisitDetail, VisitId, VisitReport


class VisitDesk(Protocol):
    """What the window asks of visits."""

    def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """Follow the visits of some days: at once, then at each change."""

    def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """Follow one visit; the opening is journaled as a consultation of its customer.

        Raises:
            AviseError: `visit.nobody_knows` or `visit.not_on_board`.
        """

    async def start_visit(self, visit: VisitId) -> None:
        """Say that the visit begins now."""

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """Keep what is written so far on this machine; returns once it is on the disk."""

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """Record the report, file the requests, ask for the appointment, plan the summary: one act.

        Everything is on this machine when this returns; it leaves at the next contact.

        Raises:
            AviseError: `visit.outcome_missing`, or what a text or a request breaks, telling the field.
        """

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Say that the visit did not take place."""
