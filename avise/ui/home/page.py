"""Accueil: Ma journée, what there is to do, to say and to know today."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget
from typing_extensions import override

from avise.models.customer import SearchHit
from avise.models.source_status import SourceStatus
from avise.services.day_values import TaskRow
from avise.texts import plural, text
from avise.texts.formats import local, weekday_and_day
from avise.ui.customer.floating_panel import FloatingPanel
from avise.ui.home.confirmation_lines import confirmation_lines
from avise.ui.home.day_lines import (
    REQUESTS_SHOWN,
    diary_lines,
    news_lines,
    request_lines,
    unfinished_line,
    unlinked_line,
)
from avise.ui.home.day_list import DayList
from avise.ui.home.day_rows import DayAction
from avise.ui.home.lines_panel import LinesPanel
from avise.ui.home.recents import RecentsPanel
from avise.ui.home.task_panels import (
    AbsencePanel,
    AssignPanel,
    MovePanel,
    NewTaskPanel,
    absence_words,
)
from avise.ui.home.tools_line import ToolsLine
from avise.ui.home.view_model import MyDayViewModel
from avise.ui.shell.page import Zone
from avise.ui.shortcuts import keys_of
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from avise.ui.home.confirmation_panel import ConfirmationPanel

SIDE_WIDTH, NARROW_SIDE_WIDTH, NARROW_PAGE = 380, 320, 1200
UNLINKED_SHOWN = 3
_LEAST_ROWS = 4
_REQUEST_LINE, _REQUESTS_HEAD = 68, 90
"""Of one request on three lines, and of the panel around the lines."""
_REQUESTS_AT_MOST = 12


class HomePage(QWidget):
    """Ma journée.

    Args:
        model: of the day.
        parent: of the widget.

    Signals:
        customer_chosen: whose file opens (a `SearchHit`).
        call_chosen: who is called back (a `SearchHit`).
        person_chosen: whose file opens (a person's identity).
        compare_requested: what two people changed, as its task names it ("request/<id>", "command/<id>").
        request_chosen: which request is shown in the middle office (its identity).
        search_requested: the user looks for somebody.
        sources_requested: the user wants the Sources page.
        unlinked_requested: the user wants the exchanges without a file; one of them, or None.
    """

    customer_chosen = Signal(object)
    call_chosen = Signal(object)
    person_chosen = Signal(object)
    compare_requested = Signal(str)
    request_chosen = Signal(object)
    search_requested = Signal()
    sources_requested = Signal()
    unlinked_requested = Signal(object)

    def __init__(self, model: MyDayViewModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._date = Label("", "body", "muted")
        self.absence_chip = Chip(ChipSpec("", Tone.INFO, "coffee"), pressable=True)
        self.new_task = Button(text("day.new_task"), icon="list-plus")
        self.absence_button = Button(text("absence.title"), icon="coffee")
        self.search = Button(text("home.search"), icon="search", keys=keys_of("palette"))
        self.rows = DayList()
        self.tasks = Panel(text("day.tasks"), "list-checks")
        self.confirmations = LinesPanel(text("confirmation.title"), "users")
        self.requests = LinesPanel(text("day.requests"), "send")
        self.diary = LinesPanel(text("day.appointments"), "calendar")
        self.unfinished = LinesPanel(text("day.unfinished"), "pen-line")
        self.unlinked = LinesPanel(text("unlinked.title"), "user-x")
        self.news = LinesPanel(text("day.news"), "messages-square")
        self.recents = RecentsPanel()
        self.tools = ToolsLine()
        self._build()
        self._connect()
        self.show_day()

    def _build(self) -> None:
        head = row(
            Label(text("day.title"), "title"),
            self._date,
            self.absence_chip,
            None,
            self.new_task,
            self.absence_button,
            self.search,
            gap=10,
        )
        self._loading = Label(text("day.reading"), "body", "muted")
        self._waiting = QWidget()
        self._waiting.setLayout(row(self._loading, margins=(12, 10, 12, 12)))
        self.tasks.body.addWidget(self._waiting)
        self.tasks.body.addWidget(self.rows)
        main = column(self.confirmations, self.tasks, self.requests, None, gap=8)
        side = QWidget()
        side.setLayout(
            column(
                self.diary, self.unfinished, self.unlinked, self.news, self.recents, None, gap=8,
                margins=(0, 0, 0, 0),
            )
        )  # fmt: skip
        self._side = QScrollArea()
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setWidgetResizable(True)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._side.setWidget(side)
        self._side.viewport().setAutoFillBackground(False)
        middle = row(main, self._side, gap=8)
        middle.setStretch(0, 1)
        self.setLayout(column(head, middle, self.tools, gap=10, margins=(16, 12, 16, 10)))

    def _connect(self) -> None:
        self.model.day_changed.connect(self.show_day)
        self.rows.action_requested.connect(self._on_action)
        self.search.clicked.connect(self.search_requested)
        self.new_task.clicked.connect(self.add_task)
        self.absence_button.clicked.connect(self.declare_absence)
        self.absence_chip.clicked.connect(self.declare_absence)
        self.confirmations.line_chosen.connect(self.show_confirmation)
        self.requests.line_chosen.connect(self.request_chosen)
        self.unfinished.line_chosen.connect(self.person_chosen)
        self.unlinked.line_chosen.connect(self.unlinked_requested)
        self.recents.customer_chosen.connect(self.customer_chosen)
        self.tools.sources_requested.connect(self.sources_requested)
        theme().changed.connect(self._fit)

    # ---- content -----------------------------------------------------------------------------
    @Slot()
    def show_day(self) -> None:
        """Show the day as it now is."""
        now, day = self.model.now(), self.model.day
        self._date.setText(weekday_and_day(local(now).date()))
        self._loading.setText(self.model.failure or text("day.reading"))
        self._waiting.setVisible(day is None or bool(self.model.failure))
        self.rows.setVisible(day is not None)
        self.confirmations.setVisible(day is not None and bool(day.confirmations))
        if day is None:
            for panel in (self.requests, self.diary, self.unfinished, self.unlinked, self.news):
                panel.hide()
            self.absence_chip.hide()
            return
        is_first = not self.rows.rows_model.rows()
        self.rows.set_rows(self.model.rows())
        if is_first and self.search.hasFocus() and self.rows.current() is not None:
            # Where the page starts; focus was on the search only while the day was being read.
            self.rows.setFocus(Qt.FocusReason.OtherFocusReason)
        self.tasks.count.set_text(str(len(day.board.mine)) if day.board.mine else "")
        self.confirmations.show_lines(confirmation_lines(day.confirmations, now))
        if "confirmation_panel" in self.__dict__:
            self.confirmation_panel.follow(day.confirmations)
        self._fit_rows()
        self.requests.show_lines(*request_lines(day.requests, now, self._requests_shown()))
        self.requests.count.set_text(str(len(day.requests.rows)) if day.requests.rows else "")
        self.diary.show_lines(*diary_lines(day.diary))
        self.news.show_lines(*news_lines(day.news, now))
        self.unfinished.show_lines([unfinished_line(draft, now) for draft in day.unfinished])
        left = len(day.unlinked) - UNLINKED_SHOWN
        shown = [unlinked_line(found, now) for found in day.unlinked[:UNLINKED_SHOWN]]
        self.unlinked.show_lines(shown, plural("unlinked.more", left) if left > 0 else "")
        self.unlinked.count.set_text(str(len(day.unlinked)))
        for panel in (self.requests, self.diary, self.news):
            panel.show()
        self.unfinished.setVisible(bool(day.unfinished))
        self.unlinked.setVisible(bool(day.unlinked))
        absence = day.board.absence
        self.absence_chip.setVisible(absence is not None)
        if absence is not None:
            self.absence_chip.set_spec(ChipSpec(absence_words(absence, now), Tone.INFO, "coffee"))
        self.absence_button.setVisible(absence is None)

    def show_recents(self, hits: Sequence[SearchHit]) -> None:
        """Show the customers opened last."""
        self.recents.show_recents(hits)

    def show_sources(self, sources: Sequence[SourceStatus] | None) -> None:
        """Say in one line how the tools are; None while nobody knows."""
        self.tools.show_sources(sources)

    # ---- what the window asks ----------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""
        panels: list[Zone] = [
            ("zone.day_confirmations", self.confirmations),
            ("zone.day_requests", self.requests),
            ("zone.day_appointments", self.diary),
            ("zone.day_unfinished", self.unfinished),
            ("zone.day_unlinked", self.unlinked),
        ]
        with_links = [
            (name, panel) for name, panel in panels if isinstance(panel, LinesPanel) and panel.links
        ]
        recents: list[Zone] = [] if self.recents.rows.isHidden() else [("home.recents", self.recents.rows)]
        return [("zone.day_tasks", self._first()), *with_links, *recents, ("zone.day_tools", self.tools)]

    def activate(self) -> None:
        """Come on screen: hours went by meanwhile, and focus goes where the work starts."""
        self.show_day()
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            # Qt gave it to the first button when the page that left was hidden.
            self._first().setFocus(Qt.FocusReason.OtherFocusReason)

    def _first(self) -> QWidget:
        """Return where the work of the page starts: the list, or the search while it is empty."""
        return self.rows if self.rows.current() is not None else self.search

    def deactivate(self) -> None:
        """Leave the screen: forms close, nothing is written."""
        for name in ("move_panel", "assign_panel", "new_panel", "absence_panel", "confirmation_panel"):
            if name in self.__dict__:
                getattr(self, name).close_panel()

    # ---- forms, made at their first use ------------------------------------------------------
    @cached_property
    def move_panel(self) -> MovePanel:
        """Another time for a task."""
        panel = MovePanel(self.model.now, self)
        panel.chosen.connect(self.model.move)
        return panel

    @cached_property
    def assign_panel(self) -> AssignPanel:
        """Another person for a task."""
        panel = AssignPanel(self)
        panel.chosen.connect(self.model.assign)
        return panel

    @cached_property
    def new_panel(self) -> NewTaskPanel:
        """A task for oneself."""
        panel = NewTaskPanel(self.model.now, self)
        panel.added.connect(self.model.add)
        return panel

    @cached_property
    def absence_panel(self) -> AbsencePanel:
        """An absence."""
        panel = AbsencePanel(self.model.now, self)
        panel.declared.connect(self.model.declare_absence)
        panel.ended.connect(self.model.end_absence)
        return panel

    @cached_property
    def confirmation_panel(self) -> ConfirmationPanel:
        """What a colleague asks to confirm."""
        from avise.ui.home.confirmation_panel import ConfirmationPanel  # noqa: PLC0415 - not at the first paint

        panel = ConfirmationPanel(self.model.now, self)
        panel.given.connect(self.model.confirm)
        panel.refused.connect(self.model.refuse)
        panel.file_requested.connect(self.customer_chosen)
        return panel

    @Slot(object)
    def show_confirmation(self, command: object) -> None:
        """Show what a colleague asks."""
        asked = self.model.day.confirmations if self.model.day is not None else ()
        row_ = next((one for one in asked if one.asked.command == command), None)
        if row_ is not None:
            self.confirmation_panel.ready(row_)
            self._open(self.confirmation_panel, self.confirmations)
            self.confirmation_panel.focus_first()

    @Slot()
    def show_first_confirmation(self) -> None:
        """Show the question that has to be answered first."""
        asked = self.model.day.confirmations if self.model.day is not None else ()
        if asked:
            self.show_confirmation(asked[0].asked.command)

    @Slot()
    def add_task(self) -> None:
        """Ask what is to be done."""
        self.new_panel.ready()
        self._open(self.new_panel, self.new_task)
        self.new_panel.focus_first()

    @Slot()
    def declare_absence(self) -> None:
        """Ask about an absence, or show the one declared."""
        absence = self.model.day.board.absence if self.model.day is not None else None
        self.absence_panel.ready(absence)
        self._open(self.absence_panel, self.absence_chip if absence is not None else self.absence_button)
        self.absence_panel.focus_first()

    def _open(self, panel: FloatingPanel, under: QWidget) -> None:
        panel.open_at(under.mapTo(self, QPoint(0, under.height() + theme().px(4))))

    # ---- what is done with a task ------------------------------------------------------------
    @Slot(object, str)
    def _on_action(self, task: TaskRow, action: str) -> None:
        match DayAction(action):
            case DayAction.CALL:
                self.call_chosen.emit(task.who)
            case DayAction.OPEN:
                self.customer_chosen.emit(task.who)
            case DayAction.COMPARE:
                self.compare_requested.emit(task.task.about)
            case DayAction.DONE:
                self.model.finish(task.task.id)
            case DayAction.MOVE:
                self.move_panel.ready(task.task.id)
                self.move_panel.open_at(self._beside_current())
                self.move_panel.focus_first()
            case DayAction.ASSIGN:
                self.assign_panel.ready(task.task.id)
                self.assign_panel.open_at(self._beside_current())
                self.assign_panel.focus_first()

    def _beside_current(self) -> QPoint:
        """Return a place under the current row, to the right, in this page."""
        rect = self.rows.visualRect(self.rows.currentIndex())
        place = self.rows.viewport().mapTo(self, rect.bottomRight())
        return place - QPoint(theme().px(420), 0)

    # ---- shape -------------------------------------------------------------------------------
    @Slot()
    def _fit(self) -> None:
        px = theme().px
        narrow = self.width() < px(NARROW_PAGE)
        self._side.setFixedWidth(px(NARROW_SIDE_WIDTH if narrow else SIDE_WIDTH))
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Give the tasks the height of their rows; where room lacks, that of some of them."""
        self.rows.setMinimumHeight(min(self.rows.wanted_height(), self.rows.row_height() * _LEAST_ROWS))
        self.rows.updateGeometry()

    def _requests_shown(self) -> int:
        """Return how many requests have room under the tasks."""
        used = self.tasks.sizeHint().height()
        if not self.confirmations.isHidden():
            used += self.confirmations.sizeHint().height()
        room = self._side.height() - used - theme().px(_REQUESTS_HEAD)
        return min(max(room // theme().px(_REQUEST_LINE), REQUESTS_SHOWN), _REQUESTS_AT_MOST)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panes their widths."""
        super().resizeEvent(event)
        self._fit()
        layout = self.layout()
        if layout is not None:
            layout.activate()
        day = self.model.day
        if day is not None:
            self.requests.show_lines(*request_lines(day.requests, self.model.now(), self._requests_shown()))
            self.requests.count.set_text(str(len(day.requests.rows)) if day.requests.rows else "")
