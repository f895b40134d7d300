"""What the mark of a service clock says, in a few signs and in full."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours
from avise.models.sla import Pause, ServiceLevel, SlaClock, clock
from avise.models.sla_words import ChipText, chip_text, open_duration, sla_sentence
from avise.texts import set_language
from avise.texts.formats import HARD, PARIS


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of November 2026, the 23rd being a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)


def words(found: SlaClock, hours: BusinessHours = DEFAULT_HOURS) -> str:
    return chip_text(found, hours).words().replace(HARD, " ")


def sentence(found: SlaClock, hours: BusinessHours = DEFAULT_HOURS) -> str:
    return sla_sentence(found, hours).replace(HARD, " ")


def read(target: int, started: datetime, now: datetime, *pauses: Pause) -> SlaClock:
    return clock(ServiceLevel(target), started, pauses, now)


@pytest.mark.parametrize(
    ("target", "started", "now", "expected"),
    [
        (540, at(23, 8, 30), at(23, 12, 30), "5 h"),
        (540, at(23, 8, 30), at(23, 11, 10), "6 h 20"),
        (540, at(23, 8, 30), at(23, 15, 28), "2 h 02"),
        (540, at(23, 8, 30), at(23, 16, 42), "48 min"),
        (15, at(23, 8, 30), at(23, 8, 30), "15 min"),
        (540, at(23, 12), at(23, 13), "demain"),
        (1080, at(23, 12), at(23, 13), "2 j"),
        (540, at(23, 12), at(24, 8, 30), "3 h 30"),
        (240, at(23, 15), at(23, 15), "demain"),
        (240, at(23, 15), at(23, 17, 20), "demain"),
        (240, at(23, 14), at(23, 17, 20), "40 min"),
        (1080, at(23, 12), at(24, 17, 25), "3 h 35"),
        (5400, at(16, 8, 30), at(26, 8, 30), "demain"),
        (5400, at(16, 12), at(26, 12), "2 j"),
    ],
)
def test_what_is_left_is_told_in_hours_today_and_in_days_after(
    target: int, started: datetime, now: datetime, expected: str
) -> None:
    assert words(read(target, started, now)) == expected


def test_from_friday_to_monday_it_is_one_day_of_work_and_not_tomorrow() -> None:
    assert words(read(540, at(20, 12), at(20, 13))) == "1 j"


def test_public_holidays_are_no_days_that_are_left() -> None:
    started = datetime(2026, 12, 23, 12, tzinfo=PARIS)
    found = read(1080, started, started)
    assert found.due_at == datetime(2026, 12, 28, 12, tzinfo=PARIS)
    assert words(found) == "2 j"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(23, 12, 30), "en retard"),
        (at(23, 12, 42), "retard 12 min"),
        (at(23, 13, 29), "retard 59 min"),
        (at(23, 13, 30), "retard 1 h"),
        (at(23, 14, 59), "retard 2 h"),
        (at(24, 12, 29), "retard 8 h"),
        (at(24, 12, 30), "retard 1 j"),
        (at(26, 9), "retard 2 j"),
    ],
)
def test_a_lateness_is_told_in_the_largest_unit_that_is_full(now: datetime, expected: str) -> None:
    assert words(read(240, at(23, 8, 30), now)) == expected


def test_a_pause_and_an_end_are_told_by_a_word() -> None:
    level, start = ServiceLevel(240), at(23, 8, 30)
    assert words(clock(level, start, [Pause(at(23, 9))], at(23, 10))) == "en pause"
    assert words(clock(level, start, (), at(30, 10), ended=at(23, 10))) == "tenue"
    assert words(clock(level, start, (), at(30, 10), ended=at(24, 10))) == "dépassée"


def test_midnight_is_the_end_of_a_day_and_not_the_next_one() -> None:
    always = BusinessHours((((time(), time()),),) * 7)
    found = clock(ServiceLevel(600, always), at(23, 14), (), at(23, 15))
    assert words(found, always) == "9 h"


def test_the_sentence_says_by_when_and_how_long_that_is_in_business_hours() -> None:
    found = read(540, at(23, 5, 54), at(23, 15, 28))
    assert sentence(found) == "à traiter avant 17:30, dans 2 h 02, heures ouvrées"
    tomorrow = read(1080, at(23, 12), at(24, 9))
    assert sentence(tomorrow) == "à traiter avant demain 12:00, dans 1 j 3 h, heures ouvrées"
    later = read(5400, at(23, 12), at(23, 12))
    assert sentence(later) == "à traiter avant lun. 7 déc. 12:00, dans 10 j, heures ouvrées"


def test_the_sentence_of_a_late_request_says_since_when_and_whether_one_waits() -> None:
    start = at(23, 8, 30)
    assert (
        sentence(read(240, start, at(23, 15))) == "en retard de 2 h 30, heures ouvrées, à traiter avant 12:30"
    )
    assert (
        sentence(read(240, start, at(24, 10), Pause(at(23, 15))))
        == "en retard de 2 h 30, heures ouvrées, à traiter avant lun. 23 nov. 12:30, en pause"
    )
    assert (
        sentence(read(540, start, at(23, 18)))
        == "en retard de moins d’une minute, heures ouvrées, à traiter avant 17:30"
    )


def test_the_sentence_of_a_clock_that_stands_still() -> None:
    level, start = ServiceLevel(240), at(23, 8, 30)
    paused = clock(level, start, [Pause(at(23, 9))], at(23, 10))
    assert sentence(paused) == "en pause, reste 3 h 30, heures ouvrées"
    met = clock(level, start, (), at(30, 10), ended=at(23, 10, 5))
    assert sentence(met) == "échéance tenue, traitée en 1 h 35, heures ouvrées"
    missed = clock(level, start, (), at(30, 10), ended=at(24, 10))
    assert sentence(missed) == "échéance dépassée de 6 h 30, heures ouvrées"


def test_english_says_the_same() -> None:
    set_language("en")
    found = read(540, at(23, 12), at(23, 13))
    assert words(found) == "tomorrow"
    assert sentence(found) == "to handle before tomorrow 12:00, in 8 h, business hours"
    assert words(read(240, at(23, 8, 30), at(24, 12, 30))) == "late 1 d"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "moins d’une minute"),
        (1, "1 min"),
        (60, "1 h"),
        (122, "2 h 02"),
        (540, "1 j"),
        (1260, "2 j 3 h"),
        (585, "1 j"),
    ],
)
def test_a_duration_of_open_time_is_told_in_days_of_the_team(minutes: int, expected: str) -> None:
    assert open_duration(minutes, DEFAULT_HOURS).replace(HARD, " ") == expected


@given(
    target=st.integers(1, 6000),
    passed=st.integers(-500, 20_000),
    pause=st.none() | st.integers(0, 10_000),
    language=st.sampled_from(("fr", "en")),
)
def test_every_clock_has_its_words_with_no_value_left_out(
    target: int, passed: int, pause: int | None, language: str
) -> None:
    set_language(language)
    pauses = () if pause is None else (Pause(at(23, 8) + timedelta(minutes=pause)),)
    found = read(target, at(23, 8), at(23, 8) + timedelta(minutes=passed), *pauses)
    chip = chip_text(found, DEFAULT_HOURS)
    for said in (chip.words(), sla_sentence(found, DEFAULT_HOURS)):
        assert said
        assert "{" not in said
        assert "sla." not in said
    assert len(chip.words()) <= 14
    assert chip == ChipText(chip.key, dict(chip.params))
