"""The files that are sent: an event made by us, or one of the calendar with what changes in it (RFC 5545).

Times are written in UTC, which no calendar can misread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from icalendar import Calendar, Component, Event, vCalAddress

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind

CANCELLED = "CANCELLED"
CONFIRMED = "CONFIRMED"
_PRODUCT = "-//Avise//FR"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An appointment to write."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str = ""
    categories: Sequence[str] = ()
    organizer: tuple[str, str] | None = None
    """(name, address)."""
    properties: Mapping[str, str] | None = None
    """Properties of the server's own."""


def new_file(event: NewEvent, now: datetime) -> bytes:
    """Return the file of a new appointment."""
    made = Event()
    made.add("uid", event.uid)
    made.add("dtstamp", now.astimezone(UTC))
    made.add("dtstart", event.starts_at.astimezone(UTC))
    made.add("dtend", event.ends_at.astimezone(UTC))
    made.add("summary", event.summary)
    made.add("status", CONFIRMED)
    if event.location:
        made.add("location", event.location)
    if event.categories:
        made.add("categories", list(event.categories))
    if event.organizer is not None:
        name, address = event.organizer
        person = vCalAddress(f"mailto:{address}")
        person.params["CN"] = name
        made.add("organizer", person)
    for name, value in (event.properties or {}).items():
        made.add(name, value)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add_component(made)
    written: bytes = calendar.to_ical()
    return written


class EventFile:
    """A file of the calendar that holds one event, to be changed.

    Args:
        text: as the server gives it.

    Raises:
        ConnectorError: BAD_DATA for a file that cannot be read; UNSUPPORTED for a series, whose occurrences
            are not moved one by one.
    """

    def __init__(self, text: str) -> None:
        try:
            self._calendar = Calendar.from_ical(text)
            events: list[Component] = list(self._calendar.walk("VEVENT"))
        except (ValueError, KeyError, IndexError, TypeError):
            raise ConnectorError(ErrorKind.BAD_DATA, "event file unreadable") from None
        if not events:
            raise ConnectorError(ErrorKind.BAD_DATA, "no event in the file")
        if len(events) > 1 or "RRULE" in events[0] or "RECURRENCE-ID" in events[0]:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "a series of appointments")
        self._event = events[0]

    @property
    def uid(self) -> str:
        """The event's identifier."""
        return str(self._event.get("UID", ""))

    def value(self, name: str) -> str:
        """Return a property as text, "" when the event has it not."""
        return str(self._event.get(name, ""))

    def times(self) -> tuple[datetime, datetime]:
        """Return when it starts and ends, in UTC.

        Raises:
            ConnectorError: UNSUPPORTED for whole days; BAD_DATA for times that cannot be read.
        """
        try:
            starts = self._event.decoded("DTSTART")
            ends = self._event.decoded("DTEND") if "DTEND" in self._event else None
            if ends is None:
                ends = starts + self._event.decoded("DURATION") if "DURATION" in self._event else starts
        except (ValueError, KeyError, TypeError):
            raise ConnectorError(ErrorKind.BAD_DATA, "times of the event unreadable") from None
        return _moment(starts), _moment(ends)

    @property
    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self.value("STATUS").upper() == CANCELLED

    def move(self, starts_at: datetime, ends_at: datetime) -> None:
        """Give it other times."""
        for name, moment in (("DTSTART", starts_at), ("DTEND", ends_at)):
            self._event.pop(name, None)
            self._event.add(name.lower(), moment.astimezone(UTC))
        self._event.pop("DURATION", None)

    def cancel(self) -> None:
        """Mark it cancelled; it stays in the calendar, as what was agreed and did not happen."""
        self._event["STATUS"] = CANCELLED

    def written(self, now: datetime) -> bytes:
        """Return the file, one revision further (RFC 5545, section 3.8.7.4)."""
        try:
            revision = int(self.value("SEQUENCE") or "0")
        except ValueError:
            revision = 0
        for name in ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED"):
            self._event.pop(name, None)
        self._event.add("sequence", revision + 1)
        self._event.add("dtstamp", now.astimezone(UTC))
        self._event.add("last-modified", now.astimezone(UTC))
        content: bytes = self._calendar.to_ical()
        return content


def _moment(value: date) -> datetime:
    if not isinstance(value, datetime):
        raise ConnectorError(ErrorKind.UNSUPPORTED, "an appointment of whole days")
    if value.tzinfo is None:
        raise ConnectorError(ErrorKind.BAD_DATA, "a time in an unknown zone")
    return value.astimezone(UTC)
