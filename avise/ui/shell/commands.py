"""What the shortcuts and the palette do: one callable for each declared shortcut."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid
from typing_extensions import override

from avise.ui.palette.values import PaletteCommand
from avise.ui.shortcuts import SHORTCUTS, InPalette, chords_of, keys_of, label, shortcut

_EDITORS = (QLineEdit, QPlainTextEdit, QTextEdit)


def is_typing() -> bool:
    """Return whether the user is in a field that takes text."""
    widget = QApplication.focusWidget()
    return isinstance(widget, _EDITORS) and not widget.isReadOnly()


class Commands(QObject):
    """The shortcuts of one window.

    Args:
        window: in which they work.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._callables: dict[str, Callable[[], None]] = {}
        self._by_keys: dict[str, Callable[[], None]] = {}
        self._bound: list[QShortcut] = []
        self._followers: list[Commands] = []
        """Of windows whose keys do the same as here."""
        self._show_session: Callable[[int], None] | None = None
        self._guard = _KeyGuard(window, self)
        self.are_silenced = False
        """No key does anything while the desk is locked."""

    def bind(
        self, identifier: str, run: Callable[[], None], *, by_keys: Callable[[], None] | None = None
    ) -> None:
        """Say what a declared shortcut does; its keys work from now on.

        Args:
            identifier: of the shortcut.
            run: what the palette does.
            by_keys: what the keys do, when it is not that.

        Raises:
            KeyError: nobody declared it.
        """
        declared = shortcut(identifier)
        self._callables[identifier] = run
        if declared.handled_by_view:
            return
        self._by_keys[identifier] = by_keys or run
        self._bind_keys(identifier)

    def _bind_keys(self, identifier: str) -> None:
        for keys in chords_of(identifier):
            bound = QShortcut(QKeySequence(keys), self._window)
            bound.setContext(Qt.ShortcutContext.WindowShortcut)
            bound.activated.connect(self._by_keys[identifier])
            self._bound.append(bound)

    def take_after(self, other: Commands) -> None:
        """Do in this window what the keys do in another one."""
        self._callables = other._callables
        self._by_keys = other._by_keys
        self._show_session = other._show_session
        other._followers.append(self)
        self.rebind()

    def silence(self, *, silenced: bool) -> None:
        """Let no key do anything, or let them again."""
        self.are_silenced = silenced
        for follower in self._living():
            follower.silence(silenced=silenced)
        for bound in self._bound:
            bound.setEnabled(not silenced)

    def rebind(self) -> None:
        """Take the keys in force: the user changed some."""
        for bound in self._bound:
            bound.setEnabled(False)
            bound.deleteLater()
        self._bound.clear()
        for identifier in self._by_keys:
            self._bind_keys(identifier)
        self._guard.read_keys()
        for follower in self._living():
            follower.rebind()

    def _living(self) -> list[Commands]:
        """Return the commands of windows that follow this one and are still there."""
        self._followers = [follower for follower in self._followers if isValid(follower)]
        return self._followers

    def run(self, identifier: str) -> None:
        """Do what a shortcut does; nothing when the window bound nothing to it."""
        run = self._callables.get(identifier)
        if run is not None:
            run()

    def bind_sessions(self, show: Callable[[int], None]) -> None:
        """Say what Alt and a digit of the top row do; the digit is given."""
        self._show_session = show

    def show_session(self, number: int) -> None:
        """Show the session of a number, from 1."""
        if self._show_session is not None:
            self._show_session(number)

    def is_bound(self, identifier: str) -> bool:
        """Return whether something happens for a shortcut."""
        return identifier in self._callables

    def offered(self, *, with_customer: bool, without: Collection[str] = ()) -> list[PaletteCommand]:
        """Return the commands of the palette that can be run now.

        Args:
            with_customer: a customer's page is shown.
            without: commands that would do nothing now.
        """
        found = []
        for declared in SHORTCUTS:
            run = self._callables.get(declared.id)
            if run is None or declared.palette is InPalette.NO:
                continue
            of_customer = declared.palette is InPalette.CUSTOMER
            if (of_customer and not with_customer) or declared.id in without:
                continue
            found.append(
                PaletteCommand(
                    declared.id, label(declared.id), declared.icon, keys_of(declared.id), of_customer, run
                )
            )
        return found


class _KeyGuard(QObject):
    """Takes the window's keys before a text field does.

    On Linux line edits eat Ctrl+K and Ctrl+H, and type what Alt and a digit of the top row give there.
    It watches the window and the one text widget with focus, so that no other event costs a call.
    """

    def __init__(self, window: QWidget, commands: Commands) -> None:
        super().__init__(commands)
        self._window, self._commands = window, commands
        self._watched: QWidget | None = None
        self._ours = _our_sequences()
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    def read_keys(self) -> None:
        """Take the keys in force."""
        self._ours = _our_sequences()

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        if self._watched is not None:
            self._watched.removeEventFilter(self)
        self._watched = new if isinstance(new, _EDITORS) else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a key of the top row; refuse, for the field, a key that is one of ours."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._take(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return self._override(event)
        if event.type() == QEvent.Type.Destroy and watched is self._watched:
            self._watched = None
        return False

    def _take(self, watched: QObject, event: QKeyEvent) -> bool:
        number = session_number(event)
        if number is None and not is_zoom_reset(event):
            return False
        # In a dialog the key types nothing either, but the page behind it stays where it is.
        of_window = isinstance(watched, QWidget) and watched.window() is self._window
        if of_window and not self._commands.are_silenced:
            if number is None:
                self._commands.run("zoom_reset")
            else:
                self._commands.show_session(number)
        return True

    def _override(self, event: QKeyEvent) -> bool:
        if session_number(event) is not None:
            # Ours, and no shortcut's of anybody: it comes back as a key press.
            event.accept()
            return True
        pressed = QKeySequence(event.keyCombination())
        if any(pressed.matches(ours) != QKeySequence.SequenceMatch.NoMatch for ours in self._ours):
            event.ignore()
            return True
        return False


def _our_sequences() -> tuple[QKeySequence, ...]:
    return tuple(
        QKeySequence(keys)
        for declared in SHORTCUTS
        if not declared.handled_by_view
        for keys in chords_of(declared.id)
    )


_X11_ONE, _WINDOWS_ONE = 10, 2
"""Scan codes of the key 1 of the top row; 2 to 9, then 0, follow it."""


def top_row_digit(event: QKeyEvent) -> int | None:
    """Return the digit (0 to 9) of a key of the top row, whatever the layout types with it."""
    code = event.nativeScanCode()
    first = _WINDOWS_ONE if QApplication.platformName() == "windows" else _X11_ONE
    if code and first <= code <= first + 9:
        return (code - first + 1) % 10
    digit = event.key() - Qt.Key.Key_0
    return digit if not code and 0 <= digit <= 9 else None


def session_number(event: QKeyEvent) -> int | None:
    """Return the session that Alt and the top row ask for, 1 to 9 (`ui.md` 7, rules 3 and 4).

    Alt alone: with Ctrl it is AltGr, which types.
    """
    if event.modifiers() != Qt.KeyboardModifier.AltModifier:
        return None
    return top_row_digit(event) or None


def is_zoom_reset(event: QKeyEvent) -> bool:
    """Return whether Ctrl and the key 0 of the top row were pressed; on AZERTY that key types à."""
    return event.modifiers() == Qt.KeyboardModifier.ControlModifier and top_row_digit(event) == 0
