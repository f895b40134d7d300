"""Moments and places of a Tryton server, there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.trytond.changes import OVERLAP, Stand, stand_of
from avise.connectors.trytond.parties import as_moment, contact_rows, moment_of, party_rows
from avise.models.json_types import JSON

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@given(MOMENTS)
def test_a_moment_is_read_back(moment: datetime) -> None:
    assert moment_of(as_moment(moment.isoformat())) == moment.isoformat(timespec="microseconds")


@given(MOMENTS, MOMENTS)
def test_moments_sort_as_texts(one: datetime, other: datetime) -> None:
    first, second = (moment_of(as_moment(each.isoformat())) for each in (one, other))
    assert (first < second) == (one < other)


@pytest.mark.parametrize(
    "value", [None, "2026", {"__class__": "Decimal"}, {"__class__": "datetime", "year": "x"}]
)
def test_what_is_no_moment_is_none(value: object) -> None:
    assert moment_of(value) == ""


@given(st.one_of(st.just(""), MOMENTS.map(datetime.isoformat)), st.integers(0), st.just(""))
def test_a_place_is_read_back(since: str, after: int, latest: str) -> None:
    stand = Stand(since, after, latest)
    assert stand_of(stand.cursor) == stand


def test_a_reading_looks_a_little_before_the_end_of_the_last_one() -> None:
    since = datetime(2026, 3, 24, 10, tzinfo=UTC)
    (after, changed) = Stand(since.isoformat()).domain()
    assert after == ["id", ">", 0]
    assert str(as_moment((since - OVERLAP).isoformat())) in str(changed)
    assert timedelta(0) < OVERLAP


def test_a_reading_without_a_change_starts_where_it_started() -> None:
    stand = Stand("2026-03-24T10:00:00+00:00")
    assert stand.passed(0, "").ended() == stand


def test_a_change_of_an_address_is_a_change_of_its_party() -> None:
    def at(day: int) -> JSON:
        return as_moment(datetime(2026, 3, day, tzinfo=UTC).isoformat())

    party: JSON = {
        "id": 1,
        "write_date": at(1),
        "addresses.": [{"id": 7, "write_date": at(5), "street": None}],
    }
    (row,) = party_rows([party], [])
    assert row["changed"] == "2026-03-05T00:00:00.000000+00:00"
    assert [one["id"] for one in contact_rows(row)] == ["address/7"]
