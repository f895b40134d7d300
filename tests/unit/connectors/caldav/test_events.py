"""Answers of calendar servers, well made and not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from lxml import etree

from avise.connectors.caldav import events
from avise.connectors.caldav.calendar_query import CALDAV, Window, query_body
from avise.connectors.caldav.events import Events, read_events
from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.multistatus import DAV
from avise.models.errors import ErrorKind

PARIS = ZoneInfo("Europe/Paris")
CALENDAR = "/rdv/ct0000001/"
CANARY = "Canarival"


def event(**values: object) -> Event:
    made = Event()
    told = {"uid": "rdv-1", "dtstart": datetime(2026, 3, 24, 9, tzinfo=UTC)} | values
    for name, value in told.items():
        made.add(name.replace("_", "-"), value)
    return made


def file_of(*events: Event) -> bytes:
    calendar = Calendar()
    for each in events:
        calendar.add_component(each)
    written: bytes = calendar.to_ical()
    return written


def answer(*files: tuple[str, str | bytes], status: str = "HTTP/1.1 200 OK") -> HttpReply:
    root = etree.Element(f"{DAV}multistatus")
    for href, text in files:
        response = etree.SubElement(root, f"{DAV}response")
        etree.SubElement(response, f"{DAV}href").text = href
        group = etree.SubElement(response, f"{DAV}propstat")
        found = etree.SubElement(group, f"{DAV}prop")
        etree.SubElement(found, f"{DAV}getetag").text = '"v1"'
        etree.SubElement(found, f"{CALDAV}calendar-data").text = (
            text.decode() if isinstance(text, bytes) else text
        )
        etree.SubElement(group, f"{DAV}status").text = status
    return reply(etree.tostring(root))


def reply(body: bytes) -> HttpReply:
    return HttpReply(207, {}, body, "application/xml", "utf-8", f"http://127.0.0.1:1{CALENDAR}")


def read(*events: Event, **properties: str) -> Events:
    return read_events(answer((f"{CALENDAR}a.ics", file_of(*events))), properties, PARIS)


def test_a_calendar_without_events_is_empty_and_whole() -> None:
    assert read_events(answer(), {}, PARIS) == Events((), 0, "")


def test_a_time_in_another_zone_is_told_in_ours() -> None:
    found = read(event(dtstart=datetime(2026, 7, 1, 17, tzinfo=ZoneInfo("Asia/Tokyo"))))
    assert found.rows[0]["starts_at"] == "2026-07-01T10:00:00+02:00"


def test_a_time_in_a_zone_that_nobody_knows_is_counted_and_not_told() -> None:
    text = file_of(event()).replace(b"DTSTART:20260324T090000Z", b"DTSTART;TZID=Atlantide:20260324T090000")
    assert read_events(answer((f"{CALENDAR}a.ics", text)), {}, PARIS) == Events((), 1, "")


def test_a_time_without_a_zone_is_one_of_ours() -> None:
    found = read(event(dtstart=datetime(2026, 1, 5, 9)))  # noqa: DTZ001 - what is tested
    assert found.rows[0]["starts_at"] == "2026-01-05T09:00:00+01:00"


def test_a_day_without_hours_lasts_until_the_next_midnight() -> None:
    row = read(event(dtstart=date(2026, 3, 28))).rows[0]
    assert (row["all_day"], row["starts_at"], row["ends_at"]) == (
        True, "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00",
    )  # fmt: skip


def test_the_end_may_be_told_by_a_duration() -> None:
    row = read(event(duration=timedelta(minutes=45))).rows[0]
    assert row["ends_at"] == "2026-03-24T10:45:00+01:00"


def test_each_occurrence_of_a_series_has_an_identifier_of_its_own() -> None:
    days = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (3, 10, 17)]
    found = read(*(event(dtstart=day, recurrence_id=day) for day in days))
    assert len({row["id"] for row in found.rows}) == 3
    assert {row["uid"] for row in found.rows} == {"rdv-1"}


def test_a_series_that_the_server_did_not_unroll_is_counted_and_not_told() -> None:
    found = read(event(rrule={"freq": "weekly"}), event(uid="rdv-2"))
    assert ([row["id"] for row in found.rows], found.unreadable) == (["rdv-2"], 1)


def test_names_come_before_addresses() -> None:
    named, bare = event(), event(uid="rdv-2")
    named.add("organizer", "mailto:a@exemple.invalid", parameters={"CN": "Marc Le Goff"})
    bare.add("organizer", "mailto:b@exemple.invalid")
    assert [row["organizer"] for row in read(named, bare).rows] == ["Marc Le Goff", "b@exemple.invalid"]


def test_named_properties_are_read_and_absent_ones_are_empty() -> None:
    row = read(event(x_contact="ct0000001"), contact="X-CONTACT", suite="X-SUITE").rows[0]
    assert (row["contact"], row["suite"]) == ("ct0000001", "")


@pytest.mark.parametrize(
    "broken",
    [
        "",
        CANARY,
        "BEGIN:VCALENDAR",
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:{CANARY}\nEND:VEVENT\nEND:VCALENDAR",
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:{CANARY}\nEND:VEVENT\nEND:VCALENDAR",
    ],
)
def test_an_event_that_cannot_be_read_leaves_the_others(broken: str) -> None:
    files = (f"{CALENDAR}a.ics", broken), (f"{CALENDAR}b.ics", file_of(event()))
    found = read_events(answer(*files), {}, PARIS)
    assert ([row["id"] for row in found.rows], found.unreadable) == (["rdv-1"], 1)


def test_an_event_that_the_server_could_not_give_is_counted() -> None:
    refused = answer((f"{CALENDAR}a.ics", file_of(event())), status="HTTP/1.1 500 Internal Server Error")
    assert read_events(refused, {}, PARIS) == Events((), 1, "")


def test_a_server_that_gives_a_part_only_says_so() -> None:
    root = etree.Element(f"{DAV}multistatus")
    response = etree.SubElement(root, f"{DAV}response")
    etree.SubElement(response, f"{DAV}href").text = CALENDAR
    etree.SubElement(response, f"{DAV}status").text = "HTTP/1.1 507 Insufficient Storage"
    assert read_events(reply(etree.tostring(root)), {}, PARIS).truncated_because == "source_limit"


def test_of_too_many_files_the_latest_are_read_and_the_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_FILES", 2)
    files = [
        (
            f"{CALENDAR}{day}.ics",
            file_of(event(uid=f"rdv-{day}", dtstart=datetime(2026, 3, day, 9, tzinfo=PARIS))),
        )
        for day in (24, 26, 25)
    ]
    found = read_events(answer(*files), {}, PARIS)
    assert [row["id"] for row in found.rows] == ["rdv-26", "rdv-25"]
    assert (found.unreadable, found.truncated_because) == (0, "max_rows")
    assert read_events(answer(*files[:2]), {}, PARIS).truncated_because == ""


def test_an_event_of_another_calendar_is_refused() -> None:
    with pytest.raises(ConnectorError) as raised:
        read_events(answer((f"/rdv/{CANARY}/a.ics", file_of(event(summary=CANARY)))), {}, PARIS)
    assert raised.value.kind is ErrorKind.BAD_DATA
    assert CANARY not in f"{raised.value!r} {raised.value.detail}"


@pytest.mark.parametrize("body", [b"", b"<a", CANARY.encode(), b"<a/>", b"\xff\xfe<a/>"])
def test_what_is_no_answer_of_a_calendar_is_refused(body: bytes) -> None:
    with pytest.raises(ConnectorError) as raised:
        read_events(reply(body), {}, PARIS)
    assert raised.value.kind is ErrorKind.BAD_DATA
    assert CANARY not in str(raised.value)


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)


@given(summary=TEXTS.filter(lambda text: text == text.strip() and "\ufffe" not in text))
def test_a_subject_comes_through_escapes_and_folds(summary: str) -> None:
    try:
        etree.Element("a").text = summary
    except ValueError:
        return  # a character that XML cannot carry
    assert read(event(summary=summary)).rows[0]["summary"] == summary


@given(data=st.binary(max_size=300))
def test_no_bytes_whatever_break_the_reader(data: bytes) -> None:
    with pytest.raises(ConnectorError) as raised:
        read_events(reply(data), {}, PARIS)
    assert raised.value.kind is ErrorKind.BAD_DATA


@given(
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(PARIS)),  # noqa: DTZ001 - hypothesis sets the zone
    past=st.integers(0, 3_660),
    future=st.integers(0, 3_660),
)
def test_the_window_holds_now_and_whole_days(now: datetime, past: int, future: int) -> None:
    window = Window.around(now, past, future)
    assert window.start <= now < window.end
    assert window.end - window.start == timedelta(days=past + future + 1)


def test_the_query_asks_for_unrolled_series_of_the_same_window() -> None:
    window = Window.around(datetime(2026, 3, 24, 10, tzinfo=UTC), 30, 60)
    root = etree.fromstring(query_body(window))
    told = {"start": "20260222T000000Z", "end": "20260524T000000Z"}
    assert [dict(each.attrib) for each in root.iter(f"{CALDAV}expand", f"{CALDAV}time-range")] == [told, told]
