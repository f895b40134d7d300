"""What `avise connector try` says of the records that code gives."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from avise.connectors.contract import Record
from avise.connectors.kit.record_faults import fault_of
from avise.connectors.trial import Dropped
from avise.connectors.trial.given import given_rows

DAY: Any = date(2026, 3, 24)
"""What code must write as text."""
NONE: Any = None
"""What code must write as an empty record."""


@pytest.mark.parametrize(
    ("item", "dropped", "because"),
    [
        (Record("R1", {"label": "Optique", "amount": "84.20", "paid_on": "2026-03-24"}), None, ""),
        (Record("R1", {"amount": 84.2}), Dropped.MISFIT, "amount"),
        (Record("R1", {"paid_on": "24/03/2026"}), Dropped.MISFIT, "paid_on"),
        (Record("R1", {"paid_on": DAY}), Dropped.MISFIT, "paid_on"),
        (Record("", {"label": "Optique"}), Dropped.MISFIT, "id"),
        ({"id": "R1"}, Dropped.NOT_A_RECORD, ""),
        (Record("R1", NONE), Dropped.NOT_A_RECORD, ""),
    ],
)
def test_a_record_that_the_screen_would_not_show_says_which_field_is_at_fault(
    item: object, dropped: Dropped | None, because: str
) -> None:
    (row,) = given_rows("benefits", [item])
    assert (row.dropped, row.because) == (dropped, because)


def test_a_value_of_another_type_is_named_by_its_type() -> None:
    (row,) = given_rows("benefits", [Record("R1", {"paid_on": DAY})])
    assert {one.name: one.mapped for one in row.fields} == {"id": "R1", "paid_on": "<date>"}


def test_an_identifier_given_twice_is_told_at_the_second_record() -> None:
    rows = given_rows("benefits", [Record("R1", {"label": "a"}), Record("R1", {"label": "b"})])
    assert [row.dropped for row in rows] == [None, Dropped.TWICE]


def test_exchanges_are_counted_and_not_shown() -> None:
    assert given_rows("timeline", [object()]) == ()


def test_the_kit_names_the_first_of_several_fields_at_fault() -> None:
    assert fault_of("benefits", Record("R1", {"amount": 84.2, "paid_on": "demain"})) == "paid_on"
    assert fault_of("benefits", Record("R1", {"amount": 84.2})) == "amount"
