"""A customer's page: header, call, blocks, timeline and wrap-up, bound to one view-model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from avise.env import Env
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.roles import Purpose
from avise.services.desk import IncomingCall
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.announce import Announcer
from avise.ui.bridge import DeskBridge
from avise.ui.customer.block_actions import BlockActions
from avise.ui.customer.caller_check import CallerCheck
from avise.ui.customer.collisions_on_page import CollisionsOnPage
from avise.ui.customer.customer_commands import CustomerCommands
from avise.ui.customer.header_reading import HeaderReading
from avise.ui.customer.later_parts import LaterParts
from avise.ui.customer.other_rooms import OtherRooms
from avise.ui.customer.page_content import PageContent
from avise.ui.customer.page_panes import COLLISIONS, PagePanes
from avise.ui.customer.right_rail import RightRail
from avise.ui.customer.sheet import Sheet
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.customer.wrap_up_binding import WrapUpBinding
from avise.ui.customer.wrap_up_model import report
from avise.ui.palette.values import PaletteCommand
from avise.ui.shell.page import Zone
from avise.ui.theme import theme

if TYPE_CHECKING:
    from avise.ui.identity.deciding import DecidingRecords


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
        self._shown = False
        self._awaits_answer = False
        self.panes = PagePanes(self, self.model, desk.session.role, env)
        self.header, self.call_panel = self.panes.header, self.panes.call_panel
        self.splitter = self.panes.splitter
        self.parts = LaterParts(self)
        self.content = PageContent(self.model, self.header, self.parts, self)
        self.sheet = Sheet(
            self.parts, self.content.first_content, lambda: self.model.moment().today, self.splitter
        )
        self.rail = RightRail(self.parts, lambda: self.model.moment().today, env.now, self.splitter)
        grid = self.panes.hold(self.sheet, self.rail)
        self.offline = self.panes.offline
        self.check = CallerCheck(self.model, self.header, self.tasks, self)
        HeaderReading(self.model, self.header, self.refresh)
        self.blocks = BlockActions(self.model, self.sheet, self.check, self.tasks, self)
        self.rooms = OtherRooms(desk, env, self.model, self.blocks, self, self.tasks, announcer)
        self.acting, self.messages = self.rooms.acting, self.rooms.messages
        self.consents, self.exports = self.rooms.consents, self.rooms.exports
        self.requests, self.reports = self.rooms.requests, self.rooms.reports
        self.answers = self.rooms.answers
        self.set_outbox, self.redo = self.acting.set_outbox, self.acting.redo
        self.set_to_send = self.header.set_to_send
        self.page_commands = CustomerCommands(self.model, self.panes, self.check, self.rooms, self)
        self._connect_rooms(grid)
        self._connect_model()
        self._connect_views()
        theme().changed.connect(self.panes.reshape)

    def _connect_rooms(self, grid: QGridLayout) -> None:
        rooms = self.rooms
        rooms.message.connect(self.message)
        rooms.acted.connect(self.acted)
        rooms.open_requested.connect(self.open_requested)
        rooms.acting.followed.connect(lambda: self.followed.emit(rooms.acting.counts()))
        collisions = CollisionsOnPage(rooms.acting, grid, COLLISIONS)
        collisions.compare_requested.connect(self.compare_requested)
        rooms.requests.opened.connect(self.request_requested)
        rooms.requests.spoken.connect(self._speak)
        rooms.requests.changed.connect(self.content.show_history)

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
        header, commands = self.header, self.page_commands
        self.parts.built.connect(self._on_built)
        commands.reread_requested.connect(self.refresh)
        commands.spoken.connect(self._speak)
        header.copy_requested.connect(commands.copy_member_number)
        header.alerts.command_requested.connect(self.run_command)
        self.call_panel.end_requested.connect(self.call_end_requested)
        header.facet_requested.connect(self.blocks.show_facet)
        self.blocks.report_requested.connect(commands.report_data)
        self.blocks.reread_requested.connect(self.refresh)
        self.blocks.sign_in_requested.connect(self.sign_in_requested)
        self.blocks.file_requested.connect(self._on_file_requested)
        self.blocks.facets_requested.connect(lambda: self.panes.show_tab("facets"))
        self.sheet.tab_chosen.connect(self.panes.show_tab)
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
        self.panes.reshape()
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
        self.rooms.close()
        self.check.mask()
        self.model.close()

    def restore_draft(self) -> None:
        """Take back what an undone recording or request gives again to be written."""
        self.requests.restore()
        self.model.wrap_up.read_again()

    def run_command(self, identifier: str) -> None:
        """Do what a shortcut of scope CUSTOMER says; an unknown one does nothing."""
        self.page_commands.run(identifier)

    @property
    def records(self) -> DecidingRecords:
        """What is decided of this customer's records."""
        return self.rooms.records

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

    @Slot()
    def _on_call_changed(self) -> None:
        self.panes.show_call(self.model.call)

    @Slot(str, dict)
    def _on_failed(self, key: str, params: dict[str, str]) -> None:
        self._say(text(key, **params))

    def _say(self, sentence: str) -> None:
        self.model.wrap_up.say(sentence)
        self._speak(sentence)

    def _speak(self, sentence: str) -> None:
        if self._announcer is not None and self.isVisible():
            self._announcer.say(sentence)

    # ---- Qt's events -------------------------------------------------------------------------
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
        self.panes.reshape()

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
