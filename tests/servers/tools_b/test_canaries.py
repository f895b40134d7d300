"""Names, identifiers, titles and passwords never reach a log, a failure or a diagnostic."""

from __future__ import annotations

from pathlib import Path

import pytest

from avise.demo.faults import Fault, FaultKind, break_tool
from tests.servers.tools_a.world import ids, person
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.world import FULL, NOBODY, OURS, SOMEBODY_ELSE, host_of, read

SCHEMES = ("member", "documents.folder", "calendar.contact", "noemie.registration", "complaints.client")


async def test_nothing_personal_is_written_whatever_happens(
    start: StartTools, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    async with start(*OURS) as tools, host_of(tools) as host:
        for tool in OURS:
            told += [await read(host, tool, tool, index) for index in (FULL, NOBODY)]
            told.append(await read(host, tool, tool, FULL, SOMEBODY_ELSE))
            break_tool(data_dir, tool, Fault(FaultKind.GARBAGE))
            told += [await read(host, tool, tool, FULL) for _ in range(4)]
            break_tool(data_dir, tool, Fault())
        diagnostics = [dict(host.diagnostics(tool)) for tool in OURS]
        secrets = [*tools.secrets().values()]
    written = capsys.readouterr()
    failures = [reading.error for reading in told if reading.error is not None]
    text = f"{written.out}{written.err}{failures}{diagnostics}"
    assert len(failures) > len(OURS), "the faults were exercised"
    assert "reading failed" in text
    canaries = {
        *secrets,
        *(ids(index).as_mapping()[scheme] for index in (FULL, NOBODY) for scheme in SCHEMES),
        person(FULL).last_name,
        person(FULL).first_name,
        "Kerdraon",
        "soins & appareillage",
        "Solène",
    }
    assert {canary for canary in canaries if canary.lower() in text.lower()} == set()
