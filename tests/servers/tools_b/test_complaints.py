"""The complaints tool as Avise reads it: a real JSON-RPC service, the connector file, the host."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

from avise.connectors.contract import Completeness, Health
from avise.demo.faults import Fault, FaultKind, Garbage, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.tools.complaints.loader import FILE_NAME
from avise.demo.tools.complaints.service import SESSION_EXPIRED, SESSION_S, ComplaintsService, ServiceError
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import prepared_folder
from avise.demo.tools.prepared_files import ChangeableAnswers
from avise.models.errors import ErrorKind
from tests.servers.tools_a.world import ids
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.world import (
    DAY_OFF,
    EMPTY,
    FULL,
    MANY,
    MISREAD,
    NOBODY,
    SOMEBODY_ELSE,
    SPEC,
    host_of,
    kind_of,
    read,
)


async def test_complaints_are_read_whole(start: StartTools) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        reading = await read(host, "complaints", "complaints", FULL)
    assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0)
    assert [record.id for record in reading.records] == ["R-1-0", "R-1-1", "R-1-2"]
    assert reading.records[0].data == {
        "number": "R-1-0",
        "subject": "Délai de traitement",
        "channel": "member_space",
        "received_on": "2025-12-14",
        "acknowledge_by": "2025-12-28",
        "acknowledged_on": "2025-12-18",
        "answer_by": "2026-02-12",
        "level": "second",
        "status": "closed",
        "outcome": "goodwill",
        "handler": "Solène Marteau",
    }


async def test_no_complaint_an_unknown_client_and_a_failure_do_not_look_alike(
    start: StartTools, data_dir: Path
) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        empty = await read(host, "complaints", "complaints", EMPTY)
        unknown = await read(host, "complaints", "complaints", NOBODY)
        break_tool(data_dir, "complaints", Fault(FaultKind.DOWN))
        down = await read(host, "complaints", "complaints", EMPTY)
    assert (kind_of(empty), empty.completeness, list(empty.records)) == (None, Completeness.COMPLETE, [])
    assert kind_of(unknown) is ErrorKind.NOT_FOUND
    assert unknown.error is not None
    assert unknown.error.source_code == "-32004"
    assert ids(NOBODY).client not in str(unknown.error), "the tool's sentence names the client"
    assert kind_of(down) is ErrorKind.UNAVAILABLE


async def test_a_list_that_is_too_long_says_so(start: StartTools) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        reading = await read(host, "complaints", "complaints", MANY)
    assert reading.completeness is Completeness.TRUNCATED
    assert (len(reading.records), reading.total) == (500, 620)


async def test_an_ended_session_is_opened_again_without_anybody_noticing(
    start: StartTools, data_dir: Path
) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        await read(host, "complaints", "complaints", FULL)
        break_tool(data_dir, "complaints", Fault(FaultKind.EXPIRE_TOKEN))
        readings = await asyncio.gather(*(read(host, "complaints", "complaints", FULL) for _ in range(4)))
    assert [kind_of(reading) for reading in readings] == [None] * 4


async def test_a_wrong_password_told_with_status_200_asks_to_sign_in(start: StartTools) -> None:
    wrong = {("complaints", "password"): "canary-password"}
    async with start("complaints") as tools, host_of(tools, wrong) as host:
        reading = await read(host, "complaints", "complaints", FULL)
        report = await host.check("complaints")
    assert kind_of(reading) is ErrorKind.AUTH
    assert report.health is Health.NEEDS_AUTH
    assert "canary" not in f"{reading.error} {report}"


async def test_a_missing_password_is_a_matter_of_configuration(start: StartTools) -> None:
    async with start("complaints") as tools, host_of(tools, {}) as host:
        reading = await read(host, "complaints", "complaints", FULL)
    assert kind_of(reading) is ErrorKind.CONFIG


@pytest.mark.parametrize(
    ("garbage", "expected"),
    [
        (Garbage.HTML, ErrorKind.AUTH),
        (Garbage.TRUNCATED, ErrorKind.BAD_DATA),
        (Garbage.CHARSET, ErrorKind.BAD_DATA),
    ],
)
async def test_what_is_no_answer_is_never_an_empty_one(
    start: StartTools, data_dir: Path, garbage: Garbage, expected: ErrorKind
) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        break_tool(data_dir, "complaints", Fault(FaultKind.GARBAGE, garbage=garbage))
        reading = await read(host, "complaints", "complaints", EMPTY)
    assert kind_of(reading) is expected


async def test_names_read_in_the_wrong_charset_are_put_right_before_they_are_compared(
    start: StartTools,
) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        reading = await read(host, "complaints", "complaints", MISREAD)
    assert (reading.withheld, kind_of(reading), len(reading.records)) == (False, None, 3)


@pytest.mark.parametrize("doubtful", ["birth date a day off", "somebody else"])
async def test_what_may_be_somebody_else_s_is_withheld(start: StartTools, doubtful: str) -> None:
    index, seen = (DAY_OFF, None) if doubtful.startswith("birth") else (FULL, SOMEBODY_ELSE)
    async with start("complaints") as tools, host_of(tools) as host:
        reading = await read(host, "complaints", "complaints", index, seen)
    assert reading.withheld
    assert list(reading.records) == []


async def test_the_check_tells_the_version_of_the_tool(start: StartTools) -> None:
    async with start("complaints") as tools, host_of(tools) as host:
        report = await host.check("complaints")
    assert (report.health, report.source_version) == (Health.OK, "RECLAM 4.11")


async def test_every_answer_has_status_200(start: StartTools) -> None:
    async with start("complaints") as tools, _client(tools) as client:
        replies = [
            await client.post("/rpc", content=body)
            for body in (
                b"{",
                b"[]",
                b'{"id": 1, "method": "fax", "params": {}}',
                b'{"id": 1, "method": "reclamations.chercher", "params": {"client": "CLI1"}}',
                b'{"id": 1, "method": "session.ouvrir", "params": {"utilisateur": "x", "motDePasse": "x"}}',
            )
        ]
    assert {reply.status_code for reply in replies} == {200}
    assert [reply.json()["error"]["code"] for reply in replies] == [-32700, -32600, -32601, -32001, -32002]


def test_a_session_that_is_not_used_ends_by_itself(data_dir: Path) -> None:
    now = [0.0]
    (kind,) = tool_kinds(["complaints"])
    answers = ChangeableAnswers(prepared_folder(data_dir, SPEC, kind) / FILE_NAME)
    service = ComplaintsService(answers, "secret", lambda: now[0])
    answers.close()
    opened = service._open_session({"utilisateur": "avise", "motDePasse": "secret"})
    assert isinstance(opened, dict)
    session = {"jeton": opened["jeton"]}
    now[0] += SESSION_S
    assert service._version(session)
    now[0] += SESSION_S + 1
    with pytest.raises(ServiceError) as raised:
        service._version(session)
    assert raised.value.code == SESSION_EXPIRED


def _client(tools: DemoTools) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=tools.settings()["complaints"]["base_url"], trust_env=False)
