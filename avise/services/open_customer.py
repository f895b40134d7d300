"""Open a customer: everything that every tool knows, each block as soon as it is there.

One `OpenDossier` follows one member's dossier while a screen shows it. It starts every reading at
once, folds what comes back into views, and tells only what changed. No reading waits for another;
the header comes from the directory before any tool was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field, replace

from avise.connectors.contract import Completeness, Priority, Record
from avise.connectors.readings import FacetReading, SourceOffer, TimelineReading
from avise.env import Env
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.freshness import Known, facet_state
from avise.models.interaction import TimelineEntry
from avise.models.masking import mask_record, may_open
from avise.models.roles import Purpose, Session
from avise.services.alerts import alerts
from avise.services.customer_header import header_of
from avise.services.customer_updates import (
    Alert,
    AlertsChanged,
    CustomerUpdate,
    FacetChanged,
    Header,
    HeaderChanged,
    NotKept,
    OpeningSettled,
    Suggestion,
    SuggestionsChanged,
    TimelineChanged,
    VerificationChanged,
)
from avise.services.facts import Facts
from avise.services.source_port import SourcePort
from avise.services.suggestions import suggestions
from avise.services.timeline import entries_of, entry_of, unified
from avise.services.verification import CallerVerification
from avise.texts.formats import local

TIMELINE_PAUSE = 0.12
"""Seconds between two foldings of the timeline while readings land: eight a second are enough to
read, and ten thousand lines are not sorted for each page."""

ViewKey = tuple[str, str]
"""(facet, instance): a facet fed by two tools makes two blocks."""

_FAILED_STATES = frozenset({FacetState.FAILED, FacetState.WITHHELD})


@dataclass(slots=True)
class _Slot:
    """One block: its last view with clear values, and its reading under way."""

    offer: SourceOffer
    view: FacetView
    """Records in clear: rules read them, screens get the masked form."""
    entries: tuple[TimelineEntry, ...] = ()
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class _History:
    """Exchanges that one tool lists."""

    offer: SourceOffer
    entries: tuple[TimelineEntry, ...] = ()
    failed: bool = False
    truncated: bool = False
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class _Told:
    """What the screen was told last, so that only changes are told."""

    alerts: tuple[Alert, ...] | None = None
    suggestions: tuple[tuple[Suggestion, ...], int] | None = None
    header: Header | None = None


@dataclass(slots=True)
class OpenDossier:
    """One dossier that a screen follows.

    Args:
        entry: the member, from the directory.
        session: who looks.
        purpose: why.
        sources: the tools.
        env: the clock.
        own_entries: the journal's own exchanges with this member.
    """

    entry: DirectoryEntry
    session: Session
    purpose: Purpose
    sources: SourcePort
    env: Env
    own_entries: tuple[TimelineEntry, ...] = ()
    verification: CallerVerification = field(default_factory=CallerVerification)
    _updates: asyncio.Queue[CustomerUpdate | None] = field(default_factory=asyncio.Queue)
    _slots: dict[ViewKey, _Slot] = field(default_factory=dict)
    _histories: dict[str, _History] = field(default_factory=dict)
    _told: _Told = field(default_factory=_Told)
    _timeline: tuple[TimelineEntry, ...] = ()
    _fold_task: asyncio.Task[None] | None = None
    _settle_task: asyncio.Task[None] | None = None
    _started: float = 0.0

    # ---- life ----------------------------------------------------------------------------------
    def start(self) -> None:
        """Tell the header from the directory and start every reading."""
        self._started = self.env.monotonic()
        self._tell_header()
        self._tell(VerificationChanged(self.verification.state))
        offers = self.sources.offers()
        for offer in offers:
            self._prepare(offer)
        self._prepare_unknown(offers)
        for slot in self._slots.values():
            self._tell_view(slot.view)
        self.read()

    async def follow(self) -> AsyncIterator[CustomerUpdate]:
        """Yield what changes until `aclose`."""
        while (update := await self._updates.get()) is not None:
            yield update

    async def aclose(self) -> None:
        """Stop following: readings under way are detached by the host, which lets them land."""
        running = [task for task in self._tasks() if not task.done()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._updates.put_nowait(None)

    def read(self, facet: str = "", *, force: bool = False) -> None:
        """Start readings: of one facet, or of everything."""
        for slot in self._slots.values():
            if facet in ("", slot.view.facet) and self._readable(slot):
                slot.task = self._replaced(slot.task, self._read_facet(slot, force=force))
        for history in self._histories.values():
            if not facet and history.offer.failure is None:
                history.task = self._replaced(history.task, self._read_history(history, force=force))
        self._settle_task = self._replaced(self._settle_task, self._settle())

    def read_source(self, instance: str) -> None:
        """Start the readings of one tool again."""
        for slot in self._slots.values():
            if slot.offer.instance == instance and self._readable(slot):
                slot.task = self._replaced(slot.task, self._read_facet(slot, force=True))
        history = self._histories.get(instance)
        if history is not None and history.offer.failure is None:
            history.task = self._replaced(history.task, self._read_history(history, force=True))
        self._settle_task = self._replaced(self._settle_task, self._settle())

    # ---- what rules read -----------------------------------------------------------------------
    def facts(self) -> Facts:
        """Return what is known now, in clear."""
        now = self.env.now()
        views: dict[str, tuple[FacetView, ...]] = {}
        for (facet, _), slot in self._slots.items():
            views[facet] = (*views.get(facet, ()), slot.view)
        return Facts(local(now).date(), now, views)

    def customer_key(self, needs: Iterable[str]) -> CustomerKey:
        """Return the customer with only the identifiers that a tool needs."""
        ids = {**self.entry.party.ids, "member": self.entry.party.member_number}
        wanted = {scheme: ids[scheme] for scheme in needs if ids.get(scheme)}
        return CustomerKey(self.entry.dossier, wanted)

    def identity(self) -> IdentityEvidence:
        """Return who the customer is, to compare with what answers say."""
        party = self.entry.party
        ids = {**party.ids, "member": party.member_number}
        others = (party.birth_name,) if party.birth_name else ()
        return IdentityEvidence(
            party.last_name, party.first_name, party.birth_date, ids, other_last_names=others
        )

    def clear_value(self, facet: str, record: str, name: str) -> str | None:
        """Return a field in clear, for a reveal that was journaled; None when it is not known."""
        for candidate in self.facts().records(facet):
            if candidate.id == record or not record:
                value = candidate.data.get(name)
                return value if isinstance(value, str) else None
        return None

    def tell_verification(self) -> None:
        """Tell where the caller's verification stands."""
        self._tell(VerificationChanged(self.verification.state))

    def tell_not_kept(self, error: AviseError) -> None:
        """Tell that something about this customer could not be kept on the workstation."""
        self._tell(NotKept(error.message_key, dict(error.params)))

    def add_own_entry(self, entry: TimelineEntry) -> None:
        """Add an exchange that was just written in the journal."""
        self.own_entries = (entry, *self.own_entries)
        self._fold_soon()

    # ---- readings ------------------------------------------------------------------------------
    def _prepare(self, offer: SourceOffer) -> None:
        for facet in offer.facets:
            spec = FACETS.get(facet.facet)
            if spec is None:
                continue
            view = FacetView(facet.facet, offer.instance, offer.name, FacetState.WAITING)
            slot = _Slot(offer, view)
            slot.view = replace(view, state=self._first_state(slot))
            if offer.failure is not None:
                slot.view = replace(view, state=FacetState.FAILED, error=offer.failure)
            self._slots[facet.facet, offer.instance] = slot
        if offer.timeline and offer.enabled and self._has_ids(offer):
            self._histories[offer.instance] = _History(offer, failed=offer.failure is not None)

    def _prepare_unknown(self, offers: Iterable[SourceOffer]) -> None:
        """Say of a block that no tool feeds, while a tool of unknown content was refused, who may lack."""
        fed = {facet for facet, _ in self._slots}
        for offer in offers:
            if offer.failure is None or offer.facets or offer.timeline:
                continue
            for facet in (facet for facet in FACETS if facet not in fed):
                view = FacetView(facet, offer.instance, offer.name, FacetState.FAILED, error=offer.failure)
                self._slots[facet, offer.instance] = _Slot(offer, view)

    def _first_state(self, slot: _Slot) -> FacetState:
        if not slot.offer.enabled:
            return FacetState.DISABLED
        if not may_open(self.session.role, FACETS[slot.view.facet]):
            return FacetState.FORBIDDEN
        if not self._has_ids(slot.offer, slot.view.facet):
            return FacetState.NOT_APPLICABLE
        return FacetState.WAITING

    def _has_ids(self, offer: SourceOffer, facet: str = "") -> bool:
        needs = offer.needs(facet)
        return len(self.customer_key(needs).ids) == len(set(needs))

    def _readable(self, slot: _Slot) -> bool:
        return slot.offer.failure is None and self._first_state(slot) is FacetState.WAITING

    async def _read_facet(self, slot: _Slot, *, force: bool) -> None:
        offer, facet = slot.offer, slot.view.facet
        self._change(slot, replace(slot.view, refreshing=True))
        readings = self.sources.read_facet(
            offer.instance,
            facet,
            self.customer_key(offer.needs(facet)),
            self.identity(),
            agent=self.session.user,
            purpose=self.purpose,
            priority=Priority.INTERACTIVE,
            force=force,
        )
        async for reading in readings:
            self._change(slot, self._view_of(slot, reading))
        self._change(slot, replace(slot.view, refreshing=False))

    def _view_of(self, slot: _Slot, reading: FacetReading) -> FacetView:
        spec = FACETS[slot.view.facet]
        offer = slot.offer.facet(slot.view.facet)
        known = Known(
            read_at=reading.fetched_at,
            count=len(reading.records),
            reading=not reading.final,
            complete=reading.completeness is not Completeness.MORE,
            truncated=reading.completeness is Completeness.TRUNCATED,
            unreadable=reading.unreadable,
            error=reading.error,
            withheld=reading.withheld,
        )
        found = facet_state(
            known, self.env.now(), offer.fresh_for or spec.fresh_for, offer.usable_for or spec.usable_for
        )
        state = FacetState.NOT_APPLICABLE if found is FacetState.EMPTY and spec.id in _FOR_SOME else found
        shown = state not in (FacetState.WITHHELD, FacetState.FORBIDDEN, FacetState.FAILED)
        return replace(
            slot.view,
            state=state,
            records=tuple(_record_of(record) for record in reading.records) if shown else (),
            as_of=reading.as_of or reading.fetched_at,
            fetched_at=reading.fetched_at,
            total=reading.total,
            truncated_because=reading.truncated_because,
            error=reading.error,
            refreshing=not reading.final,
            unreadable=reading.unreadable,
        )

    async def _read_history(self, history: _History, *, force: bool) -> None:
        offer = history.offer
        readings = self.sources.read_timeline(
            offer.instance,
            self.customer_key(offer.needs("")),
            self.identity(),
            agent=self.session.user,
            purpose=self.purpose,
            force=force,
        )
        async for reading in readings:
            self._fold_history(history, reading)

    def _fold_history(self, history: _History, reading: TimelineReading) -> None:
        history.failed = reading.error is not None or reading.withheld
        history.truncated = reading.completeness is Completeness.TRUNCATED
        if not reading.withheld and (reading.interactions or reading.error is None):
            instance = history.offer.instance
            history.entries = tuple(entry_of(item, instance) for item in reading.interactions)
        self._fold_soon()

    # ---- telling -------------------------------------------------------------------------------
    def _tell(self, update: CustomerUpdate) -> None:
        self._updates.put_nowait(update)

    def _change(self, slot: _Slot, view: FacetView) -> None:
        if view == slot.view:
            return
        records_changed = view.records is not slot.view.records
        slot.view = view
        self._tell_view(view)
        if records_changed or view.state in _FAILED_STATES:
            slot.entries = tuple(entries_of(view))
            self._fold_soon()
        if view.facet in ("identity", "contact_points", "contracts"):
            self._tell_header()
        self._tell_rules()

    def _tell_view(self, view: FacetView) -> None:
        spec = FACETS[view.facet]
        records = tuple(mask_record(spec, record, self.session.role) for record in view.records)
        self._tell(FacetChanged(replace(view, records=records)))

    def _tell_header(self) -> None:
        header = header_of(self.entry, self.facts(), self.session.role)
        if header != self._told.header:
            self._told.header = header
            self._tell(HeaderChanged(header))

    def _tell_rules(self) -> None:
        facts = self.facts()
        found_alerts = alerts(facts, self._timeline)
        if found_alerts != self._told.alerts:
            self._told.alerts = found_alerts
            self._tell(AlertsChanged(found_alerts))
        found = suggestions(facts)
        if found != self._told.suggestions:
            self._told.suggestions = found
            self._tell(SuggestionsChanged(*found))

    def _all_entries(self) -> tuple[TimelineEntry, ...]:
        entries = [*self.own_entries]
        for slot in self._slots.values():
            entries.extend(slot.entries)
        for history in self._histories.values():
            entries.extend(history.entries)
        return tuple(entries)

    def _fold_soon(self) -> None:
        if self._fold_task is None or self._fold_task.done():
            self._fold_task = asyncio.create_task(self._fold_after_pause(), name="fold timeline")

    async def _fold_after_pause(self) -> None:
        await self.env.sleep(TIMELINE_PAUSE)
        self._tell_timeline()

    def _tell_timeline(self) -> None:
        missing = {history.offer.name for history in self._histories.values() if history.failed}
        missing |= {
            slot.view.source_name
            for slot in self._slots.values()
            if slot.view.state in _FAILED_STATES and slot.view.facet in _TOLD_IN_TIMELINE
        }
        truncated = any(history.truncated for history in self._histories.values())
        self._timeline = unified(self._all_entries())
        self._tell(TimelineChanged(self._timeline, tuple(sorted(missing)), truncated))
        self._tell_rules()

    async def _settle(self) -> None:
        reading = [task for task in self._reading_tasks() if task is not None]
        await asyncio.gather(*reading, return_exceptions=True)
        if self._fold_task is not None and not self._fold_task.done():
            self._fold_task.cancel()
        self._tell_timeline()
        states = [slot.view.state for slot in self._slots.values()]
        fresh = (FacetState.FRESH, FacetState.EMPTY, FacetState.TRUNCATED, FacetState.PARTIAL)
        self._tell(
            OpeningSettled(
                fresh=sum(state in fresh for state in states),
                stale=states.count(FacetState.STALE),
                failed=sum(state in _FAILED_STATES for state in states),
                forbidden=states.count(FacetState.FORBIDDEN),
                elapsed_ms=round((self.env.monotonic() - self._started) * 1000),
            )
        )

    # ---- tasks ---------------------------------------------------------------------------------
    def _reading_tasks(self) -> list[asyncio.Task[None] | None]:
        tasks = [slot.task for slot in self._slots.values()]
        return [*tasks, *(history.task for history in self._histories.values())]

    def _tasks(self) -> list[asyncio.Task[None]]:
        tasks = [*self._reading_tasks(), self._fold_task, self._settle_task]
        return [task for task in tasks if task is not None]

    @staticmethod
    def _replaced(
        running: asyncio.Task[None] | None, coroutine: Coroutine[object, object, None]
    ) -> asyncio.Task[None]:
        if running is not None and not running.done():
            running.cancel()
        return asyncio.create_task(coroutine, name="read")


_TOLD_IN_TIMELINE = frozenset(
    {"benefits", "contributions", "complaints", "documents", "appointments", "authorizations"}
)


_FOR_SOME = frozenset({"company"})
"""Facets that many members do not have: nothing found means that there is no such block."""


def _record_of(record: Record) -> FacetRecord:
    return FacetRecord(record.id, record.data, record.as_of, frozenset(), record.extra)
