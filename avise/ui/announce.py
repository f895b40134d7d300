"""What is said to people who hear the screen: polite sentences merged, urgent ones at once (`ui.md` 8)."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

MERGE_MS = 1000
"""Polite sentences of one second are one announcement."""


class Announcer(QObject):
    """Speaks for the window.

    Signals:
        announced: sentence, whether it was urgent; for tests and for the status bar.
    """

    announced = Signal(str, bool)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[str] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(MERGE_MS)
        self._timer.timeout.connect(self._on_timeout)
        self.is_muted = False
        """Nothing is said while the desk is locked: what would be may name somebody."""

    def say(self, sentence: str) -> None:
        """Say a sentence when the reader is free, with others of the same second."""
        if self.is_muted or sentence in self._waiting:
            return
        self._waiting.append(sentence)
        if not self._timer.isActive():
            self._timer.start()

    def say_now(self, sentence: str) -> None:
        """Interrupt: a call arrives, a sending failed, a deadline passed. Nothing else may."""
        if not self.is_muted:
            self._announce(sentence, urgent=True)

    def say_locked(self, sentence: str) -> None:
        """Say what may be heard while the desk is locked: nothing of anybody."""
        self._announce(sentence, urgent=True)

    @Slot()
    def _on_timeout(self) -> None:
        sentence, self._waiting = " ".join(self._waiting), []
        if sentence and not self.is_muted:
            self._announce(sentence, urgent=False)

    def _announce(self, sentence: str, *, urgent: bool) -> None:
        event = QAccessibleAnnouncementEvent(self._window, sentence)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)
        self.announced.emit(sentence, urgent)
