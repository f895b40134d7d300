"""F6: from one zone of the window to the next, in the order in which they are seen (`ui.md` 7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from avise.texts import text
from avise.ui.announce import Announcer
from avise.ui.shell.page import Zone
from avise.ui.tab_order import stops


class ZoneWalk:
    """Goes through the zones that can be seen.

    Args:
        zones: returns them in order, those of the page shown included.
        announcer: says the name of the zone reached.
    """

    def __init__(self, zones: Callable[[], Sequence[Zone]], announcer: Announcer) -> None:
        self._zones = zones
        self._announcer = announcer

    def go(self, step: int) -> None:
        """Go to the next zone (1) or to the one before (-1)."""
        zones = [zone for zone in self._zones() if zone[1].isVisible()]
        if not zones:
            return
        here = _place_of(QApplication.focusWidget(), zones)
        start = here if here is not None else (-1 if step > 0 else len(zones))
        for turn in range(1, len(zones) + 1):
            name, widget = zones[(start + step * turn) % len(zones)]
            if take_focus(widget):
                self._announcer.say(text(name))
                return


def _place_of(focused: QWidget | None, zones: Sequence[Zone]) -> int | None:
    """Return the innermost zone that holds the widget with focus."""
    widget = focused
    places = {id(zone[1]): place for place, zone in enumerate(zones)}
    while widget is not None:
        if id(widget) in places:
            return places[id(widget)]
        widget = widget.parentWidget()
    return None


def take_focus(widget: QWidget) -> bool:
    """Give focus to a zone, or to the first thing in it that takes focus."""
    take = getattr(widget, "focus_current", None)
    if take is not None:
        take()
        return True
    target = widget if widget.focusPolicy() != Qt.FocusPolicy.NoFocus else next(stops(widget), None)
    if target is None:
        return False
    target.setFocus(Qt.FocusReason.TabFocusReason)
    return True
