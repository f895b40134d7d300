"""State of one customer's screen: plain values folded from the desk's updates, and the user's intentions."""

from __future__ import annotations

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env
from avise.models.callers import Caller
from avise.models.customer import PartyKind, PersonId, SearchHit
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetState, FacetView
from avise.models.interaction import TimelineEntry
from avise.models.masking import Access, access
from avise.models.roles import Purpose
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
    Verification,
    VerificationChanged,
    VerificationLevel,
)
from avise.services.desk import Comparison, IncomingCall, VerificationQuestion
from avise.texts.formats import local
from avise.ui.bridge import DeskBridge, Updates, Watch
from avise.ui.customer.block_composer import BlockSituation, compose, is_relevant
from avise.ui.customer.block_content import BlockContent
from avise.ui.customer.block_state import COUNTER_AFTER_S, SKELETON_AFTER_S
from avise.ui.customer.deeds import Deed, Deeds
from avise.ui.customer.discreet import discreet_content, discreet_views, is_health
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.record_words import Moment
from avise.ui.customer.wrap_up_model import WrapUpModel
from avise.ui.discretion import discretion
from avise.ui.turns import turns

_log = logging.getLogger(__name__)

SPOKEN_AFTER_S = 2.0
"""A reading is said aloud once, if it takes that long."""
COUNTER_MS, AGE_MS, FED_MS = 100, 30_000, 150
"""Seconds of a reading are counted ten times a second; ages are told again every 30 s (`ui.md` 6.1).
Every block that a tool feeds is told at the opening: the others leave the screen 150 ms after the last."""


@dataclass(slots=True)
class CustomerState:
    """What is known of the customer on screen; the order of the updates does not matter."""

    header: Header | None = None
    views: dict[str, dict[str, FacetView]] = field(default_factory=dict)
    """By facet, then by tool."""
    alerts: tuple[Alert, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    fresh_sources: int = 0
    timeline: tuple[TimelineEntry, ...] = ()
    missing_sources: tuple[str, ...] = ()
    timeline_known: bool = False
    timeline_truncated: bool = False
    verification: Verification = field(default_factory=Verification)
    settled: OpeningSettled | None = None

    def fold(self, update: CustomerUpdate) -> None:
        """Take one update; it replaces what was held of the same kind, or of the same block."""
        match update:
            case HeaderChanged():
                self.header = update.header
            case FacetChanged():
                self.views.setdefault(update.view.facet, {})[update.view.source] = update.view
            case AlertsChanged():
                self.alerts = update.alerts
            case SuggestionsChanged():
                self.suggestions = update.suggestions
                self.fresh_sources = update.fresh_sources
            case TimelineChanged():
                self.timeline = update.entries
                self.missing_sources = update.missing_sources
                self.timeline_truncated = update.truncated
                self.timeline_known = True
            case VerificationChanged():
                self.verification = update.verification
            case OpeningSettled():
                self.settled = update

    def source_names(self) -> dict[str, str]:
        """Return what staff call each tool, by instance."""
        views = [view for by_source in self.views.values() for view in by_source.values()]
        return {view.source: view.source_name for view in views}


class CustomerViewModel(QObject):
    """One customer's screen.

    Made for nobody: `open` says whose it is, once.

    Args:
        desk: the services.
        env: the clock.
        parent: Qt's owner.

    Signals:
        header_changed, alerts_changed, suggestions_changed, timeline_changed, verification_changed,
        settled: a part of `state` is not what it was.
        facet_changed: facet whose block is not what it was.
        hidden_changed: facets that do not concern this customer.
        read_for_long: a facet has been read for two seconds, once a reading.
        call_changed: the call is not what it was.
        deeds_changed: something was done during the call.
        failed: the dossier cannot be followed, or an action could not be done; catalogue key, parameters.
    """

    header_changed = Signal()
    alerts_changed = Signal()
    suggestions_changed = Signal()
    timeline_changed = Signal()
    verification_changed = Signal()
    settled = Signal()
    facet_changed = Signal(str)
    hidden_changed = Signal()
    read_for_long = Signal(str)
    call_changed = Signal()
    deeds_changed = Signal()
    failed = Signal(str, dict)

    person: PersonId
    """Whose dossier it is, from `open` on."""

    def __init__(self, desk: DeskBridge, env: Env, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._env = desk, env
        self.state = CustomerState()
        self.call: IncomingCall | None = None
        self.deeds = Deeds()
        self.wrap_up = WrapUpModel(desk, env, self.deeds, self)
        self.deeds_changed.connect(self.wrap_up.follow_deeds)
        self._extra_names: Mapping[str, str] = {}
        self._since: dict[str, float] = {}
        self._spoken: set[str] = set()
        self._folded = {facet for facet, layout in LAYOUTS.items() if layout.folded}
        self._copies: set[str] = set()
        self._wide = False
        self._watch: Watch | None = None
        self._counter = QTimer(self)
        self._counter.setInterval(COUNTER_MS)
        self._counter.timeout.connect(self._on_counter)
        self._ages = QTimer(self)
        self._ages.setInterval(AGE_MS)
        self._ages.timeout.connect(self._on_ages)
        self._all_told = False
        self._fed = QTimer(self)
        self._fed.setSingleShot(True)
        self._fed.setInterval(FED_MS)
        self._fed.timeout.connect(self._on_all_told)
        # Every block is composed again, without what a discreet screen hides, or with it.
        discretion().changed.connect(self._on_discretion_changed)

    # ---- life --------------------------------------------------------------------------------
    def open(self, person: PersonId, purpose: Purpose, reason: str = "") -> None:
        """Start following a dossier; nothing is told before Qt's loop turns.

        The opening is written in the journal by the desk.

        Args:
            person: whose dossier.
            purpose: why it is opened.
            reason: for a protected file.
        """
        self.person = self.wrap_up.person = person
        try:
            self._watch = self._desk.watch_customer(person, purpose, reason, self.apply, self._on_failed)
        except AviseError as error:
            QTimer.singleShot(0, self, functools.partial(self._on_failed, error))
            return
        self._ages.start()

    def close(self) -> None:
        """Stop following."""
        self._counter.stop()
        self._ages.stop()
        self._fed.stop()
        for facet in LAYOUTS:
            turns().forget((self, facet))
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        self.wrap_up.close()

    def _on_failed(self, error: AviseError) -> None:
        self.failed.emit(error.message_key, dict(error.params))

    # ---- updates -----------------------------------------------------------------------------
    def apply(self, updates: Updates) -> None:
        """Fold updates and say what changed; each block is told apart."""
        for update in updates:
            if isinstance(update, FacetChanged):
                self._apply_view(update)
                continue
            before = self.state.verification
            self.state.fold(update)
            if isinstance(update, VerificationChanged):
                self._note_verification(before)
            self._tell(update)

    def _apply_view(self, update: FacetChanged) -> None:
        facet = update.view.facet
        hidden, is_first = self.hidden(), facet not in self.state.views
        self.state.fold(update)
        if facet not in LAYOUTS:
            return
        if not self._all_told and is_first:
            self._fed.start()
        self._follow_reading(facet)
        # A tool that is slow to start feeds its blocks after the others: they come back on screen.
        comes_late = is_first and self._all_told
        if comes_late or hidden != self.hidden():
            self.hidden_changed.emit()
        self.facet_changed.emit(facet)

    def _tell(self, update: CustomerUpdate) -> None:
        match update:
            case HeaderChanged():
                self.header_changed.emit()
                if update.header.kind is PartyKind.COMPANY:
                    # Its block may have come first, and leads to itself no more.
                    self.facet_changed.emit("company")
            case AlertsChanged():
                self.alerts_changed.emit()
                self.wrap_up.guess_soon()
            case SuggestionsChanged():
                self.suggestions_changed.emit()
                self.wrap_up.guess_soon()
            case TimelineChanged():
                self.timeline_changed.emit()
            case VerificationChanged():
                self.verification_changed.emit()
            case OpeningSettled():
                self.settled.emit()
            case NotKept():
                self.failed.emit(update.message_key, dict(update.params))

    def _follow_reading(self, facet: str) -> None:
        """Keep since when a facet is being read, and count the seconds only while one is."""
        if any(_is_reading(view) for view in self.views(facet)):
            self._since.setdefault(facet, self._env.monotonic())
        else:
            self._since.pop(facet, None)
            self._spoken.discard(facet)
        if self._since and not self._counter.isActive():
            self._counter.start()
        elif not self._since:
            self._counter.stop()

    @Slot()
    def _on_all_told(self) -> None:
        self._all_told = True
        self.hidden_changed.emit()

    @Slot()
    def _on_counter(self) -> None:
        now = self._env.monotonic()
        for facet, since in tuple(self._since.items()):
            if self._counts(facet, now - since):
                self._tell_in_turn(facet)
            if now - since >= SPOKEN_AFTER_S and facet not in self._spoken:
                self._spoken.add(facet)
                self.read_for_long.emit(facet)

    def _counts(self, facet: str, reading_s: float) -> bool:
        """Return whether a block says something else than at the last tick of the counter."""
        tick = COUNTER_MS / 1000
        if reading_s < SKELETON_AFTER_S + 2 * tick:
            return reading_s >= SKELETON_AFTER_S
        waiting = any(view.state is FacetState.WAITING for view in self.views(facet))
        return waiting and reading_s >= COUNTER_AFTER_S

    def _tell_in_turn(self, facet: str) -> None:
        """Tell that a block changed, in a turn of its own: many are counted at the same tick."""
        turns().soon((self, facet), functools.partial(self.facet_changed.emit, facet))

    @Slot()
    def _on_ages(self) -> None:
        for facet in self.state.views:
            if facet in LAYOUTS:
                self._tell_in_turn(facet)

    @Slot()
    def _on_discretion_changed(self) -> None:
        """Have every block composed at once: somebody else may be looking."""
        for facet in self.state.views:
            if facet in LAYOUTS:
                self.facet_changed.emit(facet)

    # ---- what views read ---------------------------------------------------------------------
    def moment(self) -> Moment:
        """Return the present."""
        now = self._env.now()
        return Moment(now, local(now).date())

    def views(self, facet: str) -> tuple[FacetView, ...]:
        """Return the readings of a facet, one a tool."""
        views = tuple(self.state.views.get(facet, {}).values())
        return discreet_views(facet, views) if discretion().is_on else views

    def content(self, facet: str) -> BlockContent:
        """Return what a block shows now."""
        since = self._since.get(facet)
        composed = compose(
            facet,
            self.views(facet),
            BlockSituation(
                self.moment(),
                reading_s=None if since is None else self._env.monotonic() - since,
                folded=facet in self._folded,
                copy_shown=facet in self._copies,
                wide=self._wide,
                of_company=self.state.header is not None and self.state.header.kind is PartyKind.COMPANY,
            ),
        )
        return discreet_content(composed) if discretion().is_on and is_health(facet) else composed

    async def find(self, number: str) -> SearchHit | None:
        """Return who bears a member number or a SIREN, None when nobody of the directory does."""
        answer = await self._desk.search(number, 5)
        parties = ((hit, hit.entry.party) for hit in answer.hits)
        return next((hit for hit, party in parties if number in (party.member_number, party.siren)), None)

    def hidden(self) -> frozenset[str]:
        """Return the facets whose tools all said that they do not know this person."""
        return frozenset(
            facet
            for facet, by_source in self.state.views.items()
            if facet in LAYOUTS and by_source and not is_relevant(tuple(by_source.values()))
        )

    def unfed(self) -> frozenset[str]:
        """Return the facets that no connected tool feeds, once the opening has told of all of them."""
        return frozenset(set(LAYOUTS) - set(self.state.views)) if self._all_told else frozenset()

    def source_name(self, instance: str) -> str:
        """Return what staff call a tool, its instance when nobody said."""
        return self.state.source_names().get(instance) or self._extra_names.get(instance, instance)

    def may_reveal(self, facet: str) -> bool:
        """Say whether this role may see the restricted fields of a facet, for a reason."""
        spec = FACETS[facet]
        allowed = {access(self._desk.session.role, spec.field(name).datum) for name in spec.live_fields}
        return bool(allowed & {Access.CLEAR, Access.MASKED})

    def set_source_names(self, names: Mapping[str, str]) -> None:
        """Take the names of the tools that feed no block (the window knows them from their states)."""
        if dict(names) != dict(self._extra_names):
            self._extra_names = dict(names)
            self.timeline_changed.emit()

    # ---- shape of the screen -----------------------------------------------------------------
    def toggle_fold(self, facet: str) -> None:
        """Fold or unfold a block."""
        self._folded ^= {facet}
        self.facet_changed.emit(facet)

    def unfold(self, facet: str) -> None:
        """Unfold a block that something leads to."""
        if facet in self._folded:
            self.toggle_fold(facet)

    def show_copy(self, facet: str, *, shown: bool) -> None:
        """Show or hide the copy of a tool in error."""
        self._copies = self._copies | {facet} if shown else self._copies - {facet}
        self.facet_changed.emit(facet)

    def set_wide(self, *, wide: bool) -> None:
        """Compose the facets that have a wide form in that form."""
        if wide == self._wide:
            return
        self._wide = wide
        for facet, layout in LAYOUTS.items():
            if layout.wide:
                self.facet_changed.emit(facet)

    # ---- intentions --------------------------------------------------------------------------
    def set_call(self, call: IncomingCall | None) -> None:
        """Take the call that this customer is on, None when it ended; its wrap-up goes on."""
        began = call is not None and (self.call is None or self.call.call_id != call.call_id)
        self.call = call
        if began and not self.wrap_up.carries:
            self.deeds.clear()
        self.wrap_up.set_call(call)
        if began:
            self.deeds_changed.emit()
        self.call_changed.emit()

    async def forget_verification(self) -> None:
        """Forget who was verified: another call begins."""
        await self._desk.forget_verification(self.person)

    async def reread(self, facet: str = "") -> None:
        """Read a block again, or everything."""
        await self._desk.reread(self.person, facet)
        self.note_deed("reread" if facet else "reread_all", facet)

    async def exchange_body(self, entry: str) -> str:
        """Return the text of an exchange; the service wrote who asked.

        Raises:
            AviseError: it may not, or cannot, be read.
        """
        words = await self._desk.exchange_body(self.person, entry)
        self.note_deed("message_read")
        return words

    async def reveal(self, field_name: str, record: str, reason: str) -> str:
        """Return a restricted value in clear; the service wrote who asked and why.

        Raises:
            AviseError: it may not, or cannot, be shown.
        """
        revealed = await self._desk.reveal(self.person, field_name, record, reason)
        self.note_deed("revealed", field_name)
        return revealed.value

    async def compare(self, field_name: str, record: str, answer: str) -> bool:
        """Say whether a restricted value told by the caller is the right one.

        Raises:
            AviseError: it may not, or cannot, be compared.
        """
        correct = await self._desk.compare(self.person, field_name, record, answer)
        self.note_deed("compared", field_name)
        return correct

    async def verification_questions(self) -> tuple[VerificationQuestion, ...]:
        """Return the questions that can be put to the caller."""
        return await self._desk.verification_questions(self.person)

    async def callers(self) -> tuple[Caller, ...]:
        """Return who may call about this customer."""
        return await self._desk.callers(self.person)

    async def choose_caller(self, caller: Caller) -> None:
        """Note who says to be calling."""
        await self._desk.choose_caller(self.person, caller)

    async def verify(self, question: str, answer: str) -> Comparison:
        """Compare what the caller answers."""
        return await self._desk.verify(self.person, question, answer)

    # ---- what was done -----------------------------------------------------------------------
    def note_deed(self, kind: str, about: str = "") -> None:
        """Keep something that was done, for the list of the call."""
        self.deeds.add(Deed(kind, self._env.now(), about))
        self.deeds_changed.emit()

    def _note_verification(self, before: Verification) -> None:
        after = self.state.verification
        if after.level is before.level:
            return
        if after.level in (VerificationLevel.WEAK, VerificationLevel.STRONG):
            self.note_deed("verified", str(after.correct))
        elif after.level is VerificationLevel.LOCKED:
            self.note_deed("locked")


def _is_reading(view: FacetView) -> bool:
    return view.state is FacetState.WAITING or view.refreshing
