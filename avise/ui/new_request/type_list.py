"""The types of requests: those that are likely for this customer, then all of them, narrowed by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from avise.models.names import fold, fold_words
from avise.services.request_values import RequestTypeRow
from avise.texts import plural, text
from avise.ui.new_request.view_model import GUESSED
from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import column, row
from avise.ui.widgets.line import HorizontalLine
from avise.ui.widgets.painting import RIGHT, draw_text
from avise.ui.widgets.row_list import Index, RowDelegate, RowLook, RowsView
from avise.ui.widgets.rows_model import ROW_ROLE, RowsModel

ROW_HEIGHT, GROUP_HEIGHT, SHOWN = 30, 27, 12
_PADDING, _ASIDE = 14, 0.52


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A type, or the title of a group of them."""

    title: str
    found: RequestTypeRow | None = None

    @property
    def aside(self) -> str:
        """Who handles it, and by when."""
        return f"{self.found.queue_label} · {self.found.promise}" if self.found is not None else ""

    @property
    def sentence(self) -> str:
        """The line as one sentence, for people who hear the screen."""
        parts = (self.title, self.found.queue_label, self.found.promise) if self.found else (self.title,)
        return ", ".join(filter(None, parts))


def type_lines(types: Sequence[RequestTypeRow], words: str, *, guessed: bool) -> tuple[TypeLine, ...]:
    """Return the lines for what was typed.

    Args:
        types: the likeliest first.
        words: each of which a type must hold, in its name, its service or its reasons.
        guessed: whether the first ones are likely for somebody, or only the first.
    """
    wanted = fold_words(words)
    if wanted:
        found = [each for each in types if all(word in _searched(each) for word in wanted)]
        return tuple(TypeLine(each.label, each) for each in found)
    likely = types[:GUESSED] if guessed and len(types) > GUESSED else ()
    every = sorted(types, key=lambda each: fold(each.label))
    first = [TypeLine(text("new_request.likely")), *(TypeLine(each.label, each) for each in likely)]
    title = [TypeLine(text("new_request.every"))] if likely else []
    return (*(first if likely else []), *title, *(TypeLine(each.label, each) for each in every))


def _searched(each: RequestTypeRow) -> str:
    return " ".join(fold_words(" ".join((each.label, each.queue_label, *each.reasons))))


class _Lines(RowsModel[TypeLine]):
    """Lines of which titles cannot be chosen."""

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let the arrows stop on types alone."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.rows()[index.row()].found is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _Delegate(RowDelegate):
    """Paints titles and types."""

    @override
    def paint_ground(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Give titles a quiet ground."""
        line: TypeLine = index.data(ROW_ROLE)
        if line.found is None:
            painter.fillRect(rect, theme().colour("bg-subtle"))
        else:
            super().paint_ground(painter, rect, look, index)

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint the name, then who handles it and by when."""
        line: TypeLine = index.data(ROW_ROLE)
        px = theme().px
        area = QRectF(rect).adjusted(px(_PADDING), 0, -px(_PADDING), 0)
        if line.found is None:
            draw_text(painter, area, line.title, "small-medium", "text-2")
            return
        aside = min(theme().text_width(line.aside, "small") + 1, area.width() * _ASIDE)
        words = area.adjusted(0, 0, -aside - px(10), 0)
        draw_text(painter, words, line.title, "strong" if look.current else "row")
        draw_text(painter, area.adjusted(area.width() - aside, 0, 0, 0), line.aside, "small", "text-3", RIGHT)


class TypeList(QWidget):
    """A field that narrows, and the types under it.

    Signals:
        chosen: a type (its code).
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._types: Sequence[RequestTypeRow] = ()
        self._is_guessed = False
        self.field = QLineEdit()
        self.field.setAccessibleName(text("new_request.search"))
        self.field.setPlaceholderText(text("new_request.search"))
        self.field.setClearButtonEnabled(True)
        self.field.installEventFilter(self)
        self.field.textEdited.connect(self._on_edited)
        self.model = _Lines(lambda line: line.sentence, self)
        self.rows = RowsView(ROW_HEIGHT, text("new_request.types"), ground="bg-overlay")
        self.rows.setModel(self.model)
        self.rows.setItemDelegate(_Delegate(self.rows))
        self.rows.opened.connect(self._on_opened)
        self.rows.pressed_at.connect(lambda index, _left: self._on_opened(index))
        self._count = Label("", "small", "meta")
        holder = QWidget()
        holder.setLayout(row(self.field, self._count, gap=8, margins=(12, 8, 12, 8)))
        self.setLayout(column(holder, HorizontalLine(), self.rows))
        theme().changed.connect(self._fit)

    def show_types(self, types: Sequence[RequestTypeRow], *, guessed: bool) -> None:
        """Offer these types, the likeliest first."""
        self._types, self._is_guessed = types, guessed
        self.field.clear()
        self._on_edited("")

    @Slot(str)
    def _on_edited(self, words: str) -> None:
        lines = type_lines(self._types, words, guessed=self._is_guessed)
        shown = sum(line.found is not None for line in lines) if words.strip() else len(self._types)
        self._count.setText(plural("new_request.count", shown) if lines else text("new_request.no_type"))
        self.model.set_rows(lines)
        self._fit()
        self.rows.go_to(next((place for place, line in enumerate(lines) if line.found is not None), -1))

    @Slot()
    def _fit(self) -> None:
        px = theme().px
        for place, line in enumerate(self.model.rows()):
            self.rows.setRowHeight(place, px(ROW_HEIGHT if line.found is not None else GROUP_HEIGHT))
        self.rows.setFixedHeight(px(ROW_HEIGHT) * SHOWN)

    def set_room(self, height: int) -> None:
        """Take no more height than there is, in pixels."""
        around = self.field.sizeHint().height() + theme().px(17)
        wanted = theme().px(ROW_HEIGHT) * SHOWN
        self.rows.setFixedHeight(max(min(wanted, height - around), theme().px(ROW_HEIGHT) * 3))

    @Slot(QModelIndex)
    def _on_opened(self, index: QModelIndex) -> None:
        line: TypeLine = index.data(ROW_ROLE)
        if line.found is not None:
            self.chosen.emit(line.found.id)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list with the arrows of the field, and take the current type with Entrée."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.rows.currentIndex().isValid():
                self._on_opened(self.rows.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        lines, place = self.model.rows(), self.rows.current_row() + step
        while 0 <= place < len(lines) and lines[place].found is None:
            place += step
        if 0 <= place < len(lines):
            self.rows.go_to(place)
