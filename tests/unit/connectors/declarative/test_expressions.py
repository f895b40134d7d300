"""A place in an answer, written as JMESPath reads it again."""

from __future__ import annotations

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.declarative.expressions import expression_meant, expression_of


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3))
def test_whatever_the_keys_are_their_expression_finds_the_value(path: list[str]) -> None:
    row: object = "found"
    for key in reversed(path):
        row = {key: row}
    assert jmespath.search(expression_of(path), row) == "found"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("acte.libellé", "'acte.\"libellé\"'"),
        ("Date soin", "'\"Date soin\"'"),
        ("code-postal", "'\"code-postal\"'"),
        ("$.items[*]", "items"),
        ("$.items", "items"),
        ("a..b", ""),
        ("items[", ""),
        ("", ""),
    ],
)
def test_a_text_that_is_no_expression_is_told_with_what_was_meant(written: str, meant: str) -> None:
    assert expression_meant(written) == meant
