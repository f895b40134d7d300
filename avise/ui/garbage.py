"""Collects Python's cyclic garbage on Qt's thread only.

A collection may destroy objects of Qt, and it runs on whatever thread happens to allocate: the engine's
would stop a timer of the window's ("Timers cannot be stopped from another thread") or crash. Automatic
collection is therefore off while a window is there, and this timer does its work by the same
thresholds; the full collection, the only long one, waits until the user has paused.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from avise.env import Env

EVERY_MS = 100
IDLE_S = 2.0
"""Seconds without a key or a click before a full collection (114 ms over 900,000 objects, measured)."""

MIDDLE_AT_MOST = 20
"""Young collections before a middle one that does not wait for a pause: two seconds of work. It walks what
they left, so that three as many cost a third each (2 ms and not 6 to 9)."""

_INPUT = frozenset({QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel})


class GarbageOnQtThread(QObject):
    """Takes the place of automatic collection until `stop`.

    Args:
        application: whose input tells whether the user is at work.
        env: the clock.
    """

    def __init__(self, application: QApplication, env: Env) -> None:
        super().__init__(application)
        self._env = env
        self._application = application
        self._last_input = env.monotonic()
        self._thresholds = gc.get_threshold()
        self._was_automatic = gc.isenabled()
        gc.disable()
        # Not on the application: a filter there runs Python for each event of each widget, and shows
        # widgets that Qt still builds, which PySide then knows under the class of the moment.
        application.focusWindowChanged.connect(self._on_window_changed)
        self._on_window_changed(application.focusWindow())
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start()

    @Slot(QWindow)
    def _on_window_changed(self, window: QWindow | None) -> None:
        """Watch the window that takes the keyboard too."""
        if window is not None:
            window.removeEventFilter(self)
            window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note when the user works; let every event pass."""
        if event.type() in _INPUT:
            self._last_input = self._env.monotonic()
        return False

    @Slot()
    def collect_due(self) -> int:
        """Collect the generations that are due; return the oldest one, -1 when none was."""
        young, middle, old = gc.get_count()
        if young <= self._thresholds[0]:
            return -1
        generation = 0
        if middle > (self._thresholds[1] if self._is_idle() else MIDDLE_AT_MOST):
            generation = 1
        if generation and old > self._thresholds[2] and self._is_idle():
            generation = 2
        gc.collect(generation)
        return generation

    def _is_idle(self) -> bool:
        return self._env.monotonic() - self._last_input >= IDLE_S

    def stop(self) -> None:
        """Give collection back to whoever had it before."""
        self._timer.stop()
        self._application.focusWindowChanged.disconnect(self._on_window_changed)
        if self._was_automatic:
            gc.enable()
        self.deleteLater()
