"""Long answers in XML are read by the worker process as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from icalendar import Calendar, Event
from lxml import etree

from avise.connectors import caldav, webdav
from avise.connectors.caldav.calendar_query import CALDAV
from avise.connectors.contract import Completeness
from avise.connectors.declarative import LoadedConnector, load_connector_file
from avise.connectors.multistatus import DAV
from avise.connectors.readings import FacetReading
from tests.servers.host.conftest import CUSTOMER, HELENE, Desk, Opening
from tests.servers.host.test_big_bodies import worker_pid
from tests.servers.host.tool_server import answering, reply, running_tool

FOLDER = "/0042/"
TOLD = "Compte rendu. " * 300


def connector(package: str, folder: Path) -> LoadedConnector:
    """Return the connector that ships, for the customer and the secret of these tests."""
    shipped = Path(package).with_name("connector.toml").read_text("utf-8")
    for theirs, ours in (("documents.folder", "benefits.insured"), ("calendar.contact", "benefits.insured")):
        shipped = shipped.replace(theirs, ours)
    path = folder / "tool.toml"
    path.write_text(
        shipped.replace('"password"', '"token"').replace("config.password", "config.token"), "utf-8"
    )
    return load_connector_file(path)


def multistatus(responses: Iterator[tuple[str, dict[str, str | None]]]) -> bytes:
    root = etree.Element(f"{DAV}multistatus")
    for href, properties in responses:
        response = etree.SubElement(root, f"{DAV}response")
        etree.SubElement(response, f"{DAV}href").text = href
        group = etree.SubElement(response, f"{DAV}propstat")
        found = etree.SubElement(group, f"{DAV}prop")
        for name, text in properties.items():
            element = etree.SubElement(found, name)
            element.text = text
            if text is None:
                etree.SubElement(element, f"{DAV}collection")
        etree.SubElement(group, f"{DAV}status").text = "HTTP/1.1 200 OK"
    body: bytes = etree.tostring(root)
    assert len(body) > 1_000_000
    return reply(body, status=207, content_type="application/xml")


def documents(count: int) -> Iterator[tuple[str, dict[str, str | None]]]:
    yield FOLDER, {f"{DAV}resourcetype": None}
    for number in range(count):
        yield (
            f"{FOLDER}{number}.pdf",
            {f"{DAV}displayname": f"{TOLD} {number}", f"{DAV}getcontentlength": "12"},
        )


def appointments(count: int) -> Iterator[tuple[str, dict[str, str | None]]]:
    for number in range(count):
        event, calendar = Event(), Calendar()
        event.add("uid", f"rdv-{number}")
        event.add("dtstart", datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(hours=number))
        event.add("summary", f"{TOLD} {number}")
        calendar.add_component(event)
        yield f"{FOLDER}{number}.ics", {f"{CALDAV}calendar-data": calendar.to_ical().decode()}


async def read(desk: Desk, facet: str) -> FacetReading:
    readings = desk.host.read_facet("tool", facet, CUSTOMER, HELENE, agent="lea", purpose="call")
    return [reading async for reading in readings][-1]


async def test_a_long_folder_is_listed(open_desk: Opening, tmp_path: Path) -> None:
    served = answering(multistatus(documents(300)))
    loaded = connector(webdav.__file__, tmp_path)
    async with running_tool(served) as tool, open_desk({"tool": tool.base_url}, {"tool": loaded}) as desk:
        reading = await read(desk, "documents")
        assert worker_pid(desk) is not None
    assert (reading.error, reading.completeness) == (None, Completeness.COMPLETE)
    assert [record.id for record in reading.records] == [f"/0042/{number}.pdf" for number in range(300)]
    assert reading.records[7].data["title"] == f"{TOLD} 7"


async def test_a_long_calendar_is_read(open_desk: Opening, tmp_path: Path) -> None:
    served = answering(multistatus(appointments(300)))
    loaded = connector(caldav.__file__, tmp_path)
    async with running_tool(served) as tool, open_desk({"tool": tool.base_url}, {"tool": loaded}) as desk:
        reading = await read(desk, "appointments")
        assert worker_pid(desk) is not None
    assert (reading.error, reading.completeness) == (None, Completeness.COMPLETE)
    assert [record.id for record in reading.records] == [f"rdv-{number}" for number in reversed(range(300))]
    assert reading.records[0].data["subject"] == f"{TOLD} 299"
