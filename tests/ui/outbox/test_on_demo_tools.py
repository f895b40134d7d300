"""By the keyboard alone, from the palette to the tool and back, on the simulated tools and the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import qasync
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit

from avise.demo.faults import FaultKind
from avise.demo.population.personas import PERSONAS
from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.commands import CommandState, OutboxItem
from avise.models.customer import PersonId
from avise.services.profile import load_profile
from avise.texts.formats import format_date, local
from avise.ui.outbox.action_form import Step
from avise.ui.outbox.customer_acting import CustomerActing
from avise.ui.outbox.page import OutboxPage
from tests.servers.engine.conftest import MutualInABox, mutual
from tests.ui.outbox.acting_window import CTRL, SHIFT, ActingStage, acting_window

__all__ = ["mutual"]

LEAD = PERSONAS["P00"]
SECONDS = 120
S = CommandState
Scene = Callable[[ActingStage, PersonId], Coroutine[object, object, None]]


@pytest.fixture
def engine(mutual: MutualInABox, tmp_path: Path) -> Iterator[Engine]:
    """Open an engine that somebody works at: commands leave from it."""
    folder = mutual.profile(tmp_path / "profile")
    opened = Engine(load_profile(folder, device=""), SystemEnv(), at_desk=True)
    try:
        opened.start()
        opened.run(opened.directory_ready())
        yield opened
    finally:
        opened.stop()
        for name in mutual.tools.tools:
            mutual.set_fault(name, FaultKind.NONE)


@pytest.fixture
def play(engine: Engine, dressed: QApplication) -> Callable[[Scene], None]:
    """Play a scene in a window on the engine, with the lead persona open."""

    async def guarded(scene: Scene) -> None:
        async with asyncio.timeout(SECONDS):
            person = await asyncio.wrap_future(
                engine.submit(engine.desk.find_by_identifier("member", LEAD.member_number))
            )
            assert person is not None
            async with acting_window(engine.desk, engine.thread.loop, SystemEnv()) as stage:
                page = await stage.open(person)
                await until(lambda: page.model.state.settled is not None)
                await scene(stage, person)

    def player(scene: Scene) -> None:
        with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(dressed)) as loop:
            loop.run(guarded(scene))

    return player


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - painted frames and other threads set no asyncio event
        await asyncio.sleep(0.02)


def items(stage: ActingStage, action: str) -> list[OutboxItem]:
    return [item for item in stage.desktop.outbox.items if item.action == action]


def cards(stage: ActingStage) -> list[tuple[object, object]]:
    """Return edition and date of the cards that the block shows."""
    records = [record for view in stage.customer().model.views("rights") for record in view.records]
    return [(record.data.get("edition"), record.data.get("sent_on")) for record in records]


async def choose(stage: ActingStage, rows: int = 1) -> None:
    """Choose in the list with focus, by the arrows."""
    assert isinstance(stage.focused(), QComboBox)
    for _ in range(rows):
        stage.press(Qt.Key.Key_Down)


async def checked(stage: ActingStage) -> None:
    """Ask for the plan and wait for it; a refusal fails with its sentence."""
    stage.press(Qt.Key.Key_Return, CTRL)
    form = stage.form()
    await until(lambda: form.step is Step.PLAN or form.outcome().endswith("."))
    assert form.step is Step.PLAN, form.outcome()


def test_a_card_is_sent_again_and_its_block_is_read_anew(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.ui.outbox.customer_acting.UNDO_S", 0.2)

    async def scene(stage: ActingStage, _person: PersonId) -> None:
        before = cards(stage)
        await stage.run_from_palette("renvoyer la carte")
        await choose(stage)
        await checked(stage)
        spoken = stage.form().plan_view.accessibleDescription()
        assert "Édition" in spoken
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: [item.state for item in items(stage, "resend_card")] == [S.DONE])
        await until(lambda: cards(stage) != before)
        assert any(edition == "digital" for edition, _sent_on in cards(stage))
        stage.press(Qt.Key.Key_O, CTRL | SHIFT)
        shown = stage.window.stack.currentWidget()
        assert isinstance(shown, OutboxPage)
        current = shown.current()
        assert current is not None
        assert current.reference

    play(scene)


def test_an_address_reaches_three_tools_while_one_is_down_and_the_others_go_on(
    play: Callable[[Scene], None], mutual: MutualInABox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.ui.outbox.customer_acting.UNDO_S", 0.5)

    async def scene(stage: ActingStage, _person: PersonId) -> None:
        await stage.run_from_palette("changer l'adresse")
        form = stage.form()
        # What is known is shown: the agent types over it.
        assert form.field("city").value()
        form.field("line").take_focus()
        for word in ("3 quai Haut", "44000", "Nantes"):
            editor = stage.focused()
            assert isinstance(editor, QLineEdit)
            editor.selectAll()
            stage.type(word)
            stage.press(Qt.Key.Key_Tab)
        form.field("city").take_focus()
        await checked(stage)
        assert "3 quai Haut" in form.plan_view.accessibleDescription()
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: form.step is Step.REPORT)
        mutual.set_fault("relation", FaultKind.DOWN)
        await until(lambda: any(found.state is not S.CONFIRMED for found in items(stage, "change_address")))
        by_tool = {found.instance: found for found in items(stage, "change_address")}
        assert set(by_tool) == {"parties", "relation", "complaints"}

        def states() -> dict[str, CommandState]:
            return {found.instance: found.state for found in items(stage, "change_address")}

        await until(lambda: states()["parties"] is S.DONE and states()["complaints"] is S.DONE)
        await until(lambda: states()["relation"] in (S.WAITING, S.UNKNOWN))
        assert stage.window.top_bar.outbox.chips["to_send"].isVisibleTo(stage.window)
        mutual.set_fault("relation", FaultKind.NONE)
        stage.press(Qt.Key.Key_Escape)
        stage.press(Qt.Key.Key_O, CTRL | SHIFT)
        await stage.run_from_palette("renvoyer l'action")
        await until(lambda: set(states().values()) == {S.DONE})

    play(scene)


def test_a_tool_that_refuses_says_why_and_the_others_go_on(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.ui.outbox.customer_acting.UNDO_S", 0.2)

    async def scene(stage: ActingStage, _person: PersonId) -> None:
        await stage.run_from_palette("changer l'adresse")
        form = stage.form()
        form.field("postcode").take_focus()
        stage.type("00000")
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: form.step is Step.PLAN)
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: form.step is Step.REPORT)
        await until(lambda: all(not found.open for found in items(stage, "change_address")))
        by_tool = {found.instance: found for found in items(stage, "change_address")}
        assert by_tool["parties"].state is S.REJECTED
        assert by_tool["parties"].message
        assert by_tool["complaints"].state is S.DONE
        assert by_tool["parties"].message in form.plan_view.accessibleDescription()
        assert stage.window.top_bar.outbox.chips["refused"].isVisibleTo(stage.window)
        # Corrected from the outbox: planned anew, changed, confirmed; the refused one leaves the list.
        stage.press(Qt.Key.Key_Escape)
        stage.press(Qt.Key.Key_O, CTRL | SHIFT)
        stage.press(Qt.Key.Key_Return)
        await until(lambda: form.isVisible() and form.step is Step.PLAN)
        stage.press(Qt.Key.Key_Escape)
        assert form.field("postcode").value() == "00000"
        form.field("postcode").take_focus()
        stage.type("44000")
        await checked(stage)
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(
            lambda: (
                [found.state for found in items(stage, "change_address") if found.instance == "parties"]
                == [S.DONE]
            )
        )

    play(scene)


def test_an_appointment_is_made_then_moved(
    play: Callable[[Scene], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avise.ui.outbox.customer_acting.UNDO_S", 0.2)

    async def scene(stage: ActingStage, _person: PersonId) -> None:
        page = stage.customer()
        day = local(SystemEnv().now() + timedelta(days=200)).date()
        before = sum(len(view.records) for view in page.model.views("appointments"))
        await stage.run_from_palette("prendre rendez-vous")
        stage.type(format_date(day))
        stage.press(Qt.Key.Key_Tab)
        stage.type("10:00")
        stage.press(Qt.Key.Key_Tab)
        stage.press(Qt.Key.Key_Tab)
        await choose(stage, 3)
        stage.press(Qt.Key.Key_Tab)
        stage.type("Bilan annuel")
        await checked(stage)
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: [found.state for found in items(stage, "create_appointment")] == [S.DONE])
        await until(lambda: sum(len(v.records) for v in page.model.views("appointments")) > before)
        await stage.run_from_palette("deplacer le rendez-vous")
        editor = stage.form().field("appointment").editors()[0]
        assert isinstance(editor, QComboBox)
        # Chosen already when there is but one; else the list has focus.
        assert (stage.focused() is editor) == (editor.currentIndex() < 0)
        editor.setFocus()
        for _ in range(editor.count()):
            if "Bilan annuel" in editor.currentText():
                break
            stage.press(Qt.Key.Key_Down)
        assert "Bilan annuel" in editor.currentText()
        stage.press(Qt.Key.Key_Tab)
        stage.type(format_date(day))
        stage.press(Qt.Key.Key_Tab)
        stage.type("11:30")
        await checked(stage)
        assert "11:30" in stage.form().plan_view.accessibleDescription()
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: [found.state for found in items(stage, "move_appointment")] == [S.DONE])

    play(scene)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_certificate_comes_as_a_file_that_is_saved(play: Callable[[Scene], None], tmp_path: Path) -> None:
    opened: list[str] = []

    async def scene(stage: ActingStage, _person: PersonId) -> None:
        await stage.run_from_palette("editer une attestation")
        await choose(stage)
        await checked(stage)
        stage.press(Qt.Key.Key_Return, CTRL)
        await until(lambda: [found.state for found in items(stage, "issue_certificate")] == [S.DONE])
        await until(lambda: stage.toast() == "Le document est prêt")
        stage.press(Qt.Key.Key_F8)
        stage.press(Qt.Key.Key_Space)
        page = stage.customer()
        await until(lambda: page.findChildren(QFileDialog))
        dialog = page.findChildren(QFileDialog)[0]
        target = tmp_path / "attestation.pdf"
        dialog.fileSelected.emit(str(target))
        dialog.done(1)
        await until(target.is_file)
        await until(lambda: target.read_bytes().startswith(b"%PDF-1."))
        await until(stage.toast)
        assert isinstance(page.acting, CustomerActing)
        opened.append(stage.toast())

    play(scene)
    assert opened[0].startswith("Document enregistré")
