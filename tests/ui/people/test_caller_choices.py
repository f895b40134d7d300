"""The caller check asks who calls when somebody may speak for the member; the header names who does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from avise.models.callers import THE_MEMBER, Caller, CallerKind
from avise.services.customer_updates import Verification, VerificationLevel
from avise.ui.customer.customer_header import verification_chip, verification_sentence
from avise.ui.widgets.chip import Tone
from tests.ui.customer.opened_page import opened
from tests.ui.persona import HELENE, NOW
from tests.ui.scripted_desk import ScriptedDesk
from tests.ui.waiting import until

Run = Callable[[Coroutine[object, object, None]], None]
SISTER = Caller(CallerKind.THIRD_PARTY, "Annick Kerdraon", "benefits", date(2027, 5, 24))
OLD = Caller(CallerKind.THIRD_PARTY, "Paul Roux", "all", date(2020, 1, 1), expired=True)
GUARDIAN = Caller(CallerKind.GUARDIAN, "Marie Le Bris", "guardianship")


def test_the_chip_names_who_calls_and_how_sure_one_is() -> None:
    weak = Verification(VerificationLevel.WEAK, 2, 0, 3, NOW, SISTER)
    chip = verification_chip(weak)
    assert (chip.text, chip.tone) == ("Mandataire\u00a0: Annick Kerdraon · 2/3", Tone.INFO)
    assert verification_chip(weak, short=True).text == "Mandataire · 2/3"
    strong = Verification(VerificationLevel.STRONG, 3, 0, 3, NOW, GUARDIAN)
    assert verification_chip(strong).tone is Tone.OK
    locked = Verification(VerificationLevel.LOCKED, 0, 3, 3, NOW, SISTER)
    assert verification_chip(locked).tone is Tone.DANGER


def test_the_sentence_says_what_for_and_until_when() -> None:
    told = verification_sentence(Verification(caller=SISTER))
    assert "Annick Kerdraon · remboursements" in told
    assert "24/05/2027" in told


def test_nobody_is_asked_who_calls_when_only_the_member_may(run: Run) -> None:
    async def scenario() -> None:
        async with opened(ScriptedDesk()) as page:
            page.check.verify_caller()
            await until(lambda: ("callers", HELENE) in page.model._desk._desk.asked)  # type: ignore[attr-defined]  # the scripted desk
            assert not page.check.verification.callers.isVisible()
            page.check.verification.close_panel()

    run(scenario())


def test_a_third_party_is_chosen_by_keyboard_and_shown_in_the_header(run: Run) -> None:
    async def scenario() -> None:
        desk = ScriptedDesk(may_call=(THE_MEMBER, SISTER, OLD))
        async with opened(desk) as page:
            page.check.verify_caller()
            choices = page.check.verification.callers
            await until(choices.isVisible)
            first, sister, old = choices.buttons()
            assert first.isChecked()
            assert not old.isEnabled()
            assert "mandat expiré le 01/01/2020" in old.accessibleName()
            sister.setFocus()
            QTest.keyClick(sister, Qt.Key.Key_Space)
            await until(lambda: ("choose_caller", HELENE, SISTER) in desk.asked)
            await until(lambda: page.header.identity.spec.text.startswith("Mandataire"))
            await until(sister.isChecked)
            page.check.verification.close_panel()

    run(scenario())
