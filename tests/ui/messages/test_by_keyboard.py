"""From Ctrl+Maj+S to a message planned and undone, then one that leaves: real store, tools, mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from avise.app import customer_page_maker
from avise.demo.population.personas import PERSONAS
from avise.models.outgoing import MessageStatus, OutgoingMessage
from avise.models.roles import Purpose
from avise.texts import text
from avise.ui.bridge import DeskBridge
from avise.ui.customer.page import CustomerPage
from avise.ui.messages.composer import Composer
from avise.ui.messages.wording import entry_id
from avise.ui.shell.desktop import Desktop
from avise.ui.shell.main_window import MainWindow
from tests.servers.engine.test_messages import Box
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
P12 = PERSONAS["P12"]
LAST_NAME = "Tessandier"


class Sitting:
    """Somebody at the keyboard of a real window."""

    def __init__(self, desktop: Desktop, bridge: DeskBridge) -> None:
        self.desktop, self.bridge = desktop, bridge
        self.said: list[str] = []
        """What left the page: messages, announcements, titles."""
        desktop.window.toast.told.connect(lambda sentence, _is_error: self.said.append(sentence))

    @property
    def window(self) -> MainWindow:
        return self.desktop.window

    @property
    def page(self) -> CustomerPage:
        page = self.window.current_page()
        assert isinstance(page, CustomerPage)
        return page

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focused = QApplication.focusWidget() or self.window
        assert isinstance(focused, QWidget)
        QTest.keyClick(focused, key, modifiers)

    def type_words(self, words: str) -> None:
        focused = QApplication.focusWidget()
        assert isinstance(focused, QWidget)
        QTest.keyClicks(focused, words)

    async def open_member(self, number: str) -> None:
        """Open a file by its member number and wait until everything was read."""
        hit = (await self.bridge.search(number, 5)).hits[0]
        self.desktop.actions.opening.open_hit(hit, Purpose.SEARCH)
        await until(lambda: self.page.model.state.settled is not None)
        header = self.page.model.state.header
        assert header is not None
        assert header.last_name.casefold() == LAST_NAME.casefold()

    async def write(self, words: str) -> None:
        """Find a template by its words, and wait until its message can leave."""
        self.type_words(words)
        composer = self.page.messages.composer()
        await until(lambda: not composer.model.shown().is_busy and words in composer.words.text())
        await until(composer.send.isEnabled)

    async def from_palette(self, note: QWidget) -> Composer:
        """Open the composer from the palette, the caret in the note; wait until its message is there."""
        await until(lambda: any(row.id.startswith("write:") for row in self.page.commands()))
        note.setFocus()
        self.press(Qt.Key.Key_K, CTRL)
        self.type_words("carte de tiers payant disponible")
        palette = self.window.palette_view
        await until(lambda: any(row.command.startswith("write:") for row in palette.model.rows()))
        self.press(Qt.Key.Key_Return)
        await until(palette.isHidden)
        composer = self.page.messages.composer()
        focused = QApplication.focusWidget()
        assert isinstance(focused, QWidget)
        assert composer.isAncestorOf(focused)
        await until(composer.body_edit.hasFocus)
        return composer

    async def planned(self) -> OutgoingMessage:
        """Send, and return the message as the store has it."""
        self.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: any(one.status is MessageStatus.PLANNED for one in self.page.messages.messages))
        return self.page.messages.messages[0]

    async def becomes(self, status: MessageStatus) -> None:
        await until(lambda: self.page.messages.messages[0].status is status)

    def line(self) -> str:
        """Return the line of the last message in the history, as it is heard; "" before it is there."""
        model = self.page.sheet.timeline.model
        identity = entry_id(self.page.messages.messages[0])
        rows = [row for row in range(model.rowCount()) if model.entry(row).id == identity]
        role = Qt.ItemDataRole.AccessibleTextRole
        return str(model.data(model.index(rows[0], 0), role)) if rows else ""


@asynccontextmanager
async def seated(box: Box) -> AsyncIterator[Sitting]:
    """Show the real window on a real engine; close it as the program does."""
    failures: list[BaseException] = []
    loop = box.engine.thread.loop
    bridge = DeskBridge(box.engine.desk, loop, QApplication.instance())
    maker = customer_page_maker(bridge, box.env)
    desktop = Desktop(bridge, box.env, maker, lambda _name, error: failures.append(error))
    desktop.window.resize(1440, 900)
    desktop.window.show()
    desktop.window.activateWindow()
    await desktop.start()
    try:
        yield Sitting(desktop, bridge)
    finally:
        await desktop.aclose()
        bridge.close()
        await until(lambda: len(asyncio.all_tasks()) == 1)
    assert not failures, failures


def test_a_text_message_is_planned_and_undone_without_the_mouse(box: Box, run: Run) -> None:
    async def scene() -> None:
        async with seated(box) as sitting:
            await sitting.open_member(P12.member_number)
            sitting.press(Qt.Key.Key_S, CTRL | SHIFT)
            await sitting.write("carte")
            composer = sitting.page.messages.composer()
            assert composer.send.text().startswith("Envoyer à ")
            assert composer.send.text().endswith(" par SMS")
            planned = await sitting.planned()
            assert planned.channel == "sms"
            assert composer.isHidden()
            await until(lambda: "part dans" in sitting.line())
            assert sitting.said[-1] == "SMS prêt, il part dans 2\u00a0min"
            sitting.press(Qt.Key.Key_F8)
            sitting.press(Qt.Key.Key_Space)
            await sitting.becomes(MessageStatus.UNDONE)
            await until(lambda: "Annulé avant l’envoi" in sitting.line())
            box.env.pass_minutes(3)
            await asyncio.sleep(0.2)
            told = " ".join((*sitting.said, sitting.window.windowTitle()))
            assert LAST_NAME.casefold() not in told.casefold()
            assert P12.phone[-6:] not in told

    run(scene())
    assert not list(box.spool.glob("*")) if box.spool.exists() else True


def test_a_message_opened_from_the_palette_has_the_keys_and_ctrl_z_takes_its_toast_away(
    box: Box, run: Run
) -> None:
    async def scene() -> None:
        async with seated(box) as sitting:
            await sitting.open_member(P12.member_number)
            note = sitting.page.rail.wrap_up.note
            composer = await sitting.from_palette(note)
            sitting.press(Qt.Key.Key_Escape)
            assert composer.isHidden()
            assert QApplication.focusWidget() is note
            composer = await sitting.from_palette(note)
            await until(composer.send.isEnabled)
            await sitting.planned()
            assert composer.isHidden()
            toast = sitting.window.toast
            sitting.press(Qt.Key.Key_F8)
            sitting.press(Qt.Key.Key_Return)
            await sitting.becomes(MessageStatus.UNDONE)
            await until(lambda: sitting.said[-1] == text("message_toast.undone"))
            toast.close_message()
            composer = await sitting.from_palette(note)
            await until(composer.send.isEnabled)
            await sitting.planned()
            assert sitting.said[-1] == "SMS prêt, il part dans 2\u00a0min"
            sitting.page.setFocus()
            sitting.desktop.window.undoing.undo_last()
            await sitting.becomes(MessageStatus.UNDONE)
            await until(lambda: sitting.said[-1] == text("message_toast.undone"))
            shown = toast.message()
            assert shown is not None
            assert not shown.action

    run(scene())


def test_an_e_mail_written_over_leaves_after_two_minutes_as_it_was_written(box: Box, run: Run) -> None:
    async def scene() -> None:
        async with seated(box) as sitting:
            await sitting.open_member(P12.member_number)
            sitting.press(Qt.Key.Key_M, CTRL | SHIFT)
            await sitting.write("carte")
            composer = sitting.page.messages.composer()
            sitting.press(Qt.Key.Key_Return)
            assert QApplication.focusWidget() is composer.body_edit
            sitting.press(Qt.Key.Key_End, CTRL)
            sitting.type_words(" CANARI")
            await sitting.planned()
            assert box.sink.messages() == []
            box.env.pass_minutes(2)
            await sitting.becomes(MessageStatus.SENT)
            await until(lambda: "Remis le" in sitting.line())
            assert "CANARI" not in " ".join((*sitting.said, sitting.line()))

    run(scene())
    (raw,) = box.sink.messages()
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert "CANARI" in mail.get_content()
    for path in box.sink.folder.iterdir():
        path.unlink()
    for path in box.folder.rglob("*.log*"):
        assert "CANARI" not in path.read_text("utf-8")
        assert LAST_NAME.casefold() not in path.read_text("utf-8").casefold()
