"""Key and value lines of the side pane, painted as one widget: a label would cost as much as ten lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_focus, draw_icon, draw_text

_PADDING, _TOP, _GAP, _LINE, _SECOND = 10, 6, 3, 18, 16
_ICON, _ICON_COLUMN, _LABEL_GAP = 14, 22, 8
_MOST_WIDER = 1.5


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line: a label and a value beside it, or an icon before words with a second line below."""

    value: str
    label: str = ""
    icon: str = ""
    icon_role: str = "text-2"
    below: str = ""
    role: str = "text"
    below_role: str = "text-3"
    heard: str = ""
    """Said instead of label and value."""
    link: str = ""
    """What pressing the line asks for; "" for a line that is only read."""

    @property
    def sentence(self) -> str:
        """The line as it is said."""
        return self.heard or ", ".join(filter(None, (self.label, self.value, self.below)))


class FactLines(QWidget):
    """The lines; the arrows go through those that lead somewhere, Entrée goes there.

    Args:
        label_width: of the column of labels, at 100 %; longer labels widen it, up to a half more, then wrap.
        parent: of the widget.

    Signals:
        followed: what the line pressed leads to.
    """

    followed = Signal(str)

    def __init__(self, label_width: float = 84, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label_width = label_width
        self._lines: tuple[FactLine, ...] = ()
        self._laid: list[QTextLayout] = []
        self._laid_labels: list[QTextLayout] = []
        self._laid_for = -1
        self._tops: list[int] = []
        self._height = self._labels = 0
        self._current = -1
        heard_as(self, Role.StaticText)
        sizing = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        sizing.setHeightForWidth(True)
        self.setSizePolicy(sizing)
        theme().changed.connect(self._on_theme_changed)

    def show_lines(self, lines: Sequence[FactLine]) -> None:
        """Show these lines."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        self._laid_for = -1
        links = self._links()
        self._current = links[0] if links else -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if links else Qt.FocusPolicy.NoFocus)
        self._say()
        self.updateGeometry()
        self.update()

    def lines(self) -> Sequence[FactLine]:
        """Return the lines shown."""
        return self._lines

    def _links(self) -> list[int]:
        return [place for place, line in enumerate(self._lines) if line.link]

    def _say(self) -> None:
        self.setAccessibleName(". ".join(line.sentence for line in self._lines))

    # ---- sizes -----------------------------------------------------------------------------------
    @override
    def hasHeightForWidth(self) -> bool:
        """Return whether the height follows the width: long values wrap."""
        return True

    @override
    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines in a width."""
        self._lay_out(width)
        return self._height

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the lines in the width of the pane."""
        width = self.width() if self.width() > theme().px(80) else theme().px(260)
        return QSize(theme().px(200), self.heightForWidth(width))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height with another width: the first one was guessed before there was any."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _lay_out(self, width: int) -> None:
        if width == self._laid_for:
            return
        px = theme().px
        self._laid_for, self._laid, self._laid_labels, self._tops = width, [], [], []
        longest = max((theme().text_width(line.label, "small") for line in self._lines), default=0)
        least = px(self._label_width)
        self._labels = min(max(least, round(longest) + px(_LABEL_GAP)), round(least * _MOST_WIDER))
        top = px(_TOP)
        for line in self._lines:
            layout = _laid_out(line.value, max(width - self._left(line) - px(_PADDING), px(60)))
            label = _laid_out(line.label, self._labels - px(_LABEL_GAP - 2), "small")
            self._laid.append(layout)
            self._laid_labels.append(label)
            self._tops.append(top)
            top += (
                max(layout.lineCount(), label.lineCount(), 1) * px(_LINE)
                + (px(_SECOND) if line.below else 0)
                + px(_GAP)
            )
        self._height = top + px(_TOP - _GAP) if self._lines else 0

    def _left(self, line: FactLine) -> int:
        px = theme().px
        if line.icon:
            return px(_PADDING + _ICON_COLUMN)
        return px(_PADDING) + self._labels if line.label else px(_PADDING)

    # ---- painting --------------------------------------------------------------------------------
    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        px = theme().px
        self._lay_out(self.width())
        with QPainter(self) as painter:
            for place, line in enumerate(self._lines):
                self._paint_line(painter, place, line, self._tops[place])
            if self.hasFocus() and 0 <= self._current < len(self._lines):
                top = self._tops[self._current]
                draw_focus(painter, QRectF(px(4), top - px(2), self.width() - px(8), px(_LINE + 4)), px(3))

    def _paint_line(self, painter: QPainter, place: int, line: FactLine, top: int) -> None:
        px, left = theme().px, self._left(line)
        if line.label:
            painter.setPen(QPen(theme().colour("text-3")))
            self._laid_labels[place].draw(painter, QPointF(px(_PADDING), top))
        if line.icon:
            draw_icon(painter, line.icon, px(_PADDING), top + px(_LINE) / 2, _ICON, line.icon_role)
        layout = self._laid[place]
        painter.setPen(QPen(theme().colour("accent-text" if line.link else line.role)))
        layout.draw(painter, QPointF(left, top))
        if line.below:
            below = QRectF(
                left, top + max(layout.lineCount(), 1) * px(_LINE), self.width() - left, px(_SECOND)
            )
            draw_text(painter, below, line.below, "small", line.below_role)

    # ---- what the user does ----------------------------------------------------------------------
    def _line_at(self, point: QPoint) -> int:
        return max((n for n, top in enumerate(self._tops) if top <= point.y()), default=-1)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow the line under the mouse."""
        place = self._line_at(event.position().toPoint())
        if place >= 0 and self._lines[place].link:
            self.followed.emit(self._lines[place].link)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go through the lines that lead somewhere, and follow one."""
        links = self._links()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._current in links:
            place = min(max(links.index(self._current) + step, 0), len(links) - 1)
            self._current = links[place]
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.followed.emit(self._lines[self._current].link)
        else:
            super().keyPressEvent(event)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._laid_for = -1
        self.updateGeometry()
        self.update()


def _laid_out(words: str, width: int, style: str = "value") -> QTextLayout:
    layout = QTextLayout(words, theme().font(style))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    layout.beginLayout()
    top = 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += theme().px(_LINE)
    layout.endLayout()
    return layout
