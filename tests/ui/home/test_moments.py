"""Times as they are said, and times as they are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.texts.formats import local
from avise.ui.home.moments import at_day, choices, due_chip, due_sentence, moment_words, read_moment
from avise.ui.widgets.chip import Tone

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)  # 10:44 in Paris, a Tuesday
TODAY = date(2026, 3, 24)


def _naive(year: int, month: int, day: int) -> datetime:
    """Return a bound for hypothesis, which adds the time zone itself."""
    return datetime(year, month, day, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("words", "day", "hour"),
    [
        ("14:30", TODAY, time(14, 30)),
        ("14 h 30", TODAY, time(14, 30)),
        ("14h", TODAY, time(14)),
        ("demain 9 h", date(2026, 3, 25), time(9)),
        ("Demain à 9:15", date(2026, 3, 25), time(9, 15)),
        ("aujourd’hui 17:00", TODAY, time(17)),
        ("lundi", date(2026, 3, 30), time(9)),
        ("mardi 8h", date(2026, 3, 31), time(8)),
        ("27/03", date(2026, 3, 27), time(9)),
        ("27/03/2026 14:30", date(2026, 3, 27), time(14, 30)),
        ("2/1", date(2027, 1, 2), time(9)),
        ("02.01.27 8:05", date(2027, 1, 2), time(8, 5)),
        ("tomorrow at 9h", date(2026, 3, 25), time(9)),
    ],
)
def test_a_time_is_read_as_it_is_said(words: str, day: date, hour: time) -> None:
    assert read_moment(words, NOW) == at_day(day, hour)


@pytest.mark.parametrize("words", ["", "bientôt", "25:00", "14:75", "31/02", "32/13/2026", "9", "27/03/0001"])
def test_what_is_not_a_time_is_not_read(words: str) -> None:
    assert read_moment(words, NOW) is None


@given(st.text(max_size=30))
def test_nothing_that_is_typed_breaks_the_reading(words: str) -> None:
    found = read_moment(words, NOW)
    assert found is None or found.tzinfo is not None


@given(st.datetimes(min_value=_naive(2026, 3, 25), max_value=_naive(2027, 2, 1)))
def test_a_written_date_and_hour_is_read_back(moment: datetime) -> None:
    written = f"{moment:%d/%m/%Y %H:%M}"
    found = read_moment(written, NOW)
    assert found == at_day(moment.date(), moment.time().replace(second=0, microsecond=0))


@given(st.datetimes(min_value=_naive(2025, 1, 1), max_value=_naive(2030, 1, 1), timezones=st.just(UTC)))
def test_every_time_offered_is_to_come_and_ordered(now: datetime) -> None:
    offered = [choice.at for choice in choices(now)]
    assert len(offered) >= 4
    assert all(at > now for at in offered)
    assert all(local(at).weekday() < 5 for at in offered[-3:-1])


def test_no_afternoon_is_offered_within_the_hour_or_past() -> None:
    assert len(choices(NOW)) == 5
    assert len(choices(datetime(2026, 3, 24, 12, 30, tzinfo=UTC))) == 4


def test_the_next_morning_skips_week_ends_and_public_holidays() -> None:
    friday = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)
    assert at_day(date(2026, 4, 7), time(9)) in [choice.at for choice in choices(friday)]


def test_a_mark_says_late_soon_or_when() -> None:
    late = due_chip(NOW - timedelta(hours=2), NOW)
    assert (late.text, late.tone) == ("retard 2\u00a0h", Tone.DANGER)
    assert due_chip(NOW - timedelta(seconds=20), NOW).text == "maintenant"
    soon = due_chip(NOW + timedelta(minutes=36), NOW)
    assert (soon.text, soon.tone) == ("36\u00a0min", Tone.WARN)
    assert due_chip(NOW + timedelta(hours=4), NOW).text == "14:44"
    assert due_chip(NOW + timedelta(days=1), NOW).text == "demain 10:44"
    assert due_chip(NOW + timedelta(days=9), NOW).text == "02/04 11:44"


def test_sentences_say_the_time_in_full() -> None:
    assert moment_words(NOW + timedelta(days=3), NOW) == "ven. 27 mars 10:44"
    assert due_sentence(NOW - timedelta(hours=1), NOW) == "à faire avant 09:44, en retard de 1\u00a0h"
