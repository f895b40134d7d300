"""A line of text that is cut with an ellipsis and told in full by its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from avise.ui.theme import theme
from avise.ui.widgets.label import Label
from avise.ui.widgets.painting import LEFT, draw_text, elided


class ElidedLabel(Label):
    """A label of one line that takes the room it is given.

    Args:
        text: shown as it is.
        style: of `avise.ui.theme.fonts.STYLES`.
        role: of the colour ("text", "text-2", "danger"…).
        align: where the text stands.
        tabular: figures of one width.
        parent: of the widget.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        role: str = "text",
        *,
        align: Qt.AlignmentFlag = LEFT,
        tabular: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, style, tabular=tabular, parent=parent)
        self._role = role
        self._align = align
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_role(self, role: str) -> None:
        """Change the colour of the text."""
        self._role = role
        self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        """Return a size that leaves room for the ellipsis alone."""
        return QSize(theme().px(24), self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say the whole text in the tooltip when it is cut."""
        super().resizeEvent(event)
        cut = elided(self.text(), self._style_name, self.width(), tabular=self._tabular)
        self.setToolTip(self.text() if cut != self.text() else "")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, cut where the room ends."""
        with QPainter(self) as painter:
            role = self._role if self.isEnabled() else "text-disabled"
            draw_text(
                painter, self.rect(), self.text(), self._style_name, role, self._align, tabular=self._tabular
            )
