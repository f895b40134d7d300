"""What the keys of a customer's page do, and the palette's commands of scope CUSTOMER."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from avise.texts import text
from avise.ui.customer.caller_check import CallerCheck
from avise.ui.customer.floating_panel import in_floating_panel
from avise.ui.customer.other_rooms import OtherRooms
from avise.ui.customer.page_panes import PagePanes
from avise.ui.customer.view_model import CustomerViewModel
from avise.ui.customer.wrap_up_values import WrapUpStage
from avise.ui.theme import theme


class CustomerCommands(QObject):
    """Does what is asked by a key or by the palette.

    Args:
        model: of the customer.
        panes: of the page.
        check: asks the caller.
        rooms: what other rooms do for the customer.
        page: on which it is done.

    Signals:
        reread_requested: facet to read again, "" for everything.
        spoken: a sentence for people who hear the screen.
    """

    reread_requested = Signal(str)
    spoken = Signal(str)

    def __init__(
        self,
        model: CustomerViewModel,
        panes: PagePanes,
        check: CallerCheck,
        rooms: OtherRooms,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._model, self._panes, self._check = model, panes, check
        self._rooms, self._page = rooms, page

    def run(self, identifier: str) -> None:
        """Do what a shortcut of scope CUSTOMER says; an unknown one does nothing."""
        commands: Mapping[str, Callable[[], None]] = {
            "identity_check": self._check.verify_caller,
            "suggestions": self._focus_suggestions,
            "facets": self._focus_facets,
            "timeline": self._focus_timeline,
            "wrap_up": self._focus_wrap_up,
            "filter_list": self._filter_list,
            "refresh_block": self._refresh_current,
            "refresh_all": lambda: self.reread_requested.emit(""),
            "copy_member_number": self.copy_member_number,
            "new_request": self._rooms.requests.new,
            "complaint": self._rooms.requests.complain,
            "requests_of": self._focus_requests,
            "consents": self._rooms.consents.open,
            "report_data": self.report_data,
            "export_file": self._export_file,
            "same_person": self._show_proposals,
            "linked_records": self._show_links,
            "validate": self.validate,
        }
        if identifier in commands:
            commands[identifier]()
        elif identifier.startswith("write_"):
            self._rooms.messages.write_by(identifier.removeprefix("write_"))

    def _focus_suggestions(self) -> None:
        self._panes.sheet.close_detail()
        self._panes.sheet.suggestions.focus_current()

    def _focus_facets(self) -> None:
        self._panes.sheet.close_detail()
        self._panes.show_tab("facets")
        self._panes.sheet.facets.focus_current()

    def _focus_timeline(self) -> None:
        self._panes.sheet.close_detail()
        self._panes.show_tab("timeline")
        self._panes.sheet.timeline.focus_current()

    def _focus_wrap_up(self) -> None:
        self._panes.show_tab("rail" if self._panes.shape.rail_in_tab else self._panes.sheet.tab)
        self._panes.rail.wrap_up.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _focus_requests(self) -> None:
        self._panes.show_tab("rail" if self._panes.shape.rail_in_tab else self._panes.sheet.tab)
        self._panes.rail.requests.focus_current()

    def _filter_list(self) -> None:
        if self._panes.sheet.detail is not None:
            self._panes.sheet.detail.search()
            return
        self._panes.show_tab("timeline" if self._panes.shape.timeline_in_tab else self._panes.sheet.tab)
        self._panes.sheet.timeline.search()

    def _refresh_current(self) -> None:
        if self._panes.sheet.detail is not None:
            self.reread_requested.emit(self._panes.sheet.detail.facet)
            return
        focused = QApplication.focusWidget()
        in_blocks = focused is not None and self._panes.sheet.facets.isAncestorOf(focused)
        self.reread_requested.emit(self._panes.sheet.grid.current if in_blocks else "")

    def validate(self) -> None:
        """Close the exchange: from its form, or from anywhere on the page once the call is over."""
        focused = QApplication.focusWidget()
        in_form = self._panes.rail.wrap_up.holds(focused)
        is_over = self._model.wrap_up.stage is WrapUpStage.WRAP_UP and not in_floating_panel(focused)
        if in_form or is_over:
            self._model.wrap_up.record()

    @Slot()
    def copy_member_number(self) -> None:
        """Put the member number on the clipboard."""
        header = self._model.state.header
        number = (header.member_number or header.siren) if header is not None else ""
        if number:
            QGuiApplication.clipboard().setText(number)
            self.spoken.emit(text("customer.number_copied"))

    def _show_proposals(self) -> None:
        self._rooms.records.show_proposals(self._model.person)

    def _show_links(self) -> None:
        self._rooms.records.show_links(self._model.person)

    def _export_file(self) -> None:
        self._rooms.exports.open(QPoint(theme().px(24), self._panes.header.height()))

    @Slot(str)
    def report_data(self, facet: str = "") -> None:
        """Ask what is wrong in a block: the one named, the one shown whole, else the current one."""
        detail = self._panes.sheet.detail
        told = facet or (detail.facet if detail is not None else self._panes.sheet.grid.current)
        if not told:
            return
        block = self._panes.sheet.grid.block(told)
        self._rooms.reports.open(told, self._page.mapFromGlobal(block.menu_place()))
