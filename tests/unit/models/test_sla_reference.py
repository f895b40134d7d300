"""The service clock agrees with a count made minute by minute, over any hours, pauses and clock changes."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from avise.models.business_hours import DEFAULT_HOURS, BusinessHours
from avise.models.sla import Pause, ServiceLevel, SlaState, clock, due_at
from tests.unit.models.minute_by_minute import PARIS, SlowHours, consumed, is_paused, reached, whole

SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
DAYS_WALKED = 6
ZONES = (UTC, PARIS, ZoneInfo("America/Guadeloupe"), timezone(timedelta(hours=9)))

BUSY_DAYS = (
    date(2026, 3, 28),  # the clocks go forward on the 29th
    date(2026, 10, 24),  # and back on the 25th
    date(2027, 10, 30),
    date(2026, 4, 2),  # Good Friday, Easter Monday
    date(2026, 4, 30),
    date(2026, 12, 23),  # Christmas, Saint Stephen's Day, the New Year
    date(2024, 2, 28),
    date(2027, 5, 5),
    date(2026, 10, 26),  # a block of listed minutes ends in the night
)


@st.composite
def periods_of_a_day(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    edges = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple((_time(opening), _time(closing)) for opening, closing in pairs)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


@st.composite
def business_hours(draw: st.DrawFn) -> BusinessHours:
    week = draw(st.lists(periods_of_a_day(), min_size=7, max_size=7).filter(any))
    closed = draw(st.frozensets(st.sampled_from([day + timedelta(days=2) for day in BUSY_DAYS]), max_size=3))
    return BusinessHours(tuple(week), draw(st.booleans()), closed)


HOURS = st.one_of(
    st.just(DEFAULT_HOURS),
    st.just(BusinessHours(((((time(), time()),)),) * 7)),
    st.just(BusinessHours(((((time(1, 30), time(2, 45)), (time(2, 45), time(3, 10)))),) * 7, True)),
    business_hours(),
)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Draw a moment, near a day on which something happens more often than not, told in any zone."""
    day = draw(st.one_of(st.sampled_from(BUSY_DAYS), st.dates(date(2020, 1, 1), date(2035, 12, 31))))
    seconds = draw(st.integers(0, 4 * 24 * 3600))
    at = datetime.combine(day, time(), UTC) + timedelta(seconds=seconds, microseconds=draw(st.integers(0, 9)))
    return at.astimezone(draw(st.sampled_from(ZONES)))


def _later(at: datetime, **delta: int) -> datetime:
    """Return a moment so long after, told in the same zone: on the wall, the repeated hour has no order."""
    return (at.astimezone(UTC) + timedelta(**delta)).astimezone(at.tzinfo)


OFFSETS = st.integers(-2 * 24 * 60, DAYS_WALKED * 24 * 60)


@st.composite
def pauses_near(draw: st.DrawFn, started: datetime) -> list[Pause]:
    """Draw pauses in any order: nested, apart, empty, told backwards, still open, begun before the start."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        starts = _later(started, minutes=draw(OFFSETS), seconds=draw(st.integers(0, 59)))
        length = draw(st.one_of(st.none(), st.integers(-60, 3 * 24 * 60)))
        ends = None if length is None else _later(starts, minutes=length, seconds=draw(st.integers(0, 59)))
        found.append(Pause(starts, ends, "member"))
    return found


def _slow(hours: BusinessHours) -> SlowHours:
    return SlowHours(hours.periods, hours.alsace_moselle, hours.closed)


@SLOWLY
@given(hours=HOURS, a=moments(), length=st.integers(0, DAYS_WALKED * 24 * 60))
@example(hours=DEFAULT_HOURS, a=datetime(2026, 4, 2, 15, tzinfo=UTC), length=6 * 24 * 60)
def test_the_open_minutes_between_two_moments_are_those_counted_one_by_one(
    hours: BusinessHours, a: datetime, length: int
) -> None:
    b = _later(a, minutes=length)
    expected = _slow(hours).open_minutes(a, b)
    assert hours.minutes_between(a, b) == expected
    assert hours.minutes_between(b, a) == -expected


@SLOWLY
@given(hours=HOURS, at=moments())
def test_a_minute_is_open_when_the_clock_of_paris_says_so_and_the_next_opening_is_the_first_one(
    hours: BusinessHours, at: datetime
) -> None:
    slow = _slow(hours)
    assert hours.is_open(at) == slow.is_open(whole(at))
    opening = hours.next_opening(at)
    assert slow.is_open(opening)
    walked = min(opening, whole(at) + timedelta(days=DAYS_WALKED))
    assert opening >= whole(at)
    assert slow.open_minutes(at, walked) == 0


@SLOWLY
@given(data=st.data(), hours=HOURS, started=moments(), target=st.integers(1, 40 * 60))
def test_a_due_time_is_the_minute_in_which_the_count_is_full(
    data: st.DataObject, hours: BusinessHours, started: datetime, target: int
) -> None:
    pauses = data.draw(pauses_near(started))
    now = _later(started, minutes=data.draw(OFFSETS))
    level = ServiceLevel(target, hours)
    until = whole(started) + timedelta(days=DAYS_WALKED)
    spans = [(pause.starts, pause.ends) for pause in pauses]
    wanted = [math.ceil(Decimal(share) * target) for share in ("0.5", "0.8", "1", "1.2")]
    expected = reached(_slow(hours), started, spans, now, wanted, until)
    found = clock(level, started, pauses, now)
    for moment, fast in zip(
        expected, (found.warn_at, found.soon_at, found.due_at, found.escalate_at), strict=True
    ):
        if moment is None:
            assert fast > until
        else:
            assert fast == moment
    assert due_at(level, started, pauses, now) == found.due_at == found.late_at


@SLOWLY
@given(data=st.data(), hours=HOURS, started=moments(), target=st.integers(1, 40 * 60), ends=st.booleans())
def test_what_is_consumed_and_the_state_are_those_counted_one_by_one(
    data: st.DataObject, hours: BusinessHours, started: datetime, target: int, *, ends: bool
) -> None:
    pauses = data.draw(pauses_near(started))
    at = _later(started, minutes=data.draw(OFFSETS), seconds=data.draw(st.integers(0, 59)))
    spans = [(pause.starts, pause.ends) for pause in pauses]
    now = _later(at, days=3) if ends else at
    found = clock(ServiceLevel(target, hours), started, pauses, now, at if ends else None)
    count = consumed(_slow(hours), started, spans, at)
    assert found.measured_at == whole(at)
    assert found.consumed == count
    assert found.remaining == target - count
    assert found.warned == (count * 2 >= target)
    assert found.escalated == (count * 10 >= target * 12)
    stopped = not ends and is_paused(spans, whole(at), _later(at, minutes=1))
    assert found.paused == stopped
    assert found.state is _state(count, target, ended=ends, paused=stopped)


def _state(count: int, target: int, *, ended: bool, paused: bool) -> SlaState:
    late = count >= target
    if ended:
        return SlaState.MISSED if late else SlaState.MET
    if late:
        return SlaState.LATE
    if paused:
        return SlaState.PAUSED
    return SlaState.SOON if count * 10 >= target * 8 else SlaState.ON_TIME


@given(data=st.data(), hours=HOURS, started=moments(), target=st.integers(1, 5000))
def test_the_ledger_may_be_told_in_any_order_and_twice_and_in_any_zone(
    data: st.DataObject, hours: BusinessHours, started: datetime, target: int
) -> None:
    pauses = data.draw(pauses_near(started))
    now = _later(started, minutes=data.draw(OFFSETS))
    told = data.draw(st.permutations([*pauses, *pauses]))
    zone = data.draw(st.sampled_from(ZONES))
    level = ServiceLevel(target, hours)
    again = ServiceLevel.from_json(level.as_json())
    assert clock(level, started, pauses, now) == clock(
        again, started.astimezone(zone), told, now.astimezone(zone)
    )


@given(hours=HOURS, start=moments(), minutes=st.integers(0, 200_000))
def test_a_delay_is_found_again_between_its_start_and_its_end_and_not_a_minute_earlier(
    hours: BusinessHours, start: datetime, minutes: int
) -> None:
    end = hours.add(start, minutes)
    if end.year < 2200:
        assert hours.minutes_between(start, end) == minutes
        assert minutes == 0 or hours.minutes_between(start, end - timedelta(minutes=1)) == minutes - 1
