"""The agent’s day without the mouse, on simulated tools and the real engine: from the call to the task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.services.customer_updates import VerificationLevel
from avise.services.profile import load_profile
from avise.ui.customer.facet_block import FacetBlock
from avise.ui.customer.page import CustomerPage
from avise.ui.home.page import HomePage
from tests.servers.engine.conftest import MutualInABox, mutual
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage, acting_window

__all__ = ["mutual"]

LEAD = PERSONAS["P00"]
ANSWERS = {
    "birth_date": "12/03/1968",
    "beneficiary": "Lou",
    "address": "14 rue des Tilleuls Nantes",
}
SECONDS = 120
STEPS = 120
"""Keys pressed before what is looked for is given up."""
MOUSE = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.NonClientAreaMouseButtonPress,
        QEvent.Type.Wheel,
    }
)
Key = Qt.Key


class MouseWatch(QObject):
    """Counts what the mouse sends to anything in the program."""

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self.seen: list[QEvent.Type] = []
        application.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note events of the mouse, and let everything through."""
        if event.type() in MOUSE:
            self.seen.append(event.type())
        return False


@pytest.fixture
def engine(mutual: MutualInABox, tmp_path: Path) -> Iterator[Engine]:
    """Open an engine that somebody works at."""
    opened = Engine(load_profile(mutual.profile(tmp_path / "profile"), device=""), SystemEnv(), at_desk=True)
    try:
        opened.start()
        opened.run(opened.directory_ready())
        yield opened
    finally:
        opened.stop()


@pytest.fixture
def play(
    engine: Engine, dressed: QApplication
) -> Iterator[Callable[[Callable[[ActingStage], Coroutine[object, object, None]]], None]]:
    """Play a scene in a window on the engine; fail when anything of it came from the mouse."""
    watch = MouseWatch(dressed)

    async def guarded(scene: Callable[[ActingStage], Coroutine[object, object, None]]) -> None:
        async with (
            asyncio.timeout(SECONDS),
            acting_window(engine.desk, engine.thread.loop, SystemEnv()) as stage,
        ):
            await scene(stage)

    def player(scene: Callable[[ActingStage], Coroutine[object, object, None]]) -> None:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(dressed)) as loop:
            loop.run(guarded(scene))

    yield player
    dressed.removeEventFilter(watch)
    assert watch.seen == []


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - painted frames and other threads set no asyncio event
        await asyncio.sleep(0.02)


def tab_to(stage: ActingStage, target: Callable[[QWidget], bool], back: bool = False) -> QWidget:
    """Press Tab until focus is where it is wanted."""
    for _ in range(STEPS):
        focused = stage.focused()
        if target(focused):
            return focused
        stage.press(
            Key.Key_Backtab if back else Key.Key_Tab, SHIFT if back else Qt.KeyboardModifier.NoModifier
        )
    raise AssertionError("Tab does not lead there")


async def take_the_call(stage: ActingStage, engine: Engine) -> CustomerPage:
    """Have a softphone announce the member, and pick up."""
    await asyncio.wrap_future(engine.submit(engine.desk.announce_call(LEAD.phone, "call-1")))
    await until(stage.window.call_panel.isVisible)
    await until(lambda: bool(stage.window.sessions.tabs))
    stage.press(Key.Key_P, CTRL | SHIFT)
    await until(lambda: stage.window.sessions.current is not None)
    page = stage.customer()
    await until(lambda: page.model.state.settled is not None and page.model.call is not None)
    await until(lambda: page.parts.has("wrap_up") and page.model.state.suggestions)
    return page


async def verify_the_caller(stage: ActingStage, page: CustomerPage) -> None:
    """Put questions and type what is answered, until the caller is verified."""
    stage.press(Key.Key_I, CTRL)
    panel = page.check.verification
    await until(lambda: bool(panel._questions) and panel.isAncestorOf(stage.focused()))
    for question in panel._questions:
        if question.id in ANSWERS and page.model.state.verification.level is VerificationLevel.NONE:
            tab_to(stage, lambda widget, field=question.answer: widget is field)  # type: ignore[misc]  # at once
            stage.type(ANSWERS[question.id])
            stage.press(Key.Key_Return)
            await until(question.answer.isReadOnly)
    await until(lambda: page.model.state.verification.level is not VerificationLevel.NONE)
    stage.press(Key.Key_Escape)
    assert not panel.isVisible()


async def insert_an_answer(stage: ActingStage, page: CustomerPage) -> str:
    """Go to the suggested answers, read one that can be inserted, insert it; return the note."""
    stage.press(Key.Key_F9)
    suggestions = page.sheet.suggestions
    assert stage.focused() is suggestions.rows
    for _ in range(suggestions.model.rowCount()):
        found = suggestions.model.suggestion(suggestions.rows.current_row())
        if found.actions and found.actions[0].id == "insert":
            break
        stage.press(Key.Key_Down)
    spoken = suggestions.rows.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert len(spoken) > 20, "the answer is read as a sentence"
    stage.press(Key.Key_Return)
    await until(lambda: len(page.rail.wrap_up.text()) > 10)
    return page.rail.wrap_up.text()


async def open_a_block(stage: ActingStage, page: CustomerPage) -> None:
    """Go to the blocks, to the next one, open it, come back."""
    stage.press(Key.Key_B, CTRL)
    assert isinstance(stage.focused(), FacetBlock)
    stage.press(Key.Key_Right)
    stage.press(Key.Key_Return)
    await until(lambda: page.sheet.detail is not None)
    stage.press(Key.Key_Escape)
    await until(lambda: page.sheet.detail is None)
    assert isinstance(stage.focused(), FacetBlock)


async def reveal_a_number(stage: ActingStage, page: CustomerPage) -> None:
    """Go to the header, ask for the number, say why, read it, mask it."""
    tab_to(stage, lambda widget: widget.accessibleName().startswith("Afficher le numéro"), back=True)
    stage.press(Key.Key_Space)
    panel = page.check.restricted
    await until(panel.isVisible)
    stage.press(Key.Key_Return)
    assert panel.shown_value() == "", "no value without a reason"
    stage.type("rapprochement avec la caisse")
    stage.press(Key.Key_Return)
    await until(lambda: sum(letter.isdigit() for letter in panel.shown_value()) >= 13)
    panel.setFocus()
    stage.press(Key.Key_Escape)
    await until(lambda: not panel.isVisible())
    assert panel.shown_value() == ""


async def promise_and_close(stage: ActingStage, page: CustomerPage) -> None:
    """Promise a call-back, end the call, record the exchange."""
    model, wrap_up = page.model.wrap_up, page.rail.wrap_up
    stage.press(Key.Key_L, CTRL)
    assert stage.focused() is wrap_up.note
    tab_to(stage, lambda widget: widget is wrap_up.callback.wanted)
    stage.press(Key.Key_Space)
    await until(lambda: model.shown().callback is not None)
    if not model.shown().reason:
        tab_to(stage, lambda widget: widget is wrap_up.reason, back=True)
        stage.type("remb")
        stage.press(Key.Key_Return)
        await until(lambda: bool(model.shown().reason))
    stage.press(Key.Key_R, CTRL | SHIFT)
    stage.press(Key.Key_R, CTRL | SHIFT)
    await until(lambda: stage.desktop.calls.call is None)
    stage.press(Key.Key_L, CTRL)
    stage.press(Key.Key_Return, CTRL)
    await until(lambda: not wrap_up.text())


async def find_and_finish(stage: ActingStage) -> None:
    """Go to Ma journée, to the promise, say that it is done."""
    home = stage.window.home

    def promised() -> int:
        board = home.model.day.board.mine if home.model.day is not None else ()
        return sum(row.who is not None and LEAD.member_number in str(row.who) for row in board)

    stage.press(Key.Key_G, CTRL)
    stage.press(Key.Key_H)
    assert isinstance(stage.window.stack.currentWidget(), HomePage)
    await until(promised)
    await until(lambda: home.rows.hasFocus() or home.rows.current() is None)
    before = promised()
    for _ in range(len(home.model.rows())):
        current = home.rows.current()
        if current is not None and LEAD.member_number in str(current.who):
            break
        stage.press(Key.Key_Down)
    current = home.rows.current()
    assert current is not None
    assert LEAD.member_number in str(current.who)
    stage.press(Key.Key_Space)
    await until(lambda: promised() == before - 1)
    assert stage.toast()


def test_a_call_is_answered_wrapped_up_and_its_promise_kept_without_the_mouse(
    play: Callable[[Callable[[ActingStage], Coroutine[object, object, None]]], None], engine: Engine
) -> None:
    async def scene(stage: ActingStage) -> None:
        page = await take_the_call(stage, engine)
        await verify_the_caller(stage, page)
        note = await insert_an_answer(stage, page)
        assert LEAD.member_number not in note
        await open_a_block(stage, page)
        await reveal_a_number(stage, page)
        await promise_and_close(stage, page)
        await find_and_finish(stage)

    play(scene)
