from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from avise.texts import set_language
from avise.texts.formats import (
    format_age,
    format_amount,
    format_duration,
    format_long_date,
    format_member_number,
    format_moment,
    format_phone,
    format_timer,
    timeline_day,
)

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    set_language("fr")
    yield
    set_language("fr")


def test_amounts_use_french_spaces_and_a_true_minus() -> None:
    assert format_amount(Decimal("-1234.5")) == "−1\u202f234,50\u00a0€"


def test_amounts_in_english_carry_the_sign_before_the_currency() -> None:
    set_language("en")
    assert format_amount("-84.2") == "−€84.20"


def test_a_moment_is_as_short_as_it_can_be() -> None:
    assert format_moment(NOW, NOW) == "10:44"
    assert format_moment(NOW - timedelta(hours=16, minutes=24), NOW) == "hier 18:20"
    assert format_moment(NOW - timedelta(days=3), NOW) == "sam. 21 mars 10:44"
    assert format_moment(NOW - timedelta(days=30), NOW) == "22/02/2026"


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    assert format_long_date(date(2026, 5, 1)) == "1er mai 2026"


def test_durations_are_hours_and_minutes() -> None:
    assert format_duration(timedelta(minutes=155)) == "2\u00a0h\u00a035"
    assert format_duration(timedelta(minutes=48)) == "48\u00a0min"
    assert format_age(timedelta(days=3)) == "il y a 3\u00a0j"


def test_numbers_are_read_by_groups() -> None:
    assert format_member_number("0482917350") == "0482\u202f917\u202f350"
    assert format_phone("+33639984127") == "06\u00a039\u00a098\u00a041\u00a027"
    assert format_phone("+4930123456") == "+4930123456"


def test_timers_show_hours_only_when_there_are_some() -> None:
    assert format_timer(272) == "04:32"
    assert format_timer(3872) == "1:04:32"


def test_the_timeline_column_stays_narrow() -> None:
    today = NOW.date()
    assert timeline_day(today, today) == "auj."
    assert timeline_day(today - timedelta(days=1), today) == "lun. 23"
    assert timeline_day(date(2026, 2, 3), today) == "3 févr."
    assert timeline_day(date(2024, 2, 3), today) == "03/02/24"
