"""When a tool is left alone, and when it is tried again."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from avise.connectors.breaker import FIRST_OPENING_S, LONGEST_OPENING_S, THRESHOLD, Breaker, BreakerState
from avise.connectors.contract import ConnectorError
from avise.env import FixedEnv
from avise.models.errors import ErrorKind, Origin


def fail(breaker: Breaker, kind: ErrorKind = ErrorKind.UNAVAILABLE) -> None:
    """Make one call that fails."""
    with pytest.raises(ConnectorError), breaker.guard():
        raise ConnectorError(kind)


def state_of(breaker: Breaker) -> BreakerState:
    """Return the state now."""
    return breaker.state


def succeed(breaker: Breaker) -> bool:
    """Make one call that succeeds; tell whether it was the probe."""
    with breaker.guard() as probe:
        return probe


@pytest.fixture
def env() -> FixedEnv:
    return FixedEnv()


@pytest.fixture
def breaker(env: FixedEnv) -> Breaker:
    return Breaker(env)


def open_it(breaker: Breaker) -> None:
    for _ in range(THRESHOLD):
        fail(breaker)


def wait(env: FixedEnv, seconds: float) -> None:
    env.advance(timedelta(seconds=seconds))


def test_four_failures_in_a_row_open_it(breaker: Breaker) -> None:
    for _ in range(THRESHOLD - 1):
        fail(breaker)
    assert state_of(breaker) is BreakerState.CLOSED
    fail(breaker, ErrorKind.TIMEOUT)
    assert state_of(breaker) is BreakerState.OPEN
    with pytest.raises(ConnectorError) as refusal:
        succeed(breaker)
    assert refusal.value.origin is Origin.HOST
    assert refusal.value.retry_after is not None


@pytest.mark.parametrize(
    "kind",
    [ErrorKind.AUTH, ErrorKind.NOT_FOUND, ErrorKind.FORBIDDEN, ErrorKind.BAD_DATA, ErrorKind.RATE_LIMITED],
)
def test_an_answer_that_refuses_proves_the_tool_alive(breaker: Breaker, kind: ErrorKind) -> None:
    for _ in range(THRESHOLD - 1):
        fail(breaker)
    fail(breaker, kind)
    for _ in range(THRESHOLD - 1):
        fail(breaker)
    assert state_of(breaker) is BreakerState.CLOSED


@pytest.mark.parametrize("kind", [ErrorKind.BUG, ErrorKind.CONFIG])
def test_our_own_faults_say_nothing_of_the_tool(breaker: Breaker, kind: ErrorKind) -> None:
    for _ in range(THRESHOLD - 1):
        fail(breaker)
    fail(breaker, kind)
    assert state_of(breaker) is BreakerState.CLOSED
    fail(breaker)
    assert state_of(breaker) is BreakerState.OPEN


def test_a_cancellation_counts_nowhere(breaker: Breaker) -> None:
    for _ in range(THRESHOLD * 3):
        with pytest.raises(asyncio.CancelledError), breaker.guard():
            raise asyncio.CancelledError
    assert state_of(breaker) is BreakerState.CLOSED


def test_one_probe_passes_when_the_time_is_over(breaker: Breaker, env: FixedEnv) -> None:
    open_it(breaker)
    wait(env, FIRST_OPENING_S * 1.2)
    assert state_of(breaker) is BreakerState.HALF_OPEN
    with breaker.guard() as probe:
        assert probe
        with pytest.raises(ConnectorError):
            succeed(breaker)
    assert state_of(breaker) is BreakerState.CLOSED


def test_a_cancelled_probe_frees_its_place(breaker: Breaker, env: FixedEnv) -> None:
    open_it(breaker)
    wait(env, FIRST_OPENING_S * 1.2)
    with pytest.raises(asyncio.CancelledError), breaker.guard():
        raise asyncio.CancelledError
    assert state_of(breaker) is BreakerState.HALF_OPEN
    assert succeed(breaker)


def test_each_failed_probe_doubles_the_wait_up_to_two_minutes(breaker: Breaker, env: FixedEnv) -> None:
    open_it(breaker)
    waits = []
    for _ in range(6):
        left = breaker.retry_in
        assert left is not None
        waits.append(left.total_seconds())
        wait(env, left.total_seconds() + 0.001)
        fail(breaker)
    for seconds, base in zip(waits, (15, 30, 60, 120, 120, 120), strict=True):
        assert base <= seconds <= base * 1.1 + 0.001
    assert waits[-1] <= LONGEST_OPENING_S * 1.1 + 0.001


def test_a_success_forgets_the_doubling(breaker: Breaker, env: FixedEnv) -> None:
    open_it(breaker)
    wait(env, 20)
    fail(breaker)
    wait(env, 40)
    succeed(breaker)
    open_it(breaker)
    left = breaker.retry_in
    assert left is not None
    assert left <= timedelta(seconds=FIRST_OPENING_S * 1.1)


def test_a_person_may_force_a_probe(breaker: Breaker) -> None:
    open_it(breaker)
    breaker.allow_probe()
    assert succeed(breaker)
    assert state_of(breaker) is BreakerState.CLOSED
    assert breaker.retry_in is None


def test_a_result_from_before_the_opening_does_not_close_it(breaker: Breaker) -> None:
    with breaker.guard():
        open_it(breaker)
    assert state_of(breaker) is BreakerState.OPEN


def test_a_call_is_spared_the_queue_while_it_is_open(breaker: Breaker) -> None:
    breaker.refuse_if_open()
    open_it(breaker)
    with pytest.raises(ConnectorError):
        breaker.refuse_if_open()
