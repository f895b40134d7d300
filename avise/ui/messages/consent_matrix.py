"""The matrix of consents: a row a purpose, a column a channel, moved through with the arrows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.models.consent import ConsentState
from avise.texts import text
from avise.texts.formats import format_date
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.messages.consents_model import CHANNELS, PURPOSES, Place, ShownConsents
from avise.ui.messages.wording import CHANNEL_ICONS, channel_word
from avise.ui.theme import theme
from avise.ui.widgets.focus_ring import NO_RING
from avise.ui.widgets.painting import LEFT, draw_focus, draw_icon, draw_text, elided

_ROW, _HEADER, _NAME = 46, 32, 188
_ICON, _PADDING = 14, 10

_LOOKS = {
    ConsentState.YES: ("circle-check", "ok"),
    ConsentState.NO: ("ban", "danger"),
    ConsentState.UNKNOWN: ("circle-help", "text-3"),
}
_EXPIRED = ("file-clock", "warn")


class ConsentMatrixView(QWidget):
    """Shows every cell with its icon, its word and its day; one of them is the current one.

    Signals:
        moved: another cell is the current one.
    """

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ShownConsents()
        self._row = self._column = 0
        heard_as(self, Role.Grouping)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The cell that keys act on has the ring, not the whole.
        self.setProperty(NO_RING, True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()
        theme().changed.connect(self._on_theme_changed)

    @property
    def current(self) -> Place:
        """The cell that the panel speaks of."""
        return PURPOSES[self._row], CHANNELS[self._column]

    def go_to(self, place: Place) -> None:
        """Make a cell the current one."""
        self._move(PURPOSES.index(place[0]), CHANNELS.index(place[1]))

    def show_consents(self, shown: ShownConsents) -> None:
        """Show the matrix as it stands."""
        self._shown = shown
        self._tell()
        self.update()

    def _tell(self) -> None:
        self.setAccessibleName(f"{text('consents_panel.matrix')}. {self._shown.spoken(self.current)}")

    def _move(self, row: int, column: int) -> None:
        inside = 0 <= row < len(PURPOSES) and 0 <= column < len(CHANNELS)
        if not inside or (row, column) == (self._row, self._column):
            return
        self._row, self._column = row, column
        self._tell()
        self.update()
        self.moved.emit()

    # ---- geometry ----------------------------------------------------------------------------------
    @override
    def sizeHint(self) -> QSize:
        """Return the room of the rows."""
        px = theme().px
        return QSize(px(_NAME + 4 * 110), px(_HEADER) + len(PURPOSES) * px(_ROW) + 1)

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the height of the rows."""
        return QSize(theme().px(_NAME + 4 * 80), self.sizeHint().height())

    def _cell(self, row: int, column: int) -> QRectF:
        px = theme().px
        width = (self.width() - px(_NAME)) / len(CHANNELS)
        return QRectF(px(_NAME) + column * width, px(_HEADER) + row * px(_ROW), width, px(_ROW))

    # ---- painting ----------------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the heads, the lines and every cell."""
        px = theme().px
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.width(), px(_HEADER)), theme().colour("bg-subtle"))
        for column, channel in enumerate(CHANNELS):
            area = QRectF(self._cell(0, column).left(), 0, self._cell(0, column).width(), px(_HEADER))
            draw_icon(painter, CHANNEL_ICONS[channel], area.left() + px(_PADDING), area.center().y(), _ICON)
            words = area.adjusted(px(_PADDING + _ICON + 6), 0, 0, 0)
            draw_text(painter, words, channel_word(channel), "value-strong", "text-2", LEFT)
        for row, purpose in enumerate(PURPOSES):
            top = self._cell(row, 0).top()
            painter.fillRect(QRectF(0, top, self.width(), 1), theme().colour("border-subtle"))
            name = QRectF(px(12), top, px(_NAME - 16), px(_ROW))
            draw_text(painter, name, text(f"consent.purpose.{purpose}"), "value-strong", "text", LEFT)
            for column in range(len(CHANNELS)):
                self._paint_cell(painter, row, column)
        painter.end()

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        px = theme().px
        place = PURPOSES[row], CHANNELS[column]
        area = self._cell(row, column)
        is_current = (row, column) == (self._row, self._column)
        if is_current:
            painter.fillRect(area.adjusted(0, 1, 0, 0), theme().colour("bg-selected"))
            painter.fillRect(
                QRectF(area.left(), area.top() + 1, px(3), area.height() - 1), theme().colour("accent")
            )
        icon, role = _EXPIRED if self._shown.is_expired(place) else _LOOKS[self._shown.cell(place).state]
        since = self._shown.cell(place).since
        middle = area.center().y() if since is None else area.top() + area.height() * 0.34
        draw_icon(painter, icon, area.left() + px(_PADDING), middle, _ICON, role)
        left = area.left() + px(_PADDING + _ICON + 6)
        word = self._shown.state_word(place)
        room = area.right() - left - px(4)
        line = QRectF(left, middle - px(9), room, px(18))
        ink = "text" if self._shown.cell(place).state is not ConsentState.UNKNOWN else "text-2"
        first, _, second = word.partition(" ")
        if since is None and second and theme().text_width(word, "value") > room:
            # Large text: two words one under the other rather than one that is cut.
            draw_text(painter, line.translated(0, -px(9)), elided(first, "value", room), "value", ink, LEFT)
            draw_text(painter, line.translated(0, px(9)), elided(second, "value", room), "value", ink, LEFT)
        else:
            draw_text(painter, line, elided(word, "value", room), "value", ink, LEFT)
        if since is not None:
            low = QRectF(left, area.top() + area.height() * 0.52, room, px(18))
            draw_text(painter, low, format_date(since), "small", "text-2", LEFT, tabular=True)
        if is_current and self.hasFocus():
            draw_focus(painter, area.adjusted(0, 1, 0, 0))

    # ---- what the user does ------------------------------------------------------------------------
    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the cell under the mouse."""
        place = QPointF(event.position())
        for row in range(len(PURPOSES)):
            for column in range(len(CHANNELS)):
                if self._cell(row, column).contains(place):
                    self._move(row, column)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move with the arrows."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._move(self._row + step[0], self._column + step[1])

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
