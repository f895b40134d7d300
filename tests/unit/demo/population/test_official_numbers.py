"""Keys and fiction blocks of `avise.demo.population.official_numbers`."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban, luhn
from stdnum.fr import nir as standard_nir
from stdnum.fr import siret as standard_siret

from avise.demo.population import official_numbers
from avise.demo.population.external_ids import external_ids

BIRTHS = st.dates(date(1915, 1, 1), date(2030, 12, 31))
PLACES = st.sampled_from(["01", "44", "95", "2A", "2B", "971", "974", "99"])


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("2951099126111", "93"),
        ("253072B073004", "70"),
        ("253072A073004", "43"),
        ("1850599999001", "81"),
        ("2920399998012", "63"),
        ("160112A999003", "68"),
        ("255082B999004", "47"),
        ("2840797990005", "44"),
        ("1850599999082", "97"),
    ],
)
def test_the_key_of_a_nir_follows_the_published_examples(body: str, key: str) -> None:
    assert official_numbers.nir_key(body) == key


@given(born=BIRTHS, place=PLACES, sex=st.sampled_from(["F", "M"]), order=st.integers(1, 999))
def test_a_nir_is_valid_for_the_standard_library_and_belongs_to_no_commune(
    born: date, place: str, sex: str, order: int
) -> None:
    number = official_numbers.nir(sex, born, place, order)
    assert standard_nir.is_valid(number)
    assert number[0] == ("2" if sex == "F" else "1")
    assert number[5 + len(place) : 10] in {"999", "99"}


@given(number=st.integers(0, 99_999), establishment=st.integers(1, 9_999))
def test_a_siret_is_valid_under_the_unallocated_prefix(number: int, establishment: int) -> None:
    siren = official_numbers.siren(number)
    assert luhn.is_valid(siren)
    assert siren.startswith("000")
    assert standard_siret.is_valid(official_numbers.siret(siren, establishment))


@given(branch=st.integers(0, 99_999), account=st.integers(0, 10**11 - 1))
def test_an_iban_has_both_its_keys_and_an_unassigned_bank(branch: int, account: int) -> None:
    number = official_numbers.iban(branch, account)
    bank, code, digits, key = number[4:9], number[9:14], number[14:25], number[25:]
    assert iban.is_valid(number)
    assert bank == official_numbers.BANK_CODE
    assert int(key) == 97 - (89 * int(bank) + 15 * int(code) + 3 * int(digits)) % 97


def test_an_iban_may_be_asked_by_its_last_four_digits() -> None:
    number = official_numbers.iban_ending(44, "4417")
    assert number.endswith("4417")
    assert iban.is_valid(number)


@given(seed=st.integers())
def test_every_telephone_is_in_a_fiction_block_and_none_is_a_persona_s(seed: int) -> None:
    stream = random.Random(seed)
    mobile, fixed = official_numbers.mobile_phone(stream), official_numbers.landline(stream)
    assert mobile.startswith("+3363998")
    assert int(mobile[-4:]) not in official_numbers.RESERVED_MOBILES
    assert "0" + fixed[3:8] in official_numbers.FICTION_BLOCKS
    assert len(mobile) == len(fixed) == 12


def test_identifiers_never_collide_between_persons_or_between_tools() -> None:
    every = [external_ids(index, rank).as_mapping() for index in range(4_000) for rank in (0, 3)]
    for scheme in ("parties.party", "benefits.insured", "noemie.registration"):
        assert len({ids[scheme] for ids in every}) == len(every)
    for scheme in ("member", "billing.account", "documents.folder", "calendar.contact", "complaints.client"):
        assert len({ids[scheme] for ids in every}) == len(every) // 2
    schemes = list(every[0])
    values = [{ids[scheme] for ids in every} for scheme in schemes]
    assert all(not first & second for place, first in enumerate(values) for second in values[place + 1 :])
