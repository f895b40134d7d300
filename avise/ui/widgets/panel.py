"""The frame of a block: icon, title, count and a right part over a body (`ui.md` 5.5)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from avise.ui.theme import theme
from avise.ui.widgets.badge import CountBadge
from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.line import HorizontalLine

HEADER_HEIGHT = 32


class Panel(QFrame):
    """A block with a header of 32 and a body.

    Attributes:
        title: label of the header.
        count: mark beside the title.
        right: layout at the end of the header, for a source, a chip or a button.
        body: layout under the header; it has no margins.
        header: widget of the header.
    """

    def __init__(self, title: str, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName(title)
        self.header = QWidget()
        self.title = Label(title, "strong")
        self.icon = Icon(icon or "circle-dot")
        if not icon:
            # Never shown here: without a parent yet, it would be a window.
            self.icon.hide()
        self.count = CountBadge()
        self.right = QHBoxLayout()
        self.body = QVBoxLayout()
        self._line = HorizontalLine()
        self._header_row = QHBoxLayout(self.header)
        for widget in (self.icon, self.title, self.count):
            self._header_row.addWidget(widget)
        self._header_row.addStretch(1)
        self._header_row.addLayout(self.right)
        outer = QVBoxLayout(self)
        outer.setSpacing(0)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(self.header)
        outer.addWidget(self._line)
        outer.addLayout(self.body)
        self._on_theme_changed()
        theme().changed.connect(self._on_theme_changed)

    def set_header_line(self, *, shown: bool) -> None:
        """Show or hide the line under the header (hidden when the body is folded)."""
        self._line.setVisible(shown)

    @Slot()
    def _on_theme_changed(self) -> None:
        px = theme().px
        self.header.setFixedHeight(px(HEADER_HEIGHT))
        self._header_row.setContentsMargins(px(10), 0, px(10), 0)
        self._header_row.setSpacing(px(8))
        self.right.setSpacing(px(6))
        self.body.setSpacing(0)
        self.body.setContentsMargins(0, 0, 0, 0)
