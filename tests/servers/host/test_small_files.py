"""A nightly file much smaller than the one before: the one before is used until somebody decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.bulk_reading import BulkReading, Decision, ReadingStep
from tests.unit.engine.loading_station import FILE, Secrets, Snapshots, write_file

FACET = """
[[facet]]
id = "noemie"
key = "{customer.noemie.registration}"
[facet.fields]
id = "id"
fund = "last_name"
"""


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[ConnectorHost]:
    connectors = folder / "connectors"
    connectors.mkdir(exist_ok=True)
    written = FILE[: FILE.index("[directory]")] + FACET
    header = written.replace('kind = "files"', 'kind = "files"\nneeds_ids = ["noemie.registration"]')
    (connectors / "flows.toml").write_text(header, encoding="utf-8")
    host = ConnectorHost(
        SystemEnv(),
        Snapshots(),  # type: ignore[arg-type]  # never asked
        (InstanceSettings("flows", "flows", {"drop": str(folder / "drop")}),),
        Secrets(),
        connectors=Registry(connectors),
        start_file=folder / "connector-starts.json",
    )
    await host.start()
    try:
        yield host
    finally:
        await host.aclose()


async def waiting(host: ConnectorHost) -> BulkReading | None:
    """Return what the tool's row asks, once its files were looked at."""
    await host.check("flows")
    (row,) = host.status()
    return row.bulk


@pytest.mark.parametrize("decision", list(Decision))
async def test_a_small_file_waits_and_what_was_decided_outlives_the_program(
    tmp_path: Path, decision: Decision
) -> None:
    write_file(tmp_path / "drop", "persons_1.csv", range(100))
    write_file(tmp_path / "drop", "persons_2.csv", range(20))
    async with running(tmp_path) as host:
        held = await waiting(host)
        assert held is not None
        assert held.doubt is not None
        assert (held.step, held.of_directory) == (ReadingStep.HELD, False)
        assert held.doubt.before > 2 * held.doubt.now > 0
        assert host.decide_file("flows", decision)
        assert await waiting(host) is None
        assert not host.decide_file("flows", decision)
        if decision is Decision.ACCEPT:
            assert not host.decide_file("flows", Decision.KEEP)
    async with running(tmp_path) as host:
        assert await waiting(host) is None
        used = (await host.check("flows")).source_version
        assert used == ("persons_2.csv" if decision is Decision.ACCEPT else "persons_1.csv")
    write_file(tmp_path / "drop", "persons_3.csv", range(5))
    async with running(tmp_path) as host:
        assert await waiting(host) is not None


async def test_a_file_that_was_not_wanted_can_be_taken_afterwards(tmp_path: Path) -> None:
    write_file(tmp_path / "drop", "persons_1.csv", range(100))
    write_file(tmp_path / "drop", "persons_2.csv", range(20))
    async with running(tmp_path) as host:
        await waiting(host)
        assert host.decide_file("flows", Decision.KEEP)
        assert (await host.check("flows")).source_version == "persons_1.csv"
    async with running(tmp_path) as host:
        assert await waiting(host) is None
        assert host.decide_file("flows", Decision.ACCEPT)
        assert (await host.check("flows")).source_version == "persons_2.csv"
        assert not host.decide_file("flows", Decision.ACCEPT)


async def test_a_file_of_decisions_that_cannot_be_read_asks_again(tmp_path: Path) -> None:
    write_file(tmp_path / "drop", "persons_1.csv", range(100))
    write_file(tmp_path / "drop", "persons_2.csv", range(20))
    await asyncio.to_thread((tmp_path / "file-decisions.json").write_text, '{"flows": 3')
    async with running(tmp_path) as host:
        assert await waiting(host) is not None
