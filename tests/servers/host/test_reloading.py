"""A connector file that changes while Avise runs: taken into use, or told and left alone."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from avise.connectors import reloading, roster
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.models.source_status import FileChange, SourceState
from tests.servers.host.conftest import PATIENCE_S, Desk, MemorySecrets, MemorySnapshots, MovableEnv
from tests.servers.host.tool_server import Asked, Behaviour, after, answering, held, reply, running_tool

FILE = """
avise = 1
[connector]
id = "claims"
name = "Prestations"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "rest"
needs_ids = ["member"]
[config]
base_url = { type = "url", label = "Adresse du service", required = true }
[http]
base_url = "{config.base_url}"
[[facet]]
id = "benefits"
path = "/claims"
on_404 = "empty"
validator = "etag"
paging = { type = "none" }
fields = { id = "ref", label = "title" }
"""
OTHER_FIELD = FILE.replace('label = "title"', 'label = "wording"')
BROKEN = FILE.replace('label = "title"', 'lable = "title"')
CLAIM = reply([{"ref": "c1", "title": "Consultation", "wording": "Chez le médecin"}], headers={"ETag": '"1"'})


@pytest.fixture(autouse=True)
def looked_at_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "LOOK_S", 0.02)


@asynccontextmanager
async def followed(path: Path, behaviour: Behaviour, content: str = FILE) -> AsyncIterator[Desk]:
    """Open a host that follows one file; without content there is none yet."""
    if content:
        await asyncio.to_thread(path.write_text, content, "utf-8")
    env, snapshots, secrets = MovableEnv(), MemorySnapshots(), MemorySecrets()
    async with running_tool(behaviour) as tool:
        settings = [InstanceSettings("claims", "claims", {"base_url": tool.base_url})]
        host = ConnectorHost(env, snapshots, settings, secrets, connectors=Registry(path.parent))
        await host.start(follow_files=True)
        await host.opened()
        try:
            yield Desk(host, snapshots, secrets, env)
        finally:
            await host.aclose()


async def until(desk: Desk, wanted: Callable[[FileChange | None], bool]) -> FileChange | None:
    """Wait for what becomes of the file."""
    async with asyncio.timeout(PATIENCE_S):
        while not wanted(desk.host.status()[0].file_change):  # noqa: ASYNC110 - nothing tells of a refusal
            await asyncio.sleep(0.01)
    return desk.host.status()[0].file_change


def taken(change: FileChange | None) -> bool:
    return change is not None and not change.refused_because


def kept_old(change: FileChange | None) -> bool:
    return change is not None and bool(change.refused_because)


def labels(reading: FacetReading) -> list[object]:
    return [record.data["label"] for record in reading.records]


async def test_a_changed_file_is_taken_and_fresh_copies_of_the_old_mapping_are_read_anew(
    tmp_path: Path,
) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM)) as desk:
        before = await desk.last(instance="claims")
        assert labels(await desk.last(instance="claims")) == labels(before) == ["Consultation"]
        async with aclosing(desk.host.reloads()) as reloads:
            told = asyncio.ensure_future(anext(reloads))
            await asyncio.sleep(0)
            path.write_text(OTHER_FIELD, "utf-8")
            assert await asyncio.wait_for(told, PATIENCE_S) == "claims"
        assert taken(desk.host.status()[0].file_change)
        assert labels(await desk.last(instance="claims")) == ["Chez le médecin"]


async def test_a_half_written_file_keeps_the_one_before_and_says_where_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM)) as desk:
        path.write_text(BROKEN, "utf-8")
        change = await until(desk, kept_old)
        assert change is not None
        assert change.refused_because == "source.refused.file"
        assert "claims.toml:21" in change.refused_detail
        assert "label" in change.refused_detail
        assert labels(await desk.last(instance="claims", force=True)) == ["Consultation"]
        path.write_text(OTHER_FIELD, "utf-8")
        await until(desk, taken)
        assert labels(await desk.last(instance="claims")) == ["Chez le médecin"]


async def test_a_reading_under_way_ends_with_the_mapping_that_it_began_with(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    asked, answers = asyncio.Event(), asyncio.Event()
    async with followed(path, held(asked, answers, answering(CLAIM))) as desk:
        under_way = asyncio.ensure_future(desk.last(instance="claims"))
        await asked.wait()
        path.write_text(OTHER_FIELD, "utf-8")
        await until(desk, taken)
        assert not under_way.done()
        after_it = asyncio.ensure_future(desk.last(instance="claims"))
        answers.set()
        assert labels(await under_way) == ["Consultation"]
        assert labels(await after_it) == ["Chez le médecin"]
        assert labels(await desk.last(instance="claims")) == ["Chez le médecin"]


async def test_an_editor_that_puts_another_file_in_its_place_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM)) as desk:
        aside = tmp_path / ".claims.toml.swp"
        aside.write_text(OTHER_FIELD, "utf-8")
        aside.replace(path)
        first = await until(desk, taken)
        assert labels(await desk.last(instance="claims")) == ["Chez le médecin"]
        aside.write_text(FILE, "utf-8")
        aside.replace(path)
        await until(desk, lambda change: taken(change) and change != first)
        assert labels(await desk.last(instance="claims")) == ["Consultation"]


async def test_a_file_that_goes_is_told_and_taken_again_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM)) as desk:
        path.unlink()
        change = await until(desk, kept_old)
        assert change is not None
        assert change.refused_because == "source.file_gone"
        assert labels(await desk.last(instance="claims")) == ["Consultation"]
        path.write_text(OTHER_FIELD, "utf-8")
        await until(desk, taken)


async def test_a_file_saved_as_it_was_reloads_nothing(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM)) as desk:
        await desk.last(instance="claims")
        os.utime(path, ns=(1, 1))
        await asyncio.sleep(0.15)
        assert desk.host.status()[0].file_change is None


async def test_a_file_refused_at_the_start_works_as_soon_as_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM), BROKEN) as desk:
        assert desk.host.status()[0].state is SourceState.REFUSED
        path.write_text(FILE, "utf-8")
        await until(desk, taken)
        assert labels(await desk.last(instance="claims")) == ["Consultation"]


async def test_a_file_that_comes_after_the_start_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, answering(CLAIM), content="") as desk:
        assert desk.host.status()[0].refused_because == "source.refused.not_found"
        await asyncio.sleep(0.1)
        path.write_text(FILE, "utf-8")
        await until(desk, taken)
        assert labels(await desk.last(instance="claims")) == ["Consultation"]


CALLS = """
[call_events]
path = "/calls"
format = "sse"
[call_events.fields]
call_id = "id"
kind = { value = "ringing" }
at = "at"
number = "number"
"""


async def test_the_telephony_is_followed_through_the_new_file(tmp_path: Path) -> None:
    async def ring(asked: Asked, writer: asyncio.StreamWriter) -> None:
        del asked
        event = '{"id": "by id", "ref": "by ref", "at": "2026-03-24T10:00:00+01:00", "number": "0639984127"}'
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        writer.write(f"{head}data: {event}\n\n".encode())
        await writer.drain()
        await asyncio.Event().wait()

    path = tmp_path / "claims.toml"
    async with followed(path, ring, FILE + CALLS) as desk, aclosing(desk.host.call_events()) as events:
        assert (await asyncio.wait_for(anext(events), PATIENCE_S)).call_id == "by id"
        path.write_text(FILE + CALLS.replace('call_id = "id"', 'call_id = "ref"'), "utf-8")
        assert (await asyncio.wait_for(anext(events), PATIENCE_S)).call_id == "by ref"


async def test_closing_in_the_middle_of_a_change_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "claims.toml"
    async with followed(path, after(2, answering(CLAIM))) as desk:
        under_way = asyncio.ensure_future(desk.last(instance="claims"))
        await asyncio.sleep(0.1)
        path.write_text(OTHER_FIELD, "utf-8")
        await until(desk, taken)
        under_way.cancel()
        await asyncio.gather(under_way, return_exceptions=True)


class Stuck(Registry):
    """Asks a share that never answers where its files are."""

    end = threading.Event()

    def file_of(self, settings: InstanceSettings) -> Path | None:
        self.end.wait(PATIENCE_S)
        return super().file_of(settings)


async def test_a_share_that_hangs_holds_neither_the_start_nor_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reloading, "LOAD_S", 0.1)
    monkeypatch.setattr(roster, "LOAD_S", 0.1)
    settings = [InstanceSettings("claims", "claims", {"base_url": "http://127.0.0.1:9"})]
    stuck = Stuck(tmp_path)
    host = ConnectorHost(MovableEnv(), MemorySnapshots(), settings, MemorySecrets(), connectors=stuck)
    async with asyncio.timeout(PATIENCE_S):
        await host.start(follow_files=True)
        assert host.status()[0].refused_because == "source.refused.import"
        await host.aclose()
    stuck.end.set()
