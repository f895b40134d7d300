"""The page of the outbox as a person uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.modeltest import ModelTester

from avise.env import FixedEnv
from avise.models.commands import CommandReason, CommandState, Idempotency, OutboxItem
from avise.models.errors import AviseError
from avise.ui.bridge import DeskBridge
from avise.ui.outbox.counts import counted, needs_person
from avise.ui.outbox.page import OutboxPage
from avise.ui.outbox.sentences import LOOKS, look, main_action, row_sentence, state_chip
from avise.ui.outbox.situation import OutboxCounts
from avise.ui.outbox.table import OutboxTableModel
from avise.ui.outbox.view_model import OutboxViewModel
from avise.ui.pictures import render
from avise.ui.theme import Scheme
from avise.ui.widgets.toast import Message
from tests.ui.outbox.outbox_items import every_state, item
from tests.ui.persona import NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
S, R = CommandState, CommandReason


@dataclass
class Shown:
    """A page on a scripted outbox, and what it told."""

    desk: ScriptedDesk
    page: OutboxPage
    model: OutboxViewModel
    told: list[Message] = field(default_factory=list)

    def words(self) -> str:
        """Return what the pane says."""
        labels = self.page.detail.findChildren(QLabel)
        return " ".join(label.text() for label in labels if label.isVisibleTo(self.page))

    def buttons(self) -> list[str]:
        """Return the buttons of the pane."""
        found = self.page.detail.findChildren(QPushButton)
        return [button.text() for button in found if button.isVisibleTo(self.page)]

    def button(self, words: str) -> QAbstractButton:
        """Return a button of the pane."""
        found = self.page.detail.findChildren(QPushButton)
        return next(one for one in found if one.text() == words and one.isVisibleTo(self.page))

    def go_to(self, wanted: OutboxItem) -> None:
        """Make a command the current one."""
        self.page.table.go_to(self.page.table_model.place_of(wanted.command_id))

    def asked(self, name: str) -> list[tuple[object, ...]]:
        """Return what was asked of the desk under a name."""
        return [asked for asked in self.desk.asked if asked[0] == name]


@asynccontextmanager
async def shown(desk: ScriptedDesk, width: int = 1370) -> AsyncIterator[Shown]:
    """Show the page on a scripted outbox."""
    failures: list[BaseException] = []
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    model = OutboxViewModel(bridge)
    model.start()
    page = OutboxPage(model, FixedEnv(NOW), lambda _name, error: failures.append(error))
    stage = Shown(desk, page, model)
    page.message.connect(stage.told.append)
    page.resize(width, 860)
    page.show()
    page.activateWindow()
    page.activate()
    await until(lambda: model.known)
    page.zones()[0][1].setFocus()
    try:
        yield stage
    finally:
        await page.aclose()
        model.close()
        bridge.close()
        page.hide()
        page.deleteLater()
        await until(lambda: not desk.outbox_stream.listeners)
    assert not failures


def states(page: OutboxPage) -> list[CommandState]:
    rows = range(page.table_model.rowCount())
    return [found.state for row in rows if (found := page.table_model.row_at(row)) is not None]


# ---- what it shows ---------------------------------------------------------------------------


def test_what_needs_a_person_comes_first_then_what_is_uncertain_then_the_rest(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=every_state())) as stage:
            found = states(stage.page)
            assert found[:5] == [S.NEEDS_HUMAN, S.CONFLICT, S.REJECTED, S.EXPIRED, S.CANCELLED]
            assert found[5] is S.UNKNOWN
            assert found[-1] is S.DONE
            assert set(found) == set(CommandState)

    run(scenario())


@pytest.mark.parametrize("found", every_state(), ids=lambda found: f"{found.state}-{found.reason}")
def test_each_state_is_told_by_an_icon_and_a_word_besides_its_colour(found: OutboxItem) -> None:
    assert look(found).icon
    words = state_chip(found).text
    assert words
    assert not words.startswith("outbox.")
    sentence = row_sentence(found, NOW)
    assert sentence.startswith(words)
    assert found.whom in sentence
    assert found.source_name in sentence


def test_two_states_never_share_both_icon_and_word() -> None:
    seen = [(look(item(1, state)).icon, state_chip(item(1, state)).text) for state in LOOKS]
    assert len(set(seen)) == len(seen) == len(CommandState)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("width", [1370, 700])
def test_every_state_is_painted_in_both_schemes_and_in_a_small_window(
    run: Run, tmp_path: Path, scheme: Scheme, width: int
) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=every_state()), width) as stage:
            image = QImage(str(render(stage.page, tmp_path / "page.png", QSize(width, 860), scheme)))
            row = stage.page.table.visualRect(stage.page.table_model.index(2, 0))
            top = stage.page.table.viewport().mapTo(stage.page, row.topLeft())
            colours = {
                image.pixelColor(x, top.y() + row.height() // 2).name()
                for x in range(top.x(), top.x() + row.width())
            }
            assert len(colours) > 3
            assert stage.page.detail.isVisible()

    run(scenario())


def test_the_pane_tells_reason_changes_history_and_what_can_be_done(run: Run) -> None:
    async def scenario() -> None:
        items = every_state()
        async with shown(ScriptedDesk(items=items)) as stage:
            stage.go_to(next(one for one in items if one.state is S.REJECTED))
            assert "Aucun e-mail connu" in stage.words()
            assert "Édition" in stage.words()
            assert "dématérialisée" in stage.words()
            assert "05/01/2026" in stage.words()
            assert stage.buttons() == ["Refaire", "Ouvrir la fiche", "Retirer de la liste"]
            stage.go_to(next(one for one in items if one.state is S.UNKNOWN))
            assert stage.buttons() == ["Renvoyer", "Vérifier", "Ouvrir la fiche", "Abandonner"]
            stage.go_to(next(one for one in items if one.state is S.SENDING))
            assert stage.buttons() == ["Ouvrir la fiche"]
            stage.go_to(next(one for one in items if one.state is S.DONE))
            assert stage.buttons()[:2] == ["Ouvrir le document", "Enregistrer sous…"]

    run(scenario())


def test_what_must_never_leave_twice_is_not_offered_to_be_sent_again(run: Run) -> None:
    async def scenario() -> None:
        never = item(1, S.NEEDS_HUMAN, R.NO_ANSWER, idempotency=Idempotency.NONE, uncertain=True)
        async with shown(ScriptedDesk(items=(never,))) as stage:
            assert "Renvoyer" not in stage.buttons()
            assert main_action(never) == "verify"

    run(scenario())


def test_an_empty_outbox_says_so_in_a_sentence_that_takes_focus(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as stage:
            (zone,) = stage.page.zones()
            assert zone[1].hasFocus()
            assert zone[1].accessibleName().startswith("Rien à envoyer. ")
            assert not stage.page.table.isVisible()
            assert not stage.page.detail.isVisible()

    run(scenario())


def test_an_outbox_that_cannot_be_followed_says_why(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk()) as stage:
            stage.model._on_failed(AviseError("outbox.not_here"))
            assert "Les actions partent de la fenêtre d’Avise" in stage.page.zones()[0][1].accessibleName()

    run(scenario())


def test_the_model_keeps_qts_rules_while_commands_come_and_go(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=every_state())) as stage:
            tester = ModelTester(stage.page)  # type: ignore[no-untyped-call]  # the plug-in is untyped
            tester.check(stage.page.table_model)  # type: ignore[no-untyped-call]  # as above
            stage.desk.show_outbox(*every_state()[:3])
            await until(lambda: stage.page.table_model.rowCount() == 3)
            stage.desk.show_outbox()
            await until(lambda: stage.page.table_model.rowCount() == 0)

    run(scenario())


# ---- what can be done ------------------------------------------------------------------------


def test_enter_does_what_the_end_of_the_row_says(run: Run) -> None:
    async def scenario() -> None:
        waiting = item(1, S.WAITING, R.UNAVAILABLE)
        unsure = item(2, S.UNKNOWN, R.NO_ANSWER, uncertain=True)
        async with shown(ScriptedDesk(items=(waiting, unsure))) as stage:
            stage.go_to(unsure)
            QTest.keyClick(stage.page.table, Qt.Key.Key_Return)
            await until(lambda: bool(stage.asked("verify_item")))
            await until(lambda: bool(stage.told))
            assert stage.told[-1].sentence == "Vérifié\u00a0: Faite"
            stage.go_to(waiting)
            QTest.keyClick(stage.page.table, Qt.Key.Key_Return)
            await until(lambda: stage.asked("resend") == [("resend", waiting.command_id)])

    run(scenario())


def test_suppr_asks_why_in_place_and_gives_up_with_the_reason(run: Run) -> None:
    async def scenario() -> None:
        waiting = item(1, S.WAITING, R.UNAVAILABLE)
        async with shown(ScriptedDesk(items=(waiting,))) as stage:
            QTest.keyClick(stage.page.table, Qt.Key.Key_Delete)
            editor = QApplication.focusWidget()
            assert isinstance(editor, QLineEdit)
            QTest.keyClick(editor, Qt.Key.Key_Return)
            assert not stage.asked("abandon")
            assert "Dire pourquoi vous abandonnez cette action." in stage.words()
            QTest.keyClicks(editor, "elle a rappele")
            QTest.keyClick(editor, Qt.Key.Key_Return)
            await until(lambda: bool(stage.asked("abandon")))
            assert stage.asked("abandon") == [("abandon", waiting.command_id, "elle a rappele")]
            await until(lambda: states(stage.page) == [S.CANCELLED])
            assert stage.page.table.hasFocus()

    run(scenario())


def test_escape_keeps_the_command_and_gives_focus_back_to_the_list(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=(item(1, S.WAITING, R.UNAVAILABLE),))) as stage:
            QTest.keyClick(stage.page.table, Qt.Key.Key_Delete)
            editor = QApplication.focusWidget()
            assert editor is not None
            QTest.keyClicks(editor, "non")
            QTest.keyClick(editor, Qt.Key.Key_Escape)
            assert stage.page.table.hasFocus()
            assert not stage.asked("abandon")

    run(scenario())


def test_what_is_typed_stays_when_the_command_moves_meanwhile(run: Run) -> None:
    async def scenario() -> None:
        waiting = item(1, S.WAITING, R.UNAVAILABLE)
        async with shown(ScriptedDesk(items=(waiting,))) as stage:
            QTest.keyClick(stage.page.table, Qt.Key.Key_Delete)
            editor = QApplication.focusWidget()
            assert editor is not None
            QTest.keyClicks(editor, "elle")
            stage.desk.show_outbox(replace(waiting, reason=R.OFFLINE))
            await until(lambda: "Poste hors ligne" in stage.words())
            again = QApplication.focusWidget()
            assert isinstance(again, QLineEdit)
            assert again.text() == "elle"

    run(scenario())


def test_what_has_ended_leaves_the_list_and_the_next_one_is_current(run: Run) -> None:
    async def scenario() -> None:
        refused, other = item(1, S.REJECTED, R.REJECTED), item(2, S.REJECTED, R.INVALID)
        async with shown(ScriptedDesk(items=(refused, other))) as stage:
            stage.go_to(refused)
            QTest.keyClick(stage.page.table, Qt.Key.Key_Delete)
            await until(lambda: bool(stage.asked("abandon")))
            assert stage.asked("abandon") == [("abandon", refused.command_id, "")]
            await until(lambda: stage.page.table_model.rowCount() == 1)
            assert stage.page.current() == other
            assert stage.page.table.hasFocus()

    run(scenario())


def test_a_command_on_its_way_is_not_given_up_and_says_why(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=(item(1, S.SENDING),))) as stage:
            QTest.keyClick(stage.page.table, Qt.Key.Key_Delete)
            assert stage.told[-1].is_error
            assert "en cours d’envoi" in stage.told[-1].sentence

    run(scenario())


def test_one_that_cannot_leave_does_not_hold_the_others(run: Run) -> None:
    class Stubborn(ScriptedDesk):
        async def resend(self, command_id: object) -> OutboxItem:
            if command_id == first.command_id:
                raise AviseError("outbox.being_sent")
            return await super().resend(command_id)  # type: ignore[arg-type]  # an identifier, as given

    first, second = item(1, S.WAITING, R.UNAVAILABLE), item(2, S.WAITING, R.UNAVAILABLE)

    async def scenario() -> None:
        async with shown(Stubborn(items=(first, second))) as stage:
            assert stage.page.resend_all.isVisible()
            QTest.keyClick(stage.page.resend_all, Qt.Key.Key_Space)
            await until(lambda: stage.asked("resend") == [("resend", second.command_id)])
            assert any(message.is_error for message in stage.told)

    run(scenario())


def test_a_document_is_saved_where_the_user_says_and_can_be_opened(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        done = item(1, S.DONE, document_name="attestation.pdf", changes=())
        desk = ScriptedDesk(items=(done,), documents={done.command_id: ("attestation.pdf", b"%PDF-1.4 mini")})
        async with shown(desk) as stage:
            QTest.keyClick(stage.button("Enregistrer sous…"), Qt.Key.Key_Space)
            await until(lambda: bool(stage.page.findChildren(QFileDialog)))
            (dialog,) = stage.page.findChildren(QFileDialog)
            assert not dialog.testAttribute(Qt.WidgetAttribute.WA_NativeWindow)
            chosen = tmp_path / "attestation.pdf"
            dialog.fileSelected.emit(str(chosen))
            dialog.done(1)
            await until(lambda: bool(stage.told))
            assert chosen.read_bytes() == b"%PDF-1.4 mini"
            assert (stage.told[-1].sentence, stage.told[-1].action) == ("Document enregistré", "Ouvrir")

    run(scenario())


def test_a_document_that_cannot_be_written_says_what_to_do(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        done = item(1, S.DONE, document_name="attestation.pdf")
        desk = ScriptedDesk(items=(done,), documents={done.command_id: ("attestation.pdf", b"%PDF")})
        async with shown(desk) as stage:
            stage.page.save_document()
            await until(lambda: bool(stage.page.findChildren(QFileDialog)))
            (dialog,) = stage.page.findChildren(QFileDialog)
            dialog.fileSelected.emit(str(tmp_path))
            dialog.done(1)
            await until(lambda: bool(stage.told))
            assert stage.told[-1].is_error
            assert "Choisir un autre dossier" in stage.told[-1].sentence

    run(scenario())


def test_a_document_that_is_no_longer_kept_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=(item(1, S.DONE, document_name="attestation.pdf"),))) as stage:
            stage.page.open_document()
            await until(lambda: bool(stage.told))
            assert "n’est plus sur ce poste" in stage.told[-1].sentence

    run(scenario())


# ---- people who hear the screen, and who use no mouse ----------------------------------------


def test_every_row_is_a_sentence_and_every_control_has_a_name(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=every_state())) as stage:
            index = stage.page.table_model.index(0, 0)
            spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
            assert spoken.startswith(
                "à traiter, Changer l’adresse postale, MARCHAND Hélène, Réclamations, il y a 42"
            )
            for control in stage.page.findChildren(QPushButton):
                name = QAccessible.queryAccessibleInterface(control).text(QAccessible.Text.Name)
                assert name, control

    run(scenario())


def test_tab_goes_from_the_list_to_the_buttons_of_the_pane(run: Run) -> None:
    async def scenario() -> None:
        async with shown(ScriptedDesk(items=(item(1, S.WAITING, R.UNAVAILABLE),))) as stage:
            seen = []
            for _ in range(8):
                focused = QApplication.focusWidget()
                assert focused is not None
                seen.append(focused)
                QTest.keyClick(focused, Qt.Key.Key_Tab)
            names = [one.text() for one in seen if isinstance(one, QPushButton)]
            assert seen[0] is stage.page.table
            assert names[:3] == ["Renvoyer", "Ouvrir la fiche", "Abandonner"]

    run(scenario())


def test_the_counts_tell_what_waits_and_what_needs_a_person() -> None:
    counts = counted(every_state())
    assert counts == OutboxCounts(to_send=5, refused=3, to_compare=1, to_handle=1)
    assert counts.for_person == sum(map(needs_person, every_state())) == 5
    assert counted([replace(found, acknowledged=True) for found in every_state()]) == OutboxCounts()


def test_ages_and_next_tries_are_told_from_the_clock(run: Run) -> None:
    async def scenario() -> None:
        late = item(1, S.WAITING, R.UNAVAILABLE, next_at=NOW - timedelta(seconds=1))
        soon = item(2, S.WAITING, R.UNAVAILABLE, next_at=NOW + timedelta(seconds=38))
        model = OutboxTableModel()
        model.show_rows((late, soon), NOW)
        spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
        assert "prochain essai" not in spoken[0]
        assert spoken[1].endswith("prochain essai 10:45:30")

    run(scenario())
