"""The appointments tool as Avise reads it: a real Radicale server, the connector file, the host."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import httpx2
import pytest
from icalendar import Calendar, Event

from avise.connectors.contract import Completeness, Health
from avise.connectors.declarative.load import check_connector_file
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.demo.faults import RESTORED, Fault, FaultKind, Garbage, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.appointments.calendar_file import KINDS, OUTCOMES, STATUS
from avise.demo.tools.appointments.loader import OWNER, STORAGE
from avise.demo.tools.appointments.radicale_server import USER, Radicale
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.facet_specs import FACETS
from avise.resources import resource_folder
from tests.servers.tools_a.world import ids
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.world import (
    EMPTY,
    FULL,
    NOBODY,
    SOMEBODY_ELSE,
    host_of,
    identity,
    kind_of,
    read,
)

FILE = resource_folder("connectors") / "demo" / "appointments.toml"
MINI = WorldSpec.for_preset("mini", as_of=SystemEnv().now().date())
"""A world of today: the connector asks for a window of time around today."""


async def _read(host: ConnectorHost, index: int, seen: IdentityEvidence | None = None) -> FacetReading:
    return await read(host, "appointments", "appointments", index, seen)


def _auth(tools: DemoTools) -> httpx2.BasicAuth:
    return httpx2.BasicAuth(USER, tools.secrets()["appointments", "password"])


async def test_appointments_are_read_the_latest_first(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        reading = await _read(host, FULL)
    assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0)
    assert reading.completeness is Completeness.COMPLETE
    assert [record.data["status"] for record in reading.records] == ["cancelled", "confirmed"]
    assert reading.records[1].data == {
        "starts_at": "2026-04-07T10:30:00+02:00",
        "ends_at": "2026-04-07T11:15:00+02:00",
        "kind": "home_visit",
        "subject": "Bilan de garanties, devis ; famille",
        "place": "Chez l’adhérent",
        "advisor": "Raphaël Ségur",
        "status": "confirmed",
    }


async def test_an_empty_calendar_an_unknown_one_and_a_failure_do_not_look_alike(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        empty, unknown = await _read(host, EMPTY), await _read(host, NOBODY)
        await asyncio.to_thread(break_tool, tools.state_dir, "appointments", Fault(FaultKind.DOWN))
        down = await _read(host, EMPTY)
    assert (empty.error, empty.completeness, list(empty.records)) == (None, Completeness.COMPLETE, [])
    assert (kind_of(unknown), kind_of(down)) == (ErrorKind.NOT_FOUND, ErrorKind.UNAVAILABLE)


async def test_the_calendar_of_somebody_else_is_withheld(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        reading = await _read(host, FULL, SOMEBODY_ELSE)
    assert (reading.withheld, list(reading.records)) == (True, [])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(FaultKind.DOWN), ErrorKind.UNAVAILABLE),
        (Fault(FaultKind.SLOW, seconds=30), ErrorKind.TIMEOUT),
        (Fault(FaultKind.HANG), ErrorKind.TIMEOUT),
        (Fault(FaultKind.EXPIRE_TOKEN), ErrorKind.AUTH),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.HTML), ErrorKind.AUTH),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.TRUNCATED), ErrorKind.BAD_DATA),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.CHARSET), ErrorKind.BAD_DATA),
    ],
    ids=lambda value: (
        str(value.garbage if value.kind is FaultKind.GARBAGE else value.kind)
        if isinstance(value, Fault)
        else str(value)
    ),
)
async def test_each_fault_is_told_as_it_is_and_mends(
    start: StartTools, fault: Fault, kind: ErrorKind
) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        assert kind_of(await _read(host, FULL)) is None
        await asyncio.to_thread(break_tool, tools.state_dir, "appointments", fault)
        broken = await _read(host, FULL)
        await asyncio.to_thread(break_tool, tools.state_dir, "appointments", RESTORED)
        await host.retry_now("appointments")
        mended = await _read(host, FULL)
    assert (kind_of(broken), list(broken.records)) == (kind, [])
    assert (kind_of(mended), len(mended.records)) == (None, 2)


async def test_the_account_writes_events_and_no_calendar(start: StartTools) -> None:
    calendar = f"/{OWNER}/{ids(FULL).calendar_contact}/"
    async with start("appointments") as tools:
        base = tools.settings()["appointments"]["base_url"]
        async with httpx2.AsyncClient(base_url=base, auth=_auth(tools), trust_env=False) as client:
            put = await client.put(
                f"{calendar}x.ics", content=_weekly(), headers={"Content-Type": "text/calendar"}
            )
            delete = await client.delete(calendar)
            whole = await client.put(calendar, content=_weekly(), headers={"Content-Type": "text/calendar"})
            listing = await client.request("PROPFIND", calendar, headers={"Depth": "1"})
        async with httpx2.AsyncClient(base_url=base, trust_env=False) as client:
            nobody = await client.request("PROPFIND", calendar, headers={"Depth": "1"})
    codes = (put.status_code, delete.status_code, whole.status_code, listing.status_code, nobody.status_code)
    assert codes == (201, 403, 403, 207, 401)


async def test_a_run_leaves_the_prepared_calendars_as_they_are(start: StartTools, data_dir: Path) -> None:
    before = _prints(data_dir)
    async with start("appointments") as tools, host_of(tools) as host:
        await _read(host, FULL)
        await _read(host, EMPTY)
    assert _prints(data_dir) == before


async def test_radicale_ends_with_the_tool_that_started_it(start: StartTools) -> None:
    async with start("appointments") as tools:
        config = next(tools.state_dir.glob("run-*/radicale/config")).read_text("utf-8")
    port = int(re.findall(r"hosts = 127\.0\.0\.1:(\d+)", config)[0])
    with pytest.raises(OSError, match="Connect"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_the_server_tells_that_it_answers(start: StartTools) -> None:
    async with start("appointments") as tools, host_of(tools) as host:
        report = await host.check("appointments")
    assert report.health is Health.OK


async def test_every_appointment_of_the_generated_world_is_read_back(tmp_path: Path) -> None:
    async with DemoTools.start(tmp_path, MINI, tools=["appointments"]) as tools, host_of(tools) as host:
        for each in iter_dossiers(MINI):
            member, known = each.member, each.ids.as_mapping()
            seen = IdentityEvidence(member.last_name, member.first_name, member.birth_date, known)
            key = CustomerKey(SystemEnv().uuid7(), known)
            stream = host.read_facet(
                "appointments", "appointments", key, seen, agent="lea", purpose="call", force=True
            )
            async with aclosing(stream) as readings:
                last = [reading async for reading in readings][-1]
            assert (last.error, last.unreadable, last.drift, last.withheld) == (None, 0, 0, False)
            assert {record.id: (record.data["status"], record.data["kind"]) for record in last.records} == {
                appointment.uid: (appointment.status, appointment.kind) for appointment in each.appointments
            }


async def test_a_series_is_unrolled_by_the_server(tmp_path: Path) -> None:
    calendar = tmp_path / STORAGE / "collection-root" / OWNER / ids(FULL).calendar_contact
    calendar.mkdir(parents=True)
    (calendar / ".Radicale.props").write_text('{"tag": "VCALENDAR"}', "utf-8")
    (calendar / "weekly.ics").write_bytes(_weekly())
    radicale = Radicale(tmp_path, tmp_path)
    async with radicale.running() as port:
        config = {"base_url": f"http://127.0.0.1:{port}", "user": USER}
        async with _host(config, radicale.password) as host:
            reading = await _read(host, FULL)
    assert (reading.error, reading.unreadable) == (None, 0)
    starts = [datetime.fromisoformat(str(record.data["starts_at"])) for record in reading.records]
    assert len({record.id for record in reading.records}) == 4
    assert {later - earlier for later, earlier in pairwise(starts)} == {timedelta(days=7)}


def test_the_connector_file_is_good() -> None:
    assert check_connector_file(FILE) == []


def test_the_connector_file_reads_the_codes_that_the_tool_writes() -> None:
    fields = tomllib.loads(FILE.read_text("utf-8"))["options"]["facets"]["appointments"]["fields"]
    kinds, states = fields["kind"]["map"], fields["status"]["map"]
    assert {ours: theirs for theirs, ours in kinds.items()} == KINDS
    assert {ours: theirs for theirs, ours in states.items()} == {**STATUS, **OUTCOMES}
    facet = FACETS["appointments"]
    assert (set(KINDS), {*STATUS, *OUTCOMES}) == (
        set(facet.field("kind").values),
        set(facet.field("status").values),
    )


class _OnePassword:
    def __init__(self, password: str) -> None:
        self._password = password

    async def get(self, instance: str, name: str) -> str | None:
        return self._password if (instance, name) == ("appointments", "password") else None


@contextlib.asynccontextmanager
async def _host(config: Mapping[str, str], password: str) -> AsyncIterator[ConnectorHost]:
    settings = [InstanceSettings("appointments", "appointments", config, connector_file=FILE)]
    host = ConnectorHost(SystemEnv(), NoSnapshots(), settings, _OnePassword(password), connectors=Registry())
    await host.start()
    try:
        yield host
    finally:
        await host.aclose()


def _weekly() -> bytes:
    calendar, event, someone = Calendar(), Event(), identity(FULL)
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Test//FR")
    event.add("uid", "weekly@exemple.invalid")
    first = SystemEnv().now().astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    event.add("dtstamp", first)
    event.add("dtstart", first)
    event.add("rrule", {"freq": "weekly", "count": 4})
    event.add("summary", "Suivi")
    event.add("x-contact", ids(FULL).calendar_contact)
    event.add("x-contact-nom", someone.last_name)
    event.add("x-contact-prenom", someone.first_name)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _prints(folder: Path) -> Mapping[str, str]:
    def files() -> Iterator[tuple[str, str]]:
        for path in sorted((folder / "prepared").rglob("*")):
            content = path.read_bytes() if path.is_file() else b""
            yield str(path.relative_to(folder)), hashlib.sha256(content).hexdigest()

    return dict(files())
