"""What an HTTP status means for a read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.http_status import check_status, retry_after, status_error
from avise.models.errors import ErrorKind, Origin
from avise.transport.faults import PROXY_ACCOUNT

NOW = datetime(2026, 3, 24, 10, 44, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 204, 206, 207, 299, 304])
def test_a_success_passes(status: int) -> None:
    check_status(HttpReply(status, {}, b"", "", "utf-8"), NOW)


def test_every_other_status_is_an_error_that_names_itself() -> None:
    for status in {*range(100, 200), *range(300, 600)} - {304, 407}:
        error = status_error(status, {}, NOW)
        assert error is not None, status
        assert error.detail == f"status {status}"
        assert (error.kind is ErrorKind.UNAVAILABLE) is (status >= 500 and status != 501), status


def test_a_proxy_that_asks_for_an_account_is_the_workstation_s_matter_and_no_tool_s() -> None:
    error = status_error(407, {}, NOW)
    assert error is not None
    assert (error.kind, error.origin, error.detail) == (ErrorKind.CONFIG, Origin.HOST, PROXY_ACCOUNT)


def test_a_refusal_is_raised() -> None:
    with pytest.raises(ConnectorError) as refusal:
        check_status(HttpReply(403, {}, b"", "", "utf-8"), NOW)
    assert refusal.value.kind is ErrorKind.FORBIDDEN


@given(st.integers(0, 3600))
def test_a_wait_may_be_seconds_or_a_date(seconds: int) -> None:
    wait = timedelta(seconds=seconds)
    assert retry_after({"retry-after": str(seconds)}, NOW) == wait
    assert retry_after({"retry-after": format_datetime(NOW + wait, usegmt=True)}, NOW) == wait


@given(st.text(max_size=20))
def test_any_text_gives_a_wait_of_at_most_an_hour_or_none(text: str) -> None:
    wait = retry_after({"retry-after": text}, NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=1)


def test_a_date_in_the_past_is_no_wait() -> None:
    past = format_datetime(NOW - timedelta(days=1), usegmt=True)
    assert retry_after({"retry-after": past}, NOW) == timedelta(0)


def test_only_a_limit_or_a_pause_carries_a_wait() -> None:
    headers = {"retry-after": "5"}
    waits = [status_error(status, headers, NOW) for status in (429, 503, 500, 404)]
    assert [error.retry_after for error in waits if error is not None] == [
        timedelta(seconds=5), timedelta(seconds=5), None, None,
    ]  # fmt: skip
