"""The part of the desk of a representative's visits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date

from typing_extensions import override

from avise.engine.local_requests import LocalRequests
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventEnvelope
from avise.services.open_customer import OpenDossier
from avise.services.visit_desk import VisitDesk
from avise.services.visit_values import VisitDay, VisitDetail, VisitId, VisitReport
from avise.services.visits.visits import Visits


class LocalVisits(LocalRequests):
    """Implements `avise.services.visit_desk.VisitDesk`; `LocalDesk` is one."""

    _visits_kept: Visits | None = None

    def use_visits(self, visits: Visits) -> None:
        """Show visits; until then, and in a profile without them, none are known."""
        self._visits_kept = visits

    @property
    def _visits(self) -> VisitDesk:
        if self._visits_kept is None:
            raise AviseError("visit.not_here")
        return self._visits_kept

    def follow_visits(self, first_day: date, days: int) -> AsyncIterator[tuple[VisitDay, ...]]:
        """Follow the visits of some days."""
        return self._visits.follow_visits(first_day, days)

    def follow_visit(self, visit: VisitId) -> AsyncIterator[VisitDetail]:
        """Follow one visit."""
        return self._visits.follow_visit(visit)

    async def start_visit(self, visit: VisitId) -> None:
        """Say that the visit begins now."""
        await self._visits.start_visit(visit)

    async def save_visit_report(self, visit: VisitId, report: VisitReport) -> None:
        """Keep what is written so far on this machine."""
        await self._visits.save_visit_report(visit, report)

    async def end_visit(self, visit: VisitId, report: VisitReport) -> None:
        """Record the report and what follows from it."""
        await self._visits.end_visit(visit, report)

    async def miss_visit(self, visit: VisitId, reason: str) -> None:
        """Say that the visit did not take place."""
        await self._visits.miss_visit(visit, reason)

    # ---- what others of the desk ask -----------------------------------------------------------
    @override
    def _dossier_of(self, dossier: PersonId) -> OpenDossier | None:
        """Return an open file, those beside visits among them: requests are prefilled from them."""
        found = super()._dossier_of(dossier)
        return found or (self._visits_kept.open_file(dossier) if self._visits_kept is not None else None)

    @override
    def take_shared(self, events: Sequence[EventEnvelope]) -> None:
        """Take what others, or this user's other workstation, wrote."""
        super().take_shared(events)
        if self._visits_kept is not None:
            self._visits_kept.take_shared(events)

    def ask_hub(self, dossier: OpenDossier, reason: str) -> asyncio.Task[None]:
        """Log at the hub that a file is opened, and show what it holds of the customer meanwhile."""
        return self._ask_hub(dossier, reason)

    async def take_visit_events(self, written: Iterable[EventEnvelope]) -> None:
        """Show everywhere what a visit wrote."""
        await self._take(written)
