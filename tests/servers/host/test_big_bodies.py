"""Long answers are read by the worker process: what comes out is what a thread would have read."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from avise.connectors.contract import Completeness
from avise.connectors.lazy_items import Chain
from avise.connectors.readings import TimelineReading
from avise.connectors.record_pages import decode_pages
from avise.models.customer import IdentityEvidence, Party
from avise.models.errors import ErrorKind, Origin
from avise.models.snapshot import PAGE_SIZE
from avise.models.source_status import SourceState
from tests.servers.host.big_tool import COUNT, OF_RECORD, big, body, connector, of_pages, row, rows
from tests.servers.host.conftest import CUSTOMER, HELENE, PATIENCE_S, Desk, Opening
from tests.servers.host.tool_server import answering, reply, running_tool

MARCHAND = {"name": "MARCHAND"}


def worker_pid(desk: Desk) -> int | None:
    """Return the worker process of a host, None while there is none."""
    return desk.host._bodies.pid


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def timeline(desk: Desk, identity: IdentityEvidence = HELENE) -> TimelineReading:
    readings = [
        reading
        async for reading in desk.host.read_timeline(
            "big", CUSTOMER, identity, agent="lea", purpose="call", force=True
        )
    ]
    return readings[-1]


async def test_ten_thousand_exchanges_come_in_their_order(open_desk: Opening, tmp_path: Path) -> None:
    given = rows()
    served = big(given, who=MARCHAND)
    assert 3_000_000 < len(body(given)) < 5_000_000
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        assert worker_pid(desk) is None
        reading = await timeline(desk)
        (kept,) = desk.snapshots.kept.values()
        assert worker_pid(desk) is not None
    assert (reading.completeness, reading.error, reading.unreadable) == (Completeness.COMPLETE, None, 0)
    assert [item.id for item in reading.interactions] == [item["no"] for item in given]
    assert [item.title for item in reading.interactions] == [str(item["label"]).strip() for item in given]
    assert reading.interactions[0].at == datetime(2026, 3, 1, 9, 44, tzinfo=UTC)
    assert kept.count == COUNT
    assert [len(json.loads(page)) for page in kept.pages] == [PAGE_SIZE] * (COUNT // PAGE_SIZE)


async def test_the_limit_of_a_facet_is_kept_and_told(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(), who=MARCHAND, total=COUNT, date="2026-03-24T10:44:00")
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        reading = await desk.last(instance="big")
        (kept,) = desk.snapshots.kept.values()
        again = await desk.last(instance="big")
    assert (again.from_cache, again.total) == (True, COUNT)
    assert (reading.completeness, reading.truncated_because) == (Completeness.TRUNCATED, "max_rows")
    assert (reading.total, reading.as_of) == (COUNT, datetime(2026, 3, 24, 9, 44, tzinfo=UTC))
    assert isinstance(reading.records, Chain)
    assert [record.id for record in reading.records] == [f"B{number:06d}" for number in range(500)]
    assert reading.records[499].data["amount"] == "4.99"
    assert list(await decode_pages(kept.pages)) == list(reading.records)


async def test_a_copy_of_a_long_answer_is_told_before_the_tool(open_desk: Opening, tmp_path: Path) -> None:
    async with (
        running_tool(big(rows(), who=MARCHAND)) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        first = await desk.last(instance="big")
        again = await desk.read(instance="big")
        assert len(tool.asked) == 1
    assert again[0].from_cache
    assert list(again[-1].records) == list(first.records)


@pytest.mark.parametrize("subject_of", ["answer", "record"])
async def test_a_long_answer_about_somebody_else_is_withheld(
    open_desk: Opening, tmp_path: Path, subject_of: str
) -> None:
    """The last row of those that are kept is enough."""
    given = [row(number, name="MARCHAND") for number in range(5000)]
    given[499]["name"] = "DUPONT"
    served = big(given, who={"name": "DUPONT"})
    loaded = connector(tmp_path) if subject_of == "answer" else connector(tmp_path, subject=OF_RECORD)
    async with running_tool(served) as tool, open_desk({"big": tool.base_url}, {"big": loaded}) as desk:
        reading = await desk.last(instance="big")
        exchanges = await timeline(desk)
        assert not desk.snapshots.kept
    assert (reading.withheld, exchanges.withheld) == (True, True)
    assert not reading.records
    assert not exchanges.interactions


async def test_rows_that_cannot_be_read_are_counted(open_desk: Opening, tmp_path: Path) -> None:
    given = [*rows(400), row(400, cts="84.20"), row(401, paid="soon"), row(7)]
    served = big(given, who=MARCHAND, padding="x" * 1_000_000)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        reading = await desk.last(instance="big")
        assert worker_pid(desk) is not None
    assert (len(reading.records), reading.unreadable) == (400, 3)
    assert reading.completeness is Completeness.COMPLETE


async def test_pages_that_overlap_keep_each_row_once(open_desk: Opening, tmp_path: Path) -> None:
    paging = '{ type = "next_url", at = "next" }'
    padding = "x" * 1_000_000
    pages = {
        "/benefits/0042": big(rows(300), who=MARCHAND, next="/second", padding=padding),
        "/second": big(rows(200, start=200), who=MARCHAND, padding=padding),
    }
    async with (
        running_tool(of_pages(pages)) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path, paging=paging)}) as desk,
    ):
        reading = await desk.last(instance="big")
        (kept,) = desk.snapshots.kept.values()
    assert [record.id for record in reading.records] == [f"B{number:06d}" for number in range(400)]
    assert (reading.completeness, reading.unreadable) == (Completeness.COMPLETE, 0)
    assert list(await decode_pages(kept.pages)) == list(reading.records)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"[" * 1_500_000, ErrorKind.BAD_DATA),
        (b'{"rows": [' + b'"x",' * 500_000, ErrorKind.BAD_DATA),
        (b'{"lines": "' + b"x" * 1_500_000 + b'"}', ErrorKind.BAD_DATA),
        (b"\xff" * 1_500_000, ErrorKind.BAD_DATA),
        (
            json.dumps({"erreur": "fermé", "texte": "Fermé", "x": "x" * 1_500_000}).encode(),
            ErrorKind.REJECTED,
        ),
    ],
    ids=["too deep", "cut", "no list", "no text", "told in the body"],
)
async def test_a_long_answer_that_is_none_fails_as_a_short_one_does(
    open_desk: Opening, tmp_path: Path, answer: bytes, kind: ErrorKind
) -> None:
    served = answering(reply(answer))
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        reading = await desk.last(instance="big")
        tool.behaviour = big(rows(2000), who=MARCHAND)
        later = await desk.last(instance="big", force=True)
    assert reading.error is not None
    assert (reading.error.kind, reading.error.origin) == (kind, Origin.SOURCE)
    assert (later.error, len(later.records)) == (None, 500)


async def test_a_long_page_of_the_directory_is_read_whole(open_desk: Opening, tmp_path: Path) -> None:
    given = [row(number, phones=["0612345678"]) for number in range(4000)]
    served = big(given, cursor="c1", more=False)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        (batch,) = [batch async for batch in desk.host.changes("big")]
        assert worker_pid(desk) is not None
    parties: list[Party] = list(batch.items)
    assert (batch.cursor, batch.completeness, len(parties)) == ("c1", Completeness.COMPLETE, 4000)
    assert [party.native_id for party in parties] == [item["no"] for item in given]
    assert parties[3999].birth_date == date(2026, 3, 1)
    assert parties[3999].phones == ("+33612345678",)
    assert parties[3999].ids == {"benefits.insured": "B003999"}


async def test_a_value_in_a_long_answer_is_found(open_desk: Opening, tmp_path: Path) -> None:
    long_text = "é" * 1_200_000
    served = answering(reply({"nir": " 2680375 ", "text": long_text}))
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        value = await desk.host.live_value("big", "nir", CUSTOMER, agent="lea", purpose="call")
        pieces = [piece async for piece in desk.host.content("big", "m1", agent="lea", purpose="call")]
        assert worker_pid(desk) is not None
    assert value == "2680375"
    assert b"".join(pieces).decode() == long_text


# ---- the process ----------------------------------------------------------------------------------


async def test_the_worker_ends_with_the_host(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(5000), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        await desk.last(instance="big")
        pid = worker_pid(desk)
        assert pid is not None
        assert is_alive(pid)
    assert not is_alive(pid)


async def test_closing_while_a_body_is_read_leaves_nothing(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        reading = asyncio.create_task(timeline(desk))
        pid = await started(desk)
        async with asyncio.timeout(PATIENCE_S):
            await desk.host.aclose()
            await asyncio.wait([reading])
        assert not is_alive(pid)


async def started(desk: Desk) -> int:
    """Wait until the worker process is there."""
    async with asyncio.timeout(PATIENCE_S):
        while (pid := worker_pid(desk)) is None:  # noqa: ASYNC110 - nothing tells the start of a process
            await asyncio.sleep(0.01)
    return pid


async def killed(desk: Desk) -> int:
    """Kill the worker process and wait for its end; give what its identifier was."""
    process = desk.host._bodies._process
    assert process is not None
    pid = await started(desk)
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(process.join, PATIENCE_S)
    return pid


async def at_work(desk: Desk) -> None:
    """Wait until the worker process has something to read."""
    async with asyncio.timeout(PATIENCE_S):
        while desk.host._bodies._current is None:  # noqa: ASYNC110 - nothing tells it
            await asyncio.sleep(0.01)


async def test_a_worker_that_was_killed_is_started_again(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(5000), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        await desk.last(instance="big")
        pid = await killed(desk)
        reading = await desk.last(instance="big", force=True)
        assert worker_pid(desk) != pid
    assert (reading.error, len(reading.records)) == (None, 500)


async def test_a_worker_that_dies_at_work_costs_that_reading_alone(
    open_desk: Opening, tmp_path: Path
) -> None:
    served = big(rows(5000), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        await timeline(desk)
        pid = await started(desk)
        # Stopped, given work, then killed: it cannot have finished in between.
        os.kill(pid, signal.SIGSTOP)
        reading = asyncio.create_task(timeline(desk))
        await at_work(desk)
        os.kill(pid, signal.SIGKILL)
        broken = await reading
        (status,) = desk.host.status()
        later = await timeline(desk)
    assert broken.error is not None
    assert (broken.error.kind, broken.error.origin, broken.error.detail) == (
        ErrorKind.BUG,
        Origin.HOST,
        "worker ended",
    )
    assert status.state is not SourceState.SUSPENDED
    assert (later.error, len(later.interactions)) == (None, 5000)


async def test_leaving_the_customer_frees_the_worker(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(5000), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        await timeline(desk)
        pid = await started(desk)
        os.kill(pid, signal.SIGSTOP)
        reading = asyncio.create_task(timeline(desk))
        await at_work(desk)
        desk.host.leave(CUSTOMER)
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait([reading])
        async with asyncio.timeout(PATIENCE_S):
            later = await timeline(desk)
        (status,) = desk.host.status()
        assert not is_alive(pid)
    # Nobody follows any more: the copy was told, then no final reading and no failure.
    assert not reading.result().final
    assert (later.error, len(later.interactions), status.failures_1h) == (None, 5000, 0)


async def test_a_reading_that_waits_for_the_worker_is_dropped_without_harm(
    open_desk: Opening, tmp_path: Path
) -> None:
    served = big(rows(5000), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        await timeline(desk)
        pid = await started(desk)
        # Stopped: the first cannot end, nor the second begin, before the second is dropped.
        os.kill(pid, signal.SIGSTOP)
        first = asyncio.create_task(timeline(desk))
        await at_work(desk)
        facet = asyncio.create_task(desk.last(instance="big", force=True))
        await asyncio.sleep(0.03)
        facet.cancel()
        await asyncio.wait([facet])
        os.kill(pid, signal.SIGCONT)
        assert (await first).error is None
        assert worker_pid(desk) == pid


async def test_short_answers_start_no_process(open_desk: Opening, tmp_path: Path) -> None:
    served = big(rows(300), who=MARCHAND)
    async with (
        running_tool(served) as tool,
        open_desk({"big": tool.base_url}, {"big": connector(tmp_path)}) as desk,
    ):
        reading = await desk.last(instance="big")
        assert worker_pid(desk) is None
    assert len(reading.records) == 300
