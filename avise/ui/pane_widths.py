"""The widths that the user gave to panes, by size of screen, found again at the next start (`ui.md` 4.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

MOST = 32
"""Widths kept: eight sizes of screen with every pane and arrangement; the oldest is forgotten."""

_ENTRY = re.compile(r"(\d{2,5})x(\d{2,5}):([a-z]{1,12}):(\d{2,4})=(\d{2,4})")


@dataclass(frozen=True, slots=True)
class PanePlace:
    """Which width is meant: a pane, in the arrangement of a window, on screens of one size."""

    screen_width: int
    screen_height: int
    pane: str
    design: int
    """The pane's own width in this arrangement, at 100 %."""


class PaneWidths(QObject):
    """What the user chose with splitters, in pixels at 100 %.

    Signals:
        changed: the user chose a width, or gave a pane its own back.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chosen: dict[PanePlace, int] = {}

    def width(self, place: PanePlace) -> int:
        """Return the width of a pane: the one chosen, else its own."""
        return self._chosen.get(place, place.design)

    def keep(self, place: PanePlace, width: int) -> None:
        """Note what the user chose."""
        if width == self.width(place):
            return
        self._chosen.pop(place, None)
        self._chosen[place] = width
        while len(self._chosen) > MOST:
            del self._chosen[next(iter(self._chosen))]
        self.changed.emit()

    def forget(self, place: PanePlace) -> None:
        """Give a pane its own width back."""
        if self._chosen.pop(place, None) is not None:
            self.changed.emit()

    def words(self) -> str:
        """Return every choice as the setting "panes" keeps it, as in 1920x1080:rail:352=410."""
        return ";".join(
            f"{place.screen_width}x{place.screen_height}:{place.pane}:{place.design}={width}"
            for place, width in self._chosen.items()
        )

    def restore(self, words: str) -> None:
        """Take the choices of the last start; what cannot be read is left out."""
        found = (_ENTRY.fullmatch(entry) for entry in words.split(";"))
        read = [match.groups() for match in found if match is not None]
        self._chosen = {
            PanePlace(int(width), int(height), pane, int(design)): int(chosen)
            for width, height, pane, design, chosen in read[-MOST:]
        }


_current: PaneWidths | None = None


def pane_widths() -> PaneWidths:
    """Return the widths of this process, none before the settings are read."""
    global _current  # noqa: PLW0603 - one a process, as the theme is
    if _current is None:
        _current = PaneWidths()
    return _current
