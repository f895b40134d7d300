"""The same Datasette read as the program reads it: registry, host, pipeline, copies."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.resources import resource_folder
from tests.servers.datasette.clinic import patient_id
from tests.unit.connectors.declarative.opened_file import Secrets

EXAMPLE = resource_folder("connectors") / "examples" / "datasette.toml"


def copied(source: Path, folder: Path) -> Path:
    """Return a profile's folder of connectors that holds one file."""
    shutil.copy(source, folder / "centre.toml")
    return folder


@pytest.fixture
async def host(datasette: str, tmp_path: Path) -> AsyncIterator[ConnectorHost]:
    settings = [
        InstanceSettings("centre", "centre", {"base_url": datasette}),
        InstanceSettings("unreachable", "centre", {"base_url": "http://127.0.0.1:1"}),
    ]
    registry = Registry(copied(EXAMPLE, tmp_path))
    opened = ConnectorHost(SystemEnv(), NoSnapshots(), settings, Secrets({}), connectors=registry)
    await opened.start()
    await opened.opened()
    yield opened
    await opened.aclose()


async def read(
    host: ConnectorHost, facet: str, *, instance: str = "centre", name: str = "Ledner1"
) -> FacetReading:
    customer = CustomerKey(uuid.UUID(int=1), {"health_centre.patient": patient_id(1), "member": "7"})
    identity = IdentityEvidence(name, "Miracle167", date(1951, 3, 12))
    readings = [
        reading
        async for reading in host.read_facet(instance, facet, customer, identity, agent="lea", purpose="call")
    ]
    return readings[-1]


async def test_what_a_file_offers_is_known_before_any_connection(host: ConnectorHost) -> None:
    offers = {offer.instance: offer for offer in host.offers()}
    assert set(offers) == {"centre", "unreachable"}


async def test_a_block_is_read_to_its_end(host: ConnectorHost) -> None:
    reading = await read(host, "benefits")
    assert (reading.error, reading.final, reading.completeness) == (None, True, Completeness.COMPLETE)
    assert (len(reading.records), reading.total, reading.drift) == (90, 90, 0)


async def test_an_answer_about_somebody_else_is_withheld(host: ConnectorHost) -> None:
    mine = await read(host, "identity")
    assert (len(mine.records), mine.withheld) == (1, False)
    other = await read(host, "identity", name="Duval")
    assert (len(other.records), other.withheld) == (0, True)


async def test_a_tool_that_is_not_there_is_no_empty_block(host: ConnectorHost) -> None:
    reading = await read(host, "benefits", instance="unreachable")
    assert reading.error is not None
    assert reading.error.kind is ErrorKind.UNAVAILABLE
    assert reading.records == ()
    assert reading.fetched_at is None


async def test_the_timeline_is_read_too(host: ConnectorHost) -> None:
    customer = CustomerKey(uuid.UUID(int=1), {"health_centre.patient": patient_id(1)})
    readings = [
        reading
        async for reading in host.read_timeline(
            "centre", customer, IdentityEvidence(), agent="lea", purpose="call"
        )
    ]
    assert readings[-1].error is None
    assert len(readings[-1].interactions) == 90
