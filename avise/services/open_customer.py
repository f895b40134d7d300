"""Open a customer: everything that every tool knows, each block as soon as it is there.

One `OpenDossier` follows one member's dossier while a screen shows it. It starts every reading at
once, folds what comes back into views, and tells only what changed. No reading waits for another;
the header comes from the directory before any tool was asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from avise.connectors.contract import Priority
from avise.connectors.readings import SourceOffer
from avise.env import Env
from avise.models.consent import ConsentMatrix
from avise.models.customer import CustomerKey, DirectoryEntry, IdentityEvidence
from avise.models.errors import AviseError
from avise.models.facets import FacetState, FacetView
from avise.models.interaction import Interaction, TimelineEntry
from avise.models.roles import Purpose, Session
from avise.services.alerts import NO_RECORDS, alerts
from avise.services.consents import FACET as CONSENTS
from avise.services.consents import overlaid
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
from avise.services.dossier_blocks import (
    FAILED_STATES,
    Block,
    History,
    ViewKey,
    evidence_of,
    key_of,
    read_by,
)
from avise.services.facts import Facts
from avise.services.identity.values import SamePersonNews
from avise.services.source_port import SourcePort
from avise.services.suggestions import SuggestedAnswers
from avise.services.timeline import entries_of, entry_id, unified
from avise.services.verification import CallerVerification
from avise.texts.formats import local

_log = logging.getLogger(__name__)

TIMELINE_PAUSE = 0.12
"""Seconds between two foldings of the timeline while readings land: eight a second are enough to
read, and ten thousand lines are not sorted for each page."""


RULES_PAUSE = 0.03
"""Seconds between two runs of the rules while readings land: a score of them land together, and nobody
sees an alert come two frames sooner."""


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
    hub_entries: tuple[TimelineEntry, ...] = ()
    """Exchanges that colleagues wrote, as the hub tells them."""
    linked: tuple[DirectoryEntry, ...] = ()
    """Other records of the same person: they are read where the customer's own has no number in a tool."""
    records: SamePersonNews = NO_RECORDS
    """How many links and proposals concern the customer."""
    open_requests: int = 0
    """Requests to the middle office that somebody still has to work on."""
    verification: CallerVerification = field(default_factory=CallerVerification)
    own_consents: ConsentMatrix = field(default_factory=ConsentMatrix)
    """What the journal knows of consents: it holds at once, whatever a tool still tells."""
    _told_consents: dict[ViewKey, FacetView] = field(default_factory=dict)
    _updates: asyncio.Queue[CustomerUpdate | None] = field(default_factory=asyncio.Queue)
    _blocks: dict[ViewKey, Block] = field(default_factory=dict)
    _histories: dict[str, History] = field(default_factory=dict)
    _told: _Told = field(default_factory=_Told)
    _answers: SuggestedAnswers = field(default_factory=SuggestedAnswers)
    _timeline: tuple[TimelineEntry, ...] = ()
    _fold_task: asyncio.Task[None] | None = None
    _settle_task: asyncio.Task[None] | None = None
    _rules_task: asyncio.Task[None] | None = None
    _aging: tuple[datetime, asyncio.Task[None]] | None = None
    _started: float = 0.0

    # ---- life ----------------------------------------------------------------------------------
    def start(self) -> None:
        """Tell the header from the directory and start every reading."""
        self._started = self.env.monotonic()
        self._tell_header()
        self._tell(VerificationChanged(self.verification.state))
        self._blocks, self._histories = read_by(
            self.sources.offers(), self.session.role, self.entry, self.linked
        )
        for block in self._blocks.values():
            # Its reading starts below: telling that apart would draw every block twice.
            block.view = replace(block.view, refreshing=block.readable)
            self._tell(FacetChanged(block.masked_view(self.session.role)))
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
        for block in self._blocks.values():
            if facet in ("", block.view.facet) and block.readable:
                block.task = self._replaced(block.task, self._read_facet(block, force=force))
        for history in self._histories.values():
            if not facet and history.readable:
                history.task = self._replaced(history.task, self._read_history(history, force=force))
        self._settle_task = self._replaced(self._settle_task, self._settle())

    def read_source(self, instance: str) -> None:
        """Start the readings of one tool again."""
        for block in self._blocks.values():
            if block.offer.instance == instance and block.readable:
                block.task = self._replaced(block.task, self._read_facet(block, force=True))
        history = self._histories.get(instance)
        if history is not None and history.readable:
            history.task = self._replaced(history.task, self._read_history(history, force=True))
        self._settle_task = self._replaced(self._settle_task, self._settle())

    def remap(self, instance: str) -> None:
        """Show what a tool feeds from now on, and read it again: its connector was written anew."""
        offers = self.sources.offers()
        fed, told = read_by(offers, self.session.role, self.entry, self.linked)
        for key, block in fed.items():
            if (
                block.offer.instance == instance
                and (known := self._blocks.setdefault(key, block)) is not block
            ):
                known.offer, known.readable = block.offer, block.readable
        for name, history in told.items():
            if name == instance and (before := self._histories.setdefault(name, history)) is not history:
                before.offer = history.offer
        self.read_source(instance)

    # ---- what rules read -----------------------------------------------------------------------
    def facts(self) -> Facts:
        """Return what is known now, in clear."""
        now = self.env.now()
        views: dict[str, tuple[FacetView, ...]] = {}
        for (facet, _), block in self._blocks.items():
            views[facet] = (*views.get(facet, ()), block.view)
        return Facts(local(now).date(), now, views, self.entry.party)

    def customer_key(self, needs: Iterable[str]) -> CustomerKey:
        """Return the customer with only the identifiers that a tool needs."""
        return key_of(self.entry, needs)

    def identity(self) -> IdentityEvidence:
        """Return who the customer is, to compare with what answers say."""
        return evidence_of(self.entry)

    def records_read(self) -> tuple[CustomerKey, ...]:
        """Return under which identities readings were asked: the customer's, and those of linked records."""
        return tuple(CustomerKey(entry.dossier, {}) for entry in (self.entry, *self.linked))

    def tell_verification(self) -> None:
        """Tell where the caller's verification stands."""
        self._tell(VerificationChanged(self.verification.state))

    def tell_not_kept(self, error: AviseError) -> None:
        """Tell that something about this customer could not be kept on the workstation."""
        self._tell(NotKept(error.message_key, dict(error.params)))

    def show_own_entries(self, entries: tuple[TimelineEntry, ...]) -> None:
        """Show the journal's exchanges as they are now: one was just written, or taken back."""
        self.own_entries = entries
        self._fold_soon()

    def show_hub_entries(self, entries: tuple[TimelineEntry, ...]) -> None:
        """Show the exchanges that colleagues wrote."""
        self.hub_entries = entries
        self._fold_soon()

    def show_open_requests(self, count: int) -> None:
        """Show how many requests to the middle office are open."""
        if count != self.open_requests:
            self.open_requests = count
            self._tell_rules_soon()

    def show_links(self, linked: tuple[DirectoryEntry, ...], records: SamePersonNews) -> None:
        """Read the records that are linked now, and let go at once of what was read of any other."""
        self.records = records
        if linked != self.linked:
            self.linked = linked
            blocks, histories = read_by(self.sources.offers(), self.session.role, self.entry, linked)
            self._take_blocks(blocks)
            self._take_histories(histories)
            self._fold_soon()
            self._tell_header()
            self._settle_task = self._replaced(self._settle_task, self._settle())
        self._tell_rules_soon()

    def _take_blocks(self, blocks: dict[ViewKey, Block]) -> None:
        for key, block in blocks.items():
            before = self._blocks.get(key)
            if before is not None and before.linked == block.linked:
                continue
            if before is not None and before.task is not None:
                before.task.cancel()
            self._blocks[key] = block
            self._told_consents.pop(key, None)
            block.view = replace(block.view, refreshing=block.readable)
            self._tell(FacetChanged(block.masked_view(self.session.role)))
            if block.readable:
                block.task = self._replaced(None, self._read_facet(block, force=False))

    def _take_histories(self, histories: dict[str, History]) -> None:
        for instance in self._histories.keys() | histories.keys():
            before, after = self._histories.get(instance), histories.get(instance)
            if before is not None and after is not None and before.linked == after.linked:
                continue
            if before is not None:
                if before.task is not None:
                    before.task.cancel()
                del self._histories[instance]
            if after is not None:
                self._histories[instance] = after
                if after.readable:
                    after.task = self._replaced(None, self._read_history(after, force=False))

    def show_consents(self, own: ConsentMatrix) -> None:
        """Show what the journal knows of consents over what tools told."""
        self.own_consents = own
        for key, told in self._told_consents.items():
            block = self._blocks[key]
            self._change(block, overlaid(replace(block.view, records=told.records, state=told.state), own))

    def interactions(self) -> tuple[Interaction, ...]:
        """Return the exchanges that tools listed, as far as they were read."""
        return tuple(item for history in self._histories.values() for item in history.interactions)

    def exchange(self, identity: str) -> tuple[SourceOffer, Interaction] | None:
        """Return the exchange of a line of the history and the tool that listed it, None when none does."""
        for instance, history in self._histories.items():
            for item in history.interactions:
                if entry_id(item, instance) == identity:
                    return history.offer, item
        return None

    # ---- readings ------------------------------------------------------------------------------
    async def _read_facet(self, block: Block, *, force: bool) -> None:
        offer, facet = block.offer, block.view.facet
        self._change(block, replace(block.view, refreshing=True))
        readings = self.sources.read_facet(
            offer.instance,
            facet,
            key_of(block.linked or self.entry, offer.needs(facet)),
            evidence_of(block.linked or self.entry),
            agent=self.session.user,
            purpose=self.purpose,
            priority=Priority.INTERACTIVE,
            force=force,
        )
        try:
            async for reading in readings:
                self._change(block, self._with_consents(block, block.view_after(reading, self.env.now())))
        except Exception:
            # Told before it is logged: a block that waits for ever would look like a slow tool.
            self._change(block, block.broken_view())
            raise
        self._change(block, replace(block.view, refreshing=False))

    def _with_consents(self, block: Block, view: FacetView) -> FacetView:
        if view.facet != CONSENTS:
            return view
        self._told_consents[view.facet, block.offer.instance] = view
        return overlaid(view, self.own_consents)

    async def _read_history(self, history: History, *, force: bool) -> None:
        offer = history.offer
        readings = self.sources.read_timeline(
            offer.instance,
            key_of(history.linked or self.entry, offer.needs("")),
            evidence_of(history.linked or self.entry),
            agent=self.session.user,
            purpose=self.purpose,
            force=force,
        )
        async for reading in readings:
            history.take(reading, self.session.role)
            self._fold_soon()

    # ---- telling -------------------------------------------------------------------------------
    def _tell(self, update: CustomerUpdate) -> None:
        self._updates.put_nowait(update)

    def _change(self, block: Block, view: FacetView) -> None:
        if view == block.view:
            return
        records_changed = view.records is not block.view.records
        block.view = view
        masked = block.masked_view(self.session.role)
        self._tell(FacetChanged(masked))
        if records_changed or view.state in FAILED_STATES:
            # The timeline is shown as it is: it tells of what this role may read.
            block.entries = tuple(entries_of(masked))
            self._fold_soon()
        if records_changed and view.facet in ("identity", "contact_points", "contracts", "company"):
            self._tell_header()
        self._tell_rules_soon()

    def _tell_header(self) -> None:
        header = header_of(self.entry, self.facts(), self.session.role)
        if header != self._told.header:
            self._told.header = header
            self._tell(HeaderChanged(header))

    def _tell_rules_soon(self) -> None:
        if self._rules_task is None or self._rules_task.done():
            self._rules_task = asyncio.create_task(self._tell_rules_after_pause(), name="tell rules")
            self._rules_task.add_done_callback(log_error)

    async def _tell_rules_after_pause(self) -> None:
        await self.env.sleep(RULES_PAUSE)
        self._tell_rules()

    def _tell_rules(self) -> None:
        facts = self.facts()
        found_alerts = alerts(facts, self._timeline, self.open_requests, self.records)
        if found_alerts != self._told.alerts:
            self._told.alerts = found_alerts
            self._tell(AlertsChanged(found_alerts))
        found = self._answers.found(facts)
        if found != self._told.suggestions:
            self._told.suggestions = found
            self._tell(SuggestionsChanged(*found))
        self._run_again_at(self._answers.next_stale_at)

    def _run_again_at(self, moment: datetime | None) -> None:
        """Run the rules when an answer grows too old for its own rule, though nothing else changes."""
        if self._aging is not None and self._aging[0] == moment:
            return
        if self._aging is not None:
            self._aging[1].cancel()
        self._aging = None
        if moment is not None:
            task = asyncio.create_task(self._tell_rules_at(moment), name="age answers")
            task.add_done_callback(log_error)
            self._aging = (moment, task)

    async def _tell_rules_at(self, moment: datetime) -> None:
        while (left := (moment - self.env.now()).total_seconds()) >= 0:
            await self.env.sleep(left + 0.001)
        self._aging = None
        self._tell_rules()

    def _all_entries(self) -> tuple[TimelineEntry, ...]:
        entries = [*self.own_entries]
        for block in self._blocks.values():
            entries.extend(block.entries)
        for history in self._histories.values():
            entries.extend(history.entries)
        told = {entry.id for entry in entries}
        # The same exchange may be told by its own tool, which says more of it.
        entries.extend(entry for entry in self.hub_entries if entry.id not in told)
        return tuple(entries)

    def _fold_soon(self) -> None:
        if self._fold_task is None or self._fold_task.done():
            self._fold_task = asyncio.create_task(self._fold_after_pause(), name="fold timeline")

    async def _fold_after_pause(self) -> None:
        await self.env.sleep(TIMELINE_PAUSE)
        self._tell_timeline()

    def history(self) -> TimelineChanged:
        """Return the timeline as it is now: what this role may read, and the tools that could not tell."""
        missing = {history.offer.name for history in self._histories.values() if history.failed}
        missing |= {
            block.view.source_name
            for block in self._blocks.values()
            if block.view.state in FAILED_STATES and block.view.facet in _TOLD_IN_TIMELINE
        }
        truncated = any(history.truncated for history in self._histories.values())
        return TimelineChanged(unified(self._all_entries()), tuple(sorted(missing)), truncated)

    def _tell_timeline(self) -> None:
        history = self.history()
        self._timeline = history.entries
        self._tell(history)
        self._tell_rules()

    async def _settle(self) -> None:
        reading = [task for task in self._reading_tasks() if task is not None]
        if reading:
            # `gather` would take the readings with it when a later settlement replaces this one.
            await asyncio.wait(reading)
        for late in (self._fold_task, self._rules_task):
            if late is not None and not late.done():
                late.cancel()
        # Also tells the rules: whatever follows the settlement, the final state was told before it.
        self._tell_timeline()
        states = [block.view.state for block in self._blocks.values()]
        fresh = (FacetState.FRESH, FacetState.EMPTY, FacetState.TRUNCATED, FacetState.PARTIAL)
        self._tell(
            OpeningSettled(
                fresh=sum(state in fresh for state in states),
                stale=states.count(FacetState.STALE),
                failed=sum(state in FAILED_STATES for state in states),
                forbidden=states.count(FacetState.FORBIDDEN),
                elapsed_ms=round((self.env.monotonic() - self._started) * 1000),
            )
        )

    # ---- tasks ---------------------------------------------------------------------------------
    def _reading_tasks(self) -> list[asyncio.Task[None] | None]:
        tasks = [block.task for block in self._blocks.values()]
        return [*tasks, *(history.task for history in self._histories.values())]

    def _tasks(self) -> list[asyncio.Task[None]]:
        aging = self._aging[1] if self._aging is not None else None
        tasks = [*self._reading_tasks(), self._fold_task, self._rules_task, self._settle_task, aging]
        return [task for task in tasks if task is not None]

    @staticmethod
    def _replaced(
        running: asyncio.Task[None] | None, coroutine: Coroutine[object, object, None]
    ) -> asyncio.Task[None]:
        if running is not None and not running.done():
            running.cancel()
        task = asyncio.create_task(coroutine, name="read")
        task.add_done_callback(log_error)
        return task


def log_error(task: asyncio.Task[None]) -> None:
    """Name the type of an error and keep its text out of the log."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a reading ended on %s", type(error).__name__)


_TOLD_IN_TIMELINE = frozenset(
    {"benefits", "contributions", "complaints", "documents", "appointments", "authorizations"}
)
