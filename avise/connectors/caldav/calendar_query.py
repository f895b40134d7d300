"""The requests that are sent: which events of a calendar are wanted (RFC 4791, sections 7.8 and 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lxml import etree

from avise.connectors.multistatus import DAV

CALDAV = "{urn:ietf:params:xml:ns:caldav}"

_NAMESPACES = {"d": "DAV:", "c": "urn:ietf:params:xml:ns:caldav"}


@dataclass(frozen=True, slots=True)
class Window:
    """The time in which events are looked for."""

    start: datetime
    end: datetime

    @classmethod
    def around(cls, now: datetime, past_days: int, future_days: int) -> Window:
        """Return the days before and after a moment, whole ones."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(today - timedelta(days=past_days), today + timedelta(days=future_days + 1))

    def bounds(self) -> dict[str, str]:
        """Return both ends as RFC 4791 writes them."""
        return {"start": f"{self.start:%Y%m%dT%H%M%SZ}", "end": f"{self.end:%Y%m%dT%H%M%SZ}"}


def query_body(window: Window) -> bytes:
    """Return the body of a REPORT that asks for the events of a window, repeated ones unrolled."""
    root = etree.Element(f"{CALDAV}calendar-query", nsmap=_NAMESPACES)
    wanted = etree.SubElement(root, f"{DAV}prop")
    etree.SubElement(wanted, f"{DAV}getetag")
    data = etree.SubElement(wanted, f"{CALDAV}calendar-data")
    etree.SubElement(data, f"{CALDAV}expand", window.bounds())
    calendars = etree.SubElement(etree.SubElement(root, f"{CALDAV}filter"), f"{CALDAV}comp-filter")
    calendars.set("name", "VCALENDAR")
    events = etree.SubElement(calendars, f"{CALDAV}comp-filter", {"name": "VEVENT"})
    etree.SubElement(events, f"{CALDAV}time-range", window.bounds())
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def uid_query_body(uid: str) -> bytes:
    """Return the body of a REPORT that asks for the one event of an identifier, as it is written."""
    root = etree.Element(f"{CALDAV}calendar-query", nsmap=_NAMESPACES)
    wanted = etree.SubElement(root, f"{DAV}prop")
    etree.SubElement(wanted, f"{DAV}getetag")
    etree.SubElement(wanted, f"{CALDAV}calendar-data")
    calendars = etree.SubElement(etree.SubElement(root, f"{CALDAV}filter"), f"{CALDAV}comp-filter")
    calendars.set("name", "VCALENDAR")
    events = etree.SubElement(calendars, f"{CALDAV}comp-filter", {"name": "VEVENT"})
    named = etree.SubElement(events, f"{CALDAV}prop-filter", {"name": "UID"})
    etree.SubElement(named, f"{CALDAV}text-match", {"collation": "i;octet"}).text = uid
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def check_body() -> bytes:
    """Return the body of a PROPFIND that asks for next to nothing."""
    root = etree.Element(f"{DAV}propfind", nsmap={"d": "DAV:"})
    etree.SubElement(etree.SubElement(root, f"{DAV}prop"), f"{DAV}resourcetype")
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
