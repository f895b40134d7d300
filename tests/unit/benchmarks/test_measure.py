from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.measure import measure, percentile


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_is_a_value_that_few_enough_pass(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value > found for value in values) <= (1 - share) * len(values) + 1e-9


@pytest.mark.parametrize(("value", "bar", "ok"), [(1.0, 2.0, True), (2.0, 2.0, True), (2.1, 2.0, False)])
def test_a_measure_past_its_bar_is_not_ok(value: float, bar: float, *, ok: bool) -> None:
    assert measure("x", value, "ms", bar)["ok"] is ok


def test_a_measure_without_a_bar_is_told_for_information() -> None:
    assert measure("x", 1e9, "ms")["ok"]
