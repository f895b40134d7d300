"""What people are found by: numbers that keep order, hashes that agree, telephone ends that are ranges."""

from __future__ import annotations

import uuid
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from avise.directory.keys import (
    CODED_LETTERS,
    END,
    UNKNOWN_DAY,
    Minter,
    company_words,
    day_number,
    day_of,
    first_name_range,
    person_hash,
    phone_beginning_keys,
    phone_end_range,
    phone_key,
)
from avise.models.customer import Party, PartyKind, person_id
from avise.models.names import fold, fold_place, fold_words, spelt_out

MINTER = Minter(uuid.UUID(int=5), "parties.party")
FOLDED = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789É", max_size=8)


@given(st.text(max_size=30))
def test_an_identity_is_minted_as_the_models_do(native: str) -> None:
    party = Party(native, PartyKind.MEMBER)
    expected = person_id(MINTER.site_namespace, MINTER.scheme, native)
    assert MINTER.person(party) == MINTER.named(native) == expected
    assert MINTER.hash(native) == person_hash(expected.bytes)
    assert -0x800000 <= MINTER.hash(native) < 0x800000


@given(FOLDED, st.integers(0, 8))
def test_a_first_name_s_number_is_in_the_range_of_its_beginnings(name: str, length: int) -> None:
    own_low, own_high = first_name_range((name + END * CODED_LETTERS)[:CODED_LETTERS])
    low, high = first_name_range(name[:length])
    assert low <= own_low <= own_high <= high
    assert high < 2_126_000_000


@given(FOLDED, FOLDED)
def test_numbers_of_first_names_follow_their_letters(one: str, other: str) -> None:
    first, second = sorted((one[:CODED_LETTERS], other[:CODED_LETTERS]))
    if first.isalpha() and second.isalpha() and first.isascii() and second.isascii():
        assert first_name_range(first)[0] <= first_name_range(second)[0]


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.integers(1, 9))
def test_a_telephone_is_in_the_range_of_its_ends(phone: str, length: int) -> None:
    low, high = phone_end_range(phone[1:][-length:])
    assert low <= phone_key(phone) <= high


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.integers(6, 8))
def test_a_telephone_is_among_the_keys_of_its_beginning(digits: str, length: int) -> None:
    keys = phone_beginning_keys(digits[:length])
    assert keys == sorted(set(keys))
    assert len(keys) == 10 ** (9 - length)
    assert phone_key(f"+33{digits}") in keys


def test_a_telephone_that_holds_no_digit_has_a_key_all_the_same() -> None:
    assert phone_key("+") == phone_key("") == 0
    assert phone_key("0639984127") == phone_key("+33639984127")


@given(st.dates(date(1890, 1, 1), date(2050, 1, 1)) | st.none())
def test_a_day_comes_back(day: date | None) -> None:
    assert day_of(day_number(day)) == day
    assert UNKNOWN_DAY <= day_number(day) < 32_768


@given(st.text(max_size=20))
def test_a_town_is_folded_once_for_all(name: str) -> None:
    assert fold_place(fold_place(name)) == fold_place(name)
    assert fold_words(fold_place(name)) in ((), (fold_place(name),))


def test_a_saint_is_spelt_out_in_front_of_a_name_alone() -> None:
    assert fold_place("St-Malo") == fold_place("Saint Malo") == fold_place("SAINT-MALO")
    assert fold_place("Ste Geneviève") == fold_place("Sainte-Geneviève")
    assert spelt_out(("ST",)) == ("ST",)
    assert spelt_out(("VILLE", "ST")) == ("VILLE", "ST")
    assert fold("St") == "ST"


def test_a_company_is_searched_by_its_own_words() -> None:
    assert company_words("SARL « Le Fournil des Ormes »") == ("FOURNIL", "ORMES")
    assert company_words("Sté Vanhoutte") == ("VANHOUTTE",)
    assert company_words("Pharmacie Ste Anne") == ("PHARMACIE", "STE", "ANNE")
    assert company_words("Garage Penmarc’h") == ("GARAGE", "PENMARCH")
    assert company_words("La SA") == ("LA", "SA")
