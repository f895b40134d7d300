"""Consents in the window: the matrix, what is read aloud, what is noted, and the question of the wrap-up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from avise.models.consent import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentPurpose,
    ConsentQuestion,
    ConsentState,
)
from avise.models.interaction import Channel
from avise.services.desk import CallState, IncomingCall
from avise.texts import text
from avise.ui.customer.deeds import deed_words
from avise.ui.customer.page import CustomerPage
from avise.ui.messages.consents_panel import ConsentsPanel
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.scripted_messages import QUESTION
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
COMMERCIAL, PREVENTION = ConsentPurpose.COMMERCIAL, ConsentPurpose.PREVENTION
PHONE, EMAIL, SMS = ConsentChannel.PHONE, ConsentChannel.EMAIL, ConsentChannel.SMS
CONTROL = Qt.KeyboardModifier.ControlModifier
BY_SMS = ConsentQuestion(
    COMMERCIAL, SMS, "2026-08-11", "Acceptez-vous de recevoir nos offres par SMS\u202f?", "fr"
)
GIVEN = Consent(
    COMMERCIAL,
    EMAIL,
    ConsentState.YES,
    date(2025, 5, 2),
    date(2027, 5, 2),
    "formulaire",
    "2025-01-01",
    "journal",
)
OLD = Consent(PREVENTION, SMS, ConsentState.YES, date(2023, 5, 2), source="relation")
CALL = IncomingCall("call-1", CallState.ANSWERED, NOW, NOW, "+33639984127", "Remboursements", 70, ())


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    assert isinstance(target, QWidget)
    QTest.keyClick(target, key, modifier)


async def panel_of(page: CustomerPage) -> ConsentsPanel:
    """Open the panel as its command does, the matrix read."""
    page.run_command("consents")
    panel = page.consents.panel()
    assert panel is not None
    await until(lambda: bool(panel.model.shown().questions))
    return panel


def test_every_cell_tells_its_state_its_day_its_proof_and_its_text(run: Run) -> None:
    async def scene() -> None:
        old = ConsentQuestion(PREVENTION, SMS, "2025-01-01", "Prévention par SMS\u202f?", "fr")
        desk = ScriptedDesk(cells=(GIVEN, OLD), to_ask=(QUESTION, old))
        async with opened(desk) as page:
            panel = await panel_of(page)
            panel.matrix.go_to((COMMERCIAL, EMAIL))
            assert panel.facts() == (
                "le 02/05/2025 · valable jusqu’au 02/05/2027 · preuve\u00a0: formulaire · "
                "texte du 01/01/2025 · noté dans Avise"
            )
            assert "Offres de la mutuelle, e-mail, Oui, le 02/05/2025" in panel.matrix.accessibleName()
            panel.matrix.go_to((PREVENTION, SMS))
            assert "À redemander" in panel.matrix.accessibleName()
            panel.matrix.go_to((PREVENTION, EMAIL))
            assert "Jamais demandé" in panel.matrix.accessibleName()

    run(scene())


def test_a_consent_is_noted_with_its_question_and_its_proof_from_the_keyboard(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(questions=(QUESTION, BY_SMS))
        async with opened(desk) as page:
            panel = await panel_of(page)
            assert QApplication.focusWidget() is panel.matrix
            press(Qt.Key.Key_Right)
            press(Qt.Key.Key_Right)
            assert panel.matrix.current == (COMMERCIAL, SMS)
            assert panel.sentence() == "«\u00a0Acceptez-vous de recevoir nos offres par SMS\u202f?\u00a0»"
            panel.proof.setFocus()
            QTest.keyClicks(panel.proof, "formulaire 12")
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool(panel.told()))
            assert panel.told() == "Accord noté\u00a0: Offres de la mutuelle, SMS."
        (act,) = [asked[2] for asked in desk.written if asked[0] == "give"]
        assert act == ConsentAct(
            COMMERCIAL, SMS, Channel.PHONE_IN, "formulaire 12", text_version="2026-08-11"
        )

    run(scene())


@pytest.mark.qt_log_ignore("does not support raise", "grabbing the keyboard", "propagateSizeHints")
def test_the_menu_of_the_block_opens_the_panel(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk(questions=(QUESTION,))) as page:
            await until(lambda: page.parts.has("facets"))
            page.blocks.run("consents", "menu")
            menu = page.findChildren(QMenu)[-1]
            entry = next(one for one in menu.actions() if one.text() == text("shortcut.consents"))
            entry.trigger()
            menu.close()
            panel = page.consents.panel()
            assert panel is not None
            await until(lambda: panel.isVisible() and QApplication.focusWidget() is panel.matrix)
            page.blocks.run("contracts", "menu")
            other = page.findChildren(QMenu)[-1]
            assert text("shortcut.consents") not in [one.text() for one in other.actions()]
            other.close()

    run(scene())


def test_a_withdrawal_is_noted_at_once(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(cells=(GIVEN,))
        async with opened(desk) as page:
            panel = await panel_of(page)
            panel.matrix.go_to((COMMERCIAL, EMAIL))
            assert panel.refuse.text() == "Retirer son accord"
            panel.refuse.click()
            await until(lambda: bool(panel.told()))
            assert "compte dès maintenant, partout" in panel.told()
            assert "Non" in panel.matrix.accessibleName()
            assert not panel.refuse.isEnabled()
        assert ("withdraw", HELENE, COMMERCIAL, EMAIL, Channel.PHONE_IN, "") in desk.written

    run(scene())


def test_what_was_noted_by_a_slip_of_the_hand_is_taken_back_from_the_panel(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(questions=(QUESTION,))
        async with opened(desk) as page:
            panel = await panel_of(page)
            assert not panel.undo.isVisible()
            panel.matrix.go_to((COMMERCIAL, PHONE))
            panel.refuse.click()
            await until(panel.undo.isVisible)
            panel.undo.setFocus()
            QTest.keyClick(panel.undo, Qt.Key.Key_Space)
            await until(lambda: ("undo_consent", HELENE, COMMERCIAL, PHONE) in desk.written)
            await until(lambda: not panel.undo.isVisible())
            assert panel.matrix.hasFocus()

    run(scenario())


def test_a_recorded_refusal_is_not_turned_into_a_consent_in_one_stroke(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(
            questions=(QUESTION, BY_SMS), cells=(replace(GIVEN, channel=SMS, state=ConsentState.NO),)
        )
        async with opened(desk) as page:
            panel = await panel_of(page)
            panel.matrix.go_to((COMMERCIAL, SMS))
            press(Qt.Key.Key_Return, CONTROL)
            assert panel.give.text() == "Confirmer\u00a0: un refus est noté"
            assert QApplication.focusWidget() is panel.give
            panel.matrix.go_to((COMMERCIAL, PHONE))
            panel.matrix.go_to((COMMERCIAL, SMS))
            assert panel.give.text() == "Noter son accord"
            panel.give.click()
            assert not [asked for asked in desk.written if asked[0] == "give"]
            press(Qt.Key.Key_Return, CONTROL)
            await until(lambda: bool([asked for asked in desk.written if asked[0] == "give"]))

    run(scene())


def test_everything_is_withdrawn_only_when_it_was_confirmed(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk(cells=(GIVEN,))
        async with opened(desk) as page:
            panel = await panel_of(page)
            await until(panel.withdraw_all.isEnabled)
            panel.withdraw_all.click()
            assert panel.withdraw_all.text() == "Confirmer le retrait de tous les accords"
            press(Qt.Key.Key_Right)
            assert not [asked for asked in desk.written if asked[0] == "withdraw"]
            panel.matrix.go_to((COMMERCIAL, PHONE))
            panel.matrix.go_to((COMMERCIAL, EMAIL))
            panel.withdraw_all.click()
            assert not [asked for asked in desk.written if asked[0] == "withdraw"]
            panel.withdraw_all.click()
            await until(lambda: ("withdraw", HELENE, None, None, Channel.PHONE_IN, "") in desk.written)
            await until(lambda: not panel.model.shown().is_busy)

    run(scene())


def test_the_wrap_up_asks_during_a_call_and_notes_the_answer(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.parts.part("wrap_up")
            page.set_call(CALL)
            await until(lambda: page.consents.view is not None and page.consents.view.isVisible())
            view = page.consents.view
            assert view is not None
            assert "Puis-je vous rappeler" in view.sentence()
            assert not any(
                button.isDown() or button.isChecked() for button in (view.yes, view.no, view.later)
            )
            view.yes.click()
            await until(lambda: view.sentence() == "Accord noté\u00a0: Offres de la mutuelle, téléphone")
            assert "Accord noté" in [deed_words(deed) for deed in page.model.deeds]
        (act,) = [asked[2] for asked in desk.written if asked[0] == "give"]
        assert act == ConsentAct(COMMERCIAL, PHONE, text_version="2026-08-11")

    run(scene())


def test_a_slip_of_the_hand_is_taken_back_and_the_question_comes_again(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.parts.part("wrap_up")
            page.set_call(CALL)
            await until(lambda: page.consents.view is not None and page.consents.view.isVisible())
            view = page.consents.view
            assert view is not None
            view.no.click()
            await until(view.back.isVisible)
            view.back.click()
            await until(lambda: ("undo_consent", HELENE, COMMERCIAL, PHONE) in desk.written)
            await until(lambda: not page.consents.consents().shown().is_busy)
            assert "Puis-je vous rappeler" in view.sentence()
            assert view.yes.isVisible()

    run(scene())


def test_who_does_not_say_is_noted_nowhere_and_not_asked_twice_in_a_call(run: Run) -> None:
    async def scene() -> None:
        desk = ScriptedDesk()
        async with opened(desk) as page:
            page.parts.part("wrap_up")
            page.set_call(CALL)
            await until(lambda: page.consents.view is not None and page.consents.view.isVisible())
            view = page.consents.view
            assert view is not None
            view.later.click()
            assert view.sentence() == "Rien n’est noté"
            page.model.settled.emit()
            await asyncio.sleep(0.05)
            assert view.sentence() == "Rien n’est noté"
        assert not [asked for asked in desk.written if asked[0] in ("give", "withdraw")]

    run(scene())


def test_without_a_call_nothing_is_asked(run: Run) -> None:
    async def scene() -> None:
        async with opened(ScriptedDesk()) as page:
            page.parts.part("wrap_up")
            await asyncio.sleep(0.05)
            assert page.consents.view is None

    run(scene())
