"""The documents tool as Avise reads it: a real WebDAV server, the connector file, the host."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import httpx2
import pytest

from avise.connectors.contract import Completeness, ConnectorError, Health
from avise.connectors.host import ConnectorHost
from avise.demo.faults import Fault, FaultKind, Garbage, break_tool
from avise.demo.launcher import DemoTools
from avise.models.errors import ErrorKind
from tests.servers.tools_a.world import ids
from tests.servers.tools_b.conftest import StartTools
from tests.servers.tools_b.world import (
    EMPTY,
    FULL,
    LONG_LIST,
    MANY,
    NOBODY,
    SOMEBODY_ELSE,
    host_of,
    kind_of,
    read,
)


async def _content(host: ConnectorHost, ref: str) -> list[bytes]:
    async with aclosing(host.content("documents", ref, agent="lea", purpose="call")) as pieces:
        return [piece async for piece in pieces]


async def test_a_folder_is_read_whole_newest_first(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        reading = await read(host, "documents", "documents", FULL)
    assert (reading.error, reading.unreadable, reading.drift) == (None, 0, 0)
    assert reading.completeness is Completeness.COMPLETE
    dates = [str(record.data["dated"]) for record in reading.records]
    assert dates == sorted(dates, reverse=True)
    assert reading.records[0].data == {
        "title": "Facture n° 0 <soins & appareillage>",
        "kind": "invoice",
        "dated": "2026-03-01T11:00:00+01:00",
        "direction": "in",
        "status": "checked",
        "size": 5_000,
        "media_type": "application/pdf",
        "medical": True,
    }


async def test_an_empty_folder_an_unknown_one_and_a_failure_do_not_look_alike(
    start: StartTools, data_dir: Path
) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        empty = await read(host, "documents", "documents", EMPTY)
        unknown = await read(host, "documents", "documents", NOBODY)
        break_tool(data_dir, "documents", Fault(FaultKind.DOWN))
        down = await read(host, "documents", "documents", EMPTY)
    assert (kind_of(empty), empty.completeness, list(empty.records)) == (None, Completeness.COMPLETE, [])
    assert kind_of(unknown) is ErrorKind.NOT_FOUND
    assert kind_of(down) is ErrorKind.UNAVAILABLE


async def test_a_folder_with_too_many_documents_says_so(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        reading = await read(host, "documents", "documents", MANY)
    assert reading.completeness is Completeness.TRUNCATED
    assert (len(reading.records), reading.total, reading.truncated_because) == (
        500,
        LONG_LIST + 2,
        "max_rows",
    )


async def test_a_wrong_password_asks_to_sign_in(start: StartTools) -> None:
    async with (
        start("documents") as tools,
        host_of(tools, {("documents", "password"): "canary-password"}) as host,
    ):
        reading = await read(host, "documents", "documents", FULL)
        health = await host.check("documents")
    assert kind_of(reading) is ErrorKind.AUTH
    assert health.health is Health.NEEDS_AUTH
    assert "canary" not in str(reading.error)


async def test_a_password_changed_meanwhile_asks_to_sign_in_until_it_is_put_back(
    start: StartTools, data_dir: Path
) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        before = await read(host, "documents", "documents", FULL)
        break_tool(data_dir, "documents", Fault(FaultKind.EXPIRE_TOKEN))
        refused = await read(host, "documents", "documents", FULL)
        break_tool(data_dir, "documents", Fault())
        after = await read(host, "documents", "documents", FULL)
    assert (kind_of(before), kind_of(refused), kind_of(after)) == (None, ErrorKind.AUTH, None)


@pytest.mark.parametrize(
    ("garbage", "expected"),
    [
        (Garbage.HTML, ErrorKind.AUTH),
        (Garbage.TRUNCATED, ErrorKind.BAD_DATA),
        (Garbage.CHARSET, ErrorKind.BAD_DATA),
    ],
)
async def test_what_is_no_folder_is_never_an_empty_one(
    start: StartTools, data_dir: Path, garbage: Garbage, expected: ErrorKind
) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        break_tool(data_dir, "documents", Fault(FaultKind.GARBAGE, garbage=garbage))
        reading = await read(host, "documents", "documents", EMPTY)
    assert kind_of(reading) is expected


async def test_somebody_else_s_folder_is_withheld(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        reading = await read(host, "documents", "documents", FULL, SOMEBODY_ELSE)
    assert reading.withheld
    assert list(reading.records) == []


async def test_a_document_opens_with_the_bytes_that_were_announced(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        records = (await read(host, "documents", "documents", FULL)).records
        opened = {record.id: b"".join(await _content(host, record.id)) for record in records}
    assert {key: len(body) for key, body in opened.items()} == {
        record.id: record.data["size"] for record in records
    }
    starts = {record.data["media_type"]: opened[record.id][:4] for record in records if record.data["size"]}
    assert starts == {"application/pdf": b"%PDF", "image/jpeg": b"\xff\xd8\xff\xe0"}


async def test_an_awaited_document_has_nothing_to_open(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        records = (await read(host, "documents", "documents", FULL)).records
        (awaited,) = [record for record in records if record.data["status"] == "awaited"]
        pieces = await _content(host, awaited.id)
    assert b"".join(pieces) == b""


async def test_a_document_that_is_gone_or_never_was_ours_does_not_open(start: StartTools) -> None:
    async with start("documents") as tools, host_of(tools) as host:
        wrong = {}
        for ref in ("/dossiers/D07-0000001/absent.pdf", "/etc/passwd", "/dossiers/../admin", "dossiers/x"):
            with pytest.raises(ConnectorError) as raised:
                await _content(host, ref)
            wrong[ref] = raised.value.kind
            assert ref not in str(raised.value)
    assert wrong == {
        "/dossiers/D07-0000001/absent.pdf": ErrorKind.NOT_FOUND,
        "/etc/passwd": ErrorKind.INVALID,
        "/dossiers/../admin": ErrorKind.INVALID,
        "dossiers/x": ErrorKind.INVALID,
    }


async def test_the_store_refuses_every_write_and_every_stranger(start: StartTools) -> None:
    async with start("documents") as tools:
        folder = f"/dossiers/{ids(FULL).folder}/"
        async with _client(tools, tools.secrets()["documents", "password"]) as client:
            assert (await client.put(f"{folder}new.pdf", content=b"%PDF")).status_code == 405
            assert (await client.delete(folder)).status_code == 405
        async with _client(tools, "wrong") as client:
            assert (await client.get("/")).status_code == 401


def _client(tools: DemoTools, password: str) -> httpx2.AsyncClient:
    base_url = tools.settings()["documents"]["base_url"]
    return httpx2.AsyncClient(base_url=base_url, auth=("avise", password), trust_env=False)
