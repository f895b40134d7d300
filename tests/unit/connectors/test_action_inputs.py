"""What the agent gives for an action is judged before any tool is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.action_contract import ActionInput, InputChoice, InputType
from avise.connectors.action_inputs import InputFault, InputProblem, filled_inputs, input_problems
from avise.models.json_types import JSON

INPUTS = (
    ActionInput("line", InputType.TEXT, "Voie", required=True, max_length=10),
    ActionInput("count", InputType.INT, "Nombre", default=1),
    ActionInput("urgent", InputType.BOOL, "Urgent"),
    ActionInput("reason", InputType.CHOICE, "Motif", choices=(InputChoice("A", "a"), InputChoice("B", "b"))),
)


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        (InputType.DATE, "2026-03-24", True),
        (InputType.DATE, "20260324", False),
        (InputType.DATE, "2026-02-30", False),
        (InputType.DATETIME, "2026-03-24T10:30:00+01:00", True),
        (InputType.DATETIME, "2026-03-24T10:30:00", False),
        (InputType.EMAIL, "h.m@exemple.invalid", True),
        (InputType.EMAIL, "h.m@exemple", False),
        (InputType.EMAIL, "h m@exemple.invalid", False),
        (InputType.PHONE, "+33639981234", True),
        (InputType.PHONE, "0639981234", False),
        (InputType.POSTCODE, "09200", True),
        (InputType.POSTCODE, "9200", False),
        (InputType.POSTCODE, "٠٩٢٠٠", False),
        (InputType.RECORD, "rdv-1@exemple.invalid", True),
        (InputType.RECORD, "   ", False),
        (InputType.TEXT, "deux\nlignes", False),
    ],
)
def test_a_value_is_of_its_type(kind: InputType, value: str, fits: bool) -> None:
    problems = input_problems((ActionInput("x", kind, "X", required=True),), {"x": value})
    assert problems == (() if fits else (InputProblem("x", InputFault.FORMAT),))


@pytest.mark.parametrize(
    ("given_values", "problems"),
    [
        ({"line": "1 rue"}, ()),
        ({}, (InputProblem("line", InputFault.REQUIRED),)),
        ({"line": ""}, (InputProblem("line", InputFault.REQUIRED),)),
        ({"line": "x" * 11}, (InputProblem("line", InputFault.TOO_LONG),)),
        ({"line": 3}, (InputProblem("line", InputFault.FORMAT),)),
        ({"line": "x", "count": True}, (InputProblem("count", InputFault.FORMAT),)),
        ({"line": "x", "count": "2"}, (InputProblem("count", InputFault.FORMAT),)),
        ({"line": "x", "urgent": 1}, (InputProblem("urgent", InputFault.FORMAT),)),
        ({"line": "x", "reason": "C"}, (InputProblem("reason", InputFault.CHOICE),)),
        ({"line": "x", "other": "y"}, (InputProblem("other", InputFault.UNKNOWN),)),
    ],
)
def test_each_problem_names_its_input(
    given_values: dict[str, JSON], problems: tuple[InputProblem, ...]
) -> None:
    assert input_problems(INPUTS, given_values) == problems


def test_defaults_fill_what_was_not_given_and_nothing_stays_nothing() -> None:
    assert filled_inputs(INPUTS, {"line": "1 rue", "reason": ""}) == {"line": "1 rue", "count": 1}


@given(
    st.dictionaries(
        st.sampled_from(["line", "count", "urgent", "reason", "x"]), st.none() | st.text() | st.integers()
    )
)
def test_what_has_no_problem_can_be_filled(values: dict[str, JSON]) -> None:
    if not input_problems(INPUTS, values):
        assert set(filled_inputs(INPUTS, values)) <= {declared.name for declared in INPUTS}
