"""The NOÉMIE files as Avise reads them: the folder, the connector file, the host."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from avise.connectors.contract import Completeness, Health
from avise.connectors.declarative.load import load_connector_file
from avise.connectors.declarative.rows import map_rows, record_builder
from avise.connectors.declarative.schema import CsvFileConnector
from avise.demo.faults import Fault, FaultKind, Garbage, UnsupportedFaultError, break_tool
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.spec import WorldSpec
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.noemie.loader import BROKEN_EVERY, COLUMNS
from avise.demo.tools.prepare import lay_down, prepared_folder
from avise.models.errors import ErrorKind
from avise.resources import resource_folder
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.world import (
    EMPTY,
    FULL,
    SOMEBODY_ELSE,
    SPEC,
    STALE_FLOW,
    host_of,
    kind_of,
    read,
)

PARIS = ZoneInfo("Europe/Paris")
LAST_NIGHT = datetime(2026, 3, 24, tzinfo=PARIS)
NIGHT_BEFORE = datetime(2026, 3, 23, tzinfo=PARIS)


async def test_the_links_of_a_dossier_are_dated_by_the_file(start: StartTools) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        reading = await read(host, "noemie", "noemie", FULL)
    assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0)
    assert reading.as_of == LAST_NIGHT
    member, child = (record.data for record in reading.records)
    assert (member["state"], member["code"], member["changed_on"]) == ("acknowledged", "33", "2025-01-09")
    assert (child["state"], child["person"]) == ("conflict", "Zoé")
    assert child["other_insurer"] == "Mutuelle de l'OEuvre (fictif)"


async def test_nobody_in_the_file_is_an_empty_answer_with_the_file_s_date(start: StartTools) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        reading = await read(host, "noemie", "noemie", EMPTY)
    assert (kind_of(reading), reading.completeness) == (None, Completeness.COMPLETE)
    assert (list(reading.records), reading.as_of) == ([], LAST_NIGHT)


async def test_a_flow_that_was_not_refreshed_keeps_its_old_date(start: StartTools) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        reading = await read(host, "noemie", "noemie", STALE_FLOW)
    assert {record.as_of for record in reading.records} == {datetime(2026, 3, 17, tzinfo=PARIS)}


async def test_a_broken_line_costs_nobody_a_link_and_is_told(start: StartTools) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        report = await host.check("noemie")
        reading = await read(host, "noemie", "noemie", FULL)
    assert report.health is Health.DEGRADED, "one line in eleven is many"
    assert report.detail.startswith("1 unreadable")
    assert len(reading.records) == 2


async def test_somebody_else_s_lines_are_withheld(start: StartTools) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        reading = await read(host, "noemie", "noemie", FULL, SOMEBODY_ELSE)
    assert reading.withheld


async def test_a_file_that_has_not_come_leaves_the_one_before_with_its_date(
    start: StartTools, data_dir: Path
) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        break_tool(data_dir, "noemie", Fault(FaultKind.SLOW))
        late = await read(host, "noemie", "noemie", FULL)
        break_tool(data_dir, "noemie", Fault())
        come = await read(host, "noemie", "noemie", FULL)
    assert (late.as_of, come.as_of) == (NIGHT_BEFORE, LAST_NIGHT)
    states = [record.data["state"] for record in late.records]
    assert states == ["acknowledged", "waiting"], "the answer of last night is not known yet"


async def test_a_folder_that_is_gone_is_no_empty_answer(start: StartTools, data_dir: Path) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        break_tool(data_dir, "noemie", Fault(FaultKind.DOWN))
        down = await read(host, "noemie", "noemie", EMPTY)
        break_tool(data_dir, "noemie", Fault())
        mended = await read(host, "noemie", "noemie", EMPTY)
    assert (kind_of(down), kind_of(mended)) == (ErrorKind.UNAVAILABLE, None)


@pytest.mark.parametrize("garbage", [Garbage.HTML, Garbage.CHARSET, Garbage.NOISE])
async def test_a_file_of_another_kind_is_unreadable(
    start: StartTools, data_dir: Path, garbage: Garbage
) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        break_tool(data_dir, "noemie", Fault(FaultKind.GARBAGE, garbage=garbage))
        reading = await read(host, "noemie", "noemie", FULL)
    assert kind_of(reading) is ErrorKind.BAD_DATA


async def test_a_file_cut_short_is_refused_and_the_one_before_is_kept(
    start: StartTools, data_dir: Path
) -> None:
    async with start("noemie") as tools, host_of(tools) as host:
        break_tool(data_dir, "noemie", Fault(FaultKind.GARBAGE, garbage=Garbage.TRUNCATED))
        reading = await read(host, "noemie", "noemie", FULL)
        report = await host.check("noemie")
    assert reading.as_of == NIGHT_BEFORE
    assert report.health is Health.DEGRADED
    assert "noemie_20260324.csv" in report.detail


async def test_a_file_has_no_token(start: StartTools, data_dir: Path) -> None:
    async with start("noemie"):
        for kind in (FaultKind.EXPIRE_TOKEN, FaultKind.DRIP):
            with pytest.raises(UnsupportedFaultError):
                break_tool(data_dir, "noemie", Fault(kind))


def test_the_files_are_latin_1_with_a_broken_line_now_and_then(tmp_path: Path) -> None:
    spec = WorldSpec(dossiers=260, seed=3, heavy=False)
    lay_down(tmp_path, spec, tool_kinds(["noemie"]), iter_dossiers(spec))
    folder = prepared_folder(tmp_path, spec, tool_kinds(["noemie"])[0])
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["noemie_20260323.csv", "noemie_20260324.csv"]
    lines = (folder / names[-1]).read_bytes().decode("latin-1").split("\r\n")[:-1]
    broken = [line for line in lines if line.count(";") != len(COLUMNS) - 1]
    assert len(broken) == 1 + (len(lines) - 2) // (BROKEN_EVERY + 1)


def test_every_state_of_a_generated_world_comes_back_as_it_was(tmp_path: Path) -> None:
    """The return codes alone lead back to the states of the world (`domain.md` 2.4)."""
    spec = WorldSpec(dossiers=900, as_of=SPEC.as_of, seed=11, heavy=False)
    expected: dict[str, str] = {}
    dossiers = list(iter_dossiers(spec))
    for dossier in dossiers:
        for link in dossier.noemie:
            expected[f"{dossier.member.ids.registration}-{link.registration}"] = link.state
    lay_down(tmp_path, spec, tool_kinds(["noemie"]), dossiers)
    folder = prepared_folder(tmp_path, spec, tool_kinds(["noemie"])[0])
    assert _states(folder / "noemie_20260324.csv") == expected
    assert set(expected.values()) >= {"waiting", "acknowledged", "reported", "rejected", "conflict"}


def _states(path: Path) -> dict[str, str]:
    """Map the lines of a file with the connector file's own rules."""
    file = load_connector_file(resource_folder("connectors") / "demo" / "noemie.toml").file
    assert isinstance(file, CsvFileConnector)
    facet = file.facet[0]
    build = record_builder(facet.id, facet.fields, (), None, PARIS)
    with path.open(encoding="latin-1", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter=";") if row["DTEXTRACT"]]
    records = map_rows(rows, build)
    assert records.unreadable == 0
    return {record.id: str(record.data["state"]) for record in records.items}
