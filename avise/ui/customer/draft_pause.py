"""When a draft is kept: at each pause of whoever types, and now and then where there is none."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SAVE_AFTER_MS = 500
SAVE_AT_LEAST_MS = 2000
"""Somebody who types without a pause loses two seconds at most when the machine stops."""


class DraftPause(QObject):
    """Waits for a pause.

    Args:
        parent: Qt's owner.

    Signals:
        came: it is time to keep what was typed.
    """

    came = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pause = self._timer(SAVE_AFTER_MS)
        self._longest = self._timer(SAVE_AT_LEAST_MS)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self._on_over)
        return timer

    @property
    def is_awaited(self) -> bool:
        """Whether something was typed since."""
        return self._pause.isActive()

    def start(self) -> None:
        """Something was typed."""
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def stop(self) -> None:
        """Wait no more."""
        self._pause.stop()
        self._longest.stop()

    @Slot()
    def _on_over(self) -> None:
        self.stop()
        self.came.emit()
