"""Short ways to lay widgets in a row or a column with the margins of the design."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from avise.ui.theme import theme

Box = TypeVar("Box", bound=QBoxLayout)
Margins = tuple[float, float, float, float]
_GAP, _MARGINS = "designGap", "designMargins"
"""Dynamic properties of a layout: its spaces at 100 %."""

Part = QWidget | QLayout | int | None
"""A widget, a layout, a fixed space in pixels, or None for a stretch."""


def row(*parts: Part, gap: float = 0, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """Return a row; sizes are those of the design at 100 %."""
    return _filled(QHBoxLayout(), parts, gap, margins)


def column(*parts: Part, gap: float = 0, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """Return a column; sizes are those of the design at 100 %."""
    return _filled(QVBoxLayout(), parts, gap, margins)


def _filled(box: Box, parts: tuple[Part, ...], gap: float, margins: Margins) -> Box:
    px = theme().px
    box.setProperty(_GAP, float(gap))
    box.setProperty(_MARGINS, [float(margin) for margin in margins])
    rescale(box, gap, margins)
    for part in parts:
        if part is None:
            box.addStretch(1)
        elif isinstance(part, int):
            box.addSpacing(px(part))
        elif isinstance(part, QLayout):
            box.addLayout(part)
        else:
            box.addWidget(part)
    return box


def rescale(box: QLayout, gap: float, margins: Margins) -> None:
    """Give a layout its spaces again after a change of zoom."""
    px = theme().px
    box.setSpacing(px(gap))
    box.setContentsMargins(*(px(margin) for margin in margins))


def rescale_inside(root: QWidget) -> None:
    """Give every row and column of a window its spaces again after a change of zoom."""
    for box in root.findChildren(QBoxLayout):
        gap, margins = box.property(_GAP), box.property(_MARGINS)
        if gap is not None and margins is not None:
            left, top, right, bottom = margins
            rescale(box, gap, (left, top, right, bottom))


def clear(box: QBoxLayout) -> None:
    """Remove everything from a layout; the widgets are deleted."""
    while (item := box.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def show_deep(layout: QLayout) -> None:
    """Show everything in a layout, what its rows hold included."""
    items = (layout.itemAt(place) for place in range(layout.count()))
    for item in (one for one in items if one is not None):
        if (inner := item.layout()) is not None:
            show_deep(inner)
        elif (widget := item.widget()) is not None:
            widget.show()
