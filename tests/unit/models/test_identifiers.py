"""Identifiers parsed, checked, masked and written; the vectors are those of the domain page."""

from __future__ import annotations

import json

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.identifiers import (
    BULLET,
    Flaw,
    check_iban,
    check_nir,
    check_siret,
    compact,
    format_iban,
    holds_nir,
    is_masked_nir,
    is_waiting_number,
    mask_iban,
    mask_nir,
    normalised_member_number,
    parse_phone,
    phone_digits,
)


@pytest.mark.parametrize(
    "nir",
    [
        "295109912611193", "253072B07300470", "253072A07300443", "185059999900181", "292039999801263",
        "160112A99900368", "255082B99900447", "284079799000544", "185059999908297",
        "1 85 05 99 999 001 81", "1.85.05.99.999.001.81", "253072b07300470",
        "1\u00a085\u00a005 99 999 001-81",
    ],
)  # fmt: skip
def test_a_right_nir_is_accepted_however_it_is_typed(nir: str) -> None:
    assert check_nir(nir).valid


@pytest.mark.parametrize(
    ("nir", "flaw"),
    [
        ("295109912611199", Flaw.KEY),
        ("29510991261119", Flaw.LENGTH),
        ("", Flaw.EMPTY),
        ("995109912611193", Flaw.FORMAT),
        ("29510991261119X", Flaw.FORMAT),
    ],
)
def test_a_wrong_nir_says_what_is_wrong(nir: str, flaw: Flaw) -> None:
    assert check_nir(nir).flaw is flaw


def test_a_month_of_an_incomplete_record_is_doubtful_not_refused() -> None:
    body = "1853099999001"
    found = check_nir(body + f"{97 - int(body) % 97:02d}")
    assert found.valid
    assert found.doubtful


def test_a_waiting_number_is_told_apart() -> None:
    assert is_waiting_number("385059999900100")
    assert not is_waiting_number("185059999900181")


def test_a_masked_nir_tells_sex_year_and_month_only() -> None:
    masked = mask_nir("1 85 05 99 999 001 81")
    assert compact(masked) == "18505" + BULLET * 10
    assert is_masked_nir(masked)
    assert not is_masked_nir("185059999900181")
    assert is_masked_nir("")


def test_a_text_that_holds_a_nir_is_recognised_in_any_field() -> None:
    assert holds_nir(b'{"note": "son numero 1 85 05 99 999 001 81 merci"}')
    assert holds_nir(b'{"x": "253072B07300470"}')
    assert not holds_nir(b'{"x": "185059999900182"}')
    assert not holds_nir(b'{"x": "9185059999900181"}')
    assert not holds_nir('{"nir": "1 85 05 •• ••• ••• ••"}'.encode())


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 95), st.integers(1, 999), st.sampled_from("12"))
def test_every_generated_nir_is_valid_and_found_in_text(
    year: int, month: int, county: int, order: int, sex: str
) -> None:
    body = f"{sex}{year:02d}{month:02d}{county:02d}999{order:03d}"
    key = f"{97 - int(body) % 97:02d}"
    nir = body + key
    groups = (sex, f"{year:02d}", f"{month:02d}", f"{county:02d}", "999", f"{order:03d}", key)
    assert check_nir(nir).value == nir
    for text in (nir, "\u00a0".join(groups), " ".join(groups)):
        assert holds_nir(json.dumps({"a": text}).encode())
        assert holds_nir(json.dumps({"a": text}, ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "iban",
    ["FR3399999000010000012345A11", "FR7699999000020000000000197", "FR14 2004 1010 0505 0001 3M02 606"],
)
def test_a_right_iban_is_accepted(iban: str) -> None:
    assert check_iban(iban).valid


def test_a_wrong_iban_says_what_is_wrong() -> None:
    assert check_iban("FR3499999000010000012345A11").flaw is Flaw.KEY
    assert check_iban("").flaw is Flaw.EMPTY
    assert not check_iban("FR33").valid


def test_a_french_iban_with_a_wrong_rib_key_is_refused() -> None:
    # Right for ISO 7064, wrong inside: the account changed, the outer key was computed again.
    bban = "99999000010000012346A11"
    digits = "".join(str(int(character, 36)) for character in bban + "FR00")
    iban = f"FR{98 - int(digits) % 97:02d}{bban}"
    assert check_iban(iban).flaw is Flaw.KEY


def test_a_masked_iban_shows_country_and_last_four() -> None:
    assert compact(mask_iban("FR3399999000010000012345A11")) == "FR" + BULLET * 21 + "5A11"
    assert format_iban("FR3399999000010000012345A11").startswith("FR33\u00a09999")


def test_company_numbers_follow_their_keys() -> None:
    assert check_siret("000 123 455 00016").value == "00012345500016"
    assert check_siret("356 000 000 00048").valid


@pytest.mark.parametrize(
    "text",
    ["06 39 98 41 27", "06.39.98.41.27", "0639984127", "+33 6 39 98 41 27", "+33 (0)6 39 98 41 27",
     "0033639984127", "0033 06 39 98 41 27", "06-39-98-41-27"],
)  # fmt: skip
def test_a_french_number_is_read_in_any_form(text: str) -> None:
    assert parse_phone(text) == "+33639984127"


def test_a_foreign_number_is_read_and_an_impossible_one_is_not() -> None:
    assert parse_phone("+32 2 555 12 12") == "+3225551212"
    assert parse_phone("00 32 2 555 12 12") == "+3225551212"
    assert parse_phone("12") == ""
    assert parse_phone("bonjour") == ""
    assert parse_phone("") == ""


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True))
def test_the_fast_path_says_what_phonenumbers_says(text: str) -> None:
    number = phonenumbers.parse(text, "FR")
    assert parse_phone(text) == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def test_the_end_of_a_number_is_kept_without_its_prefix() -> None:
    assert phone_digits("+33 6 39 98") == "63998"
    assert phone_digits("06 39 98") == "63998"
    assert phone_digits("98 41 27") == "984127"


def test_a_member_number_keeps_its_zeros_and_letters() -> None:
    assert normalised_member_number("0482 917 350") == "0482917350"
    assert normalised_member_number("a-12.7") == "A127"
