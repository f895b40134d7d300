"""What a note may not hold is found however it is typed, and never what is only like it."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.fr import nir as stdnum_nir

from avise.models.free_text import check_note, holds_nir_in_words, masked_note, removed_note
from avise.models.identifiers import holds_nir, is_nir_with_wrong_key, mask_nir
from avise.models.note_findings import BLOCKING, MAX_NOTE, Finding, FindingKind, blocking
from avise.services.note_words import note_words

NIR = "1 85 05 99 999 001 81"
IBAN = "FR76 9999 9000 0200 0000 0000 197"
CARD = "4970 1012 3456 7893"

nirs = st.builds(
    lambda sex, year, month, place, order: (
        (number := f"{sex}{year:02d}{month:02d}{place}999{order:03d}") + stdnum_nir.calc_check_digits(number)
    ),
    st.sampled_from("12"),
    st.integers(0, 99),
    st.integers(1, 12),
    st.sampled_from(["01", "44", "95", "2A", "2B", "99"]),
    st.integers(100, 999),
)
cards = st.integers(10**14, 10**15 - 1).map(
    lambda digits: (number := f"4{digits:015d}"[:15]) + luhn.calc_check_digit(number)
)
ibans = st.sampled_from(
    [
        "FR7699999000020000000000197",
        "FR3399999000010000012345A11",
        "DE89370400440532013000",
        "BE68539007547034",
    ]
)
gaps = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", "  ", "\n"])


@st.composite
def typed(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> str:
    """A number as people type it: with a gap before some of its characters."""
    number = draw(numbers)
    return number[0] + "".join(draw(gaps) + character for character in number[1:])


def kinds(note: str) -> set[FindingKind]:
    return {finding.kind for finding in check_note(note, note_words())}


@given(st.one_of(typed(nirs), typed(ibans), typed(cards)), st.sampled_from(["", "Noté : ", "Mme Roux, "]))
def test_a_number_that_must_not_stay_is_found_however_it_is_typed(number: str, before: str) -> None:
    note = f"{before}{number}, rappeler"
    (finding,) = blocking(check_note(note))
    assert note[finding.start : finding.end] == number


@given(st.lists(st.one_of(st.text(max_size=12), nirs, ibans, cards), max_size=6), gaps)
def test_a_masked_or_cleaned_note_holds_no_number_that_must_not_stay(parts: list[str], gap: str) -> None:
    note = gap.join(parts)
    for cleaned in (masked_note(note), removed_note(note)):
        assert blocking(check_note(cleaned)) == ()
        assert not holds_nir(cleaned.encode("utf-8", "replace"))


@given(st.text(max_size=60))
def test_what_the_rules_let_pass_the_store_takes(note: str) -> None:
    if not blocking(check_note(note)):
        assert not holds_nir(note.encode("utf-8", "replace"))
        assert masked_note(note) == removed_note(note) == note


@given(st.text(max_size=200))
def test_every_finding_stands_within_the_note(note: str) -> None:
    numbers = []
    for finding in check_note(note, note_words()):
        assert 0 <= finding.start < finding.end <= len(note)
        if finding.kind in BLOCKING:
            numbers.append(finding)
    assert all(first.end <= second.start for first, second in pairwise(numbers))


@pytest.mark.parametrize(
    "note",
    [
        "Rappeler au 06 39 98 41 27 le 12/03/2026 à 14 h 30, contrat 0482917350, 214,00 €",
        "SIRET 00012345500016, SIREN 000123455, D-2026-000187-K",
        "le 12 mars 2026 nous avons reçu le devis optique de 250,15 €, hospitalisation le 14",
        "Deux numéros : 06 39 98 41 27, 02 61 91 00 12",
        "carte 4970 1012 3456 7894 refusée",  # a wrong key is no card
        "",
    ],
)
def test_an_ordinary_note_asks_for_nothing(note: str) -> None:
    assert check_note(note, note_words()) == ()


def test_a_number_is_masked_to_what_may_be_kept() -> None:
    assert masked_note(f"N° {NIR}.").startswith("N° 1\u00a085\u00a005\u00a0••")
    assert masked_note(f"compte {IBAN} clos").endswith("•••0\u00a0197 clos")
    assert masked_note(f"carte {CARD}.") == "carte ••••7893."
    assert masked_note("RIB 99999 00002 00000000001 97") == "RIB ••••0197"
    assert removed_note(f"N° {NIR} à vérifier, compte {IBAN}.") == "N° à vérifier, compte ."


@pytest.mark.parametrize(
    "number",
    [
        "2680344123456",
        "2 68 03 44 123 456",
        "2.68.03.44.123.456",
        "1\u00a085\u00a005\u00a099\u00a0999\u00a0001",
        "253072b073004",  # Corsica
        "7 85 31 97 401 001",  # a waiting number, a pseudo month, an overseas department
        "1 85 99 01 001 001",
    ],
)
@pytest.mark.parametrize("after", ["", " à vérifier", " 13 rue des Lices", ".", "\n"])
def test_a_nir_without_its_key_must_not_stay_and_is_masked(number: str, after: str) -> None:
    note = f"Numéro {number}{after}"
    (finding,) = blocking(check_note(note))
    assert finding.kind is FindingKind.NIR
    assert note[finding.start : finding.end] == number
    assert holds_nir_in_words(note)
    masked = masked_note(note)
    assert masked == f"Numéro {mask_nir(number)}{after}"
    assert sum(character.isdigit() for character in masked.removesuffix(after)) == 5
    assert not holds_nir_in_words(masked)


@pytest.mark.parametrize(
    "number",
    [
        "5680344123456",  # no such sex
        "2680044123456",  # month 00
        "2681344123456",  # month 13
        "2684544123456",  # month 45
        "2680300123456",  # department 00
        "2680344000456",  # commune 000
        "2680344123000",  # order 000
        "26803441234567",  # fourteen digits
        "268034412345",  # twelve
        "0482917350123",
        "D2680344123456",
    ],
)
def test_thirteen_digits_that_no_nir_has_are_recorded(number: str) -> None:
    note = f"Contrat {number} vu"
    assert blocking(check_note(note)) == ()
    assert masked_note(note) == note


def ean(twelve: str) -> str:
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


medicines = st.integers(0, 10**7 - 1).map(lambda number: ean(f"34009{number:07d}"))
"""Boxes of medicine: CIP13, an EAN-13 whose prefix is 34009 (ANSM)."""
products = (
    st.integers(10**11, 10**12 - 1)
    .map(lambda number: ean(str(number)))
    .filter(lambda code: code[0] not in "12")
)
orders = st.builds(
    lambda day, number: f"{day:%Y%m%d}{number:05d}",
    st.dates(date(2022, 1, 1), date(2029, 12, 31)),
    st.integers(0, 99_999),
)
"""Numbers that begin with their day."""


@given(
    st.one_of(
        medicines,
        medicines.map(lambda code: f"{code[0]} {code[1:7]} {code[7:]}"),
        medicines.map(lambda code: f"{code[:5]} {code[5:12]} {code[12]}"),
        products,
        orders,
    ),
    st.sampled_from(["{}", "boîte {}.", "Code {}, prix 12 €", "commande {} reçue"]),
)
def test_the_code_of_a_product_and_a_dated_number_are_recorded(number: str, note: str) -> None:
    written = note.format(number)
    assert blocking(check_note(written)) == ()
    assert not holds_nir_in_words(written)


any_nirs = st.builds(
    lambda sex, year, month, place, order: (
        (number := f"{sex}{year:02d}{month:02d}{place}{order:03d}") + stdnum_nir.calc_check_digits(number)
    ),
    st.sampled_from("123478"),
    st.integers(0, 99),
    st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)),
    st.sampled_from(["01042", "44109", "95018", "2A004", "2B033", "97401", "99352"]),
    st.integers(1, 999),
)


@given(any_nirs, st.sampled_from(["{}", "N° {} noté", "NIR:{}."]))
def test_a_valid_nir_is_always_found(number: str, note: str) -> None:
    grouped = " ".join(number[start:end] for start, end in pairwise((0, 1, 3, 5, 7, 10, 13, 15)))
    for value in (number, number.lower(), grouped, grouped[:-3]):
        assert [
            note.format(value)[found.start : found.end] for found in blocking(check_note(note.format(value)))
        ] == [value]


@given(nirs, st.integers(1, 99))
def test_a_nir_with_a_wrong_key_must_not_stay_and_is_masked_whole(number: str, slip: int) -> None:
    wrong = f"{number[:13]}{(int(number[13:]) + slip) % 100:02d}"
    note = f"Numéro {wrong} à vérifier"
    (finding,) = blocking(check_note(note))
    assert (finding.kind, note[finding.start : finding.end]) == (FindingKind.NIR, wrong)
    assert holds_nir_in_words(note)
    assert masked_note(note) == f"Numéro {mask_nir(wrong)} à vérifier"


@given(st.integers(10**14, 10**15 - 1).map(str))
def test_few_numbers_of_fifteen_digits_are_taken_for_a_nir_with_a_wrong_key(number: str) -> None:
    if is_nir_with_wrong_key(number):
        assert number[0] in "123478"
        assert 1 <= int(number[3:5]) <= 12


@pytest.mark.parametrize(
    "number",
    [
        "185139999900180",  # month 13
        "185059900000180",  # commune 000… and order
        "585059999900180",  # no such sex
        "202611281234567",  # begins with its day
    ],
)
def test_fifteen_digits_that_no_nir_has_are_recorded(number: str) -> None:
    assert blocking(check_note(f"Numéro {number} à vérifier")) == ()


@pytest.mark.parametrize("number", ["185059900000180", "2680344000456"])
def test_a_number_close_to_a_nir_is_pointed_at(number: str) -> None:
    (finding,) = check_note(f"Numéro {number} à vérifier")
    assert finding.kind is FindingKind.NIR_LIKE
    assert not finding.blocks


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Elle a un CANCER du sein", FindingKind.HEALTH),
        ("semble dépressive", FindingKind.HEALTH),
        ("Sclérose\u00a0en plaques", FindingKind.HEALTH),
        ("délégué syndical", FindingKind.UNION),
        ("de confession juive", FindingKind.BELIEF),
        ("Adhérent pénible", FindingKind.JUDGEMENT),
        ("de\u0301pressif", FindingKind.HEALTH),
    ],
)
def test_words_of_health_belief_or_judgement_are_warnings(words: str, kind: FindingKind) -> None:
    (finding,) = check_note(words, note_words())
    assert finding.kind is kind
    assert not finding.blocks


def test_a_warning_points_at_the_very_words_behind_ligatures() -> None:
    note = "Sœur et cœur : cancéreux"
    (finding,) = check_note(note, note_words())
    assert note[finding.start : finding.end] == "cancéreux"


def test_a_long_note_is_a_warning_where_it_becomes_long() -> None:
    (finding,) = check_note("x" * (MAX_NOTE + 20))
    assert finding == Finding(FindingKind.LONG, MAX_NOTE, MAX_NOTE + 20)
    assert not finding.blocks
