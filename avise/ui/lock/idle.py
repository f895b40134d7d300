"""Says when nobody has touched the keyboard or the mouse for some minutes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QWindow
from shiboken6 import isValid
from typing_extensions import override

from avise.env import Env

LOOK_MS = 5000
_TOUCHES = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin, QEvent.Type.TabletPress,
})  # fmt: skip


class IdleWatch(QObject):
    """Looks at what reaches the window with focus, and at nothing else.

    A filter on the application would cost a call for each event of each widget.

    Args:
        env: the clocks; both count, so that a machine that slept is idle when it wakes.
        parent: of the object.

    Signals:
        quiet: nobody touched anything for the minutes set; told at each look until somebody does.
    """

    quiet = Signal()

    def __init__(self, env: Env, parent: QObject) -> None:
        super().__init__(parent)
        self._env = env
        self._seconds = 600.0
        self._watched: list[QWindow] = []
        self._touched = (env.monotonic(), env.now())
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus_window_changed)
        self._on_focus_window_changed(QGuiApplication.focusWindow())

    def set_minutes(self, minutes: int) -> None:
        """Set after how many minutes nobody is there."""
        self._seconds = 60.0 * minutes

    def start(self) -> None:
        """Count from now on."""
        self.touch()
        self._timer.start()

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    def touch(self) -> None:
        """Note that somebody is there."""
        self._touched = (self._env.monotonic(), self._env.now())

    @Slot()
    def look(self) -> None:
        """Tell when it has been quiet for long enough."""
        ticks, moment = self._touched
        awake = self._env.monotonic() - ticks
        passed = (self._env.now() - moment).total_seconds()
        if max(awake, passed) >= self._seconds:
            self.quiet.emit()

    @Slot(QWindow)
    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        for watched in self._watched:
            if isValid(watched):
                watched.removeEventFilter(self)
        self._watched = [window] if window is not None else []
        if window is not None:
            window.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a key or the mouse, and let it pass."""
        if event.type() in _TOUCHES:
            self.touch()
        return False
