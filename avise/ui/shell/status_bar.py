"""The status bar: how many tools are in each state, and what the window stands on (`ui.md` 4.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QWidget
from typing_extensions import override

from avise.models.source_status import SourceState, SourceStatus
from avise.services.bulk_words import row_words
from avise.texts import plural, text
from avise.ui.outbox.chips import OutboxStatus
from avise.ui.theme import Density, theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.line import VerticalLine
from avise.ui.widgets.painting import draw_icon, draw_text

HEIGHT, WIDE = 24, 1280
_ICON, _GAP, _BETWEEN, _PADDING = 13, 5, 14, 10


@dataclass(frozen=True, slots=True)
class StateLook:
    """Icon and colours of a state of a tool."""

    icon: str
    role: str


STATE_LOOKS = {
    SourceState.UP_TO_DATE: StateLook("circle-check", "ok"),
    SourceState.SLOW: StateLook("gauge", "warn"),
    SourceState.NEVER_READ: StateLook("circle-dashed", "text-2"),
    SourceState.FAILING: StateLook("circle-x", "danger"),
    SourceState.NEEDS_AUTH: StateLook("user-x", "danger"),
    SourceState.MISCONFIGURED: StateLook("triangle-alert", "danger"),
    SourceState.REFUSED: StateLook("circle-slash", "danger"),
    SourceState.SUSPENDED: StateLook("circle-pause", "text-2"),
    SourceState.RESERVED: StateLook("lock", "text-2"),
}
"""In the order in which the bar counts them."""


def counted(sources: Sequence[SourceStatus]) -> tuple[tuple[SourceState, int], ...]:
    """Return how many tools are in each state that occurs."""
    counts = Counter(source.state for source in sources)
    return tuple((state, counts[state]) for state in STATE_LOOKS if counts[state])


@dataclass(frozen=True, slots=True)
class _Count:
    icon: str
    role: str
    words: str
    figure: str
    """Stands alone where the words of all counts have no room."""


class SourceCounts(QAbstractButton):
    """The counts; pressing them shows the Sources page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[_Count] = []
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_sources(None)

    def show_sources(self, sources: Sequence[SourceStatus] | None) -> None:
        """Count the tools again; None while nobody knows them."""
        if sources is None:
            told = figure = text("day.tools_unknown")
        else:
            told, figure = plural("status.sources", len(sources)), str(len(sources))
        self._parts = [_Count("database", "text-2", told, figure)]
        self._parts += [
            _Count(
                STATE_LOOKS[state].icon, STATE_LOOKS[state].role, plural(f"status.{state}", count), str(count)
            )
            for state, count in counted(sources or ())
        ]
        spoken = ", ".join(part.words for part in self._parts)
        self.setText(spoken)
        self.setAccessibleName(spoken)
        self.updateGeometry()
        self.update()

    def _width_of(self, words: str) -> float:
        return theme().px(_ICON + _GAP + _BETWEEN) + theme().text_width(words, "source", tabular=True)

    @override
    def sizeHint(self) -> QSize:
        """Return the room of all counts in words."""
        width = sum(self._width_of(part.words) for part in self._parts)
        return QSize(int(width) + theme().px(_PADDING), theme().px(HEIGHT))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say in the tooltip what has no room."""
        super().resizeEvent(event)
        self.setToolTip(self.text() if self.width() < self.sizeHint().width() else "")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each count behind its icon: all in words, or all in figures."""
        in_words = self.width() >= self.sizeHint().width()
        with QPainter(self) as painter:
            left: float = theme().px(_PADDING)
            for part in self._parts:
                words = part.words if in_words else part.figure
                draw_icon(painter, part.icon, left, self.height() / 2, _ICON, part.role)
                start = left + theme().px(_ICON + _GAP)
                area = QRectF(start, 0, self._width_of(words), self.height())
                draw_text(painter, area, words, "source", part.role, tabular=True)
                left += self._width_of(words)


class StatusBar(QWidget):
    """The bar at the bottom of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chrome")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(text("zone.status"))
        self.counts = SourceCounts()
        self.outbox = OutboxStatus()
        self._seen = Label("", "source", "muted", tabular=True)
        self._zoom = Label("", "source", "muted", tabular=True)
        self._density = Label("", "source", "muted")
        self._line = VerticalLine(strong=True)
        self._zoom_line = VerticalLine(strong=True)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self.counts)
        self._layout.addStretch(1)
        self._layout.addWidget(self.outbox)
        for widget in (self._seen, self._line, self._zoom, self._zoom_line, self._density):
            self._layout.addWidget(widget)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def add_item(self, item: QWidget) -> None:
        """Show something else that the window stands on, before the outbox."""
        self._layout.insertWidget(self._layout.indexOf(self.outbox), item)
        QWidget.setTabOrder(self.counts, item)
        QWidget.setTabOrder(item, self.outbox)

    def show_sources(self, sources: Sequence[SourceStatus] | None, seen_at: str) -> None:
        """Count the tools again, and tell of the directory while it is read; `seen_at` is when, written."""
        self.counts.show_sources(sources)
        directory = next(filter(None, (row_words(source.bulk) for source in sources or ())), "")
        self._seen.setText(directory or text("status.seen", time=seen_at))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what can wait, on narrow windows: the counts keep their room."""
        super().resizeEvent(event)
        wide = self.width() >= theme().px(WIDE)
        self._seen.setVisible(wide)
        self._line.setVisible(wide)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ground and the edge above."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme().colour("bg-chrome"))
            painter.fillRect(QRectF(0, 0, self.width(), 1), theme().colour("border"))

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        # A line above what can be pressed, which keeps its 24 pixels.
        self.setFixedHeight(px(HEIGHT) + 1)
        self._layout.setContentsMargins(0, 1, px(12), 0)
        self._layout.setSpacing(px(10))
        for line in (self._line, self._zoom_line):
            line.setFixedHeight(px(12))
        changed = theme().zoom != 100
        self._zoom.setText(text("status.zoom", percent=theme().zoom))
        self._zoom.setVisible(changed)
        self._zoom_line.setVisible(changed)
        compact = theme().density is Density.COMPACT
        self._density.setText(text("density.compact" if compact else "density.standard"))
