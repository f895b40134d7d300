"""The face of a painted widget: kept as a picture, and drawn anew within a budget.

A page of seventeen blocks painted in one go takes half a frame of Qt's thread and, while tools are
answering, much more. Each block keeps its picture: what did not change is copied, and what did is drawn
until the budget of the turn is spent; the others show the picture that they had until the next turn.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from time import perf_counter

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from avise.ui.theme import theme

BUDGET_S = 0.002
"""Of Qt's thread, for the faces drawn anew in one turn of its loop; one more may begin just before."""


class _Budget:
    """What the faces of one turn may spend together."""

    def __init__(self) -> None:
        self._spent = 0.0
        self._open = False
        self._unlimited = 0
        self._waiting: list[QWidget] = []

    def allows(self) -> bool:
        """Return whether another face may be drawn in this turn."""
        return self._unlimited > 0 or self._spent < BUDGET_S

    @contextlib.contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time of the block."""
        began = perf_counter()
        try:
            yield
        finally:
            self._spent += perf_counter() - began
            self._open_turn()

    @contextlib.contextmanager
    def without_limit(self) -> Iterator[None]:
        """Let every face be drawn during the block."""
        self._unlimited += 1
        try:
            yield
        finally:
            self._unlimited -= 1

    def wait(self, widget: QWidget) -> None:
        """Ask this widget to paint itself again in the next turn."""
        self._waiting.append(widget)
        self._open_turn()

    def is_short(self) -> bool:
        """Return whether a face waits for the next turn."""
        return bool(self._waiting)

    def _open_turn(self) -> None:
        if not self._open:
            self._open = True
            QTimer.singleShot(0, self._close_turn)

    def _close_turn(self) -> None:
        self._open, self._spent = False, 0.0
        waiting, self._waiting = self._waiting, []
        for widget in waiting:
            if shiboken6.isValid(widget):
                widget.update()


_BUDGET = _Budget()


class Face:
    """The picture of one widget, which owns it.

    Args:
        widget: painted; opaque over its whole rectangle.
        paint: draws the widget, in its own coordinates.
    """

    def __init__(self, widget: QWidget, paint: Callable[[QPainter], None]) -> None:
        self._widget, self._paint = widget, paint
        self._picture: QPixmap | None = None
        self._current = False

    def outdate(self) -> None:
        """Draw it again: the widget is not what it was."""
        self._current = False
        self._widget.update()

    def forget(self) -> None:
        """Give the picture's memory back; for a widget that nobody sees."""
        self._picture = None
        self._current = False

    def draw(self, painter: QPainter) -> None:
        """Draw the widget: its picture, brought up to date when the turn still allows it."""
        ratio = self._widget.devicePixelRatioF()
        size = self._widget.size() * ratio
        fits = self._picture is not None and self._picture.size() == size
        if not (self._current and fits):
            if _BUDGET.allows():
                with _BUDGET.spending():
                    self._picture = self._drawn(ratio)
                self._current = True
            else:
                _BUDGET.wait(self._widget)
        if not fits and not self._current:
            painter.fillRect(self._widget.rect(), theme().colour("bg-app"))
        if self._picture is not None:
            painter.drawPixmap(0, 0, self._picture)

    def _drawn(self, ratio: float) -> QPixmap:
        picture = QPixmap(self._widget.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        # Opaque, so that letters keep the smoothing of the screen.
        picture.fill(theme().colour("bg-app"))
        with QPainter(picture) as painter:
            self._paint(painter)
        return picture


def whole_faces() -> contextlib.AbstractContextManager[None]:
    """Draw every face at once during a `with` block: for pictures, where there is no next turn."""
    return _BUDGET.without_limit()


def drawn_within_budget(widget: QWidget, draw: Callable[[], None]) -> bool:
    """Draw something long, or leave it to the next turn; return whether it was drawn.

    Args:
        widget: painted again in the next turn when this one has no time left.
        draw: draws.
    """
    if not _BUDGET.allows():
        _BUDGET.wait(widget)
        return False
    with _BUDGET.spending():
        draw()
    return True


def faces_wait() -> bool:
    """Return whether a face that is on screen is not drawn as it now is."""
    return _BUDGET.is_short()
