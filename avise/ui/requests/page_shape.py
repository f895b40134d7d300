"""What the screen of the middle office shows side by side, by its width (`ui.md` 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from avise.ui.requests.basket_pane import NARROW_WIDTH as NARROW_BASKETS
from avise.ui.requests.basket_pane import WIDTH as BASKETS
from avise.ui.requests.list_pane import NARROW_WIDTH as NARROW_LIST
from avise.ui.requests.list_pane import WIDTH as LIST

REFERENCE, MIDDLE, SMALL = 1330, 1080, 760
"""Widths of the page at 100 %, from which it has another shape."""
LEAST_DETAIL = 360
MOST_BASKETS, KEPT_DETAIL = 300, 696
"""Long names widen the corbeilles as far as that, and as long as the request keeps its two columns."""
_LIST_WIDTHS = ((2200, 1080), (1700, 420), (REFERENCE, LIST), (0, NARROW_LIST))
"""From these widths of the page, these widths of the list: a table where the screen is that large."""


class Shape(StrEnum):
    """What the page shows side by side."""

    WIDE = "wide"
    MIDDLE = "middle"
    """Narrower panes."""
    NARROW = "narrow"
    """Without the corbeilles: a menu has them."""
    SMALL = "small"
    """The list, or one request."""


@dataclass(frozen=True, slots=True)
class PageShape:
    """The shape of a page, and the widths of its panes at 100 %."""

    shape: Shape
    baskets: int
    detail: int
    """Of the request, as long as the user gave it no other."""
    alone: bool
    """The request is shown alone: it was expanded."""

    @property
    def is_small(self) -> bool:
        """Whether list and request take turns."""
        return self.shape is Shape.SMALL

    @property
    def has_baskets(self) -> bool:
        """Whether the corbeilles have their pane."""
        return self.shape in (Shape.WIDE, Shape.MIDDLE) and not self.alone


def page_shape(width: int, *, expanded: bool = False, names: int = 0) -> PageShape:
    """Return the shape of a page of so many pixels at 100 %.

    Args:
        width: of the page.
        expanded: the user wants the request alone.
        names: width at which the names of the corbeilles are read whole.
    """
    steps = ((Shape.WIDE, REFERENCE), (Shape.MIDDLE, MIDDLE), (Shape.NARROW, SMALL))
    shape = next((found for found, least in steps if width >= least), Shape.SMALL)
    alone = expanded and shape is not Shape.SMALL
    list_width = next(found for least, found in _LIST_WIDTHS if width >= least)
    designed = BASKETS if shape is Shape.WIDE else NARROW_BASKETS
    most = min(MOST_BASKETS, width - list_width - KEPT_DETAIL - 2)
    baskets = max(designed, min(names, most))
    taken = baskets + 1 if shape in (Shape.WIDE, Shape.MIDDLE) and not alone else 0
    return PageShape(shape, baskets, max(width - taken - list_width - 1, LEAST_DETAIL), alone)
