"""« Préparer ma tournée »: what to take, how far it is, what failed and why, what a day still lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from typing_extensions import override

from avise.services.pack_values import PackOrder, PacksStatus
from avise.services.visit_values import VisitDay
from avise.texts import plural, text
from avise.texts.formats import local
from avise.ui.form_panel import FormPanel
from avise.ui.on_board.pack_row import PackRows
from avise.ui.on_board.view_model import OnBoardViewModel
from avise.ui.on_board.wording import is_empty, limit_words, pack_lines
from avise.ui.visits.wording import day_title, missing_sheets
from avise.ui.widgets.button import Button
from avise.ui.widgets.check_box import CheckBox
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import clear, column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.link import Link
from avise.ui.widgets.segmented import Segmented

WIDTH = 440
TODAY, TOMORROW = "0", "1"
DAYS = (1, 2, 5, 10, 14)
"""14 is the most that a hub lends for (`avise.hub.check_out_values`)."""
USUAL_DAYS = 5

_WAYS = {
    "pack.pin_required": "on_board.choose_code",
    "pack.pin_needed": "on_board.code",
    "hub.checked_out_elsewhere": "on_board.take_over",
}
"""What leads on from a refusal."""


class PreparePanel(FormPanel):
    """The panel over the page.

    Args:
        model: what is known, and what can be done.
        parent: over which it stands.

    Signals:
        pin_wanted: nothing is taken before a code was chosen, and the user goes to choose one.
        code_wanted: the code has to be typed first.
    """

    pin_wanted = Signal()
    code_wanted = Signal()

    def __init__(self, model: OnBoardViewModel, parent: QWidget) -> None:
        super().__init__(text("on_board.prepare"), "hard-drive", text("on_board.take"), parent, WIDTH)
        self._model = model
        self.first_day = Segmented(
            [(TODAY, text("on_board.from_today")), (TOMORROW, text("on_board.from_tomorrow"))],
            TODAY,
            text("on_board.first_day"),
        )
        self.days = Segmented(
            [(str(count), plural("on_board.days", count)) for count in DAYS],
            str(USUAL_DAYS),
            text("on_board.days_of_visits"),
        )
        self.portfolio = CheckBox(text("on_board.take_portfolio"))
        self.documents = CheckBox(text("on_board.take_documents"))
        for box in (self.portfolio, self.documents):
            box.setChecked(True)
        self.rows = PackRows()
        self.pause = Button(text("on_board.pause"), icon="pause")
        self.way = Link("")
        self._limit = Label("", "small", "meta", tabular=True)
        self._trouble = Label("", "body", "danger", wrap=True)
        self._trouble_icon = Icon("circle-alert", 14, "danger")
        self._refusal: tuple[str, str] = ("", "")
        self._days_box = QVBoxLayout()
        self._shown_days: tuple[tuple[str, str], ...] = ()
        self._build()
        model.changed.connect(self.show_status)
        model.refused.connect(self._on_refused)
        self.pause.clicked.connect(model.pause)
        self.way.clicked.connect(self._on_way)
        self.show_status()

    def _build(self) -> None:
        self._what = QWidget()
        self._what.setLayout(
            column(
                Label(text("on_board.first_day"), "small-medium"), row(self.first_day, None),
                Label(text("on_board.days_of_visits"), "small-medium"), row(self.days, None),
                self.portfolio, self.documents, gap=5,
            )
        )  # fmt: skip
        self._trouble_line = QWidget()
        told = row(self._trouble_icon, column(self._trouble, row(self.way, None), gap=3), gap=6)
        told.setStretch(1, 1)
        told.setAlignment(self._trouble_icon, Qt.AlignmentFlag.AlignTop)
        self._trouble_line.setLayout(told)
        self._progress, self._line = QWidget(), HorizontalLine()
        self._progress.setLayout(column(self._line, self.rows, gap=6))
        self._lacking = QWidget()
        self._lacking.setLayout(
            column(HorizontalLine(), Label(text("on_board.lacking"), "small-medium"), self._days_box, gap=5)
        )
        for part in (self._what, self._progress, self._limit, self._trouble_line, self._lacking):
            self.content.addWidget(part)
        self.button_row.insertWidget(1, self.pause)
        self._lacking.hide()

    # ---- what is asked -------------------------------------------------------------------------
    def order(self) -> PackOrder:
        """Return what is chosen."""
        today = local(self._model.now()).date()
        return PackOrder(
            today + timedelta(days=int(self.first_day.current)),
            int(self.days.current),
            portfolio=self.portfolio.isChecked(),
            documents=self.documents.isChecked(),
        )

    @Slot()
    @override
    def submit(self) -> None:
        """Take what is chosen; the panel stays and shows how far it is."""
        status = self._model.status
        if status is None or status.preparing or not self.submit_button.isEnabled():
            return
        self._refusal = ("", "")
        self.show_status()
        self._model.prepare(self.order())

    @Slot(str, str)
    def _on_refused(self, key: str, sentence: str) -> None:
        self._refusal = (key, sentence)
        self.show_status()

    @Slot()
    def _on_way(self) -> None:
        match self._refusal[0]:
            case "pack.pin_required":
                self.pin_wanted.emit()
            case "hub.checked_out_elsewhere":
                self._refusal = ("", "")
                self.show_status()
                self._model.prepare(replace(self.order(), take_over=True))
            case _:
                self.code_wanted.emit()

    # ---- how far it is -------------------------------------------------------------------------
    @Slot()
    def show_status(self) -> None:
        """Show how far a preparation is."""
        status = self._model.status
        allowed = self._model.is_allowed
        self.submit_button.setEnabled(allowed and status is not None and not status.preparing)
        if status is None:
            return
        self._progress.setVisible(status.preparing or not is_empty(status))
        self.rows.show_lines(pack_lines(status, self._model.now()))
        self._limit.setText(limit_words(status))
        held_focus = self._has_focus()
        self.pause.setVisible(status.preparing)
        self.submit_button.setVisible(not status.preparing)
        self._what.setVisible(not status.preparing)
        self._line.setVisible(not status.preparing)
        self._lacking.setVisible(bool(self._shown_days) and not status.preparing)
        if held_focus and not self._has_focus():
            # What was pressed went, and something else has taken its place.
            after = self.pause if status.preparing else self.submit_button
            after.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_trouble(status, allowed=allowed)
        self._fit_soon()

    def _show_trouble(self, status: PacksStatus, *, allowed: bool) -> None:
        key, sentence = self._refusal
        if not sentence and status.trouble is not None and not status.preparing:
            key, sentence = (
                status.trouble.message_key,
                text(status.trouble.message_key, **status.trouble.params),
            )
        if not sentence and self._model.is_offline:
            key, sentence = "pack.offline", text("pack.offline")
        if not allowed:
            key, sentence = "pack.not_allowed", text("pack.not_allowed")
        self._trouble.setText(sentence)
        self._trouble_line.setVisible(bool(sentence))
        self.way.setText(text(_WAYS[key]) if key in _WAYS else "")
        self.way.setVisible(key in _WAYS)

    def show_days(self, days: Sequence[VisitDay]) -> None:
        """Say what each day of visits still lacks on board."""
        lacking = tuple(
            (day_title(day.day), plural("on_board.sheets_missing", count))
            for day in days
            if (count := missing_sheets(day))
        )
        if lacking == self._shown_days:
            return
        self._shown_days = lacking
        clear(self._days_box)
        for title, missing in lacking:
            line = QWidget()
            told = Label(missing, "small", "warn")
            line.setLayout(row(Icon("cloud-off", 13, "warn-solid"), Label(title, "body"), None, told, gap=7))
            self._days_box.addWidget(line)
        preparing = self._model.status is not None and self._model.status.preparing
        self._lacking.setVisible(bool(lacking) and not preparing)
        self._fit_soon()

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isVisible() and self.isAncestorOf(focused)

    def _fit_soon(self) -> None:
        if self.isVisible():
            self.fit()

    # ---- on screen -----------------------------------------------------------------------------
    def open_near(self, corner: QPoint) -> None:
        """Come on screen, ready to be chosen from."""
        self._refusal = ("", "")
        self.show_status()
        self.open_at(corner)
        first = self.pause if self.pause.isVisibleTo(self) else self.first_day
        first.setFocus(Qt.FocusReason.OtherFocusReason)
