"""From the answer of a calendar to rows, one an occurrence of an event (RFC 5545).

A row has `id` (the UID, with the moment of the occurrence for one of a series), `uid`, `summary`,
`description`, `location`, `status` (CONFIRMED, TENTATIVE, CANCELLED or ""), `starts_at` and `ends_at`
(ISO 8601), `all_day`, `organizer` and `attendees` (names, else addresses), `categories`, `etag`, and the
properties that the file names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component

from avise.connectors.caldav.calendar_query import CALDAV
from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.multistatus import DAV, Resource, decoded_path, is_directly_in, read_multistatus
from avise.connectors.row_mapping import Row
from avise.models.errors import ErrorKind

CUT_BY_THE_SERVER = "source_limit"
CUT_HERE = "max_rows"
MOST_FILES = 501
"""Files of a calendar that are read, the latest: one more than a reading shows, at four milliseconds each."""
_START = re.compile(r"^DTSTART[^:\r\n]*:([0-9]{8}(?:T[0-9]{6})?)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Events:
    """What a calendar answered."""

    rows: tuple[Row, ...]
    unreadable: int
    """Events that could not be read."""
    truncated_because: str
    """"source_limit" when the server says that it gives a part only (507, RFC 4791, section 7.8), "max_rows"
    when more files came than are read."""


def read_events(reply: HttpReply, properties: Mapping[str, str], zone: ZoneInfo) -> Events:
    """Read the answer to a calendar-query.

    Args:
        reply: of the server.
        properties: name in a row → property of the event.
        zone: of times without one, and in which times are given.

    Raises:
        ConnectorError: BAD_DATA when it is no such answer, or holds an event of another calendar.
    """
    own = decoded_path(reply.url)
    rows: list[Row] = []
    files: list[Resource] = []
    unreadable, cut = 0, ""
    for resource in read_multistatus(reply):
        if resource.path.rstrip("/") == own.rstrip("/"):
            cut = CUT_BY_THE_SERVER if resource.status == HTTPStatus.INSUFFICIENT_STORAGE else cut
        elif not is_directly_in(resource.path, own):
            raise ConnectorError(ErrorKind.BAD_DATA, "an event of another calendar in the answer")
        elif resource.status == HTTPStatus.NOT_FOUND:
            continue  # removed meanwhile
        else:
            files.append(resource)
    if len(files) > MOST_FILES:
        files, cut = sorted(files, key=_first_start, reverse=True)[:MOST_FILES], cut or CUT_HERE
    for file in files:
        read, lost = _rows(file, properties, zone)
        rows += read
        unreadable += lost
    return Events(tuple(rows), unreadable, cut)


def _first_start(resource: Resource) -> str:
    """Return when the first event of a file starts, as it is written: enough to tell which are the latest."""
    found = _START.search(resource.text(f"{CALDAV}calendar-data"))
    return found[1] if found is not None else ""


def _rows(resource: Resource, properties: Mapping[str, str], zone: ZoneInfo) -> tuple[list[Row], int]:
    """Return the occurrences in one file of the calendar, and how many could not be read."""
    try:
        calendar = Calendar.from_ical(resource.text(f"{CALDAV}calendar-data"))
        events = list(calendar.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, TypeError):
        return [], 1
    rows: list[Row] = []
    for event in events:
        try:
            rows.append(_row(event, resource.text(f"{DAV}getetag"), properties, zone))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            continue
    return rows, len(events) - len(rows) if events else 1


def _row(event: Component, etag: str, properties: Mapping[str, str], zone: ZoneInfo) -> Row:
    if "RRULE" in event:
        # The server did not unroll the series: its first day alone would be a lie.
        raise ValueError
    uid, starts = _text(event, "UID"), _date(event, "DTSTART")
    occurrence = _date(event, "RECURRENCE-ID") if "RECURRENCE-ID" in event else None
    moment = f"/{_moment(occurrence, zone)}" if occurrence is not None else ""
    row: dict[str, object] = {name: _text(event, wanted) for name, wanted in properties.items()}
    row |= {
        "id": f"{uid}{moment}",
        "uid": uid,
        "summary": _text(event, "SUMMARY"),
        "description": _text(event, "DESCRIPTION"),
        "location": _text(event, "LOCATION"),
        "status": _text(event, "STATUS").upper(),
        "starts_at": _moment(starts, zone),
        "ends_at": _moment(_end(event, starts), zone),
        "all_day": not isinstance(starts, datetime),
        "organizer": next(iter(_people(event, "ORGANIZER")), ""),
        "attendees": _people(event, "ATTENDEE"),
        "categories": _categories(event),
        "etag": etag,
    }
    return row


def _date(event: Component, name: str) -> date:
    """Return a date or a time of an event; ValueError for one in a zone that nobody knows."""
    told: date = event.decoded(name)
    unknown = "TZID" in event[name].params and isinstance(told, datetime) and told.tzinfo is None
    if unknown:
        # Read as one of ours, it would be a wrong hour that looks right.
        raise ValueError
    return told


def _end(event: Component, starts: date) -> date:
    """Return when an event ends (RFC 5545, section 3.6.1): told, by a duration, or by its nature."""
    if "DTEND" in event:
        return _date(event, "DTEND")
    if "DURATION" in event:
        length: timedelta = event.decoded("DURATION")
        return starts + length
    return starts if isinstance(starts, datetime) else starts + timedelta(days=1)


def _moment(value: date, zone: ZoneInfo) -> str:
    """Return a date or a time in ISO 8601, in the zone."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    aware = value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    return aware.isoformat()


def _values(event: Component, name: str) -> list[object]:
    found = event.get(name)
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _text(event: Component, name: str) -> str:
    return next((str(value) for value in _values(event, name)), "")


def _people(event: Component, name: str) -> list[str]:
    people = []
    for value in _values(event, name):
        named = getattr(value, "params", {}).get("CN", "")
        people.append(str(named) or str(value).removeprefix("mailto:").removeprefix("MAILTO:"))
    return people


def _categories(event: Component) -> list[str]:
    found: list[str] = []
    for value in _values(event, "CATEGORIES"):
        found += [str(category) for category in getattr(value, "cats", [value])]
    return found
