"""One order whatever the delivery, and acts that were taken back do not count."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from avise.models.event_fold import effective, identity_of, moment_of, ordered
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from tests.unit.models.events_builder import NOON, event

events = st.lists(
    st.builds(
        lambda device, seq, seconds, offset: event(
            EventKind.CONSULTED,
            "customer/1",
            device=device,
            seq=seq,
            at=NOON + timedelta(seconds=seconds),
            offset_ms=offset,
        ),
        st.sampled_from(["a", "b", "c"]),
        st.integers(1, 9),
        st.integers(-5, 5),
        st.sampled_from([0, 1_500, -2_000]),
    ),
    max_size=20,
    unique_by=lambda one: (one.device_id, one.device_seq),
)


@given(events, st.randoms(use_true_random=False))
def test_the_order_is_that_of_the_set_not_of_the_delivery(
    delivered: list[EventEnvelope], chance: random.Random
) -> None:
    again = [*delivered, *delivered[:3]]
    chance.shuffle(again)
    assert ordered(again) == ordered(delivered)


@given(events)
def test_a_device_never_changes_the_places_of_its_own_events(delivered: list[EventEnvelope]) -> None:
    for device in ("a", "b", "c"):
        positions = [one.device_seq for one in ordered(delivered) if one.device_id == device]
        assert positions == sorted(positions)


def test_clocks_are_compared_once_corrected() -> None:
    ahead = event(EventKind.CONSULTED, "s", device="a", at=NOON + timedelta(seconds=10), offset_ms=-20_000)
    right = event(EventKind.CONSULTED, "s", device="b", at=NOON)
    assert ordered([right, ahead]) == [ahead, right]


def test_what_is_taken_back_does_not_count_even_when_told_before() -> None:
    first = event(EventKind.TASK_ADDED, "task/1", seq=1)
    second = event(EventKind.TASK_DONE, "task/1", seq=2)
    undone = event(EventKind.UNDONE, "task/1", {"event": str(second.event_id)}, seq=3)
    assert effective([undone, second, first]) == [first]
    assert effective([undone, first]) == [first]


def test_taking_back_what_took_back_changes_nothing() -> None:
    first = event(EventKind.TASK_ADDED, "task/1", seq=1)
    undone = event(EventKind.UNDONE, "task/1", {"event": str(first.event_id)}, seq=2)
    again = event(EventKind.UNDONE, "task/1", {"event": str(undone.event_id)}, seq=3)
    assert effective([first, undone, again]) == []


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text())))
def test_values_that_are_none_of_ours_are_read_as_nothing(value: JSON) -> None:
    if not isinstance(value, str):
        assert identity_of(value) is None
        assert moment_of(value) is None
    found = moment_of(value)
    assert found is None or found.tzinfo is not None
