"""Connectors that come from wheels, started by a host: used, set apart after three failures, mended."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.registry import Registry
from avise.connectors.starts import NEVER_ENDED, StartLog
from avise.env import SystemEnv
from avise.models.customer import CustomerKey
from avise.models.source_status import SourceState
from tests.servers.host.conftest import HELENE, MemorySecrets
from tests.unit.connectors.wheels.building import installed

CODE = "ledger/connector.py"
FAILING = 'raise RuntimeError("NIR 268031234567890")\n\n\nclass LedgerConnector:'
CUSTOMER = CustomerKey(UUID(int=7), {"member": "0482917350"})


@asynccontextmanager
async def started(wheels: Path, *connectors: str) -> AsyncIterator[ConnectorHost]:
    """Run a host on the ledger alone unless told, as one start of Avise does."""
    settings = [InstanceSettings(str(rank), name) for rank, name in enumerate(connectors)]
    settings = settings or [InstanceSettings("books", "ledger")]
    starts = wheels.parent / "starts.json"
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, MemorySecrets(),
        connectors=Registry(None, wheels), start_file=starts,
    )  # fmt: skip
    await host.start()
    await host.opened()
    try:
        yield host
    finally:
        await host.aclose()


async def test_a_wheel_is_read_like_any_connector_and_its_import_is_timed(tmp_path: Path) -> None:
    async with started(installed(tmp_path)) as host:
        readings = [
            reading
            async for reading in host.read_facet(
                "books", "benefits", CUSTOMER, HELENE, agent="a", purpose="p"
            )
        ]
        assert readings[-1].records[0].data["label"] == "Consultation"
        assert host.diagnostics("books")["load_ms"] is not None
        assert host.status()[0].connector == "ledger 1.4.0"


async def test_after_three_failed_starts_it_is_named_with_its_reason_and_not_imported(tmp_path: Path) -> None:
    wheels = installed(tmp_path, {CODE: ("class LedgerConnector:", FAILING)})
    for _ in range(3):
        async with started(wheels) as host:
            assert host.status()[0].refused_because == "source.refused.import"
        sys.modules.pop("ledger", None)
    async with started(wheels) as host:
        (row,) = host.status()
        assert (row.state, row.refused_because) == (SourceState.REFUSED, "source.refused.quarantined")
        assert (row.name, row.facets) == ("Grand livre", ("benefits",))
        assert "RuntimeError at connector.py" in row.refused_detail
        assert "268031234567890" not in row.refused_detail
        assert "ledger" not in sys.modules
        # Mended on the disk, then put back by a person: no restart is needed.
        broken = wheels / CODE
        broken.write_text(broken.read_text("utf-8").replace(FAILING, "class LedgerConnector:"), "utf-8")
        await host.retry_now("books")
        assert host.status()[0].state is not SourceState.REFUSED


async def test_a_wheel_that_kills_the_program_while_it_is_imported_is_blamed_alone(tmp_path: Path) -> None:
    starts, killed = tmp_path / "starts.json", tmp_path / "killed.json"
    keeps = f"import shutil\n\nshutil.copy({str(starts)!r}, {str(killed)!r})\n\n\nclass LedgerConnector:"
    wheels = installed(tmp_path, {CODE: ("class LedgerConnector:", keeps)})
    async with started(wheels, "ledger_history", "ledger"):
        pass
    sys.modules.pop("ledger", None)
    # What a kill in the middle of the import would have left.
    log = StartLog(killed)
    assert (log.reason("0"), log.reason("1")) == ("", NEVER_ENDED)


async def test_a_connector_set_apart_is_started_again_once_it_is_mended_and_not_told_once_it_is_gone(
    tmp_path: Path,
) -> None:
    wheels = installed(tmp_path, {CODE: ("class LedgerConnector:", FAILING)})
    sound = (wheels / CODE).read_text("utf-8").replace(FAILING, "class LedgerConnector:")
    for _ in range(3):
        async with started(wheels):
            pass
        sys.modules.pop("ledger", None)
    folder = wheels / "ledger"
    folder.rename(wheels / "away")
    (info,) = wheels.glob("*.dist-info")
    info.rename(tmp_path / info.name)
    async with started(wheels) as host:
        assert host.status()[0].refused_because == "source.refused.not_found"
    (tmp_path / info.name).rename(info)
    (wheels / "away").rename(folder)
    for _ in range(3):
        async with started(wheels):
            pass
        sys.modules.pop("ledger", None)
    async with started(wheels) as host:
        assert host.status()[0].refused_because == "source.refused.quarantined"
    (wheels / CODE).write_text(sound, "utf-8")
    async with started(wheels) as host:
        assert host.status()[0].state is not SourceState.REFUSED
