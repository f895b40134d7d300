"""Destroys what is on screen no more, a few widgets in each turn of Qt's loop.

A customer's page holds hundreds of widgets; destroyed at once they hold Qt's thread for ten to twenty
milliseconds (`benchmarks/stalls.py`), just when the next customer's page comes on screen.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget
from shiboken6 import delete, isValid

from avise.ui.turns import turns

_PLAIN = (QWidget, QFrame, QScrollArea, QSplitter, QStackedWidget)
"""Of Qt's own classes, those that are made here and not by another widget."""


def depart(widget: QWidget) -> None:
    """Destroy a hidden widget that nothing shows or speaks to any more, from its leaves to itself."""
    _Departure(widget).go_on()


class _Departure:
    """What is left of one widget: the path from it to what goes next."""

    def __init__(self, widget: QWidget) -> None:
        self._path = [widget]

    def go_on(self) -> None:
        """Destroy some, and come back in one of the next turns while anything is left."""
        while self._path:
            last = self._path[-1]
            if not isValid(last):
                # Whoever held it has ended meanwhile, and took it along.
                self._path.pop()
                continue
            inner = _child_that_holds_others(last)
            if inner is None:
                self._path.pop()
                delete(last)
                break
            self._path.append(inner)
        if self._path:
            turns().soon(self, self.go_on)


def _child_that_holds_others(widget: QWidget) -> QWidget | None:
    """Return a child that has children of its own: what has none goes with its parent."""
    for child in _children(widget):
        if any(inner.isWidgetType() for inner in child.children()):
            return child
    return None


def _children(widget: QWidget) -> Iterator[QWidget]:
    """Yield the children that Qt does not hold by itself, as it does viewports, scroll bars and handles."""
    if isinstance(widget, QScrollArea):
        inside = widget.widget()
        if inside is not None:
            yield inside
        return
    if isinstance(widget, QAbstractScrollArea):
        return
    for child in widget.children():
        if isinstance(child, QWidget) and (
            type(child) in _PLAIN or type(child).__module__.startswith("avise.")
        ):
            yield child
