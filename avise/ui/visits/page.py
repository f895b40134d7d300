"""Ma tournée: the day and its route, the visit on screen, the sheet and what is still to be sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from typing_extensions import override

from avise.models.commands import OutboxItem
from avise.services.visit_values import VisitReport
from avise.texts import text
from avise.ui.customer.floating_panel import in_floating_panel
from avise.ui.shell.page import Zone
from avise.ui.shortcuts import SHORTCUTS, Scope, chords_of
from avise.ui.theme import theme
from avise.ui.visits.day_list import VisitList
from avise.ui.visits.missed_panel import MissedPanel
from avise.ui.visits.side_pane import SidePane, waiting_lines
from avise.ui.visits.view_model import VisitsViewModel
from avise.ui.visits.visit_pane import NEEDS, REPORT, VisitPane
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine, VerticalLine

LIST, NARROW_LIST = 320, 300
SIDE, NARROW_SIDE = 360, 316
NARROW = 1330
"""Width of the page at 100 % under which both panes are narrower."""

WITHOUT_SIDE = 980
"""Width under which the sheet has no pane of its own."""

MINUTE_MS = 30_000
"""The time that a visit has lasted is told anew (`ui.md` 2, principle 2)."""


_OF_APPOINTMENT = ("visit.appointment_past", "visit.postponed_without_date", "visit.no_calendar")


class VisitsPage(QWidget):
    """The page of the rail.

    Args:
        model: what is known, and what can be done.
        parent: of the widget.

    Signals:
        customer_requested: the file of whom is visited (their identity, and the visit's title).
        outbox_requested: the whole outbox is wanted.
    """

    customer_requested = Signal(object, str)
    outbox_requested = Signal()
    hidden_when_discreet = True

    def __init__(self, model: VisitsViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = model
        self.list = VisitList()
        self.visit = VisitPane(model.now)
        self.side = SidePane(model.now)
        self._told = Label(text("visit.reading"), "body", "meta", wrap=True)
        self._left = QWidget()
        self._on_board = QVBoxLayout()
        """Where the card of the data on board stands, once something gives one."""
        self._items: tuple[OutboxItem, ...] = ()
        self._minutes = QTimer(self)
        self._minutes.setInterval(MINUTE_MS)
        self._missed: MissedPanel | None = None
        self._build()
        self._connect()
        self.runs: dict[str, Callable[[], None]] = {
            "visit_end": model.end,
            "visit_start": self._begin,
            "visit_missed": self.ask_missed,
            "visit_sheet": partial(self.visit.focus_part, NEEDS),
            "visit_report": partial(self.visit.focus_part, REPORT),
            "visit_customer": self._open_customer,
        }
        self._bind()

    def _build(self) -> None:
        told = QWidget()
        told.setLayout(row(self._told, margins=(14, 10, 14, 10)))
        self._told_line = told
        self._left.setProperty("role", "surface")
        self._left.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = column(told, self.list, self._on_board)
        left.setStretch(1, 1)
        left.setAlignment(told, Qt.AlignmentFlag.AlignTop)
        self._left.setLayout(left)
        layout = row(self._left, VerticalLine(strong=True), self.visit, VerticalLine(strong=True), self.side)
        layout.setStretch(2, 1)
        self.setLayout(layout)
        self._fit()

    def _connect(self) -> None:
        model = self.model
        model.days_changed.connect(self._on_days)
        model.detail_changed.connect(self._on_detail)
        model.report_changed.connect(lambda: self.visit.show_report(model.report))
        model.saved_changed.connect(self._show_saved)
        model.failed.connect(self._on_failed)
        self.list.chosen.connect(model.show)
        self.list.opened.connect(lambda _index: self.visit.focus_part(self.visit.tabs.current))
        self.visit.report_changed.connect(self._on_written)
        self.visit.begin_requested.connect(self._begin)
        model.refused.connect(self._on_refused)
        model.ended.connect(lambda _visit: self.list.setFocus())
        self.visit.end_requested.connect(model.end)
        self.visit.missed_requested.connect(self.ask_missed)
        self.visit.customer_requested.connect(self._open_customer)
        self.side.outbox.opened.connect(self.outbox_requested)
        self._minutes.timeout.connect(self._on_detail)
        theme().changed.connect(self._fit)

    def _bind(self) -> None:
        for declared in SHORTCUTS:
            if declared.scope is not Scope.VISITS or declared.id not in self.runs:
                continue
            for keys in chords_of(declared.id):
                bound = QShortcut(QKeySequence(keys), self)
                bound.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                bound.activated.connect(partial(self._by_key, declared.id))

    def _by_key(self, identifier: str) -> None:
        if not in_floating_panel(QApplication.focusWidget()):
            self.runs[identifier]()

    def run_command(self, identifier: str) -> None:
        """Do what a command of the palette says."""
        if identifier in self.runs:
            self.runs[identifier]()

    # ---- what others put here ------------------------------------------------------------------
    def set_on_board(self, card: QWidget) -> None:
        """Give the card of the data on board its place, at the bottom left."""
        self._on_board.addWidget(HorizontalLine(strong=True))
        self._on_board.addWidget(card)

    def show_outbox(self, items: tuple[OutboxItem, ...]) -> None:
        """Show what this workstation still has to send."""
        self._items = items
        self.side.outbox.show_waiting(waiting_lines(items, self.model.days or ()))

    # ---- content -------------------------------------------------------------------------------
    @Slot()
    def _on_days(self) -> None:
        days = self.model.days or ()
        found = any(day.visits for day in days)
        self._told_line.setVisible(not found)
        self._told.setText(text("visit.none_at_all"))
        self.list.setVisible(found)
        self.list.show_days(days)
        self.show_outbox(self._items)
        if self.list.current() is None and found:
            first = self.model.wanted or self.model.next_visit()
            if first is not None:
                self.list.go_to_visit(first)

    @Slot()
    def _on_detail(self) -> None:
        detail = self.model.detail
        self.visit.show_detail(detail)
        self.side.sheet.show_detail(detail)
        self._show_saved()

    @Slot()
    def _show_saved(self) -> None:
        detail = self.model.detail
        saved = detail.saved_at if detail is not None else None
        self.visit.show_saved(saved, self.model.refusal, dirty=self.model.is_dirty)
        self.visit.show_buttons(
            may_begin=self.model.may_begin, may_end=self.model.may_end, done=self.model.is_done
        )

    @Slot(object)
    def _on_written(self, report: VisitReport) -> None:
        self.model.write(report)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._told.setText(sentence)
        self._told_line.show()

    @Slot(str)
    def _on_refused(self, key: str) -> None:
        """Go to the field that keeps the visit from ending."""
        self.visit.show_part(REPORT)
        if key in _OF_APPOINTMENT:
            self.visit.form.wants_appointment.setFocus()
        elif key == "visit.outcome_missing":
            self.visit.form.outcomes.focus_current()

    @Slot()
    def _begin(self) -> None:
        """Begin the visit, and go on where one writes: the button that was pressed goes."""
        self.visit.focus_part(self.visit.tabs.current)
        self.model.begin()

    @Slot()
    def ask_missed(self) -> None:
        """Ask why the visit on screen did not take place."""
        if self.model.detail is None or self.model.is_done:
            return
        if self._missed is None:
            self._missed = MissedPanel(self)
            self._missed.missed.connect(self.model.miss)
        self._missed.open_at(self.visit.mapTo(self, QPoint(theme().px(24), theme().px(90))))
        self._missed.focus_first()

    @Slot()
    def _open_customer(self) -> None:
        shown = self.model.row
        if shown is not None and shown.person is not None:
            self.customer_requested.emit(shown.person, shown.title)

    # ---- page of the rail ----------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""
        found: list[Zone] = [("zone.visit_days", self.list)]
        if self.model.detail is not None:
            part = "zone.visit_sheet" if self.visit.tabs.current == NEEDS else "zone.visit_report"
            found.append((part, self.visit.tabs))
        if self.side.isVisibleTo(self):
            found += [("zone.visit_side", self.side.sheet.zone), ("zone.visit_outbox", self.side.outbox.all)]
        return found

    def activate(self) -> None:
        """Come on screen: follow the days and the visit."""
        self.model.start()
        self._minutes.start()

    def deactivate(self) -> None:
        """Leave the screen: what was typed is kept, nothing is followed."""
        self._minutes.stop()
        if self._missed is not None:
            self._missed.close_panel()
        self.model.pause()

    # ---- shape ---------------------------------------------------------------------------------
    @Slot()
    def _fit(self) -> None:
        px = theme().px
        narrow = self.width() < px(NARROW)
        self._left.setFixedWidth(px(NARROW_LIST if narrow else LIST))
        self.side.setFixedWidth(px(NARROW_SIDE if narrow else SIDE))
        self.side.setVisible(self.width() >= px(WITHOUT_SIDE) or not self.isVisible())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panes their widths."""
        super().resizeEvent(event)
        self._fit()
