"""What blocks, their menu and their whole form do, and the exchange that a row of the timeline opens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from avise.models.facets import FacetRecord
from avise.models.interaction import TimelineEntry
from avise.services.facts import word
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.customer.block_menu import BlockMenu
from avise.ui.customer.caller_check import CallerCheck
from avise.ui.customer.entry_panel import EntryPanel
from avise.ui.customer.facet_detail import FacetDetail
from avise.ui.customer.facet_layouts import LAYOUTS
from avise.ui.customer.sheet import Sheet
from avise.ui.customer.timeline_model import row_title
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.discretion import discretion
from avise.ui.outbox.customer_acting import CustomerActing
from avise.ui.palette.values import PaletteCommand
from avise.ui.theme import theme


class BlockActions(QObject):
    """Does what is asked of a block.

    Args:
        model: of the customer.
        sheet: where blocks and timeline are.
        check: opens the panels of restricted values.
        tasks: owner of what runs.
        page: over which panels stand.

    Signals:
        reread_requested: facet to read again.
        file_requested: member number or SIREN of the file that opens.
        report_requested: facet in which something is wrong.
        sign_in_requested: instance of a tool that asks its user to sign in again.
        consents_requested: what the member accepts is to be asked or noted.
        facets_requested: the blocks must come on screen, where they share it with something else.
    """

    reread_requested = Signal(str)
    facets_requested = Signal()
    file_requested = Signal(str)
    report_requested = Signal(str)
    sign_in_requested = Signal(str)
    consents_requested = Signal()

    def __init__(
        self, model: CustomerViewModel, sheet: Sheet, check: CallerCheck, tasks: TaskScope, page: QWidget
    ) -> None:
        super().__init__(page)
        self._model, self._sheet, self._check, self._page = model, sheet, check, page
        self._tasks = tasks
        self._menu = BlockMenu(page)
        self._entry: EntryPanel | None = None
        self._opens: Callable[[TimelineEntry, QPoint], bool] | None = None
        self._acting: CustomerActing | None = None
        self._menu.action_requested.connect(self.run)
        self._menu.restricted_requested.connect(self._on_restricted_requested)
        self._menu.intention_requested.connect(self._on_intention_requested)

    def offer(self, acting: CustomerActing) -> None:
        """Offer in the menus what tools can do for the customer."""
        self._acting = acting

    def bind(self, part: str) -> None:
        """Follow a part of the sheet that was just built."""
        if part == "facets":
            self._sheet.grid.action_requested.connect(self.run)
        elif part == "timeline":
            self._sheet.timeline.entry_opened.connect(self._on_entry_opened)

    @Slot(str, str)
    def run(self, facet: str, action: str) -> None:
        """Do an action of a block; an unknown one does nothing."""
        block = self._sheet.grid.block(facet)
        wish = {"retry": self.reread_requested, "report": self.report_requested}.get(action)
        if wish is not None:
            wish.emit(facet)
            return
        match action:
            case "sign_in":
                self._sign_in(facet)
            case "show_copy" | "hide_copy":
                block.loosen()
                self._model.show_copy(facet, shown=action == "show_copy")
            case "fold":
                self._model.toggle_fold(facet)
            case "detail":
                self.open_detail(facet)
            case "open_company":
                self._open_file(facet, next((r for v in self._model.views(facet) for r in v.records), None))
            case "consents":
                self.consents_requested.emit()
            case "copy":
                QGuiApplication.clipboard().setText(block.content.spoken())
            case "menu":
                self._open_menu(facet)

    def _sign_in(self, facet: str) -> None:
        """Ask for a sign-in at the first tool of a block that wants one; the next one asks afterwards."""
        for view in self._model.views(facet):
            if view.error is not None and view.error.sign_in:
                self.sign_in_requested.emit(view.source)
                return

    def _open_menu(self, facet: str) -> None:
        block = self._sheet.grid.block(facet)
        self._menu.open(
            facet,
            self._model.views(facet),
            block.menu_place(),
            folded=block.content.folded,
            may_reveal=self._model.may_reveal(facet),
            intentions=self._acting.of_block(facet) if self._acting is not None else (),
        )

    @Slot(str, str)
    def _on_intention_requested(self, facet: str, action: str) -> None:
        """Open the form of an action beside the block that it is about."""
        if self._acting is not None:
            anchor = self._page.mapFromGlobal(self._sheet.grid.block(facet).menu_place())
            self._acting.open(action, anchor)

    def offer_messages(self, opens: Callable[[TimelineEntry, QPoint], bool]) -> None:
        """Have the lines of messages opened by who follows them; it says whether a line is one."""
        self._opens = opens

    @Slot(str)
    def show_facet(self, facet: str) -> None:
        """Bring a block on screen, unfolded, with focus."""
        self._sheet.close_detail()
        self.facets_requested.emit()
        self._model.unfold(facet)
        self._sheet.grid.focus_block(facet)

    def open_detail(self, facet: str) -> None:
        """Show a facet whole in the tab."""
        detail = FacetDetail(facet, may_reveal=self._model.may_reveal(facet))
        detail.set_views(self._model.views(facet), self._model.content(facet))
        detail.back_requested.connect(self.close_detail)
        detail.reread_requested.connect(self.reread_requested)
        detail.restricted_requested.connect(self._on_restricted_requested)
        detail.record_opened.connect(lambda record: self._open_file(facet, record))
        self._sheet.open_detail(detail)
        detail.focus_current()
        self._model.note_deed("consulted", facet)

    def _open_file(self, facet: str, record: FacetRecord | None) -> None:
        """Open the file that a record leads to; most lead nowhere."""
        field = LAYOUTS[facet].leads_to
        number = word(record, field) if record is not None and field else ""
        header = self._model.state.header
        if number and (header is None or number not in (header.member_number, header.siren)):
            self.file_requested.emit(number)

    @Slot()
    def close_detail(self) -> None:
        """Come back to the blocks, on the one that was opened."""
        facet = self._sheet.detail.facet if self._sheet.detail is not None else ""
        self._sheet.close_detail()
        if facet:
            self._sheet.grid.focus_block(facet)

    def commands(self) -> list[PaletteCommand]:
        """Return the row of the palette that reads the exchange chosen in the history, if it has a text."""
        entry = self._sheet.timeline.current_entry()
        if entry is None or not entry.has_body or discretion().is_on:
            return []
        label = text("exchange_body.palette", title=row_title(entry))
        return [PaletteCommand("read_message", label, "mail", "", True, partial(self._read, entry))]

    def _read(self, entry: TimelineEntry) -> None:
        self._on_entry_opened(entry)
        if self._entry is not None and self._entry.isVisible():
            self._entry.ask_body()

    @Slot(object)
    def _on_entry_opened(self, entry: TimelineEntry) -> None:
        rows = self._sheet.timeline.rows
        place = rows.visualRect(rows.currentIndex()).bottomLeft()
        anchor = self._page.mapFromGlobal(rows.viewport().mapToGlobal(place))
        if self._opens is not None and self._opens(entry, anchor):
            return
        if self._entry is None:
            self._entry = EntryPanel(self._model.exchange_body, self._tasks, self._page)
        self._entry.open_entry(entry, self._sheet.timeline.model.source_name(entry), anchor)

    @Slot(str, str, str)
    def _on_restricted_requested(self, what: str, field: str, record: str) -> None:
        """Open the panel under what has focus; the NIR has its place in the header."""
        focused = QApplication.focusWidget()
        anchor = QPoint(theme().px(24), theme().px(140))
        if focused is not None and self._page.isAncestorOf(focused):
            anchor = focused.mapTo(self._page, QPoint(theme().px(24), theme().px(40)))
        self._check.ask_restricted(what, field, record, None if field == "nir" else anchor)
