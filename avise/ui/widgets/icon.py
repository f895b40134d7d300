"""An icon beside a text; decorative, so it has no accessible name unless it is given one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.painting import draw_icon


class Icon(QWidget):
    """One icon.

    Args:
        name: of a file of `resources/icons`.
        size: in pixels at 100 %.
        role: of its colour.
        parent: of the widget.
    """

    def __init__(
        self, name: str, size: float = 15, role: str = "text-2", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._role = name, size, role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme().changed.connect(self._on_theme_changed)

    def set_icon(self, name: str, role: str = "") -> None:
        """Show another icon, in another colour when one is given."""
        self._name, self._role = name, role or self._role
        self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the icon at the zoom in force."""
        return QSize(theme().px(self._size), theme().px(self._size))

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon in the middle of its height."""
        with QPainter(self) as painter:
            draw_icon(painter, self._name, 0, self.height() / 2, self._size, self._role)

    @Slot()
    def _on_theme_changed(self) -> None:
        self.updateGeometry()
        self.update()
