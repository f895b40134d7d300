"""Where windows stood on each set of screens: a desk with two screens in the office, one at home."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

KEPT = 8
"""Sets of screens; the oldest is forgotten."""

Place = tuple[int, int, int, int]
"""Left, top, width, height."""

_ENTRY = re.compile(r"([0-9x,+-]+):(-?\d+),(-?\d+),(\d+),(\d+)")


def screens_key(screens: Sequence[Place]) -> str:
    """Return the name of a set of screens, whatever the order in which the system tells them."""
    return "+".join(f"{width}x{height},{left},{top}" for left, top, width, height in sorted(screens))


def is_seen(place: Place, screens: Sequence[Place]) -> bool:
    """Return whether the title of a window at a place is on a screen, to be seen and moved."""
    left, top, width, _height = place
    middle = left + width // 2
    return any(
        x <= middle < x + screen_width and y <= top < y + screen_height
        for x, y, screen_width, screen_height in screens
    )


@dataclass(slots=True)
class ScreenPlaces:
    """The places kept."""

    _places: dict[str, Place] = field(default_factory=dict)

    def restore(self, words: str) -> None:
        """Take the places from the setting; an entry that means nothing is left out."""
        found = (_ENTRY.fullmatch(entry) for entry in words.split(";"))
        self._places = {
            match[1]: (int(match[2]), int(match[3]), int(match[4]), int(match[5]))
            for match in found
            if match is not None
        }

    def words(self) -> str:
        """Return the places as the setting keeps them."""
        return ";".join(
            f"{key}:{left},{top},{width},{height}" for key, (left, top, width, height) in self._places.items()
        )

    def keep(self, screens: Sequence[Place], place: Place) -> None:
        """Keep a place for a set of screens."""
        key = screens_key(screens)
        self._places.pop(key, None)
        self._places[key] = place
        while len(self._places) > KEPT:
            del self._places[next(iter(self._places))]

    def place(self, screens: Sequence[Place]) -> Place | None:
        """Return the place kept for a set of screens, None when there is none that can be seen."""
        found = self._places.get(screens_key(screens))
        return found if found is not None and is_seen(found, screens) else None

    @property
    def kept(self) -> Mapping[str, Place]:
        """The places, the oldest set first."""
        return dict(self._places)


def fitted(
    place: Place, screens: Sequence[Place], smallest: tuple[int, int], frame: Place = (0, 0, 0, 0)
) -> Place:
    """Return a place inside the screen that holds its title, else the first: smaller first, then moved.

    Args:
        place: of the content of a window.
        screens: their free parts.
        smallest: width and height under which the window moves instead.
        frame: room around the content: left, top, right, bottom.
    """
    if not screens:
        return place
    x, y, screen_width, screen_height = next((one for one in screens if is_seen(place, [one])), screens[0])
    left, width = _within(place[0], place[2], x + frame[0], x + screen_width - frame[2], smallest[0])
    top, height = _within(place[1], place[3], y + frame[1], y + screen_height - frame[3], smallest[1])
    return (left, top, width, height)


def _within(start: int, length: int, first: int, last: int, smallest: int) -> tuple[int, int]:
    """Return a start and a length that lie between two edges."""
    start = max(start, first)
    length = min(length, max(smallest, last - start), last - first)
    return min(start, last - length), length


def first_place(window: Place, screens: Sequence[Place]) -> Place:
    """Return where a detached window opens the first time: over another screen, else a little aside."""
    left, top, width, height = window
    others = [screen for screen in screens if not is_seen(window, [screen])]
    if others:
        return others[0]
    return (left + 40, top + 40, width, height)
