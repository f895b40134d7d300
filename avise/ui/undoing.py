"""The last act of the user, undone from its message, from the palette or with Ctrl+Z (`ui.md` 5.14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from avise.env import Env
from avise.models.acts import Act
from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.widgets.toast import Message

KEPT = 20
"""Acts that can be undone one after the other, the last first."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """One thing that can be taken back."""

    run: Callable[[], None]
    stands: Callable[[], bool]
    """Whether it still can be."""
    act: Act | None = None


class Undoing(QObject):
    """Keeps what was done and can still be taken back.

    Args:
        desk: takes acts back.
        env: the clock.
        tasks: owner of what runs.
        window: whose keys and messages.

    Signals:
        message: what to show, an undo with it (a `Message`).
        undone: an act was taken back (the `Act`).
    """

    message = Signal(object)
    undone = Signal(object)

    def __init__(self, desk: DeskBridge, env: Env, tasks: TaskScope, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._env, self._tasks = desk, env, tasks
        self._acts: list[_Kept] = []
        # A text field takes Ctrl+Z for itself: it is not among the keys that the window guards.
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), window)
        keys.setContext(Qt.ShortcutContext.WindowShortcut)
        keys.activated.connect(self.undo_last)

    @property
    def can_undo(self) -> bool:
        """Whether something can still be taken back."""
        self._forget_old()
        return bool(self._acts)

    def offer(
        self, sentence: str, act: Act, then: Callable[[], None] | None = None, icon: str = "circle-check"
    ) -> None:
        """Say what was done, and offer to undo it: now in the message, ten minutes in the palette.

        Args:
            sentence: without a name: others may see the screen.
            act: what the desk gave back.
            then: called once it is undone.
            icon: of the message.
        """
        undo = partial(self._undo, act, then)
        self._acts = [*self._acts, _Kept(undo, lambda: act.until > self._env.now(), act)][-KEPT:]
        self.message.emit(Message(sentence, icon, action=text("undo.action"), on_action=undo, about=act))

    @Slot(object)
    def remember(self, message: Message) -> None:
        """Keep what the action of a message takes back, when it does: Ctrl+Z does the same."""
        if message.undoable is not None and message.on_action is not None:
            self._acts = [*self._acts, _Kept(message.on_action, message.undoable)][-KEPT:]

    def undo_last(self) -> None:
        """Undo the last act; say so when there is none."""
        if not self.can_undo:
            self.message.emit(Message(text("undo.nothing"), "circle-help"))
            return
        last = self._acts[-1]
        if last.act is None:
            self._acts = self._acts[:-1]
        last.run()

    def _undo(self, act: Act, then: Callable[[], None] | None) -> None:
        self._tasks.spawn(self._take_back(act, then), name="undo", when_busy="parallel")

    async def _take_back(self, act: Act, then: Callable[[], None] | None) -> None:
        self._acts = [kept for kept in self._acts if kept.act is not act]
        try:
            await self._desk.undo(act)
        except AviseError as error:
            sentence = text(error.message_key, **error.params)
            self.message.emit(Message(sentence, "circle-x", is_error=True))
            return
        self.message.emit(Message(text("undo.done"), about=act))
        self.undone.emit(act)
        if then is not None:
            then()

    def _forget_old(self) -> None:
        self._acts = [kept for kept in self._acts if kept.stands()]
