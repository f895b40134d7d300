"""A long nightly file is loaded by the worker process, and looked up here."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from avise.connectors.contract import Completeness
from avise.connectors.declarative import LoadedConnector, load_connector_file
from avise.models.errors import ErrorKind, Origin
from tests.servers.host.conftest import PATIENCE_S, Opening
from tests.servers.host.test_big_bodies import is_alive, killed, started

FILE = """
avise = 1
[connector]
id = "flow"
name = "Flow"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "IT"
kind = "files"
needs_ids = ["benefits.insured"]
[config.base_url]
type = "file"
label = "File"
required = true
[csv]
path = "{config.base_url}"
key = "who"
[[facet]]
id = "benefits"
key = "{customer.benefits.insured}"
[facet.fields]
id = "no"
paid_on = "paid"
label = "label"
"""
LINES = 40_000


def flow(folder: Path, *, broken: int = 0) -> Path:
    """Write a file of about two megabytes; one line in a hundred is the customer's."""
    lines = [f"{number % 100:04d};B{number};2026-03-01;Consultation n° {number}" for number in range(LINES)]
    path = folder / "flow.csv"
    path.write_text("\n".join(["who;no;paid;label", *lines, *["half"] * broken]), encoding="utf-8")
    assert path.stat().st_size > 1_000_000
    return path


def connector(folder: Path) -> LoadedConnector:
    path = folder / "flow.toml"
    path.write_text(FILE, encoding="utf-8")
    return load_connector_file(path)


async def test_the_customers_lines_are_found(open_desk: Opening, tmp_path: Path) -> None:
    path = flow(tmp_path, broken=3)
    async with open_desk({"flow": str(path)}, {"flow": connector(tmp_path)}) as desk:
        reading = await desk.last(instance="flow")
        report = await desk.host.check("flow")
        await killed(desk)
        again = await desk.last(instance="flow", force=True)
    assert (reading.completeness, reading.error) == (Completeness.COMPLETE, None)
    assert [record.id for record in reading.records] == [f"B{number}" for number in range(42, LINES, 100)]
    assert report.detail == f"3 unreadable of {LINES + 3} lines"
    # Once loaded, the file is here: the process is not asked any more.
    assert list(again.records) == list(reading.records)


async def test_a_worker_that_dies_while_it_loads_costs_that_reading_alone(
    open_desk: Opening, tmp_path: Path
) -> None:
    path = flow(tmp_path)
    async with open_desk({"flow": str(path)}, {"flow": connector(tmp_path)}) as desk:
        reading = asyncio.create_task(desk.last(instance="flow"))
        pid = await started(desk)
        os.kill(pid, signal.SIGKILL)
        broken = await reading
        later = await desk.last(instance="flow", force=True)
    assert broken.error is not None
    assert (broken.error.kind, broken.error.origin) == (ErrorKind.BUG, Origin.HOST)
    assert (later.error, len(later.records)) == (None, LINES // 100)


async def test_closing_while_a_file_is_loaded_leaves_nothing(open_desk: Opening, tmp_path: Path) -> None:
    path = flow(tmp_path)
    async with open_desk({"flow": str(path)}, {"flow": connector(tmp_path)}) as desk:
        reading = asyncio.create_task(desk.last(instance="flow"))
        pid = await started(desk)
        async with asyncio.timeout(PATIENCE_S):
            await desk.host.aclose()
            await asyncio.wait([reading])
        assert not is_alive(pid)
