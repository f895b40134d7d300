"""Acting for the customer on screen: what tools offer, the form, undoing, and what became of it."""

from __future__ import annotations

import functools
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.commands import TERMINAL, CommandId, CommandState, OutboxItem
from avise.models.errors import AviseError
from avise.models.json_types import JSON
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.deeds import deed_code
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.outbox.counts import counted
from avise.ui.outbox.sentences import may_compare, may_undo
from avise.ui.outbox.situation import OutboxCounts
from avise.ui.palette.values import PaletteCommand
from avise.ui.theme import theme
from avise.ui.widgets.toast import SHOWN_MS, Message

if TYPE_CHECKING:
    from avise.services.acting_values import GroupPlan
    from avise.services.customer_updates import SuggestedAction, Suggestion
    from avise.ui.outbox.action_fields import Pick
    from avise.ui.outbox.action_form import ActionForm
    from avise.ui.outbox.offers import Intention

_log = logging.getLogger(__name__)

UNDO_S = SHOWN_MS / 1000
"""A command leaves when the message that offers to take it back goes (`ui.md` 5.14)."""

DOCUMENT_SOON_MS = 1500
"""A document that comes before is offered without another message first."""


def _report(name: str, error: BaseException) -> None:
    """Note a failure that no screen shows: its kind only, its text may hold a person's data."""
    _log.error("%s ended on %s", name, type(error).__name__)


class CustomerActing(QObject):
    """What the agent can have done for one customer.

    Args:
        desk: the services.
        model: of the customer.
        page: over which the form stands.
        announcer: speaks to people who hear the screen.

    Signals:
        message: what came of it (a `Message`).
        followed: how many commands for this customer have not gone well yet.
        loaded: tools offer something for this customer.
    """

    message = Signal(object)
    loaded = Signal()
    followed = Signal(int)

    def __init__(
        self, desk: DeskBridge, model: CustomerViewModel, page: QWidget, announcer: Announcer | None
    ) -> None:
        super().__init__(page)
        self._desk, self._model, self._page, self._announcer = desk, model, page, announcer
        self._tasks = TaskScope(self, _report)
        self._form: ActionForm | None = None
        self._all: Sequence[OutboxItem] = ()
        self._awaited: OutboxItem | None = None
        """What is planned anew once the dossier is open."""
        self._replaced: OutboxItem | None = None
        """What the form on screen does again."""
        self._documents: set[CommandId] = set()
        """Documents asked from here, not come yet."""
        self.items: tuple[OutboxItem, ...] = ()
        """The commands for this customer."""
        self.intentions: tuple[Intention, ...] = ()
        model.header_changed.connect(self._on_header_changed)
        model.settled.connect(self.load)

    def close(self) -> None:
        """End what is under way; the page closes."""
        self._tasks.cancel()

    # ---- what is offered -----------------------------------------------------------------------
    @Slot()
    def load(self) -> None:
        """Ask what can be done for this customer."""
        self._tasks.spawn(self._load(), name="actions")

    async def _load(self) -> None:
        from avise.ui.outbox.offers import intentions  # noqa: PLC0415 - not needed by the first paint

        try:
            offers = await self._desk.actions(self._model.person)
        except AviseError:
            # Without an outbox nothing is offered; the page shows the rest.
            offers = ()
        self.intentions = intentions(offers)
        if self.intentions:
            names = {deed_code(one.action): one.label for one in self.intentions}
            self._model.wrap_up.name_actions(names)
            self.loaded.emit()

    def of_block(self, facet: str) -> tuple[tuple[str, str], ...]:
        """Return what the menu of a block offers: action, and its label."""
        return tuple((one.action, one.label) for one in self.intentions if facet in one.blocks)

    def commands(self) -> list[PaletteCommand]:
        """Return the rows of the palette: what can be done, and what can still be taken back."""
        found = [
            PaletteCommand(
                f"act:{one.action}", one.label, one.icon, "", of_customer=True,
                run=functools.partial(self.open, one.action),
            )
            for one in self.intentions
        ]  # fmt: skip
        for item in self.items:
            if may_undo(item):
                label = text("action_form.undo_of", label=item.label, source=item.source_name)
                undo = functools.partial(self._undo, (item,))
                found.append(PaletteCommand(f"undo:{item.command_id}", label, "rotate-cw", "", True, undo))
        return found

    # ---- the form ------------------------------------------------------------------------------
    def open(self, action: str, anchor: QPoint | None = None) -> None:
        """Open the form of an action; one that no tool offers any more is said to be so."""
        intention = next((one for one in self.intentions if one.action == action), None)
        self._open(intention, anchor)

    def open_answer(self, _suggestion: Suggestion, action: SuggestedAction) -> None:
        """Open the form that a suggested answer aims at ("address.change")."""
        from avise.ui.outbox.offers import named_by  # noqa: PLC0415 - not needed by the first paint

        self._open(named_by(action.target, self.intentions), None)

    def _open(self, intention: Intention | None, anchor: QPoint | None) -> None:
        if intention is None:
            self._fail(AviseError("acting.not_offered"))
            return
        known, picks = self._given(intention)
        self._replaced = None
        self.form().open_for(intention, known, picks, anchor if anchor is not None else self._anchor())

    def _given(self, intention: Intention) -> tuple[dict[str, JSON], dict[str, Sequence[Pick]]]:
        """Return what the file gives to a form: present values, and records to pick from, by input."""
        from avise.ui.outbox.offers import known_facet, known_value, picks_of  # noqa: PLC0415 - as above

        known: dict[str, JSON] = {}
        picks: dict[str, Sequence[Pick]] = {}
        for declared in intention.inputs:
            facet = known_facet(declared)
            views = self._model.views(facet) if facet else ()
            known[declared.name] = known_value(declared, views)
            picks[declared.name] = picks_of(declared, views, self._model.moment())
        return known, picks

    @staticmethod
    def _anchor() -> QPoint:
        return QPoint(theme().px(24), theme().px(110))

    def redo(self, item: OutboxItem) -> None:
        """Plan anew what a command asked that was not done, on what is there now, and show it."""
        if self._model.state.header is None:
            # The dossier must be open first: a protected one is, with its reason.
            self._awaited = item
            return
        self._tasks.spawn(self._redo(item), name="redo", when_busy="drop")

    async def _redo(self, item: OutboxItem) -> None:
        from avise.ui.outbox.offers import Intention  # noqa: PLC0415 - not needed by the first paint

        try:
            plan = await self._desk.plan_again(self._model.person, item.command_id)
        except AviseError as error:
            self._fail(error)
            return
        intention = Intention(plan.offer.action, (plan.offer,))
        _known, picks = self._given(intention)
        self._replaced = item
        self.form().open_plan(intention, plan, picks, self._anchor())

    def form(self) -> ActionForm:
        """Return the form, built when it is first wanted."""
        if self._form is None:
            from avise.ui.outbox.action_form import ActionForm  # noqa: PLC0415 - not needed by the first paint

            self._form = ActionForm(self._plan, self._confirm, self._tasks, self._speak, self._page)
            self._form.promised.connect(self._on_promised)
        return self._form

    async def _plan(self, intention: Intention, values: dict[str, JSON]) -> GroupPlan:
        from avise.services.acting_values import GroupPlan  # noqa: PLC0415 - not needed by the first paint

        person = self._model.person
        if intention.everywhere:
            return await self._desk.plan_everywhere(person, intention.action, values)
        offer = intention.offers[0]
        return GroupPlan((await self._desk.plan_action(person, offer.instance, offer.action, values),))

    async def _confirm(self, intention: Intention, plan: GroupPlan) -> tuple[OutboxItem, ...]:
        # Nothing changes when a document is made: there is nothing to take back, and it is waited for.
        undo_s = 0 if intention.document else UNDO_S
        return await self._desk.confirm_actions(plan.plans, undo_s, refused=plan.refused)

    @Slot(object, object)
    def _on_promised(self, intention: Intention, items: tuple[OutboxItem, ...]) -> None:
        self._model.note_deed("acted", deed_code(intention.action))
        replaced, self._replaced = self._replaced, None
        if replaced is not None:
            # Done again: the one that was not done needs nobody any more.
            self._tasks.spawn(self._put_away(replaced), name="put away")
        if intention.document:
            self._documents |= {item.command_id for item in items}
            self._offer_documents()
            QTimer.singleShot(DOCUMENT_SOON_MS, self, self._on_document_late)
            return
        undo = functools.partial(self._undo, items)
        about = items[0].command_id if items else None
        asked = any(item.state is CommandState.AWAITING_SECOND for item in items)
        words, action = (
            text("action_form.asked" if asked else "action_form.confirmed"),
            text("action_form.undo"),
        )
        self.message.emit(Message(words, "send", False, action, undo, about=about))

    async def _put_away(self, item: OutboxItem) -> None:
        try:
            await self._desk.abandon(item.command_id, "")
        except AviseError as error:
            self._fail(error)

    @Slot()
    def _on_document_late(self) -> None:
        """Say that a document is under way, when it did not come at once."""
        if self._documents:
            self.message.emit(Message(text("action_form.confirmed"), "send"))

    # ---- undoing -------------------------------------------------------------------------------
    def _undo(self, items: Sequence[OutboxItem]) -> None:
        self._tasks.spawn(self._undo_all(items), name="undo", when_busy="drop")

    async def _undo_all(self, items: Sequence[OutboxItem]) -> None:
        late = 0
        for item in items:
            try:
                await self._take_back(item)
            except AviseError:
                late += 1
        if late:
            # Some tools may have been asked already: each one's state is in the outbox.
            self._fail(AviseError("outbox.too_late"))
        if late < len(items):
            self._model.note_deed("act_undone", deed_code(items[0].action))
            about = items[0].command_id
            self.message.emit(Message(text("action_form.undone"), "rotate-cw", about=about))

    async def _take_back(self, item: OutboxItem) -> None:
        now = next((one for one in self._all if one.command_id == item.command_id), item)
        if not may_undo(now):
            # It has left: giving it up would only take note of how it ended.
            raise AviseError("outbox.too_late")
        after = await self._desk.abandon(item.command_id, text("outbox.undone_because"))
        if after.state is not CommandState.CANCELLED or after.uncertain:
            raise AviseError("outbox.too_late")

    # ---- what became of it ---------------------------------------------------------------------
    def set_outbox(self, items: Sequence[OutboxItem]) -> None:
        """Take the outbox as it now is."""
        self._all = items
        self._take_items()
        if self._form is not None:
            self._form.follow(items)
        self._offer_documents()

    @Slot()
    def _on_header_changed(self) -> None:
        self._take_items()
        awaited, self._awaited = self._awaited, None
        if awaited is not None:
            self.redo(awaited)

    def _take_items(self) -> None:
        header = self._model.state.header
        people = {self._model.person} | ({header.dossier} if header is not None else set())
        mine = tuple(item for item in self._all if item.person in people)
        if mine != self.items:
            self.items = mine
            self.followed.emit(self.counts().followed)

    def to_compare(self) -> tuple[OutboxItem, ...]:
        """Return what the office changed too, for this customer."""
        return tuple(filter(may_compare, self.items))

    def counts(self) -> OutboxCounts:
        """Return what waits for this customer."""
        return counted(self.items)

    def _offer_documents(self) -> None:
        """Say that a document asked from here has come, and offer to take it; or that it will not."""
        for item in self._all:
            ended = bool(item.document_name) or item.state in TERMINAL - {CommandState.DONE}
            if item.command_id not in self._documents or not ended:
                continue
            self._documents.discard(item.command_id)
            if not item.document_name:
                # The tool's own sentence stays in the outbox: a message is seen by whoever passes.
                self._fail(AviseError("action_form.document_refused", source=item.source_name))
                continue
            take = functools.partial(self._take_document, item)
            words = text("action_form.document_ready")
            self.message.emit(Message(words, "file-check", False, text("outbox.do.document"), take))

    def _take_document(self, item: OutboxItem) -> None:
        from avise.ui.outbox.documents import take_document  # noqa: PLC0415 - not needed by the first paint

        fetch = functools.partial(self._desk.outbox_document, item.command_id)
        taken = take_document(fetch, self._page, self.message.emit, opened=True)
        self._tasks.spawn(taken, name=f"document {item.command_id}", when_busy="drop")

    # ---- telling -------------------------------------------------------------------------------
    def _speak(self, sentence: str) -> None:
        if self._announcer is not None:
            self._announcer.say(sentence)

    def _fail(self, error: AviseError) -> None:
        self.message.emit(Message(text(error.message_key, **error.params), "circle-x", is_error=True))
