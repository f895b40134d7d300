from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState, FacetView
from avise.models.freshness import Aboard, Known, aboard, facet_state

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
FRESH, USABLE = timedelta(minutes=10), timedelta(hours=24)
DOWN = Failure(ErrorKind.UNAVAILABLE)


def state(**known: object) -> FacetState:
    return facet_state(Known(**{"read_at": None, **known}), NOW, FRESH, USABLE)  # type: ignore[arg-type]


def test_nothing_read_yet_is_waiting() -> None:
    assert state(reading=True) is FacetState.WAITING


def test_an_empty_answer_and_a_failure_never_look_alike() -> None:
    assert state(read_at=NOW, count=0) is FacetState.EMPTY
    assert state(error=DOWN) is FacetState.FAILED
    assert state(read_at=NOW, count=0, error=DOWN) is FacetState.STALE


def test_a_copy_too_old_to_be_told_is_a_failure_when_the_tool_is_down() -> None:
    assert state(read_at=NOW - timedelta(days=2), count=3, error=DOWN) is FacetState.FAILED


def test_an_old_reading_is_stale_even_without_an_error() -> None:
    assert state(read_at=NOW - timedelta(hours=2), count=3) is FacetState.STALE


def test_pages_on_their_way_are_partial() -> None:
    assert state(read_at=NOW, count=3, complete=False, reading=True) is FacetState.PARTIAL


def test_records_left_out_make_a_partial_block() -> None:
    assert state(read_at=NOW, count=3, unreadable=1) is FacetState.PARTIAL


@pytest.mark.parametrize("count", [0, 5])
def test_a_refusal_is_never_shown_as_empty(count: int) -> None:
    refused = Failure(ErrorKind.FORBIDDEN)
    assert state(read_at=NOW if count else None, count=count, error=refused) is FacetState.FORBIDDEN


@given(
    known=st.builds(
        Known,
        read_at=st.none() | st.integers(0, 200).map(lambda hours: NOW - timedelta(hours=hours)),
        count=st.integers(0, 3),
        reading=st.booleans(),
        complete=st.booleans(),
        truncated=st.booleans(),
        unreadable=st.integers(0, 2),
        error=st.none() | st.sampled_from(ErrorKind).map(Failure),
        withheld=st.booleans(),
    )
)
def test_somebody_elses_answer_is_always_withheld_and_empty_needs_a_complete_reading(known: Known) -> None:
    found = facet_state(known, NOW, FRESH, USABLE)
    if known.withheld:
        assert found is FacetState.WITHHELD
    if found is FacetState.EMPTY:
        assert known.read_at is not None
        assert known.complete
    if found in (FacetState.EMPTY, FacetState.FRESH):
        assert known.error is None


def without_network(state: FacetState, ends_in: timedelta | None = None) -> Aboard | None:
    end = NOW + ends_in if ends_in is not None else None
    away = Failure(ErrorKind.OFFLINE)
    return aboard(FacetView("rights", "r", "Droits", state, error=away, carried_until=end), NOW)


def test_a_pack_is_told_until_its_end_and_not_a_second_longer() -> None:
    second = timedelta(seconds=1)
    assert without_network(FacetState.STALE, second) is Aboard.CARRIED
    assert without_network(FacetState.STALE, timedelta(0)) is Aboard.ABSENT
    assert without_network(FacetState.STALE) is Aboard.KEPT


def test_what_was_not_taken_along_is_absent_and_a_refusal_stays_a_refusal() -> None:
    assert without_network(FacetState.FAILED) is Aboard.ABSENT
    assert without_network(FacetState.FORBIDDEN) is None
    assert without_network(FacetState.NOT_APPLICABLE) is None


@given(state=st.sampled_from(FacetState), kind=st.none() | st.sampled_from(ErrorKind))
def test_only_a_lack_of_network_makes_a_block_one_that_is_or_is_not_on_board(
    state: FacetState, kind: ErrorKind | None
) -> None:
    error = Failure(kind) if kind is not None else None
    if aboard(FacetView("rights", "r", "Droits", state, error=error), NOW) is not None:
        assert kind is ErrorKind.OFFLINE
        assert state in (FacetState.STALE, FacetState.FAILED)
