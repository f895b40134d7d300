"""What the keys of a customer's page do, and the palette's commands of scope CUSTOMER."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QApplication

from avise.ui.customer.floating_panel import in_floating_panel
from avise.ui.customer.wrap_up_values import WrapUpStage
from avise.ui.theme import theme

if TYPE_CHECKING:
    from avise.ui.customer.page import CustomerPage


class CustomerCommands(QObject):
    """Does what is asked by a key or by the palette.

    Args:
        page: on which it is done.
    """

    def __init__(self, page: CustomerPage) -> None:
        super().__init__(page)
        self._page = page

    def run(self, identifier: str) -> None:
        """Do what a shortcut of scope CUSTOMER says; an unknown one does nothing."""
        commands: Mapping[str, Callable[[], None]] = {
            "identity_check": self._page.check.verify_caller,
            "suggestions": self._focus_suggestions,
            "facets": self._focus_facets,
            "timeline": self._focus_timeline,
            "wrap_up": self._focus_wrap_up,
            "filter_list": self._filter_list,
            "refresh_block": self._refresh_current,
            "refresh_all": self._page.refresh,
            "copy_member_number": self._page.copy_member_number,
            "new_request": self._page.requests.new,
            "complaint": self._page.requests.complain,
            "requests_of": self._focus_requests,
            "consents": self._page.consents.open,
            "report_data": self.report_data,
            "export_file": self._export_file,
            "same_person": self._show_proposals,
            "linked_records": self._show_links,
            "validate": self.validate,
        }
        if identifier in commands:
            commands[identifier]()
        elif identifier.startswith("write_"):
            self._page.messages.write_by(identifier.removeprefix("write_"))

    def _focus_suggestions(self) -> None:
        self._page.sheet.close_detail()
        self._page.sheet.suggestions.focus_current()

    def _focus_facets(self) -> None:
        self._page.sheet.close_detail()
        self._page.show_tab("facets")
        self._page.sheet.facets.focus_current()

    def _focus_timeline(self) -> None:
        self._page.sheet.close_detail()
        self._page.show_tab("timeline")
        self._page.sheet.timeline.focus_current()

    def _focus_wrap_up(self) -> None:
        self._page.show_tab("rail" if self._page.shape.rail_in_tab else self._page.sheet.tab)
        self._page.rail.wrap_up.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _focus_requests(self) -> None:
        self._page.show_tab("rail" if self._page.shape.rail_in_tab else self._page.sheet.tab)
        self._page.rail.requests.focus_current()

    def _filter_list(self) -> None:
        if self._page.sheet.detail is not None:
            self._page.sheet.detail.search()
            return
        self._page.show_tab("timeline" if self._page.shape.timeline_in_tab else self._page.sheet.tab)
        self._page.sheet.timeline.search()

    def _refresh_current(self) -> None:
        if self._page.sheet.detail is not None:
            self._page.refresh(self._page.sheet.detail.facet)
            return
        focused = QApplication.focusWidget()
        in_blocks = focused is not None and self._page.sheet.facets.isAncestorOf(focused)
        self._page.refresh(self._page.sheet.grid.current if in_blocks else "")

    def validate(self) -> None:
        """Close the exchange: from its form, or from anywhere on the page once the call is over."""
        focused = QApplication.focusWidget()
        in_form = self._page.rail.wrap_up.holds(focused)
        is_over = self._page.model.wrap_up.stage is WrapUpStage.WRAP_UP and not in_floating_panel(focused)
        if in_form or is_over:
            self._page.model.wrap_up.record()

    def _show_proposals(self) -> None:
        self._page.records.show_proposals(self._page.model.person)

    def _show_links(self) -> None:
        self._page.records.show_links(self._page.model.person)

    def _export_file(self) -> None:
        self._page.exports.open(QPoint(theme().px(24), self._page.header.height()))

    @Slot(str)
    def report_data(self, facet: str = "") -> None:
        """Ask what is wrong in a block: the one named, the one shown whole, else the current one."""
        detail = self._page.sheet.detail
        told = facet or (detail.facet if detail is not None else self._page.sheet.grid.current)
        if not told:
            return
        block = self._page.sheet.grid.block(told)
        self._page.reports.open(told, self._page.mapFromGlobal(block.menu_place()))
