"""One choice among some: a field that narrows the list, and the list under it; nothing is chosen ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.models.names import fold
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column
from avise.ui.widgets.painting import RIGHT, draw_focus, draw_icon, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT, SHOWN, FILTERED_FROM = 28, 7, 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be chosen."""

    code: str
    label: str
    aside: str = ""
    """Said and shown at the end of the line."""


class _Delegate(RowDelegate):
    """Paints a choice on one line."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint a tick on the current one, the label, and what is said of it."""
        px = theme().px
        choice: Choice = index.data(ROW_ROLE)
        area = QRectF(rect).adjusted(px(30), 0, -px(10), 0)
        if look.current:
            draw_icon(painter, "check", rect.left() + px(9), area.center().y(), 14, "accent-text")
        aside = min(theme().text_width(choice.aside, "small"), area.width() / 2)
        draw_text(
            painter,
            area.adjusted(0, 0, -aside - px(8), 0),
            choice.label,
            "strong" if look.current else "body",
        )
        draw_text(painter, area, choice.aside, "small", "text-3", RIGHT)


class _Rows(RowsView):
    """The list; while nothing is chosen in it, focus is seen around all of it."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, then the ring of a list without a current row."""
        super().paintEvent(event)
        if self.hasFocus() and not self.currentIndex().isValid():
            with QPainter(self.viewport()) as painter:
                draw_focus(painter, self.viewport().rect())


class ChoiceField(QWidget):
    """The field.

    Args:
        label: above the list.
        parent: of the widget.

    Signals:
        taken: the current choice was taken with Entrée, or by a double click.
    """

    taken = Signal()

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self.words = QLineEdit()
        self.words.setAccessibleName(label)
        self.words.setPlaceholderText(text("request_panel.narrow"))
        self.words.setClearButtonEnabled(True)
        self.words.installEventFilter(self)
        self.model: RowsModel[Choice] = RowsModel(lambda one: ", ".join(filter(None, (one.label, one.aside))))
        self._delegate = _Delegate()
        self.rows = _Rows(ROW_HEIGHT, label, ground="bg-overlay")
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(self._delegate)
        self._error = Label("", "small", "danger", wrap=True)
        self._error.hide()
        self.setLayout(column(Label(label, "small-medium"), self.words, self.rows, self._error, gap=4))
        self.words.textEdited.connect(self._narrow)
        self.rows.opened.connect(self.taken)
        self.rows.selectionModel().currentRowChanged.connect(self._on_current)

    def show_choices(self, choices: Sequence[Choice], current: str = "") -> None:
        """Offer these; the field that narrows them is there when they are many.

        Args:
            choices: what may be chosen.
            current: code of what is in force; "" chooses nothing, so that validating at once asks.
        """
        self._choices = tuple(choices)
        self.words.clear()
        self.words.setVisible(len(choices) > FILTERED_FROM)
        self._show(self._choices)
        self._choose_nothing()
        if current:
            self.choose(current)
        self.show_error("")

    def current(self) -> str:
        """Return the code of the choice, "" when nothing is chosen."""
        place = self.rows.current_row()
        rows = self.model.rows()
        return rows[place].code if 0 <= place < len(rows) else ""

    def choose(self, code: str) -> None:
        """Make a choice the current one."""
        for place, choice in enumerate(self.model.rows()):
            if choice.code == code:
                self.rows.go_to(place)

    def show_error(self, sentence: str) -> None:
        """Say what is wrong, and take focus where it is put right; "" when nothing is."""
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        for part in (self.words, self.rows):
            part.setAccessibleDescription(sentence)
        if sentence:
            self.focus_first()

    def focus_first(self) -> None:
        """Take focus where one narrows, or on the list."""
        target = self.words if self.words.isVisibleTo(self) else self.rows
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _narrow(self, words: str) -> None:
        wanted = [fold(word) for word in words.split()]
        self._show([one for one in self._choices if all(word in fold(one.label) for word in wanted)])
        if wanted:
            self.rows.go_to(0)
        else:
            self._choose_nothing()

    def _choose_nothing(self) -> None:
        # Said to the view itself: else Qt makes the first row the current one when focus comes.
        self.rows.setCurrentIndex(QModelIndex())

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        self.rows.viewport().update()
        if index.isValid():
            self.show_error("")

    def _show(self, choices: Sequence[Choice]) -> None:
        self.model.set_rows(choices)
        shown = min(max(len(self._choices), 1), SHOWN)
        self.rows.setFixedHeight(self.rows.row_height() * shown)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list from the field above it."""
        if watched is self.words and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None:
                self.rows.go_to(self.rows.current_row() + step)
                return True
        return super().eventFilter(watched, event)
