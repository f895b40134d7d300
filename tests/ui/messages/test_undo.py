"""Ctrl+Z takes back what a page's message offers to take back, while it can."""

from __future__ import annotations

from collections.abc import Callable, Coroutine

from PySide6.QtCore import Qt

from avise.ui.widgets.toast import Message
from tests.ui.shell.test_desktop import CTRL, staged

Run = Callable[[Coroutine[object, object, None]], None]


def test_ctrl_z_undoes_what_a_message_offers_once(run: Run) -> None:
    async def scene() -> None:
        undone: list[str] = []
        async with staged() as stage:
            offer = Message("prêt", "send", False, "Annuler", lambda: undone.append("message"), lambda: True)
            stage.window.customers.message.emit(offer)
            assert stage.window.undoing.can_undo
            stage.press(Qt.Key.Key_Z, CTRL)
            assert undone == ["message"]
            assert not stage.window.undoing.can_undo

    run(scene())


def test_what_has_left_is_no_longer_undone(run: Run) -> None:
    async def scene() -> None:
        waits = [True]
        undone: list[str] = []
        async with staged() as stage:
            offer = Message("prêt", "send", False, "Annuler", lambda: undone.append("late"), lambda: waits[0])
            stage.window.customers.message.emit(offer)
            waits[0] = False
            assert not stage.window.undoing.can_undo
            stage.press(Qt.Key.Key_Z, CTRL)
            assert undone == []

    run(scene())


def test_a_message_without_an_undo_is_not_kept(run: Run) -> None:
    async def scene() -> None:
        async with staged() as stage:
            stage.window.customers.message.emit(Message("vu", action="Voir", on_action=lambda: None))
            assert not stage.window.undoing.can_undo

    run(scene())
