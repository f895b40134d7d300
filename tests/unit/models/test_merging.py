"""Two changes of one form are put together without losing either."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.json_types import JSON
from avise.models.merging import Choice, Keep, Merge, Side, merge

NAMES = ("line", "postcode", "city", "floor")
VALUES = st.sampled_from(("", "a", "b", "c"))
FORMS = st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES))
CHANGES = st.dictionaries(st.sampled_from(NAMES), VALUES)
KEEPS = st.fixed_dictionaries(dict.fromkeys(NAMES, st.sampled_from(Keep)))


def chosen(merged: Merge, keeps: dict[str, Keep]) -> dict[str, Choice]:
    return {each.name: Choice(keeps[each.name], each.theirs) for each in merged.differing}


OTHER = {Keep.MINE: Keep.THEIRS, Keep.THEIRS: Keep.MINE}


@pytest.mark.parametrize(
    ("mine", "theirs", "side"),
    [
        ({}, {}, Side.NOBODY),
        ({"city": "Nantes"}, {}, Side.MINE),
        ({}, {"city": "Nantes"}, Side.THEIRS),
        ({"city": "Nantes"}, {"city": "Nantes"}, Side.ALIKE),
        ({"city": "Nantes"}, {"city": "Brest"}, Side.BOTH),
        ({"city": ""}, {"city": "Brest"}, Side.BOTH),
    ],
)
def test_who_changed_a_field(mine: dict[str, JSON], theirs: dict[str, JSON], side: Side) -> None:
    assert [each.side for each in merge({"city": "Rennes"}, mine, theirs).fields] == [side]


@given(FORMS, CHANGES, CHANGES)
def test_the_sides_of_a_merge_can_be_swapped(
    before: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON]
) -> None:
    one, other = merge(before, mine, theirs, NAMES), merge(before, theirs, mine, NAMES)
    assert [each.name for each in one.differing] == [each.name for each in other.differing]
    keeps = dict.fromkeys(NAMES, Keep.MINE)
    swapped = {name: OTHER[keep] for name, keep in keeps.items()}
    assert one.values(chosen(one, keeps)) == other.values(chosen(other, swapped))


@given(FORMS, CHANGES, CHANGES, KEEPS)
def test_a_merge_never_loses_a_change_that_nobody_gave_up(
    before: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON], keeps: dict[str, Keep]
) -> None:
    merged = merge(before, mine, theirs, NAMES)
    values = merged.values(chosen(merged, keeps))
    for name in NAMES:
        wished = {form[name] for form in (mine, theirs) if name in form and form[name] != before[name]}
        assert values[name] in (wished or {before[name]})
        if len(wished) == 1:
            assert {values[name]} == wished


@given(FORMS, CHANGES, CHANGES)
def test_a_choice_is_asked_exactly_where_both_changed_differently(
    before: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON]
) -> None:
    merged = merge(before, mine, theirs, NAMES)
    both = [
        name
        for name in NAMES
        if len({before[name], mine.get(name, before[name]), theirs.get(name, before[name])}) == 3
    ]
    assert list(merged.open({})) == both
    if both:
        with pytest.raises(ValueError, match="choice"):
            merged.values({})


@given(FORMS, CHANGES, CHANGES)
def test_what_each_side_adds_to_its_own_fields_merges_silently(
    before: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON]
) -> None:
    added = {f"mine.{name}": value for name, value in mine.items()}
    others = {f"theirs.{name}": value for name, value in theirs.items()}
    merged = merge(before, added, others)
    assert not merged.open({})
    assert merged.values({}) == {**before, **added, **others}


@given(FORMS, CHANGES, CHANGES, KEEPS)
def test_merging_what_was_merged_asks_nothing_more(
    before: dict[str, JSON], mine: dict[str, JSON], theirs: dict[str, JSON], keeps: dict[str, Keep]
) -> None:
    merged = merge(before, mine, theirs, NAMES)
    values = merged.values(chosen(merged, keeps))
    now = {name: theirs.get(name, before[name]) for name in NAMES}
    assert merge(now, values, now, NAMES).values({}) == values


def test_a_choice_made_on_a_value_that_changed_again_counts_no_more() -> None:
    merged = merge({"city": "Rennes"}, {"city": "Nantes"}, {"city": "Quimper"})
    assert merged.open({"city": Choice(Keep.MINE, "Brest")}) == ("city",)
    assert merged.open({"city": Choice(Keep.MINE, "Quimper")}) == ()


def test_values_never_show_where_a_merge_is_printed() -> None:
    merged = merge({"city": "Rennes"}, {"city": "Nantes"}, {"city": "Brest"})
    assert not any(city in repr(merged) for city in ("Rennes", "Nantes", "Brest"))
