"""The visits that this workstation knows: from its own journal, from the hub, and the drafts beside them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from avise.models.journal import EventEnvelope
from avise.models.visits import KINDS, PREFIX, KnownVisit, VisitId, fold_visits, visit_of_stream
from avise.services.ports import JournalPort, StoreChange
from avise.services.visit_values import Delivery, VisitReport
from avise.services.visits.report_text import draft_of, draft_text, report_of

Sent = Callable[[], Awaitable[int | None]]
"""Tells the last position of the journal that the hub has; None where there is no hub."""


class DraftsPort(Protocol):
    """Keeps reports being written; the engine plugs the store in."""

    async def save(self, visit: VisitId, words: str) -> datetime:
        """Keep a report, and return when: it is on the disk by then."""

    def keeping(self, visit: VisitId, words: str) -> StoreChange:
        """Return the change that keeps a report, to be written with other things."""

    async def all(self) -> Mapping[VisitId, tuple[str, datetime]]:
        """Return every report being written, and when each was kept last."""


class VisitBook:
    """Holds what was written about visits.

    Args:
        journal: our own events.
        drafts: reports being written.
        sent: how far the hub has our journal.
    """

    def __init__(self, journal: JournalPort, drafts: DraftsPort, sent: Sent) -> None:
        self._journal = journal
        self._drafts = drafts
        self._sent = sent
        self._events: dict[object, EventEnvelope] = {}
        self._own: dict[VisitId, int] = {}
        """Position of the latest own event of each visit."""
        self._known: Mapping[VisitId, KnownVisit] = {}
        self._texts: dict[VisitId, tuple[str, datetime]] = {}
        self._through: int | None = None

    async def load(self) -> None:
        """Read what is kept."""
        self.take_own(await self._journal.under(PREFIX, KINDS))
        self._texts = dict(await self._drafts.all())
        await self.look()

    async def look(self) -> bool:
        """Ask how far the hub has our journal; say whether that changed."""
        before, self._through = self._through, await self._sent()
        return before != self._through

    def take_own(self, events: Iterable[EventEnvelope]) -> None:
        """Take what was written here."""
        for event in events:
            visit = visit_of_stream(event.stream)
            if visit is not None:
                self._events[event.event_id] = event
                self._own[visit] = max(self._own.get(visit, 0), event.device_seq)
        self._fold()

    def take_shared(self, events: Iterable[EventEnvelope]) -> bool:
        """Take what another workstation of this user wrote; say whether anything is new."""
        fresh = [
            event
            for event in events
            if visit_of_stream(event.stream) is not None and event.event_id not in self._events
        ]
        self._events |= {event.event_id: event for event in fresh}
        if fresh:
            self._fold()
        return bool(fresh)

    def _fold(self) -> None:
        self._known = fold_visits(self._events.values())

    # ---- visits --------------------------------------------------------------------------------
    def known(self, visit: VisitId) -> KnownVisit:
        """Return what was written about a visit; an empty one when nothing was."""
        return self._known.get(visit) or KnownVisit(visit)

    def all(self) -> Iterable[KnownVisit]:
        """Return every visit about which something was written."""
        return self._known.values()

    def report(self, visit: VisitId) -> tuple[VisitReport, datetime | None]:
        """Return the report as it stands, and when it was last on the disk of this workstation."""
        words, saved_at = self._texts.get(visit, ("", None))
        if words:
            return draft_of(words), saved_at
        known = self.known(visit)
        return report_of(known.report), known.ended_at or known.missed_at

    def delivery(self, visit: VisitId) -> Delivery | None:
        """Return where what was written about a visit is; None when nothing was."""
        if visit in self._texts:
            return Delivery.HERE
        position = self._own.get(visit)
        if position is None:
            return Delivery.CONFIRMED if visit in self._known else None
        if self._through is None:
            return Delivery.HERE
        return Delivery.CONFIRMED if position <= self._through else Delivery.WAITING

    # ---- drafts --------------------------------------------------------------------------------
    async def save(self, visit: VisitId, report: VisitReport) -> None:
        """Keep a report being written; it is on the disk when this returns."""
        words = draft_text(report)
        if words and words == draft_text(report_of(self.known(visit).report)):
            words = ""
        at = await self._drafts.save(visit, words)
        if words:
            self._texts[visit] = (words, at)
        else:
            self._texts.pop(visit, None)

    def clearing(self, visit: VisitId) -> StoreChange:
        """Return the change that forgets a report being written, to be made with what records it."""
        return self._drafts.keeping(visit, "")

    def cleared(self, visit: VisitId) -> None:
        """Know that a report is no longer being written."""
        self._texts.pop(visit, None)
