"""Work of Qt's thread cut in pieces, a few milliseconds of them in each turn of its loop.

Whatever may wait a frame (updates that arrive, parts of a page that are built) goes through `turns()`
instead of a timer of its own: timers that are due together run together, and their work would then stand
between a key and its echo (`benchmarks/stalls.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot

BUDGET_S = 0.002
"""A turn begins no other piece after that; a piece itself is not cut."""


class Turns(QObject):
    """Pieces of work in the order in which they came, each under a key: the latest of a key wins."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: dict[Hashable, Callable[[], None]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_turn)

    def soon(self, key: Hashable, piece: Callable[[], None]) -> None:
        """Do a piece of work in one of the next turns. On Qt's thread only."""
        self._pieces[key] = piece
        if not self._timer.isActive():
            self._timer.start(0)

    def forget(self, key: Hashable) -> None:
        """Do not do the piece that waits under a key."""
        self._pieces.pop(key, None)

    @Slot()
    def _on_turn(self) -> None:
        until = perf_counter() + BUDGET_S
        try:
            while self._pieces:
                self._pieces.pop(next(iter(self._pieces)))()
                if perf_counter() >= until:
                    break
        finally:
            if self._pieces:
                self._timer.start(0)


def turns() -> Turns:
    """Return the turns of the application's loop: one a process, like the loop itself."""
    application = QCoreApplication.instance()
    if application is None:
        raise RuntimeError("Qt has no application yet")
    found = application.findChild(Turns, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, Turns) else Turns(application)
