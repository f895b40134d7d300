"""The small limits: deadline, one retry, counters, the log's allow-list, the heartbeat, the network."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta

import pytest
import structlog

from avise.connectors.addresses import is_remote
from avise.connectors.contract import ConnectorError
from avise.connectors.deadline import Deadline, within
from avise.connectors.heartbeat import Heartbeat
from avise.connectors.retry import NotSentError, RetryAllowance, RetryBudget
from avise.connectors.safe_log import SafeLogger
from avise.connectors.statistics import Statistics
from avise.env import FixedEnv, SystemEnv
from avise.models.errors import ErrorKind, Failure, Origin


async def test_a_bug_within_python_itself_is_told_at_the_line_that_called_it() -> None:
    with pytest.raises(ConnectorError) as refusal:
        async with within(1):
            json.loads("{")
    assert refusal.value.detail.startswith("JSONDecodeError at test_limits.py:")


async def test_a_deadline_becomes_a_timeout_error() -> None:
    with pytest.raises(ConnectorError) as refusal:
        async with within(0.01):
            await asyncio.sleep(5)
    assert refusal.value.kind is ErrorKind.TIMEOUT


async def test_the_callers_cancellation_passes_through() -> None:
    async def work() -> None:
        async with within(5):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_connector_that_cancels_itself_is_a_bug() -> None:
    with pytest.raises(ConnectorError) as refusal:
        async with within(5):
            raise asyncio.CancelledError
    assert (refusal.value.kind, refusal.value.origin) == (ErrorKind.BUG, Origin.CONNECTOR)


async def test_the_text_of_an_exception_goes_nowhere() -> None:
    with pytest.raises(ConnectorError) as refusal:
        async with within(5):
            raise ValueError("MARCHAND")
    assert "MARCHAND" not in repr(refusal.value)
    assert refusal.value.detail.startswith("ValueError at test_limits.py:")
    assert refusal.value.__suppress_context__


def allowance(env: FixedEnv, *, left_s: float = 4.0, median_s: float = 0.1) -> RetryAllowance:
    return RetryAllowance(env, Deadline(left_s), RetryBudget(), median_s)


async def test_a_call_has_at_most_one_retry() -> None:
    retry = allowance(FixedEnv())
    assert retry.take(ConnectorError(ErrorKind.UNAVAILABLE), safe=True) is not None
    assert retry.take(ConnectorError(ErrorKind.UNAVAILABLE), safe=True) is None


@pytest.mark.parametrize(
    ("error", "safe", "retried"),
    [
        (ConnectorError(ErrorKind.UNAVAILABLE), True, True),
        (ConnectorError(ErrorKind.UNAVAILABLE), False, False),
        (NotSentError(ErrorKind.UNAVAILABLE), False, True),
        (NotSentError(ErrorKind.TIMEOUT), True, True),
        (ConnectorError(ErrorKind.TIMEOUT), True, False),
        (ConnectorError(ErrorKind.AUTH), True, False),
        (ConnectorError(ErrorKind.BAD_DATA), True, False),
        (ConnectorError(ErrorKind.RATE_LIMITED), True, False),
        (ConnectorError(ErrorKind.RATE_LIMITED, retry_after=timedelta(seconds=1)), True, True),
        (ConnectorError(ErrorKind.RATE_LIMITED, retry_after=timedelta(seconds=9)), True, False),
    ],
)
async def test_only_what_may_pass_is_tried_again(error: ConnectorError, safe: bool, retried: bool) -> None:
    assert (allowance(FixedEnv()).take(error, safe=safe) is not None) is retried


async def test_no_retry_without_time_for_it() -> None:
    slow = allowance(FixedEnv(), left_s=1.0, median_s=0.8)
    assert slow.take(ConnectorError(ErrorKind.UNAVAILABLE), safe=True) is None


def test_retries_stay_a_tenth_of_the_calls() -> None:
    budget = RetryBudget()
    retried = 0
    for _ in range(1000):
        budget.earn()
        retried += budget.spend()
    assert 95 <= retried <= 102


def test_counters_forget_after_an_hour() -> None:
    env = FixedEnv()
    numbers = Statistics(env)
    for milliseconds in range(1, 101):
        numbers.note_success(milliseconds)
    numbers.note_failure(Failure(ErrorKind.TIMEOUT), 4000)
    assert (numbers.calls_1h, numbers.failures_1h) == (101, 1)
    assert (numbers.percentile_ms(0.5), numbers.percentile_ms(0.95)) == (50, 95)
    since = numbers.failing_since
    env.advance(timedelta(minutes=1))
    numbers.note_failure(Failure(ErrorKind.TIMEOUT), 4000)
    assert numbers.failing_since == since
    env.advance(timedelta(minutes=61))
    assert (numbers.calls_1h, numbers.percentile_ms(0.5)) == (0, None)
    assert len(numbers.samples) == 100


def test_a_field_that_nobody_declared_safe_is_left_out() -> None:
    with structlog.testing.capture_logs() as lines:
        SafeLogger(instance="ged", member="0482917350").warning(
            "seen", kind="auth", url="http://x/0482917350"
        )
    (line,) = lines
    assert (line["instance"], line["kind"], line["refused_fields"]) == ("ged", "auth", "member,url")
    assert "0482917350" not in repr(line)


async def test_what_blocks_the_loop_is_named() -> None:
    heartbeat = Heartbeat(SystemEnv(), SafeLogger())
    heartbeat.start()
    async with asyncio.timeout(30):
        # A busy machine may hold the loop too, or look at it late.
        while not (mine := [gap for gap in heartbeat.gaps if gap.place.startswith("test_limits.py:")]):
            await asyncio.sleep(0.15)
            time.sleep(0.6)  # noqa: ASYNC251 - blocking the loop is the point
            await asyncio.sleep(0.2)
    await heartbeat.aclose()
    assert mine[0].milliseconds > 250


@pytest.mark.parametrize(
    ("address", "remote"),
    [
        ("http://127.0.0.1:80", False),
        ("http://[::1]:80", False),
        ("http://localhost", False),
        ("https://tools.example", True),
        ("https://10.1.2.3", True),
    ],
)
def test_a_tool_on_this_machine_is_not_on_the_network(address: str, remote: bool) -> None:
    assert is_remote(address) is remote
