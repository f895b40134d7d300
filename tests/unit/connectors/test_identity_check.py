"""Whether an answer is about the customer on screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.identity_check import contradicts
from avise.models.customer import IdentityEvidence

HELENE = IdentityEvidence(
    "MARCHAND-DUVAL",
    "Hélène",
    date(1968, 3, 12),
    {"benefits.insured": "0042"},
    other_last_names=("LEROY",),
)

names = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZÉÈÇŒ-' ", max_size=14)
evidence = st.builds(
    IdentityEvidence,
    names,
    names,
    st.none() | st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    st.dictionaries(st.sampled_from(["a", "b"]), st.text("0123456789", max_size=4), max_size=2),
)


@pytest.mark.parametrize(
    "found",
    [
        IdentityEvidence(),
        IdentityEvidence("Marchand Duval", "helene"),
        IdentityEvidence("MARCHANDDUVAL", "HÉLÈNE", date(1968, 3, 12)),
        IdentityEvidence("MARCHAND", "H."),
        IdentityEvidence("Leroy", "Hélène Marie"),
        IdentityEvidence(birth_date=date(1968, 3, 12)),
        IdentityEvidence(ids={"benefits.insured": "0042", "other": "9"}),
    ],
)
def test_the_same_person_under_other_forms_is_accepted(found: IdentityEvidence) -> None:
    assert not contradicts(HELENE, found)


@pytest.mark.parametrize(
    "found",
    [
        IdentityEvidence("MARTIN", "Hélène", date(1968, 3, 12)),
        IdentityEvidence("MARCHAND", "Julie", date(1968, 3, 12)),
        IdentityEvidence("MARCHAND", "Hélène", date(1968, 3, 13)),
        IdentityEvidence("MARCHAND", "Hélène", date(1968, 3, 12), {"benefits.insured": "0043"}),
        IdentityEvidence("MARCHANDISE", "Hélène"),
    ],
)
def test_another_person_is_seen(found: IdentityEvidence) -> None:
    assert contradicts(HELENE, found)


@given(evidence)
def test_a_person_never_contradicts_herself(person: IdentityEvidence) -> None:
    assert not contradicts(person, person)


@given(evidence, evidence)
def test_it_matters_not_which_side_says_it(one: IdentityEvidence, other: IdentityEvidence) -> None:
    assert contradicts(one, other) == contradicts(other, one)


@given(evidence, st.dates(date(1930, 1, 1), date(2020, 1, 1)), st.dates(date(1930, 1, 1), date(2020, 1, 1)))
def test_two_birth_dates_always_contradict(person: IdentityEvidence, one: date, other: date) -> None:
    found = contradicts(replace(person, birth_date=one), replace(person, birth_date=other))
    assert found == (one != other)
