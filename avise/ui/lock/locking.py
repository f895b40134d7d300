"""Locks the desk and opens it again: covers the windows, mutes the voice, asks for the code."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from avise.env import Env
from avise.models.errors import AviseError
from avise.services.desk import CallState
from avise.texts import plural, text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.lock.cover import Cover, close_popups
from avise.ui.lock.idle import IdleWatch
from avise.ui.lock.lockable import LockableWindow
from avise.ui.shell.calls import Calls
from avise.ui.theme import theme


class Locking(QObject):
    """The lock of one desk.

    Args:
        desk: knows the code.
        env: the clocks.
        calls: a call that was answered is never covered.
        tasks: owner of what runs.
        windows: returns the windows to cover, the one that opens the desk first.
        parent: of the object.

    Signals:
        locked: nothing can be read any more.
        unlocked: everything can be again.
        sessions_refused: so many wrong codes that no file may stay open.
    """

    locked = Signal()
    unlocked = Signal()
    sessions_refused = Signal()

    def __init__(
        self,
        desk: DeskBridge,
        env: Env,
        calls: Calls,
        tasks: TaskScope,
        windows: Callable[[], Sequence[LockableWindow]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._calls, self._tasks, self._windows = desk, calls, tasks, windows
        self._covered: list[tuple[LockableWindow, Cover]] = []
        self._dialogs: list[QWidget] = []
        self._focused: QWidget | None = None
        self.idle = IdleWatch(env, self)
        self.idle.quiet.connect(self.lock)
        calls.rang.connect(self._on_call_changed)
        calls.ended.connect(self._on_call_changed)

    @property
    def is_locked(self) -> bool:
        """Whether the windows are covered."""
        return bool(self._covered)

    @property
    def cover(self) -> Cover | None:
        """What stands over the main window while it is locked."""
        return self._covered[0][1] if self._covered else None

    # ---- locking -----------------------------------------------------------------------------
    @Slot()
    def lock(self) -> bool:
        """Cover the desk; return False during a call that was answered: the agent needs what is shown."""
        if self.is_locked:
            return True
        call = self._calls.call
        if call is not None and call.state is not CallState.RINGING:
            return False
        close_popups()
        clipboard = QGuiApplication.clipboard()
        if clipboard.ownsClipboard():
            # What was copied here is somebody's: whoever opens another program may not paste it.
            clipboard.clear()
        self._focused = QApplication.focusWidget()
        windows = [window for window in self._windows() if window.isVisible()]
        self._hide_dialogs(windows)
        for place, window in enumerate(windows):
            window.set_locked(locked=True)
            cover = Cover(window, asks=place == 0)
            cover.lifted.connect(self._open)
            cover.pin_given.connect(self._on_pin_given)
            self._covered.append((window, cover))
        self._on_call_changed()
        theme().forget_texts()
        self._tasks.spawn(self._prepare(), name="prepare the lock")
        self.locked.emit()
        return True

    def _hide_dialogs(self, windows: Sequence[QWidget]) -> None:
        self._dialogs = [
            widget
            for widget in QApplication.topLevelWidgets()
            if widget.isVisible() and widget not in windows and widget.windowType() == Qt.WindowType.Dialog
        ]
        for dialog in self._dialogs:
            dialog.hide()

    async def _prepare(self) -> None:
        try:
            has_pin = await self._desk.has_pin()
        except AviseError:
            # Without an engine nobody knows: the cover asks, and the answer tells what is wrong.
            has_pin = True
        for _window, cover in self._covered:
            if has_pin:
                cover.ask_pin()
            else:
                cover.open_at_a_touch()

    # ---- opening -----------------------------------------------------------------------------
    @Slot(str)
    def _on_pin_given(self, pin: str) -> None:
        self._tasks.spawn(self._try(pin), name="unlock", when_busy="drop")

    async def _try(self, pin: str) -> None:
        cover = self.cover
        if cover is None:
            return
        try:
            answer = await self._desk.unlock(pin)
        except AviseError as error:
            seconds = error.params.get("seconds", "0")
            cover.refuse(text(error.message_key, **error.params), int(seconds))
            return
        if answer.opened:
            self._open()
            return
        if answer.sessions_closed:
            self.sessions_refused.emit()
            cover.refuse(text("lock.sessions_closed"), answer.wait_s)
        else:
            cover.refuse(plural("lock.wrong", answer.errors), answer.wait_s)

    @Slot()
    def _open(self) -> None:
        if not self.is_locked:
            return
        covered, self._covered = self._covered, []
        for window, cover in covered:
            later = cover.give_back()
            window.set_locked(locked=False)
            for widget in later:
                _show_if_wanted(widget)
        for dialog in (dialog for dialog in self._dialogs if isValid(dialog)):
            dialog.show()
        self._dialogs = []
        if self._focused is not None and isValid(self._focused):
            self._focused.setFocus(Qt.FocusReason.OtherFocusReason)
        self._focused = None
        self.idle.touch()
        self.unlocked.emit()

    @Slot()
    def _on_call_changed(self) -> None:
        for _window, cover in self._covered:
            cover.show_call(ringing=self._calls.call is not None)


def _show_if_wanted(widget: QWidget) -> None:
    """Show what came while the desk was locked, when it still has something to say."""
    message = getattr(widget, "message", None)
    if callable(message) and message() is not None:
        widget.show()
        widget.raise_()
