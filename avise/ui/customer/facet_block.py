"""One block of the customer's screen, painted as one widget: header, strip, rows, and what can be done."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.customer.block_content import BlockAction, BlockContent, TableRow, spoken_row
from avise.ui.customer.record_words import SEPARATOR
from avise.ui.customer.row_painting import (
    TABLE_HEAD_HEIGHT,
    lead_width,
    paint_row,
    paint_table,
    row_height,
)
from avise.ui.theme import theme
from avise.ui.widgets.button import Button
from avise.ui.widgets.chip import chip_size, paint_chip
from avise.ui.widgets.face import Face
from avise.ui.widgets.focus_ring import NO_RING
from avise.ui.widgets.link import Link
from avise.ui.widgets.painting import RIGHT, draw_badge, draw_box, draw_focus, draw_icon, draw_text, elided
from avise.ui.widgets.reading import ReadingLine, Skeleton

HEADER, PADDING_X, PADDING_Y, STRIP, RADIUS = 32, 10, 5, 27, 6
_ACTIONS_BUTTON, _ACTIONS_LINK = 38, 26
_MOVES = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Home: "first",
    Qt.Key.Key_End: "last",
}


class FacetBlock(QWidget):
    """A block.

    Signals:
        action_requested: facet, id of the action ("retry", "show_copy", "detail", "fold", "menu"…).
        move_requested: facet, where the arrows go ("up", "down", "left", "right", "first", "last").
        height_changed: the block grew; its neighbours below must move.
        focused: the block took focus.
    """

    action_requested = Signal(str, str)
    move_requested = Signal(str, str)
    height_changed = Signal()
    focused = Signal(str)

    def __init__(self, content: BlockContent, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._kept = 0
        self._line: ReadingLine | None = None
        self._skeleton: Skeleton | None = None
        self._buttons: dict[BlockAction, QWidget] = {}
        self._face = Face(self, self._paint_face)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        heard_as(self, Role.Grouping)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setProperty(NO_RING, True)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()
        theme().changed.connect(self._on_theme_changed)

    # ---- content -----------------------------------------------------------------------------
    @property
    def content(self) -> BlockContent:
        """What the block shows."""
        return self._content

    @property
    def facet(self) -> str:
        """The facet of the block."""
        return self._content.facet

    def set_content(self, content: BlockContent) -> None:
        """Show something else; the room already taken is kept, so that nothing below moves."""
        if content == self._content:
            return
        loosened = content.folded != self._content.folded or bool(content.columns) != bool(
            self._content.columns
        )
        self._content = content
        if loosened:
            self._kept = 0
        self._place_parts()
        self._tell()
        self._face.outdate()
        if self.wanted_height(self.width()) != self.height():
            self.height_changed.emit()

    def loosen(self) -> None:
        """Forget the room that was kept: the user asked for something that changes it."""
        self._kept = 0
        self.height_changed.emit()

    def _tell(self) -> None:
        self.setAccessibleName(self._content.title)
        self.setAccessibleDescription(self._content.spoken())

    # ---- measures ----------------------------------------------------------------------------
    def wanted_height(self, width: int) -> int:
        """Return the height at a width: never less than it had, until `loosen`."""
        if self._content.folded:
            return theme().px(HEADER) + 2
        self._kept = max(self._kept, self._natural_height(width))
        return self._kept

    def _natural_height(self, width: int) -> int:
        px = theme().px
        content = self._content
        height = px(HEADER) + 1 + 2 * px(PADDING_Y) + 1
        height += px(STRIP) if content.strip else 0
        if content.columns:
            rows = sum(row_height(row, width) for row in content.rows)
            return height + px(TABLE_HEAD_HEIGHT) + rows + self._actions_height()
        if not content.rows:
            return height + content.reserved * theme().height_of("key-value")
        inner = width - 2 * px(PADDING_X) - 2
        return height + sum(row_height(row, inner) for row in content.rows) + self._actions_height()

    def _actions_height(self) -> int:
        if not self._content.actions:
            return 0
        has_button = any(action.button for action in self._content.actions)
        return theme().px(_ACTIONS_BUTTON if has_button else _ACTIONS_LINK)

    @override
    def sizeHint(self) -> QSize:
        """Return the size that the rows need."""
        width = max(self.width(), theme().px(260))
        return QSize(width, self.wanted_height(width))

    # ---- child widgets, made only when a state needs them --------------------------------------
    def _place_parts(self) -> None:
        self._place_line()
        self._place_skeleton()
        self._place_actions()

    def _place_line(self) -> None:
        reading = self._content.reading and not self._content.folded
        if self._line is None and reading:
            self._line = ReadingLine(self)
        if self._line is not None:
            self._line.setGeometry(1, theme().px(HEADER), self.width() - 2, 2)
            self._line.set_reading(reading)
            self._line.setVisible(reading)

    def _place_skeleton(self) -> None:
        wanted = self._content.skeleton if not self._content.folded else 0
        if self._skeleton is not None and not wanted:
            self._skeleton.hide()
            self._skeleton.deleteLater()
            self._skeleton = None
        if wanted and self._skeleton is None:
            self._skeleton = Skeleton(wanted, parent=self)
            self._skeleton.show()
        if self._skeleton is not None:
            self._skeleton.setGeometry(self._body_rect().toRect())

    def _place_actions(self) -> None:
        content = self._content
        wanted = () if content.folded else content.offered
        for action in tuple(self._buttons):
            if action not in wanted:
                widget = self._buttons.pop(action)
                if widget.hasFocus():
                    # Qt would give it to the next link, in another block.
                    self.setFocus(Qt.FocusReason.OtherFocusReason)
                widget.hide()
                widget.deleteLater()
        missing = [action for action in wanted if action not in self._buttons]
        for action in missing:
            self._buttons[action] = self._make(action, on_strip=action not in content.actions)
        if missing:
            # The strip is above the rows, and the other actions under them.
            seen = sorted(wanted, key=lambda action: action in content.actions)
            for before, after in pairwise(self._buttons[action] for action in seen):
                QWidget.setTabOrder(before, after)
        self._move_actions()

    def _make(self, action: BlockAction, *, on_strip: bool) -> QWidget:
        widget: Button | Link
        if action.button:
            widget = Button(action.label, icon="rotate-cw", small=True, parent=self)
        elif on_strip:
            widget = Link(action.label, "warn", underlined=True, parent=self)
        else:
            widget = Link(action.label, parent=self)
        widget.setAccessibleDescription(self._content.title)
        widget.clicked.connect(lambda: self.action_requested.emit(self.facet, action.id))
        widget.show()
        return widget

    def _move_actions(self) -> None:
        px = theme().px
        content = self._content
        left = px(PADDING_X) + 1
        height = self._actions_height()
        top = self._rows_bottom() + 1
        for action in content.actions:
            widget = self._buttons.get(action)
            if widget is None:
                continue
            size = widget.sizeHint()
            widget.setGeometry(left, top + (height - size.height()) // 2, size.width(), size.height())
            left += size.width() + px(14)
        linked = content.strip.action if content.strip is not None else None
        if linked in self._buttons:
            link = self._buttons[linked]
            size = link.sizeHint()
            strip = self._strip_rect()
            link.setGeometry(
                int(strip.right()) - px(PADDING_X) - size.width(),
                int(strip.center().y() - size.height() / 2),
                size.width(),
                size.height(),
            )

    # ---- places ------------------------------------------------------------------------------
    def _strip_rect(self) -> QRectF:
        px = theme().px
        return QRectF(1, px(HEADER) + 1, self.width() - 2, px(STRIP))

    def _body_rect(self) -> QRectF:
        px = theme().px
        top = px(HEADER) + 1 + (px(STRIP) if self._content.strip else 0)
        top += 0 if self._content.columns else px(PADDING_Y)
        left = px(PADDING_X) + 1
        return QRectF(left, top, self.width() - 2 * left, self.height() - top - px(PADDING_Y) - 1)

    def _rows_bottom(self) -> int:
        body = self._body_rect()
        heights = sum(row_height(row, body.width()) for row in self._content.rows)
        if self._content.columns:
            heights += theme().px(TABLE_HEAD_HEIGHT)
        return int(body.top()) + heights

    # ---- painting ----------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the block as it was last drawn, or draw it; the focus ring is never late."""
        with QPainter(self) as painter:
            self._face.draw(painter)
            if self.hasFocus():
                draw_focus(painter, self.rect(), theme().px(RADIUS))

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Keep no picture of what nobody sees."""
        self._face.forget()

    def _paint_face(self, painter: QPainter) -> None:
        px, content = theme().px, self._content
        draw_box(painter, self.rect(), px(RADIUS), "bg-surface", "border", theme().line_width)
        self._paint_header(painter)
        if not content.folded:
            line = QRectF(1, px(HEADER), self.width() - 2, 1)
            painter.fillRect(line, theme().colour("border-subtle"))
            self._paint_strip(painter)
            self._paint_rows(painter)

    def _paint_header(self, painter: QPainter) -> None:
        px, content = theme().px, self._content
        middle = px(HEADER) / 2 + 1
        left = float(px(PADDING_X) + 1)
        icon = "chevron-right" if content.folded else content.icon
        draw_icon(painter, icon, left, middle, 15, "text-2")
        left += px(15 + 8)
        right = self._paint_header_end(painter, middle)
        title = QRectF(left, 0, right - left, px(HEADER) + 1)
        width = min(theme().text_width(content.title, "strong") + 1, title.width())
        draw_text(painter, title, content.title, "strong")
        if content.count and not content.folded:
            badge = max(theme().text_width(content.count, "micro") + px(8), px(16))
            edge = left + width + px(8) + badge
            if edge < right:
                draw_badge(painter, edge, middle, content.count, "neutral-bg", "neutral")

    def _paint_header_end(self, painter: QPainter, middle: float) -> float:
        """Paint the right part of the header; return where it begins."""
        px, content = theme().px, self._content
        right = float(self.width() - px(PADDING_X) - 1)
        if content.chip is not None:
            left = right - chip_size(content.chip).width()
            paint_chip(painter, content.chip, left, middle)
            return left - px(6)
        words = content.summary or content.status if content.folded else content.status
        if not words:
            return right
        room = right - px(PADDING_X + 15 + 8 + 10) - theme().text_width(content.title, "strong")
        if content.count and not content.folded:
            room -= max(theme().text_width(content.count, "micro") + px(8), px(16)) + px(8)
        room -= px(13 + 5) if content.reading or content.changed else 0
        width = min(theme().text_width(words, "source", tabular=True) + 1, max(room, px(40)))
        area = QRectF(right - width, 0, width, px(HEADER) + 1)
        words = _with_its_end(words, width)
        draw_text(painter, area, words, "source", "text-3", RIGHT, tabular=True)
        left = area.left()
        if content.reading or content.changed:
            left -= px(13 + 5)
            name, role = ("circle-dot", "accent") if content.changed else ("loader-circle", "text-3")
            draw_icon(painter, name, left, middle, 13, role)
        return left - px(6)

    def _paint_strip(self, painter: QPainter) -> None:
        strip = self._content.strip
        if strip is None:
            return
        px, area = theme().px, self._strip_rect()
        painter.fillRect(area, theme().colour("warn-bg"))
        link = theme().text_width(strip.action.label, "button") + px(PADDING_X) if strip.action else 0
        words = area.adjusted(px(PADDING_X), 0, -link - px(PADDING_X), 0)
        draw_text(painter, words, strip.text, "small-medium", "warn")

    def _paint_rows(self, painter: QPainter) -> None:
        body, content = self._body_rect(), self._content
        if content.columns:
            rows = [row for row in content.rows if isinstance(row, TableRow)]
            paint_table(painter, content.columns, rows, body, theme().px(PADDING_X))
            return
        lead = lead_width(content.rows)
        top = body.top()
        for row in content.rows:
            height = row_height(row, body.width())
            paint_row(painter, row, QRectF(body.left(), top, body.width(), height), lead)
            top += height

    # ---- events ------------------------------------------------------------------------------
    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the parts back in their places."""
        self._place_parts()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Space folds, the arrows go to the neighbours."""
        key = Qt.Key(event.key())
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not with_control:
            self.action_requested.emit(self.facet, "detail")
        elif key == Qt.Key.Key_Space:
            self.action_requested.emit(self.facet, "fold")
        elif key in _MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.move_requested.emit(self.facet, _MOVES[key])
        else:
            super().keyPressEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold when the icon, or the header of a folded block, is pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        on_header = event.position().y() <= theme().px(HEADER)
        on_icon = event.position().x() <= theme().px(PADDING_X + 15 + 6)
        if on_header and (self._content.folded or on_icon):
            self.action_requested.emit(self.facet, "fold")

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the detail."""
        if not self._content.folded:
            self.action_requested.emit(self.facet, "detail")

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu: right button, Maj+F10, or the Menu key."""
        self.action_requested.emit(self.facet, "menu")

    def menu_place(self) -> QPoint:
        """Return where the menu opens: under the header's icon."""
        return self.mapToGlobal(QPoint(theme().px(PADDING_X), theme().px(HEADER)))

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        """Say that the block is the current one."""
        self.focused.emit(self.facet)
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell a cut row in full when the mouse rests on it."""
        words = "" if self._content.folded else self._words_at(event.position().toPoint())
        if words != self.toolTip():
            self.setToolTip(words)

    def _words_at(self, place: QPoint) -> str:
        body = self._body_rect()
        icon = QRect(0, 0, theme().px(PADDING_X + 15 + 6), theme().px(HEADER))
        if icon.contains(place):
            return text("block.action.fold")
        if place.y() <= theme().px(HEADER):
            return self._chip_words_at(place)
        top = body.top() + (theme().px(TABLE_HEAD_HEIGHT) if self._content.columns else 0)
        for row in self._content.rows:
            height = row_height(row, body.width())
            if top <= place.y() < top + height:
                return spoken_row(row, self._content.columns)
            top += height
        return ""

    def _chip_words_at(self, place: QPoint) -> str:
        chip = self._content.chip
        if chip is None:
            return ""
        left = self.width() - theme().px(PADDING_X) - 1 - chip_size(chip).width()
        return chip.told if place.x() >= left else ""

    @Slot()
    def _on_theme_changed(self) -> None:
        self._kept = 0
        self._place_parts()
        self._face.outdate()
        self.height_changed.emit()


def _with_its_end(words: str, width: float) -> str:
    """Return "Prestations · 10:44" cut in its first part: the time matters more than the tool."""
    start, separator, end = words.rpartition(SEPARATOR)
    tail = f"{separator}{end}"
    room = width - theme().text_width(tail, "source", tabular=True)
    if not separator or theme().text_width(words, "source", tabular=True) <= width:
        return words
    cut = elided(start, "source", room, tabular=True)
    return f"{cut}{tail}" if room > 0 else words
