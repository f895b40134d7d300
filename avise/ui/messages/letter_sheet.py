"""A letter as it is printed: its pages one under the other, on white paper whatever the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from typing_extensions import override

from avise.models.outgoing import LetterLine, LetterPage
from avise.texts import text
from avise.ui.accessible_roles import Role, heard_as
from avise.ui.theme import theme

_GAP = 10


class LetterPages(QWidget):
    """The pages, as wide as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._pages: tuple[LetterPage, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_pages(self, pages: Sequence[LetterPage]) -> None:
        """Show the pages of a letter."""
        self._pages = tuple(pages)
        self._fit()
        self.update()

    def words(self) -> str:
        """Return what the pages say."""
        return "\n".join(line.text for page in self._pages for line in page.lines)

    def _scale(self) -> float:
        return self.width() / self._pages[0].width if self._pages else 1.0

    def _fit(self) -> None:
        height = sum(page.height * self._scale() + theme().px(_GAP) for page in self._pages)
        if self.height() != int(height):
            self.setFixedHeight(int(height))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the proportions of the paper."""
        super().resizeEvent(event)
        self._fit()

    @override
    def sizeHint(self) -> QSize:
        """Return the height that the pages have now."""
        return QSize(theme().px(200), self.height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint each page and its lines."""
        painter = QPainter(self)
        scale, top = self._scale(), 0.0
        for page in self._pages:
            paper = QRectF(0, top, page.width * scale, page.height * scale)
            painter.fillRect(paper, Qt.GlobalColor.white)
            painter.setPen(Qt.GlobalColor.lightGray)
            painter.drawRect(paper.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(Qt.GlobalColor.black)
            for line in page.lines:
                painter.setFont(_font(line, scale))
                painter.drawText(QPointF(line.left * scale, top + line.base * scale), line.text)
            top += paper.height() + theme().px(_GAP)
        painter.end()


class LetterSheet(QScrollArea):
    """Scrolls through the pages of a letter; read aloud as its text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pages = LetterPages()
        self.setWidget(self.pages)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        heard_as(self, Role.Document)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def show_pages(self, pages: Sequence[LetterPage]) -> None:
        """Show a letter from its beginning."""
        self.pages.show_pages(pages)
        self.verticalScrollBar().setValue(0)
        self.setAccessibleName(text("composer.sheet_name", pages=str(len(pages))))
        self.setAccessibleDescription(self.pages.words())

    @override
    def sizeHint(self) -> QSize:
        """Return the least height: the sheet takes the room that is left, and scrolls."""
        return QSize(theme().px(200), self.minimumHeight())

    @Slot()
    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(theme().px(140))


def _font(line: LetterLine, scale: float) -> QFont:
    font = QFont(theme().font("body"))
    font.setPixelSize(max(1, round(line.size * scale)))
    font.setWeight(QFont.Weight.DemiBold if line.is_strong else QFont.Weight.Normal)
    return font
