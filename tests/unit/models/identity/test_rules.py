"""What joins two records for certain, and what stops it."""

import pytest

from avise.models.identity.comparison import compared
from avise.models.identity.contradictions import contradiction
from avise.models.identity.parties import data_seen
from avise.models.identity.rules import Rule, rule_for
from tests.unit.models.identity.records import record

WHOLE = {
    "last_name": "Trévallec", "first_name": "Monique", "birth_date": "1951-03-12", "sex": "F",
    "phone": "0639980113", "email": "m.t@exemple.invalid", "member_number": "0482917350",
}  # fmt: skip


def _rule(**other: str) -> Rule | None:
    return rule_for(compared(record(**WHOLE), record("2", **other)))


def _told(*names: str, **instead: str) -> dict[str, str]:
    return {name: WHOLE[name] for name in names} | instead


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (_told("member_number", "birth_date", "first_name"), Rule.MEMBER_NUMBER),
        (_told("member_number", "birth_date", first_name="Monique Anne"), Rule.MEMBER_NUMBER),
        (_told("last_name", "birth_date", "first_name", "phone"), Rule.NAMES_AND_CONTACT),
        (_told("last_name", "birth_date", "first_name", "email"), Rule.NAMES_AND_CONTACT),
        (
            _told("birth_date", "first_name", "email", last_name="Roux", birth_name="Trévallec"),
            Rule.NAMES_AND_CONTACT,
        ),
    ],
)
def test_a_number_or_both_names_and_a_way_to_reach_join_beside_one_birth_date(
    other: dict[str, str], rule: Rule
) -> None:
    assert _rule(**other) is rule


@pytest.mark.parametrize(
    "other",
    [
        {"email": "m.t@exemple.invalid"},
        {"phone": "0639980113", "email": "m.t@exemple.invalid"},
        {"member_number": "0482917350", "birth_date": "1951-03-12"},
        {**WHOLE, "birth_date": "1951-03-13"},
        {**WHOLE, "birth_date": "1984-11-30"},
        {**WHOLE, "sex": "M"},
        {**WHOLE, "first_name": "Arthur"},
        {"last_name": "Trévallec", "first_name": "Monique", "birth_date": "1951-03-12"},
        # Monique and Monique Anne may be twins.
        {**WHOLE, "first_name": "Monique Anne", "member_number": ""},
        # A slip in the surname is for the score to judge.
        {**WHOLE, "last_name": "Trevalec", "member_number": ""},
        {**WHOLE, "member_number": "0482917351", "phone": "", "email": ""},
    ],
)
def test_a_contact_alone_joins_nobody_and_a_contradiction_stops_every_rule(other: dict[str, str]) -> None:
    assert _rule(**other) is None


def test_birth_dates_and_sexes_contradict_across_a_whole_group() -> None:
    one, slip = record(birth_date="1951-03-12"), record(birth_date="1951-03-13")
    assert contradiction([one, slip, record(birth_date="1984-11-30")]) == "birth_date"
    assert contradiction([one, slip]) == ""
    assert contradiction([record(sex="F"), record(), record(sex="M")]) == "sex"


def test_what_was_seen_changes_with_what_is_compared_and_has_no_direction() -> None:
    one, other = record(**WHOLE), record("2", **WHOLE)
    assert data_seen(one, other) == data_seen(other, one)
    assert data_seen(one, other) != data_seen(one, record("2", **{**WHOLE, "city": "Nantes"}))
