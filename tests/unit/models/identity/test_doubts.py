"""What keeps a high score from joining two records without a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avise.models.identity.comparison import Feature, compared
from avise.models.identity.doubts import is_doubtful, is_one_contract
from avise.models.identity.estimation import ORDINARY
from avise.models.identity.matching import ScoredPair, Thresholds, Verdict
from avise.models.identity.rules import Rule
from avise.models.identity.weights import Frequencies, Model
from tests.unit.models.identity.records import record

LONE = "0639981234"
HOME = "0240998877"
IN_HOMES = replace(
    ORDINARY,
    frequencies={
        Feature.PHONE: Frequencies({HOME[1:]: 4, LONE[1:]: 2}, 40),
        Feature.FIRST_NAME: Frequencies({"NINA": 9, "LINA": 8}, 40),
    },
)
"""Weights of tables that hold households, one of them of four who have one telephone."""
ROSE = {"last_name": "Renardou", "first_name": "Rose", "birth_date": "2015-02-03", "postcode": "44000"}


def _is_doubtful(one: dict[str, str], other: dict[str, str], model: Model = IN_HOMES) -> bool:
    a, b = record("a", **one), record("b", **other)
    return is_doubtful(model, compared(a, b), a, b)


@pytest.mark.parametrize(
    ("probability", "doubtful", "rule", "verdict"),
    [
        (0.98, False, None, Verdict.AUTOMATIC),
        (0.9799, False, None, Verdict.PROPOSED),
        (0.15, False, None, Verdict.PROPOSED),
        (0.1499, False, None, Verdict.NOTHING),
        (1.0, True, None, Verdict.PROPOSED),
        (0.01, True, Rule.MEMBER_NUMBER, Verdict.AUTOMATIC),
    ],
)
def test_a_rule_comes_before_the_score_and_a_doubt_before_the_threshold(
    probability: float, doubtful: bool, rule: Rule | None, verdict: Verdict
) -> None:
    assert ScoredPair(0, 0, 9.0, probability, doubtful, rule).verdict(Thresholds()) is verdict


@pytest.mark.parametrize("feature", [Feature.PHONE, Feature.EMAIL, Feature.PLACE, Feature.SEX])
def test_what_a_home_or_an_office_shares_never_joins_alone(feature: Feature) -> None:
    told = {"phone": LONE, "email": "accueil@exemple.invalid", "postcode": "44000", "sex": "F"}
    alone = replace(ORDINARY, weights={feature: ORDINARY.weights[feature]}, households=False)
    assert _is_doubtful(told, told, alone)


@pytest.mark.parametrize(
    ("change", "doubtful"),
    [
        ({}, False),
        ({"first_name": ""}, False),
        ({"first_name": "", "birth_date": "2015-02-04"}, True),
        ({"birth_date": "2015-02-04"}, False),
        ({"birth_date": "1984-11-30"}, True),
        ({"sex": "M"}, True),
    ],
)
def test_in_tables_of_homes_a_record_without_a_first_name_needs_the_very_birth_date(
    change: dict[str, str], doubtful: bool
) -> None:
    assert _is_doubtful(ROSE | {"sex": "F"}, ROSE | change) is doubtful


def test_two_first_names_in_use_one_letter_apart_may_be_twins() -> None:
    assert _is_doubtful(ROSE | {"first_name": "Nina"}, ROSE | {"first_name": "Lina"})
    assert not _is_doubtful(ROSE | {"first_name": "Nina"}, ROSE | {"first_name": "Ninna"})


@pytest.mark.parametrize(
    ("shared", "told_twice"),
    [
        ({}, True),
        ({"phone": HOME}, True),
        ({"phone": LONE}, False),
        ({"email": "rose@exemple.invalid"}, False),
        ({"phone": HOME, "email": "rose@exemple.invalid"}, False),
    ],
)
def test_one_contract_may_hold_two_of_one_name_unless_they_share_what_is_one_s_own(
    shared: dict[str, str], told_twice: bool
) -> None:
    both = ROSE | {"member_number": "0482999999"} | shared
    a, b = record("a", **both), record("b", **both)
    assert is_one_contract(IN_HOMES, compared(a, b), a, b) is told_twice
