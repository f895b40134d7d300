"""How the screen arranges itself for a width and a height: the rules of `ui.md` 4.3 as one pure function."""

from __future__ import annotations

from dataclasses import dataclass

RAIL_OF_WINDOW = 72
"""Width that the window's own rail takes beside a page."""


@dataclass(frozen=True, slots=True)
class PageShape:
    """Sizes in pixels at 100 %, and what folds."""

    columns: int
    rail: int
    timeline: int
    timeline_in_tab: bool = False
    """The timeline is a tab with the facets."""
    rail_in_tab: bool = False
    """The right rail is a tab too: text is very large, or the window very narrow."""
    wide: bool = False
    """Facets that have a wide form take it, under the others."""
    compact: bool = False
    """Third lines and lists that can wait are folded."""


def page_shape(width: float, height: float) -> PageShape:
    """Return the arrangement for the size of a window, in pixels at 100 % (divide by the zoom first)."""
    compact = height <= 800
    if width < 1000:
        return PageShape(1 if width < 560 else 2, 300, 376, True, rail_in_tab=True, compact=True)
    if width < 1280:
        return PageShape(2, 300, 376, timeline_in_tab=True, compact=True)
    if width <= 1400 or compact:
        wide = width >= 1700
        return PageShape(3 if wide else 2, 300, 376, wide=wide, compact=compact)
    if width < 1700:
        return PageShape(2, 320, 420)
    if width < 2300:
        return PageShape(3, 352, 500, wide=True)
    return PageShape(4, 380, 560, wide=True)
