"""How much network there is follows from what answered; nothing else decides but the user."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.network import NetworkMode
from avise.services.network import (
    IN_A_ROW,
    LOST_IN_A_ROW,
    LOST_TOOLS,
    QUICK_SECONDS,
    SLOW_SECONDS,
    STEP_SECONDS,
    Chosen,
    HubAnswered,
    HubLost,
    Network,
    Observation,
    RouteSeen,
    Step,
    ToolAnswered,
    ToolLost,
    step_between,
)

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
ONLINE, LIMITED, OFFLINE = NetworkMode.ONLINE, NetworkMode.LIMITED, NetworkMode.OFFLINE


def told(*seen: Observation) -> Network:
    known = Network(NOW)
    for one in seen:
        known = known.after(one)
    return known


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


ANSWER = HubAnswered(NOW, 0.1, 0.0)
CUT: tuple[Observation, ...] = (
    *(HubLost(NOW) for _ in range(LOST_IN_A_ROW)),
    *(ToolLost(NOW, f"t{n}") for n in range(LOST_TOOLS)),
)


def test_a_hub_that_is_down_alone_takes_no_tool_away() -> None:
    assert told(*(HubLost(NOW) for _ in range(50))).mode is ONLINE
    assert told(*(HubLost(NOW) for _ in range(50)), ToolAnswered(NOW), ToolLost(NOW, "a")).mode is ONLINE


def test_a_tool_that_is_down_alone_takes_neither_hub_nor_tools_away() -> None:
    assert told(*(ToolLost(NOW, "a") for _ in range(50))).mode is ONLINE
    assert told(*(HubLost(NOW) for _ in range(5)), *(ToolLost(NOW, "a") for _ in range(5))).mode is ONLINE


def test_hub_and_tools_without_an_answer_mean_that_the_network_is_gone() -> None:
    known = told(*CUT)
    assert (known.mode, known.state.forced) == (OFFLINE, False)
    assert known.after(ToolAnswered(at(1))).mode is ONLINE
    assert known.after(HubAnswered(at(1), 0.1, 0.0)).mode is ONLINE


def test_without_a_way_out_one_loss_is_enough_and_none_is_not() -> None:
    assert told(RouteSeen(NOW, there=False)).mode is ONLINE
    assert told(RouteSeen(NOW, there=False), HubLost(NOW)).mode is OFFLINE
    assert told(RouteSeen(NOW, there=False), ToolLost(NOW, "a")).mode is OFFLINE
    assert told(RouteSeen(NOW, there=False), HubLost(NOW), RouteSeen(at(1), there=True)).mode is ONLINE


def test_a_hub_of_this_machine_says_nothing_of_the_network_but_tells_the_time() -> None:
    known = told(*CUT, HubAnswered(at(1), 0.1, 172_800.0, elsewhere=False))
    assert (known.mode, known.state.clock_skew_seconds, known.state.last_contact) == (
        OFFLINE,
        172_800.0,
        None,
    )


def test_some_slow_answers_in_a_row_limit_and_some_quick_ones_end_it() -> None:
    slow, quick = HubAnswered(NOW, SLOW_SECONDS + 0.1, 0.0), HubAnswered(NOW, QUICK_SECONDS - 0.1, 0.0)
    between = HubAnswered(NOW, (SLOW_SECONDS + QUICK_SECONDS) / 2, 0.0)
    assert told(*[slow] * (IN_A_ROW - 1), quick, slow).mode is ONLINE
    assert told(*[slow] * IN_A_ROW).mode is LIMITED
    assert told(*[slow] * IN_A_ROW, *[between] * 20).mode is LIMITED
    assert told(*[slow] * IN_A_ROW, *[quick] * (IN_A_ROW - 1)).mode is LIMITED
    assert told(*[slow] * IN_A_ROW, *[quick] * IN_A_ROW).mode is ONLINE


def test_a_return_to_the_network_by_hand_starts_with_an_open_mind() -> None:
    known = told(*CUT, Chosen(at(1), OFFLINE), Chosen(at(2), None))
    assert (known.mode, known.state.forced, known.since) == (ONLINE, False, at(2))


def test_a_skew_is_told_anew_only_when_it_moves() -> None:
    known = told(HubAnswered(NOW, 0.1, 400.0), HubAnswered(at(1), 0.1, 401.0))
    assert known.state.clock_skew_seconds == 400.0
    assert known.after(HubAnswered(at(2), 0.1, 0.0)).state.clock_skew_seconds == 0.0


moments = st.integers(0, 10_000).map(at)
observations = st.one_of(
    st.builds(HubAnswered, moments, st.floats(0, 20), st.floats(-1e6, 1e6), st.booleans()),
    st.builds(HubLost, moments),
    st.builds(ToolAnswered, moments),
    st.builds(ToolLost, moments, st.sampled_from("abc")),
    st.builds(RouteSeen, moments, st.booleans()),
    st.builds(Chosen, moments, st.sampled_from([None, *NetworkMode])),
)


@given(st.lists(observations))
def test_a_choice_holds_until_the_next_one_whatever_is_observed(seen: list[Observation]) -> None:
    choice: NetworkMode | None = None
    known = Network(NOW)
    for one in seen:
        known = known.after(one)
        choice = one.mode if isinstance(one, Chosen) else choice
        assert known.state.forced is (choice is not None)
        assert known.mode is (choice or known.found)


@given(st.lists(observations))
def test_the_mode_has_held_since_it_last_changed(seen: list[Observation]) -> None:
    known, since = Network(NOW), NOW
    for one in seen:
        before, known = known.mode, known.after(one)
        since = one.at if known.mode is not before else since
        assert known.since == since


@given(st.lists(observations), moments, st.floats(0, QUICK_SECONDS / 2))
def test_an_answer_from_elsewhere_always_ends_being_offline(
    seen: list[Observation], moment: datetime, seconds: float
) -> None:
    known = told(*seen, Chosen(moment, None), *CUT)
    assert known.mode is OFFLINE
    assert known.after(HubAnswered(moment, seconds, 0.0)).mode is not OFFLINE
    assert known.after(ToolAnswered(moment)).mode is not OFFLINE


@given(st.lists(observations))
def test_the_last_contact_never_goes_back(seen: list[Observation]) -> None:
    known = Network(NOW)
    for one in seen:
        before, known = known.last_contact, known.after(one)
        assert before is None or (known.last_contact is not None and known.last_contact >= before)


@pytest.mark.parametrize(
    ("wall", "steady", "counts_sleep", "step"),
    [
        (5.0, 5.0, True, Step.NONE),
        (3600.0, 3600.0, True, Step.SLEPT),
        (3600.0, 5.0, True, Step.CLOCK_SET),
        (-3600.0, 5.0, True, Step.CLOCK_SET),
        (5.0, 5.0, False, Step.NONE),
        (3600.0, 5.0, False, Step.SLEPT),
        (3600.0, 3600.0, False, Step.SLEPT),
        (-3600.0, 5.0, False, Step.CLOCK_SET),
    ],
)
def test_a_sleep_and_a_clock_that_is_set_are_told_apart_where_a_clock_goes_on_through_sleep(
    wall: float, steady: float, counts_sleep: bool, step: Step
) -> None:
    assert step_between(wall, steady, 5.0, counts_sleep=counts_sleep) is step


@given(st.floats(0, STEP_SECONDS / 3), st.floats(0, STEP_SECONDS / 3), st.booleans())
def test_a_busy_machine_is_not_taken_for_one_that_slept(
    late: float, drift: float, counts_sleep: bool
) -> None:
    assert step_between(5.0 + late + drift, 5.0 + late, 5.0, counts_sleep=counts_sleep) is Step.NONE
