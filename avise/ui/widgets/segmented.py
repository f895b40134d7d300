"""One choice among a few, side by side: tint, bold and a bar of two pixels (`ui.md` 5.18)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme
from avise.ui.widgets.painting import CENTRE, draw_box, draw_text

_PADDING = 12


class Segmented(QWidget):
    """Segments of one width, moved through with the arrows.

    Signals:
        chosen: key of the segment that the user took.
    """

    chosen = Signal(str)

    def __init__(
        self, choices: Sequence[tuple[str, str]], current: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._choices = tuple(choices)
        self._current = current
        self._name = name
        heard_as(self, Role.RadioButton)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()
        theme().changed.connect(self._on_theme_changed)

    @property
    def current(self) -> str:
        """Key of the segment in force."""
        return self._current

    def set_current(self, key: str) -> None:
        """Show another segment as the one in force; says nothing to listeners."""
        self._current = key
        self._tell()
        self.update()

    def _tell(self) -> None:
        shown = dict(self._choices).get(self._current, "")
        self.setAccessibleName(f"{self._name}, {shown}" if shown else self._name)

    @override
    def sizeHint(self) -> QSize:
        """Return the room of the widest word for every segment."""
        widest = max(theme().text_width(words, "value-strong") for _key, words in self._choices)
        width = (int(widest) + 1 + 2 * theme().px(_PADDING)) * len(self._choices)
        return QSize(width, theme().height_of("control"))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the room of the words."""
        return self.sizeHint()

    def _segment(self, index: int) -> QRectF:
        width = self.width() / len(self._choices)
        return QRectF(index * width, 0, width, self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the lines between segments, and the one in force."""
        px = theme().px
        with QPainter(self) as painter:
            draw_box(painter, self.rect(), px(4), "bg-surface")
            for index, (key, words) in enumerate(self._choices):
                area = self._segment(index)
                if key == self._current:
                    self._paint_current(painter, area)
                if index:
                    painter.fillRect(
                        QRectF(area.left(), 0, 1, self.height()), theme().colour("border-control")
                    )
                style, role = ("value-strong", "accent-text") if key == self._current else ("value", "text-2")
                draw_text(painter, area, words, style, role, CENTRE)
            draw_box(painter, self.rect(), px(4), edge="border-control", width=theme().line_width)

    def _paint_current(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme().px(4), theme().px(4))
        painter.setClipPath(clip)
        painter.fillRect(area, theme().colour("bg-selected"))
        bar = QRectF(area.left(), area.bottom() - 3, area.width(), 2)
        painter.fillRect(bar, theme().colour("accent"))
        painter.restore()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the segment under the mouse."""
        for index, (key, _words) in enumerate(self._choices):
            if self._segment(index).contains(event.position()):
                self._choose(key)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the segment before or after with the arrows."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = [key for key, _words in self._choices]
        place = keys.index(self._current) + step
        if 0 <= place < len(keys):
            self._choose(keys[place])

    def _choose(self, key: str) -> None:
        if key != self._current:
            self.set_current(key)
            self.chosen.emit(key)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
