"""The time of a wrap-up, counted down once a second (`ui.md` 6.2)."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.env import Env


class WrapUpTime(QObject):
    """What is left of the time of one wrap-up.

    Args:
        env: the clock.
        parent: Qt's owner.

    Signals:
        ticked: seconds left; 0 when it is over or was stopped.
        over: it ended by itself.
    """

    ticked = Signal(int)
    over = Signal()

    def __init__(self, env: Env, parent: QObject) -> None:
        super().__init__(parent)
        self._env = env
        self._ends_at: float | None = None
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._on_second)

    @property
    def seconds_left(self) -> int:
        """Seconds left, 0 when no time is counted."""
        if self._ends_at is None:
            return 0
        return max(math.ceil(self._ends_at - self._env.monotonic()), 0)

    def start(self, seconds: int) -> None:
        """Count so many seconds; none counts nothing."""
        if seconds <= 0:
            return
        self._ends_at = self._env.monotonic() + seconds
        self._second.start()
        self._on_second()

    def stop(self) -> None:
        """Count no more."""
        self._second.stop()
        if self._ends_at is not None:
            self._ends_at = None
            self.ticked.emit(0)

    @Slot()
    def _on_second(self) -> None:
        if self.seconds_left:
            self.ticked.emit(self.seconds_left)
            return
        self.stop()
        self.over.emit()
