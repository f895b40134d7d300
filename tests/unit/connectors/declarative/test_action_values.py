"""No value that an agent types can change what is asked of a tool, or of the expression that verifies it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.action_contract import ActionCommand, Outcome
from avise.connectors.declarative.action_rules import Rows, done_according_to, made_plan
from avise.connectors.declarative.action_schema import PlanRule, VerifyRule
from avise.connectors.declarative.action_values import ActionValues
from avise.connectors.declarative.placeholders import PlaceholderError, parse_condition
from avise.models.customer import CustomerKey
from avise.models.json_types import JSON

CUSTOMER = CustomerKey(UUID(int=1), {"tool.member": "00/42"})


def values(**given_values: JSON) -> ActionValues:
    moment = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)
    command = ActionCommand("act", "c-1", CUSTOMER, given_values, {"list": "v1", "none": ""}, moment, "lea")
    return ActionValues({}, {"base": "x"}, command, ZoneInfo("Europe/Paris"))


def test_each_name_gives_its_value() -> None:
    asked = values(line="1 rue", count=2)
    assert asked.text("{command_id} {requested_on} {requested_by} {input.line} {input.count}") == (
        "c-1 2026-03-25 lea 1 rue 2"
    )
    assert asked.path("/m/{customer.tool.member}") == "/m/00%2F42"
    assert asked.texts(
        {"If-Match": "{precondition.list}", "X": "{precondition.none}", "Y": "a{input.z}"}
    ) == {
        "If-Match": "v1",
        "Y": "a",
    }


def test_a_body_keeps_types_and_leaves_out_what_was_not_given() -> None:
    body: JSON = {
        "n": "{input.count}",
        "b": "{input.sure}",
        "text": "n° {input.count}",
        "gone": "{input.z}",
        "list": ["{input.z}", "{command_id}", 3, None],
        "deep": {"gone": "{input.z}"},
    }
    assert values(count=2, sure=False).body(body) == {
        "n": 2,
        "b": False,
        "text": "n° 2",
        "list": ["c-1", 3, None],
        "deep": {},
    }


@given(st.text(max_size=60))
def test_a_condition_compares_with_the_value_itself_whatever_it_holds(typed: str) -> None:
    condition = jmespath.compile(values(line=typed).condition("value == '{input.line}' && `true`"))
    assert condition.search({"value": typed}) is True
    assert condition.search({"value": f"{typed}x"}) is False


@given(st.text(max_size=40), st.text(max_size=40))
def test_only_the_same_value_is_said_done(typed: str, there: str) -> None:
    rule = VerifyRule(exists="value == '{input.line}'")
    found = done_according_to(rule, Rows(({"value": there},), ("",)), values(line=typed))
    assert (found.outcome is Outcome.DONE) == (typed == there and typed != "") or typed == ""


def test_a_reading_that_left_something_out_never_says_not_done() -> None:
    rule = VerifyRule(exists="no == '{command_id}'")
    part = Rows(({"no": "other"},), ("",), whole=False)
    assert done_according_to(rule, part, values()).outcome is Outcome.UNKNOWN
    whole = Rows(({"no": "other"},), ("",))
    assert done_according_to(rule, whole, values()).outcome is Outcome.NOT_DONE


def test_a_plan_without_its_record_shows_what_will_be() -> None:
    rule = PlanRule.model_validate({"where": "kind == 'address'", "changes": {"value": "{input.line}"}})
    plan = made_plan(
        rule, "contact_points", Rows(({"kind": "email"},), ("v",)), values(line="1 rue"), "Changer"
    )
    assert (plan.summary, plan.changes) == ("Changer", (("contact_points.value", "", "1 rue"),))


@pytest.mark.parametrize("text", ["a == '{", "a == '{}'", "a == 'x{command_id}'", "a == '{command_id}x'"])
def test_a_condition_with_a_placeholder_that_cannot_be_a_value_is_refused(text: str) -> None:
    with pytest.raises(PlaceholderError):
        parse_condition(text)
