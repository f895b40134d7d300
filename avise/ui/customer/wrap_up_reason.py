"""Why they got in touch: one of the 23 reasons, found by typing a part of its name (`domain.md` 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget
from typing_extensions import override

from avise.models.contact_reasons import ContactReason
from avise.models.names import fold
from avise.texts import text
from avise.ui.theme import theme
from avise.ui.widgets.layout import column
from avise.ui.widgets.painting import draw_icon, draw_text
from avise.ui.widgets.row_list import RowDelegate, RowLook, RowsView

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, SHOWN_ROWS = 28, 9
_CHEVRON = 14


def reason_label(code: str) -> str:
    """Return a reason as people name it, "" for none."""
    return text(f"reason.{code}") if code else ""


def matching(reasons: Sequence[ContactReason], words: str) -> tuple[ContactReason, ...]:
    """Return the reasons whose label, code or own words hold every word typed, in their order."""
    typed = fold(words).split()
    return tuple(reason for reason in reasons if all(word in _searched(reason) for word in typed))


def _searched(reason: ContactReason) -> str:
    return fold(" ".join((reason.id, reason_label(reason.id), *reason.words)))


class ReasonModel(QAbstractListModel):
    """The reasons that match what is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[ContactReason, ...] = ()

    def set_rows(self, rows: Sequence[ContactReason]) -> None:
        """Show other reasons."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the label, which is also what people hear."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return reason_label(self.rows[index.row()].id)
        return None


class ReasonDelegate(RowDelegate):
    """Paints a reason."""

    @override
    def paint_row(self, painter: QPainter, rect: QRect, look: RowLook, index: Index) -> None:
        """Paint the label."""
        area = QRectF(rect).adjusted(theme().px(10), 0, -theme().px(8), 0)
        words = index.data(Qt.ItemDataRole.DisplayRole)
        draw_text(painter, area, words, "value-strong" if look.current else "value", "text")


class ReasonList(QFrame):
    """The reasons under the field: a child of the window, so that screen readers keep their place."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = ReasonModel()
        self.rows = RowsView(ROW_HEIGHT, text("wrap_up.reasons"), ground="bg-overlay")
        self.rows.setModel(self.model)
        self._delegate = ReasonDelegate(self)
        self.rows.setItemDelegate(self._delegate)
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setLayout(column(self.rows, margins=(4, 4, 4, 4)))
        self.hide()

    def place_under(self, field: QWidget) -> None:
        """Stand under a field, or over it where there is no room."""
        window = self.parentWidget()
        if window is None:
            return
        rows = min(max(len(self.model.rows), 1), SHOWN_ROWS)
        height = rows * self.rows.row_height() + theme().px(8) + 2
        top = field.mapTo(window, QPoint(0, field.height() + theme().px(2)))
        if top.y() + height > window.height():
            top = field.mapTo(window, QPoint(0, -height - theme().px(2)))
        self.setGeometry(top.x(), max(top.y(), 0), field.width(), height)


class ReasonField(QLineEdit):
    """One of the reasons, found by typing a part of its name or of what people call it.

    Down opens the list, arrows go through it, Enter takes the current one, Échap leaves things as they were.

    Signals:
        chosen: code of the reason that the user took.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._reasons: tuple[ContactReason, ...] = ()
        self._code = ""
        self._list: ReasonList | None = None
        self.setAccessibleName(text("wrap_up.reason"))
        self.setPlaceholderText(text("wrap_up.reason_hint"))
        self.textEdited.connect(self._on_edited)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_reasons(self, reasons: tuple[ContactReason, ...]) -> None:
        """Offer these reasons."""
        self._reasons = reasons

    def set_reason(self, code: str, *, confirmed: bool) -> None:
        """Show a reason; what is being typed is left alone."""
        state = text("wrap_up.reason_proposed") if code and not confirmed else ""
        self.setToolTip(state)
        if not self.is_open:
            self.setAccessibleDescription(state)
        if code == self._code and self.text() == reason_label(code):
            return
        self._code = code
        if not self.is_open:
            self.setText(reason_label(code))
            self.setCursorPosition(0)

    @property
    def is_open(self) -> bool:
        """Whether the list is on screen."""
        return self._list is not None and self._list.isVisible()

    @property
    def offered(self) -> tuple[ContactReason, ...]:
        """The reasons in the list."""
        return self._list.model.rows if self._list is not None else ()

    # ---- the list ----------------------------------------------------------------------------
    def _open(self, words: str) -> None:
        if self._list is None:
            self._list = ReasonList(self.window())
            self._list.rows.pressed_at.connect(lambda index, _place: self._take(index.row()))
        self._list.model.set_rows(matching(self._reasons, words))
        self._list.place_under(self)
        self._list.show()
        self._list.raise_()
        codes = [reason.id for reason in self._list.model.rows]
        self._go(codes.index(self._code) if not words and self._code in codes else 0)

    def _go(self, row: int) -> None:
        if self._list is None:
            return
        rows = self._list.model.rows
        if not rows:
            self.setAccessibleDescription(text("wrap_up.no_reason"))
            return
        row = min(max(row, 0), len(rows) - 1)
        self._list.rows.go_to(row)
        told = text("wrap_up.reason_row", reason=reason_label(rows[row].id), place=row + 1, count=len(rows))
        self.setAccessibleDescription(told)

    def close_list(self) -> None:
        """Leave the reason as it was."""
        if self._list is not None:
            self._list.hide()
        self.setText(reason_label(self._code))
        self.setCursorPosition(0)
        self.setAccessibleDescription(self.toolTip())

    def _take(self, row: int) -> None:
        if self._list is None or not 0 <= row < len(self._list.model.rows):
            return
        self._code = self._list.model.rows[row].id
        self.close_list()
        self.chosen.emit(self._code)

    # ---- events ------------------------------------------------------------------------------
    @Slot(str)
    def _on_edited(self, words: str) -> None:
        self._open(words)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, go through, take and close."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and _is_enter(event):
            if self.is_open:
                self._take(self._current())
            event.ignore()
            return
        if not self.is_open:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._open("")
                return
            super().keyPressEvent(event)
            return
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._go(self._current() + step)
        elif _is_enter(event):
            self._take(self._current())
        elif event.key() == Qt.Key.Key_Escape:
            self.close_list()
        else:
            super().keyPressEvent(event)

    def _current(self) -> int:
        return self._list.rows.current_row() if self._list is not None else -1

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Have what is typed replace the reason shown."""
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self.selectAll()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Close the list: what was not taken is not said."""
        super().focusOutEvent(event)
        if self.is_open or self.text() != reason_label(self._code):
            self.close_list()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open the whole list, or close it."""
        super().mousePressEvent(event)
        if self.is_open:
            self.close_list()
        else:
            self._open("")
            self.selectAll()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the field and the mark of a list."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            left = self.width() - theme().px(_CHEVRON + 8)
            draw_icon(painter, "chevron-down", left, self.height() / 2, _CHEVRON, "text-2")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setFont(theme().font("value"))
        self.setTextMargins(0, 0, theme().px(_CHEVRON + 6), 0)


def _is_enter(event: QKeyEvent) -> bool:
    return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
