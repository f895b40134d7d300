"""Lines of one pixel between parts of a pane."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget


class HorizontalLine(QFrame):
    """A line across; `strong` for the edge of a pane."""

    def __init__(self, *, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "edge" if strong else "line")
        self.setFixedHeight(1)


class VerticalLine(QFrame):
    """A line down; `strong` for the edge of a pane."""

    def __init__(self, *, strong: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "edge" if strong else "line")
        self.setFixedWidth(1)
