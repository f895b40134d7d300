"""A sentence behind its icon, in the pane of a tool."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from avise.ui.widgets.icon import Icon
from avise.ui.widgets.label import Label
from avise.ui.widgets.layout import row


def marked_line(icon: str, role: str, sentence: str) -> QHBoxLayout:
    """Return the line; the icon stands beside the first words of a sentence that wraps.

    Args:
        icon: of the design's set.
        role: of its colour.
        sentence: says all that the icon and the colour say.
    """
    mark = Icon(icon, 14, role)
    line = row(mark, Label(sentence, "body", wrap=True), gap=8)
    line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    line.setStretch(1, 1)
    return line
