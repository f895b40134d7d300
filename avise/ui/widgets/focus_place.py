"""Where focus was: given back when what took it leaves the screen."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid


class FocusPlace:
    """A widget, and what is around it: a block that is drawn anew meanwhile has other buttons.

    Args:
        widget: that has focus; None when nothing has.
    """

    def __init__(self, widget: QWidget | None) -> None:
        self._outwards = tuple(_outwards(widget))

    def take_focus(self) -> None:
        """Give focus to the widget, else to the nearest one around it that is there and takes it."""
        for widget in self._outwards:
            if _takes_focus(widget):
                widget.setFocus(Qt.FocusReason.OtherFocusReason)
                return


def _takes_focus(widget: QWidget) -> bool:
    there = isValid(widget) and widget.isVisible() and widget.isEnabled()
    return there and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus


def _outwards(widget: QWidget | None) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()
