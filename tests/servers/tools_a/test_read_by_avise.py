"""The tools as Avise reads them: the real servers, the connector files, the host."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.connectors.contract import CallEventKind, Completeness, Health
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading, TimelineReading
from avise.connectors.registry import Registry
from avise.demo.calls import simulate_call
from avise.demo.faults import Fault, FaultKind, Garbage, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.population.defects import STALE
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import site_namespace
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence, Party, PartyKind, person_id
from avise.models.errors import ErrorKind
from avise.models.interaction import Channel
from avise.resources import resource_folder
from tests.servers.tools_a.test_contributions import HAS_POSTGRES
from tests.servers.tools_a.world import (
    EVERYONE,
    EXCHANGES,
    IBAN,
    LINES,
    NIR,
    OURS,
    SPEC,
    StartTools,
    dossier,
    ids,
    person,
)


class _Secrets:
    def __init__(self, values: Mapping[tuple[str, str], str]) -> None:
        self._values = values

    async def get(self, instance: str, name: str) -> str | None:
        return self._values.get((instance, name))


@contextlib.asynccontextmanager
async def host_of(tools: DemoTools) -> AsyncIterator[ConnectorHost]:
    settings = [
        InstanceSettings(
            name, name, config, connector_file=resource_folder("connectors") / "demo" / f"{name}.toml"
        )
        for name, config in tools.settings().items()
    ]
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, _Secrets(tools.secrets()), connectors=Registry()
    )
    await host.start()
    try:
        yield host
    finally:
        await host.aclose()


def _key(index: int) -> CustomerKey:
    known = ids(index)
    return CustomerKey(person_id(site_namespace(SPEC), "parties.party", known.party), known.as_mapping())


def _evidence(index: int) -> IdentityEvidence:
    someone = person(index)
    return IdentityEvidence(
        someone.last_name, someone.first_name, someone.birth_date, ids(index).as_mapping()
    )


async def _read(host: ConnectorHost, tool: str, facet: str, index: int = 1) -> FacetReading:
    readings = host.read_facet(
        tool, facet, _key(index), _evidence(index), agent="lea", purpose="call", force=True
    )
    async with aclosing(readings) as stream:
        return [reading async for reading in stream][-1]


async def _read_dossier(host: ConnectorHost, tool: str, facet: str, each: Dossier) -> FacetReading:
    member = each.member
    known = each.ids.as_mapping()
    key = CustomerKey(person_id(site_namespace(SPEC), "parties.party", each.ids.party), known)
    seen = IdentityEvidence(member.last_name, member.first_name, member.birth_date, known)
    readings = host.read_facet(tool, facet, key, seen, agent="lea", purpose="call", force=True)
    async with aclosing(readings) as stream:
        return [reading async for reading in stream][-1]


async def _timeline(host: ConnectorHost) -> TimelineReading:
    async with aclosing(
        host.read_timeline("relation", _key(1), _evidence(1), agent="lea", purpose="call")
    ) as stream:
        return [reading async for reading in stream][-1]


async def test_every_offer_of_the_four_tools_is_read_whole(start: StartTools) -> None:
    async with start(*OURS) as tools, host_of(tools) as host:
        offered = [(offer.instance, facet.facet) for offer in host.offers() for facet in offer.facets]
        readings = {facet: await _read(host, tool, facet) for tool, facet in offered}
    assert len(readings) == 15
    assert {
        facet: (reading.error, reading.unreadable, reading.drift) for facet, reading in readings.items()
    } == (dict.fromkeys(readings, (None, 0, 0)))
    assert {reading.completeness for reading in readings.values()} == {Completeness.COMPLETE}
    counts = {facet: len(reading.records) for facet, reading in readings.items() if reading.records}
    assert counts == {
        "identity": 1,
        "contact_points": 2,
        "benefits": LINES,
        "contributions": 1,
        "bank": 1,
        "member_space": 1,
    }


async def test_values_arrive_in_their_canonical_form(start: StartTools) -> None:
    async with start(*OURS) as tools, host_of(tools) as host:
        identity = (await _read(host, "parties", "identity")).records[0].data
        phone = (await _read(host, "parties", "contact_points")).records[0].data
        line = (await _read(host, "benefits", "benefits")).records[0].data
        due = (await _read(host, "contributions", "contributions")).records[0].data
        bank = (await _read(host, "contributions", "bank")).records[0].data
        company = (await _read(host, "parties", "company", 2)).records[0].data
    assert (identity["nir"], identity["title"]) == ("2 68 03 •• ••• •••", "mrs")
    assert (phone["kind"], phone["preferred"]) == ("mobile", False)
    assert (line["care_date"], line["amount"], line["category"]) == ("2026-03-01", "3.50", "pharmacy")
    assert (due["due_on"], due["amount"], due["status"], due["reject_code"]) == (
        "2026-03-05", "84.20", "rejected", "AM04",
    )  # fmt: skip
    assert (bank["iban"], bank["usage"]) == (f"…{IBAN[-4:]}", "both")
    assert (company["siret"], company["declaration_state"]) == ("00012345500016", "anomaly")


async def test_flows_that_are_late_say_since_when(tmp_path: Path) -> None:
    late = replace(dossier(1), defects=frozenset({STALE}))
    lay_down(tmp_path, SPEC, tool_kinds(["benefits"]), [late, dossier(2)])
    async with (
        DemoTools.start(tmp_path, SPEC, tools=["benefits"], quick=True) as tools,
        host_of(tools) as host,
    ):
        old = await _read(host, "benefits", "benefits", 1)
        new = await _read(host, "benefits", "benefits", 2)
    assert old.as_of == datetime(2026, 3, 17, 3, 30, tzinfo=UTC)
    assert new.as_of != old.as_of


async def test_restricted_values_are_read_live(start: StartTools) -> None:
    async with start("parties", "contributions") as tools, host_of(tools) as host:
        nir = await host.live_value("parties", "nir", _key(1), agent="lea", purpose="call")
        record = (await _read(host, "contributions", "bank")).records[0].id
        iban = await host.live_value("contributions", "iban", _key(1), record, agent="lea", purpose="call")
    assert (nir, iban) == (NIR, IBAN)


async def test_the_directory_is_filled_once(start: StartTools) -> None:
    async with start("parties") as tools, host_of(tools) as host:
        parties: list[Party] = []
        cursor = ""
        async with aclosing(host.changes("parties")) as batches:
            async for batch in batches:
                parties += batch.items
                cursor = batch.cursor
        async with aclosing(host.changes("parties", cursor)) as batches:
            later = [party async for batch in batches for party in batch.items]
    member = next(party for party in parties if party.native_id == ids(1).party)
    company = next(party for party in parties if party.kind is PartyKind.COMPANY)
    assert (len(parties), later) == (EVERYONE, [])
    assert (member.ids, member.phones) == (ids(1).as_mapping(), ("+33639981234",))
    assert (member.member_number, company.siren) == (ids(1).member_number, "000123455")


async def test_the_timeline_holds_exchanges_and_visits(start: StartTools) -> None:
    async with start("relation") as tools, host_of(tools) as host:
        reading = await _timeline(host)
        first = next(item for item in reading.interactions if item.channel is Channel.EMAIL)
        async with aclosing(host.content("relation", first.body_ref, agent="lea", purpose="call")) as pieces:
            body = b"".join([piece async for piece in pieces])
    assert reading.error is None
    assert len(reading.interactions) == EXCHANGES + len(dossier(1).member_space.visits)
    assert body == b"Bonjour"


async def test_a_call_reaches_the_host(start: StartTools, data_dir: Path) -> None:
    async with start("relation") as tools, host_of(tools) as host, aclosing(host.call_events()) as events:
        coming = asyncio.ensure_future(anext(events))
        calls: set[str] = set()
        async with asyncio.timeout(60):
            while not coming.done():
                # Nothing says when the host listens, and who does not listen yet misses a call.
                await asyncio.wait([coming], timeout=0.3)
                calls.add(simulate_call(data_dir, "0639981234", queue="Prestations", agent="lea.girard"))
        event = await coming
    assert event.call_id in calls
    assert (event.kind, event.number) == (CallEventKind.RINGING, "+33639981234")
    assert (event.queue, event.agent) == ("Prestations", "lea.girard")


async def test_tokens_that_expire_in_the_middle_go_unnoticed(start: StartTools, data_dir: Path) -> None:
    async with start("parties") as tools, host_of(tools) as host:
        before = await _read(host, "parties", "identity")
        break_tool(data_dir, "parties", Fault(FaultKind.EXPIRE_TOKEN))
        after = await _read(host, "parties", "identity")
    assert (before.error, after.error) == (None, None)
    assert after.records[0].data == before.records[0].data


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        (Fault(FaultKind.DOWN), {ErrorKind.UNAVAILABLE}),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.HTML), {ErrorKind.AUTH, ErrorKind.BAD_DATA}),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.TRUNCATED), {ErrorKind.BAD_DATA}),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.CHARSET), {ErrorKind.BAD_DATA}),
        (Fault(FaultKind.GARBAGE, garbage=Garbage.NOISE), {ErrorKind.UNAVAILABLE, ErrorKind.BAD_DATA}),
        (Fault(FaultKind.EXPIRE_TOKEN), {ErrorKind.AUTH}),
        (Fault(FaultKind.HANG), {ErrorKind.TIMEOUT}),
    ],
    ids=lambda value: f"{value.kind}-{value.garbage}" if isinstance(value, Fault) else "",
)
async def test_a_broken_tool_is_told_for_what_it_is(
    start: StartTools, data_dir: Path, fault: Fault, kinds: set[ErrorKind]
) -> None:
    async with start("relation") as tools, host_of(tools) as host:
        break_tool(data_dir, "relation", fault)
        reading = await _read(host, "relation", "member_space")
    assert reading.error is not None
    assert reading.error.kind in kinds
    assert reading.records == ()


async def test_a_base_that_is_absent_is_unavailable(start: StartTools, data_dir: Path) -> None:
    async with start("contributions") as tools, host_of(tools) as host:
        assert (await host.check("contributions")).health is Health.OK
        break_tool(data_dir, "contributions", Fault(FaultKind.DOWN))
        reading = await _read(host, "contributions", "contributions")
    assert reading.error is not None
    assert reading.error.kind in {ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT}


async def test_nobody_is_not_found_rather_than_empty(start: StartTools) -> None:
    async with start("parties", "benefits", "relation") as tools, host_of(tools) as host:
        for tool, facet in (("parties", "contracts"), ("benefits", "benefits"), ("relation", "member_space")):
            reading = await _read(host, tool, facet, 999)
            assert reading.error is not None
            assert reading.error.kind is ErrorKind.NOT_FOUND


@pytest.mark.skipif(not HAS_POSTGRES, reason="the PostgreSQL binaries of the demo extra are not installed")
async def test_the_same_file_reads_postgres(start: StartTools) -> None:
    async with start("contributions", postgres=True) as tools, host_of(tools) as host:
        due = await _read(host, "contributions", "contributions")
        bank = await _read(host, "contributions", "bank")
        iban = await host.live_value(
            "contributions", "iban", _key(1), bank.records[0].id, agent="lea", purpose="call"
        )
    assert (due.error, bank.error, iban) == (None, None, IBAN)
    assert due.records[0].data["amount"] == "84.20"


@pytest.mark.parametrize("preset_index", [0, 20, 40])
async def test_the_generated_world_is_read_without_a_loss(tmp_path: Path, preset_index: int) -> None:
    spec = WorldSpec.for_preset("mini")
    dossiers = list(iter_dossiers(spec))[preset_index : preset_index + 20]
    async with DemoTools.start(tmp_path, spec, tools=OURS, quick=True) as tools, host_of(tools) as host:
        faults: list[str] = []
        for each in dossiers:
            for offer in host.offers():
                for facet in offer.facets:
                    reading = await _read_dossier(host, offer.instance, facet.facet, each)
                    if reading.error or reading.unreadable or reading.drift or reading.withheld:
                        faults.append(f"{each.index} {facet.facet} {reading.error} {reading.drift}")
    assert faults == []
