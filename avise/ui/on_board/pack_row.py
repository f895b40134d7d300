"""One pack as a line: the icon of its state, how much there is, since when; a bar while it is being taken."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.on_board.wording import PackLine
from avise.ui.theme import theme
from avise.ui.widgets.painting import RIGHT, draw_box, draw_icon, draw_text

_HEIGHT, _ICON, _GAP, _BAR = 26, 15, 9, 3


class PackRowView(QWidget):
    """One line, painted; it is read, and does nothing.

    Args:
        inset: of its content at both ends, in pixels at 100 %.
        parent: of the widget.
    """

    def __init__(self, inset: float = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inset = inset
        self._line: PackLine | None = None
        heard_as(self, Role.StaticText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    @property
    def line(self) -> PackLine | None:
        """What it shows."""
        return self._line

    def show_line(self, line: PackLine) -> None:
        """Show a pack."""
        if line == self._line:
            return
        self._line = line
        self.setAccessibleName(line.told)
        self.setToolTip(line.told)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the room of a line; it takes the width that there is."""
        return QSize(theme().px(220), theme().px(_HEIGHT))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint icon, words, what stands at the end, and the bar."""
        line = self._line
        if line is None:
            return
        px = theme().px
        area = QRectF(self.rect()).adjusted(px(self._inset), 0, -px(self._inset), 0)
        with QPainter(self) as painter:
            middle = area.center().y() - (px(1) if line.share is not None else 0)
            draw_icon(painter, line.icon, area.left(), middle, _ICON, line.ink)
            words = area.adjusted(px(_ICON + _GAP), 0, 0, -px(2) if line.share is not None else 0)
            room = theme().text_width(line.right, "small", tabular=True) + px(8)
            draw_text(painter, words, line.right, "small", line.right_ink, RIGHT, tabular=True)
            draw_text(painter, words.adjusted(0, 0, -room, 0), line.words, "value", tabular=True)
            if line.share is not None:
                self._paint_bar(painter, words, line.share)

    @staticmethod
    def _paint_bar(painter: QPainter, words: QRectF, share: float) -> None:
        px = theme().px
        ground = QRectF(words.left(), words.bottom() - px(1), words.width(), px(_BAR))
        draw_box(painter, ground, px(1), "bg-sunken")
        done = QRectF(ground)
        done.setWidth(max(ground.width() * min(share, 1.0), px(2)))
        draw_box(painter, done, px(1), "accent")

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()


class PackRows(QWidget):
    """Lines one under the other; they stay the same widgets while their words change.

    Args:
        inset: of each line at both ends, in pixels at 100 %.
        parent: of the widget.
    """

    def __init__(self, inset: float = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inset = inset
        self._box = QVBoxLayout(self)
        self._box.setSpacing(0)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.rows: list[PackRowView] = []

    def show_lines(self, lines: Sequence[PackLine]) -> None:
        """Show some packs."""
        while len(self.rows) < len(lines):
            self.rows.append(PackRowView(self._inset))
            self._box.addWidget(self.rows[-1])
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(lines))
            if place < len(lines):
                row.show_line(lines[place])
