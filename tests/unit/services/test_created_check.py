"""The hub refuses an unknown type of request or a malformed form, and takes one that lacks something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.env import FixedEnv
from avise.models.json_types import JSON
from avise.services.request_type_files import shipped_request_types
from avise.services.requests.created_check import created_check
from avise.texts import text

CHECK = created_check(shipped_request_types().book, FixedEnv())
SOUND: dict[str, JSON] = {"care_date": "2026-03-02", "amount_spent": "48.27", "paid_by": "member"}

anything: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_a_form_of_a_known_type_is_taken_even_when_it_lacks_something() -> None:
    assert CHECK({"type": "REIMB_SEARCH", "fields": SOUND}) == ""
    assert CHECK({"type": "REIMB_SEARCH"}) == ""


def test_a_field_of_another_version_of_the_type_is_taken() -> None:
    assert CHECK({"type": "REIMB_SEARCH", "fields": {**SOUND, "of_next_year": "x"}}) == ""


@pytest.mark.parametrize("name", ["", "NOTHING", "reimb_search", None, 3, ["REIMB_SEARCH"]])
def test_an_unknown_type_is_refused_with_a_sentence(name: JSON) -> None:
    refused = CHECK({"type": name, "fields": SOUND})

    assert refused == "unknown_type"
    assert text(f"request.refused.{refused}")


@pytest.mark.parametrize(
    "fields",
    [
        [],
        "care_date",
        {"care_date": "hier"},
        {"care_date": "2031-01-01"},
        {"amount_spent": "beaucoup"},
        {"paid_by": "nobody"},
        {"care_date": {"day": 2}},
    ],
)
def test_a_malformed_form_is_refused(fields: JSON) -> None:
    assert CHECK({"type": "REIMB_SEARCH", "fields": fields}) == "malformed"


@given(st.dictionaries(st.sampled_from(["type", "fields", "words"]), anything), st.booleans())
def test_any_body_ends_in_a_decision(body: dict[str, JSON], known: bool) -> None:
    assert CHECK({**body, "type": "REIMB_SEARCH"} if known else body) in {"", "malformed", "unknown_type"}
