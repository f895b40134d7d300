"""The board of a team on screen: load, today by hour, what is late, who holds what."""

from __future__ import annotations

import itertools
from functools import cached_property

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import plural, text
from avise.texts.formats import format_time_with_seconds
from avise.ui.announce import Announcer
from avise.ui.shell.page import Zone
from avise.ui.team.assign_panel import GivePanel
from avise.ui.team.hours_chart import HoursChart
from avise.ui.team.late_list import LateList
from avise.ui.team.load_table import LoadTable, total_words
from avise.ui.team.members import MemberList
from avise.ui.team.view_model import TeamViewModel
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import Chip, ChipSpec, Tone
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.panel import Panel

SIDE, NARROW_SIDE, NARROW = 440, 360, 1260
LATE_MOST = 20
"""The desk tells so many late requests at most."""


class TeamPage(QWidget):
    """The screen.

    Args:
        model: of the team.
        announcer: speaks for the window.
        parent: of the widget.

    Signals:
        request_opened: a request to show in the panel (its identity).
    """

    request_opened = Signal(object)
    hidden_when_discreet = True

    def __init__(self, model: TeamViewModel, announcer: Announcer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self._announcer = model, announcer
        self.setProperty("role", "app")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._total = Label("", "body", "muted", tabular=True)
        self._as_of = Label("", "source", "meta", tabular=True)
        self.quarantine = Chip(ChipSpec("", Tone.WARN, "triangle-alert"))
        self.load = LoadTable()
        self.chart = HoursChart()
        self.late = LateList(model.now)
        self.members = MemberList()
        self.give = Button(text("team.give"), icon="users", small=True)
        self.share = Button(text("team.share"), icon="arrow-right-left", small=True)
        self._chosen = Label("", "small", "muted", tabular=True)
        self._panels = {
            "load": Panel(text("team.load"), "inbox"),
            "chart": Panel(text("team.chart"), "clock"),
            "late": Panel(text("team.late"), "triangle-alert"),
            "members": Panel(text("team.members"), "users"),
        }
        self._calm = Label(text("team.late.none"), "body", "muted", wrap=True)
        self._few = Label(text("team.members.few"), "body", "muted", wrap=True)
        self._failure = Label("", "body", "muted", wrap=True)
        self._side = QWidget()
        self._build()
        self._connect()
        self.show_board()

    def _build(self) -> None:
        head = row(
            Label(text("team.title"), "title"), self._total, self.quarantine, None, self._as_of, gap=10
        )
        panels = self._panels
        panels["load"].body.addWidget(self.load)
        chart = QWidget()
        chart.setLayout(row(self.chart, margins=(6, 6, 10, 4)))
        panels["chart"].body.addWidget(chart)
        calm, few = QWidget(), QWidget()
        calm.setLayout(row(self._calm, margins=(12, 9, 12, 10)))
        few.setLayout(row(self._few, margins=(12, 9, 12, 10)))
        self._calm_line, self._few_line = calm, few
        self._bar = QWidget()
        bar = row(self._chosen, None, self.share, self.give, gap=8, margins=(12, 7, 12, 7))
        self._bar.setLayout(column(HorizontalLine(), bar))
        panels["late"].body.addWidget(calm)
        panels["late"].body.addWidget(self.late)
        panels["late"].body.addWidget(self._bar)
        panels["members"].body.addWidget(few)
        panels["members"].body.addWidget(self.members)
        main = column(panels["load"], panels["chart"], gap=8)
        main.setStretch(0, 1)
        side = column(panels["late"], panels["members"], gap=8)
        side.setStretch(0, 1)
        self._side.setLayout(side)
        panels["late"].setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._middle = QWidget()
        middle = row(main, self._side, gap=8)
        middle.setStretch(0, 1)
        self._middle.setLayout(middle)
        layout = column(head, self._failure, self._middle, gap=10, margins=(16, 12, 16, 10))
        layout.setAlignment(self._failure, Qt.AlignmentFlag.AlignTop)
        layout.setStretch(1, 1)
        layout.setStretch(2, 1000)
        self.setLayout(layout)
        order = (self.load.rows, self.chart, self.late, self.share, self.give, self.members)
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _connect(self) -> None:
        self.model.board_changed.connect(self.show_board)
        self.model.failed.connect(self._on_failed)
        self.model.acted.connect(self.late.clear_choice)
        self.late.request_opened.connect(self.request_opened)
        self.late.chosen_changed.connect(self._show_chosen)
        self.late.selectionModel().currentChanged.connect(lambda _now, _before: self._show_chosen())
        self.chart.spoken.connect(self._announcer.say_now)
        self.give.clicked.connect(self._ask_whom)
        self.share.clicked.connect(lambda: self.model.share_out(self.late.chosen_rows()))
        theme().changed.connect(self._fit)

    # ---- content -----------------------------------------------------------------------------
    @Slot()
    def show_board(self) -> None:
        """Show the board as it now is."""
        board = self.model.board
        self._middle.setVisible(board is not None)
        self._failure.setVisible(board is None)
        self.quarantine.setVisible(board is not None and board.quarantined > 0)
        if board is None:
            self._failure.setText(text("team.reading"))
            return
        self._total.setText(total_words(board.queues))
        read = format_time_with_seconds(board.as_of) if board.as_of is not None else ""
        self._as_of.setText(text("team.as_of", time=read) if read else "")
        words = plural("team.quarantine", board.quarantined)
        self.quarantine.set_spec(ChipSpec(words, Tone.WARN, "triangle-alert"))
        self.quarantine.setToolTip(text("team.quarantine.explained"))
        self.load.show_loads(board.queues)
        self._panels["load"].count.set_text(str(len(board.queues)))
        self.chart.show_hours(board.hours)
        self.late.show_rows(board.late)
        late = sum(load.late for load in board.queues)
        shown = len(board.late)
        several = text("team.late.some", shown=shown, total=late) if late > shown else str(shown)
        self._panels["late"].count.set_text(several if shown else "")
        self._calm_line.setVisible(not board.late)
        self.late.setVisible(bool(board.late))
        self._bar.setVisible(bool(board.late))
        self.members.show_members(board.colleagues)
        self.members.setVisible(bool(board.colleagues))
        self._few_line.setVisible(not board.colleagues)
        self._panels["members"].count.set_text(str(len(board.colleagues)) if board.colleagues else "")
        self._show_chosen()
        self._fit()

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        if self.model.board is None:
            self._failure.setText(sentence)

    @Slot()
    def _show_chosen(self) -> None:
        chosen = len(self.late.chosen)
        self._chosen.setText(plural("team.chosen", chosen) if chosen else text("team.choose"))
        for button in (self.give, self.share):
            button.setEnabled(bool(self.late.chosen_rows()))

    # ---- giving ------------------------------------------------------------------------------
    @cached_property
    def give_panel(self) -> GivePanel:
        """To whom they go, made when it is first wanted."""
        panel = GivePanel(self)
        panel.taken.connect(lambda login: self.model.assign(self.late.chosen_rows(), login))
        return panel

    @Slot()
    def _ask_whom(self) -> None:
        chosen = self.late.chosen_rows()
        if not chosen:
            return
        self.give_panel.ready(self.model.takers(), len(chosen))
        self.give_panel.open_at(self.give.mapTo(self, QPoint(0, -theme().px(260))))
        self.give_panel.focus_first()

    # ---- page of the rail --------------------------------------------------------------------
    def zones(self) -> list[Zone]:
        """Return the zones in the order in which they are seen."""
        found: list[Zone] = [("zone.team_load", self.load.rows), ("zone.team_chart", self.chart)]
        if self.late.isVisibleTo(self):
            found.append(("zone.team_late", self.late))
        if self.members.isVisibleTo(self):
            found.append(("zone.team_members", self.members))
        return found

    def activate(self) -> None:
        """Come on screen: follow the board."""
        self.model.start()

    def deactivate(self) -> None:
        """Leave the screen: nothing is followed, forms close."""
        self.model.pause()
        if "give_panel" in self.__dict__:
            self.give_panel.close_panel()

    # ---- shape -------------------------------------------------------------------------------
    @Slot()
    def _fit(self) -> None:
        px = theme().px
        self._side.setFixedWidth(px(NARROW_SIDE if self.width() < px(NARROW) else SIDE))
        rows = min(max(self.members.rows_model.rowCount(), 1), 8)
        self.members.setFixedHeight(self.members.row_height() * rows)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panes their widths."""
        super().resizeEvent(event)
        self._fit()
