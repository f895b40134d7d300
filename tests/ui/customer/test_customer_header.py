"""The header says who it is and how sure one is of who speaks, in the words of the design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from avise.models.customer import PartyKind
from avise.models.roles import Role
from avise.services.customer_updates import Header, HeaderChanged, Verification, VerificationLevel
from avise.texts import set_language
from avise.ui.customer.customer_header import (
    CustomerHeader,
    birth_words,
    customer_label,
    customer_name,
    verification_chip,
    verification_sentence,
)
from avise.ui.customer.facts_line import NIR
from avise.ui.widgets.chip import Tone
from tests.ui.persona import HELENE, NOW, helene_updates

NONE, WEAK = VerificationLevel.NONE, VerificationLevel.WEAK
STRONG, LOCKED = VerificationLevel.STRONG, VerificationLevel.LOCKED


HELENE_HEADER = next(update.header for update in helene_updates() if isinstance(update, HeaderChanged))
COMPANY = Header(
    person=HELENE, dossier=HELENE, title="", last_name="Le Fournil des Ormes (fictif)", first_name="",
    birth_date=None, age=None, member_number="", phone="+33261910011", email="rh@exemple.invalid",
    address="44000 Nantes", nir_masked="", plan="Pack Équilibre", member_since=None, company_name="",
    restricted=False, advisor="", identifiers={}, kind=PartyKind.COMPANY, siren="000123455",
    siret="00012345500016",
)  # fmt: skip


@pytest.fixture
def header(dressed: QApplication) -> Iterator[CustomerHeader]:
    widget = CustomerHeader(Role.CASE_MANAGER)
    widget.resize(1200, 96)
    widget.set_header(HELENE_HEADER)
    yield widget
    widget.deleteLater()


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        (Verification(), "à vérifier", Tone.WARN),
        (Verification(NONE, 0, 2, 3, NOW), "à vérifier", Tone.WARN),
        (Verification(NONE, 1, 0, 3, NOW), "1/3", Tone.WARN),
        (Verification(WEAK, 2, 1, 3, NOW), "2/3", Tone.INFO),
        (Verification(STRONG, 3, 0, 3, NOW), "vérifiée 3/3 · 10:44", Tone.OK),
        (Verification(LOCKED, 2, 3, 3, NOW), "Vérification bloquée", Tone.DANGER),
    ],
)
def test_the_chip_says_verified_only_when_it_is(state: Verification, words: str, tone: Tone) -> None:
    chip = verification_chip(state)
    assert (chip.text, chip.tone) == (words, tone)


def test_three_answers_without_a_recent_one_are_not_three_of_three() -> None:
    state = Verification(WEAK, 3, 0, 3, NOW)
    assert verification_chip(state).text == "2/3"
    assert verification_sentence(state) == (
        "Vérification faible, 3 réponses justes sur 3, il manque une réponse récente"
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("mrs", "58 ans · née le 12/03/1968"),
        ("mr", "58 ans · né le 12/03/1968"),
        ("", "58 ans · naissance le 12/03/1968"),
    ],
)
def test_the_birth_agrees_with_the_title(title: str, words: str) -> None:
    assert birth_words(replace(HELENE_HEADER, title=title)).replace("\u00a0", " ") == words


@given(
    level=st.sampled_from(VerificationLevel),
    correct=st.integers(0, 6),
    wrong=st.integers(0, 3),
    short=st.booleans(),
)
def test_no_state_but_the_strong_one_looks_verified(
    level: VerificationLevel, correct: int, wrong: int, short: bool
) -> None:
    state = Verification(level, correct, wrong, 3, NOW)
    chip = verification_chip(state, short=short)
    looks_verified = "vérifié" in chip.text or "3/3" in chip.text or chip.tone is Tone.OK
    assert looks_verified is (level is STRONG)
    assert ("Identité vérifiée" in verification_sentence(state)) is (level is STRONG)


def test_the_chip_is_heard_in_a_whole_sentence(header: CustomerHeader) -> None:
    assert header.identity.accessibleName() == "Identité à vérifier"
    header.set_verification(Verification(NONE, 1, 0, 3, NOW))
    assert header.identity.accessibleName() == "Identité à vérifier, 1 réponse juste sur 3"
    header.set_verification(Verification(WEAK, 2, 0, 3, NOW))
    assert header.identity.accessibleName() == "Vérification faible, 2 réponses justes sur 3"
    header.set_verification(Verification(STRONG, 3, 0, 3, NOW))
    assert header.identity.accessibleName() == "Identité vérifiée, 3 réponses justes sur 3, 10:44"
    assert header.identity.toolTip() == f"{header.identity.accessibleName()} (Ctrl I)"


def test_english_has_the_same_words(header: CustomerHeader) -> None:
    set_language("en")
    try:
        header.set_verification(replace(Verification(STRONG, 3, 0, 3), at=NOW))
        assert header.identity.spec.text == "verified 3/3 · 10:44"
    finally:
        set_language("fr")


def test_a_company_has_a_siren_and_a_siret_where_a_person_has_a_birth_and_a_nir() -> None:
    assert customer_label(COMPANY) == customer_name(COMPANY) == "Le Fournil des Ormes (fictif)"
    assert birth_words(COMPANY) == "SIREN\u00a0000\u00a0123\u00a0455"


def test_the_header_of_a_company_offers_nothing_about_a_nir(header: CustomerHeader) -> None:
    header.show()
    assert [button.isVisible() for button in header.facts._buttons] == [True, True]
    header.set_header(COMPANY)
    assert not any(button.isVisible() for button in header.facts._buttons)
    words = header.facts.accessibleName()
    assert "SIRET\u00a0000\u00a0123\u00a0455\u00a000016" in words
    assert NIR not in {fact.id for fact in header.facts._facts}
    header.set_header(replace(COMPANY, siren="", siret=""))
    assert "SIRE" not in header.facts.accessibleName()
    header.hide()


def test_the_first_line_keeps_no_room_for_a_number_that_nobody_has(header: CustomerHeader) -> None:
    header.show()
    assert header._number.isVisible()
    header.set_header(COMPANY)
    assert not header._number.isVisible()
    assert header._birth.isVisible()
    header.set_header(HELENE_HEADER)
    assert header._number.isVisible()
    header.resize(420, 96)
    assert not header._birth.isVisible()
    header.hide()
