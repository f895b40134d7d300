"""A customer's page: header, call, blocks, timeline and wrap-up, bound to one view-model."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.interaction import TimelineEntry
from avise.models.roles import Purpose
from avise.services.desk import IncomingCall
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.block_actions import BlockActions
from avise.ui.customer.call_panel import CallPanel
from avise.ui.customer.caller_check import CallerCheck
from avise.ui.customer.customer_commands import CustomerCommands
from avise.ui.customer.customer_header import CustomerHeader
from avise.ui.customer.data_reports import CustomerReports
from avise.ui.customer.header_reading import HeaderReading
from avise.ui.customer.later_parts import LaterParts
from avise.ui.customer.offline_strip import OfflineOnPage
from avise.ui.customer.page_content import PageContent
from avise.ui.customer.page_shape import RAIL_OF_WINDOW, PageShape, page_shape
from avise.ui.customer.right_rail import RightRail
from avise.ui.customer.sheet import Sheet
from avise.ui.customer.suggestion_actions import SuggestionActions
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.customer.wrap_up_binding import WrapUpBinding
from avise.ui.customer.wrap_up_model import report
from avise.ui.export.exporting import CustomerExports
from avise.ui.messages.customer_consents import CustomerConsents
from avise.ui.messages.customer_messages import CustomerMessages
from avise.ui.new_request.customer_requests import CustomerRequests
from avise.ui.outbox.customer_acting import CustomerActing
from avise.ui.palette.values import PaletteCommand
from avise.ui.shell.page import Zone
from avise.ui.theme import theme
from avise.ui.widgets.line import HorizontalLine, VerticalLine
from avise.ui.widgets.pane_splitter import PaneSplitter

if TYPE_CHECKING:
    from avise.ui.conflicts.strip import CollisionStrip
    from avise.ui.identity.deciding import DecidingRecords


_OFFLINE, _COLLISIONS, _SHEET = 2, 3, 4
"""Rows of the page under its header and the line below it."""


class CustomerPage(QWidget):
    """One customer on screen. Made for nobody, ahead of time; `open` says whose it is, once.

    Args:
        desk: the services.
        env: the clock.
        announcer: speaks to people who hear the screen.
        parent: of the widget.

    Signals:
        title_changed: NOM Prénom, for the tab.
        draft_changed: whether a note is being written.
        close_requested: the user wants to leave this customer.
        open_requested: another file, of a company or of a member (a `SearchHit`).
        call_end_requested: the call that nobody follows is over.
        message: what came of an action (a `Message`).
        followed: the commands for this customer, counted (an `OutboxCounts`).
        wrap_up_ticked: seconds of wrap-up left, 0 when it is over.
        acted: a sentence and an act that can be taken back.
        request_requested: a request to show in the middle office (its identity).
        sign_in_requested: instance of a tool that asks its user to sign in again.
        compare_requested: a command that met another change (an `OutboxItem`).
    """

    title_changed = Signal(str)
    draft_changed = Signal(bool)
    close_requested = Signal()
    open_requested = Signal(object)
    call_end_requested = Signal()
    message = Signal(object)
    followed = Signal(object)
    wrap_up_ticked = Signal(int)
    acted = Signal(str, object)
    request_requested = Signal(object)
    sign_in_requested = Signal(str)
    compare_requested = Signal(object)

    def __init__(
        self,
        desk: DeskBridge,
        env: Env,
        announcer: Announcer | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._purpose, self._announcer = Purpose.SEARCH, announcer
        self.model = CustomerViewModel(desk, env, self)
        self.tasks = TaskScope(self, report)
        self.shape = PageShape(2, 320, 420)
        self._shown = False
        self._awaits_answer = False
        # From the outside in: a tree that changes parent is dressed again, whole.
        self.header = CustomerHeader(desk.session.role, self)
        self.call_panel = CallPanel(env, self)
        self._call_edge = VerticalLine(strong=True, parent=self)
        self._call_line = HorizontalLine(strong=True, parent=self)
        self.splitter = PaneSplitter("rail", 1, self)
        self.parts = LaterParts(self)
        self.content = PageContent(self.model, self.header, self.parts, self)
        self.sheet = Sheet(
            self.parts, self.content.first_content, lambda: self.model.moment().today, self.splitter
        )
        self.rail = RightRail(self.parts, lambda: self.model.moment().today, env.now, self.splitter)
        self._build()
        self.check = CallerCheck(self.model, self.header, self.tasks, self)
        HeaderReading(self.model, self.header, self.refresh)
        self.blocks = BlockActions(self.model, self.sheet, self.check, self.tasks, self)
        self.acting = CustomerActing(desk, self.model, self, announcer)
        self.acting.message.connect(self.message)
        self.acting.followed.connect(lambda: self.followed.emit(self.acting.counts()))
        self.acting.followed.connect(self._show_collisions)
        self.blocks.offer(self.acting)
        self.set_outbox, self.redo = self.acting.set_outbox, self.acting.redo
        self.set_to_send = self.header.set_to_send
        self.messages = CustomerMessages(desk, self.model, env, report, self)
        self.messages.message.connect(self.message)
        self.messages.facet_requested.connect(self.blocks.show_facet)
        self.blocks.offer_messages(self._opens_entry)
        self.consents = CustomerConsents(desk, self.model, report, self)
        self.blocks.consents_requested.connect(self.consents.open)
        self.exports = CustomerExports(desk, self.model, report, self)
        self.exports.message.connect(self.message)
        self._desk, self._env = desk, env
        self.header.alerts.command_requested.connect(self.run_command)
        self.page_commands = CustomerCommands(self)
        self.reports = CustomerReports(desk, self.model, report, self)
        self.reports.acted.connect(self.acted)
        self.blocks.report_requested.connect(self.page_commands.report_data)
        self.requests = CustomerRequests(desk, self.model, env, report, self)
        self.answers = SuggestionActions(self.model, self.blocks, self)
        self.answers.offer("request", self.requests.answer)
        self.acting.loaded.connect(lambda: self.answers.offer("act", self.acting.open_answer))
        self._connect_model()
        self._connect_views()
        theme().changed.connect(self._reshape)

    def _build(self) -> None:
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.placed.connect(self._align_call)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._grid.addWidget(self.header, 0, 0)
        self._grid.addWidget(self._call_edge, 0, 1)
        self._grid.addWidget(self.call_panel, 0, 2)
        self._grid.addWidget(self._call_line, 1, 0, 1, 3)
        self.offline = OfflineOnPage(self.model, self._grid, _OFFLINE)
        self._grid.addWidget(self.splitter, _SHEET, 0, 1, 3)
        self._grid.setColumnStretch(0, 1)
        self._grid.setRowStretch(_SHEET, 1)
        self._show_call_panel(shown=False)

    _collisions: CollisionStrip | None = None

    @Slot()
    def _show_collisions(self) -> None:
        """Say under the header what the office changed too."""
        found = self.acting.to_compare()
        if self._collisions is None and found:
            from avise.ui.conflicts.strip import CollisionStrip  # noqa: PLC0415 - few pages ever need it

            self._collisions = CollisionStrip(self)
            self._collisions.compare_requested.connect(self.compare_requested)
            self._grid.addWidget(self._collisions, _COLLISIONS, 0, 1, 3)
        if self._collisions is not None:
            self._collisions.show_items(found)

    def _connect_model(self) -> None:
        model = self.model
        self.content.follow(self.sheet, self.rail, self.requests.with_lines)
        self.content.named.connect(self.setAccessibleName)
        self.content.named.connect(self.title_changed)
        self.content.answers_shown.connect(self._on_answers_shown)
        self.content.spoken.connect(self._speak)
        model.call_changed.connect(self._on_call_changed)
        model.failed.connect(self._on_failed)
        model.wrap_up.draft_changed.connect(self.draft_changed)
        model.wrap_up.ticked.connect(self.wrap_up_ticked)
        model.wrap_up.recorded.connect(self.acted)
        model.wrap_up.spoken.connect(self._speak)

    def _connect_views(self) -> None:
        header, requests = self.header, self.requests
        self.parts.built.connect(self._on_built)
        requests.opened.connect(self.request_requested)
        requests.acted.connect(self.acted)
        requests.spoken.connect(self._speak)
        requests.changed.connect(self.content.show_history)
        header.copy_requested.connect(self.copy_member_number)
        self.call_panel.end_requested.connect(self.call_end_requested)
        header.facet_requested.connect(self.blocks.show_facet)
        self.blocks.reread_requested.connect(self.refresh)
        self.blocks.sign_in_requested.connect(self.sign_in_requested)
        self.blocks.file_requested.connect(self._on_file_requested)
        self.blocks.facets_requested.connect(lambda: self.show_tab("facets"))
        self.sheet.tab_chosen.connect(self.show_tab)
        self.check.failed.connect(self._on_failed)

    @Slot(str)
    def _on_built(self, part: str) -> None:
        """Bind a part that was just built, and tell it what came before it was there."""
        self.blocks.bind(part)
        match part:
            case "suggestions":
                self.answers.bind(self.sheet.suggestions)
            case "timeline":
                self.messages.counted.connect(self.sheet.timeline.model.set_countdowns)
            case "requests":
                self.requests.bind(self.rail.requests)
            case "open_items":
                self.rail.open_items.facet_requested.connect(self.blocks.show_facet)
            case "wrap_up":
                WrapUpBinding(self.model.wrap_up, self.rail.wrap_up)
                self.model.wrap_up.open()
                self.consents.ask_in(self.rail.wrap_up.consent_place)
                self.rail.wrap_up.request_requested.connect(self.requests.new)
        self.content.fill(part)

    # ---- what the window asks ----------------------------------------------------------------
    def open(self, person: PersonId, purpose: Purpose, reason: str = "") -> None:
        """Become a customer's page; what the tools answer comes when the loop turns.

        Args:
            person: whose dossier.
            purpose: why it is opened; a call puts focus on the suggested answers.
            reason: for a protected file.
        """
        self._purpose = purpose
        self.model.open(person, purpose, reason)

    def build_ahead(self) -> None:
        """Make the parts of a page that nobody sees yet, a piece a turn."""
        self.parts.make_ahead()

    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""
        if self.sheet.detail is not None:
            middle: list[Zone] = [("zone.detail", self.sheet.detail)]
        else:
            middle = [
                ("zone.suggestions", self.sheet.suggestions),
                ("zone.facets", self.sheet.facets),
                ("zone.timeline", self.sheet.timeline),
            ]
        rail: list[Zone] = [
            ("zone.requests_of", self.rail.requests),
            ("zone.open_items", self.rail.open_items),
            ("zone.wrap_up", self.rail.wrap_up),
        ]
        return [("zone.header", self.header), *middle, *rail]

    def activate(self) -> None:
        """Come on screen; the first time, focus goes where the work starts."""
        self._reshape()
        if self._shown:
            return
        self._shown = True
        self.header.identity.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._purpose is Purpose.CALL:
            self._focus_first_answer()

    def deactivate(self) -> None:
        """Leave the screen: restricted values are masked, the draft is kept at once."""
        self.check.mask()
        self.model.wrap_up.flush()

    def set_call(self, call: IncomingCall | None) -> None:
        """Show the call that this customer is on, None when it ended: its wrap-up goes on."""
        began = call is not None and (self.model.call is None or self.model.call.call_id != call.call_id)
        self.model.set_call(call)
        if began:
            # A new voice: whoever was verified before may not be who speaks now.
            self.tasks.spawn(self._forget_verification(), name="forget verification")

    async def _forget_verification(self) -> None:
        try:
            await self.model.forget_verification()
        except AviseError as error:
            self._on_failed(error.message_key, dict(error.params))

    def refresh(self, facet: str = "") -> None:
        """Read a block again, or everything."""
        self.tasks.spawn(self._reread(facet), name=f"reread {facet}")

    @Slot(str)
    def _on_file_requested(self, number: str) -> None:
        self.tasks.spawn(self._open_file(number), name="open another file")

    async def _open_file(self, number: str) -> None:
        try:
            hit = await self.model.find(number)
        except AviseError as error:
            self._on_failed(error.message_key, dict(error.params))
            return
        if hit is None:
            self._say(text("customer.file_not_found"))
        else:
            self.open_requested.emit(hit)

    async def _reread(self, facet: str) -> None:
        try:
            await self.model.reread(facet)
        except AviseError as error:
            self._on_failed(error.message_key, dict(error.params))

    def close_page(self) -> None:
        """Stop following the customer; the draft is kept."""
        self.parts.stop()
        self.acting.close()
        self.messages.close()
        self.consents.close()
        self.requests.close()
        self.check.mask()
        self.model.close()

    def run_command(self, identifier: str) -> None:
        """Do what a shortcut of scope CUSTOMER says; an unknown one does nothing."""
        self.page_commands.run(identifier)

    @cached_property
    def records(self) -> DecidingRecords:
        """What is decided of this customer's records, made at its first use."""
        from avise.ui.identity.deciding import DecidingRecords  # noqa: PLC0415 - few pages ever need it

        deciding = DecidingRecords(self._desk, self._env.now, self.tasks, self)
        deciding.acted.connect(self.acted)
        deciding.opened.connect(self.open_requested)
        self.model.alerts_changed.connect(deciding.read_again)
        return deciding

    def commands(self) -> list[PaletteCommand]:
        """Return what the palette offers for this customer besides the shortcuts."""
        of_history = self.blocks.commands() if self.parts.has("timeline") else ()
        return [*self.acting.commands(), *self.messages.commands(), *of_history]

    # ---- what is told ------------------------------------------------------------------------
    @Slot()
    def _on_answers_shown(self) -> None:
        if self._awaits_answer:
            self._focus_first_answer()

    def _focus_first_answer(self) -> None:
        """Put focus on the first answer of a call, once there is one, unless the user went elsewhere."""
        # The window's own focus: it is not the application's while another window is in front.
        untouched = self.window().focusWidget() is self.header.identity
        ready = self.parts.has("suggestions") and self.sheet.suggestions.model.rowCount() > 0
        self._awaits_answer = untouched and not ready
        if untouched and ready:
            self.sheet.suggestions.focus_current()

    def _opens_entry(self, entry: TimelineEntry, anchor: QPoint) -> bool:
        """Show what a line of the history tells of, when it is a request or a message of this desk."""
        return self.requests.opens(entry) or self.messages.opens(entry, anchor)

    @Slot()
    def _on_call_changed(self) -> None:
        call = self.model.call
        if call is not None:
            self.call_panel.set_call(call)
        self._show_call_panel(shown=call is not None)

    @Slot(str, dict)
    def _on_failed(self, key: str, params: dict[str, str]) -> None:
        self._say(text(key, **params))

    def _say(self, sentence: str) -> None:
        self.model.wrap_up.say(sentence)
        self._speak(sentence)

    def _speak(self, sentence: str) -> None:
        if self._announcer is not None and self.isVisible():
            self._announcer.say(sentence)

    # ---- shape -------------------------------------------------------------------------------
    def _show_call_panel(self, *, shown: bool) -> None:
        self.call_panel.setVisible(shown)
        self._call_edge.setVisible(shown)
        self._align_call()

    @Slot()
    def _align_call(self) -> None:
        width = self.rail.width() if self.rail.isVisible() else theme().px(self.shape.rail)
        self.call_panel.setFixedWidth(max(width, theme().px(240)))

    @Slot()
    def _reshape(self) -> None:
        zoom = theme().zoom / 100
        width = self.width() / zoom + RAIL_OF_WINDOW
        height = self.window().height() / zoom
        shape = page_shape(width, height)
        self.shape = shape
        self.model.set_wide(wide=shape.wide)
        self.rail.set_compact(compact=shape.compact)
        self.sheet.set_shape(shape)
        self.show_tab(self.sheet.tab)
        self.splitter.set_design(shape.rail)
        self._align_call()

    @Slot(str)
    def show_tab(self, tab: str) -> None:
        """Bring a tab to the front: facets, timeline, or the rail where it is one."""
        self.sheet.show_tab(tab)
        self.rail.setVisible(not self.shape.rail_in_tab or tab == "rail")

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Build what is missing, a part a turn, and catch up."""
        super().showEvent(event)
        self.parts.start()
        self.content.catch_up()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Build nothing that nobody sees."""
        super().hideEvent(event)
        self.parts.stop()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange for the new size."""
        super().resizeEvent(event)
        self._reshape()

    # ---- commands ----------------------------------------------------------------------------
    def restore_draft(self) -> None:
        """Take back what an undone recording or request gives again to be written."""
        self.requests.restore()
        self.model.wrap_up.read_again()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Entrée validates the form with focus; Échap goes back from a facet."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.page_commands.validate()
            return
        if event.key() == Qt.Key.Key_Escape and self.sheet.detail is not None:
            self.blocks.close_detail()
            return
        super().keyPressEvent(event)

    @Slot()
    def copy_member_number(self) -> None:
        """Put the member number on the clipboard."""
        header = self.model.state.header
        number = (header.member_number or header.siren) if header is not None else ""
        if number:
            QGuiApplication.clipboard().setText(number)
            self._speak(text("customer.number_copied"))
