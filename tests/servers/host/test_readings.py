"""What a reading tells, step by step, and what it keeps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from avise.connectors.contract import Completeness
from avise.connectors.readings import TimelineReading
from avise.models.errors import ErrorKind
from tests.servers.host.benefits_connector import BenefitsConnector, Found, facet, manifest_with
from tests.servers.host.conftest import CUSTOMER, HELENE, Desk, Opening
from tests.servers.host.tool_server import after, answering, hanging, reply, rows, running_tool


async def test_pages_are_told_as_they_come_and_the_last_one_is_final(open_desk: Opening) -> None:
    async with running_tool(answering(reply({}))) as tool:
        pages = answering(
            reply({"rows": rows(2), "next": f"{tool.base_url}/benefits/0042?page=2"}),
            reply({"rows": rows(1, start=2)}),
        )
        tool.behaviour = pages
        async with open_desk({"benefits": tool.base_url}) as desk:
            steps = await desk.read()
    assert [(len(step.records), step.final) for step in steps] == [(2, False), (3, True)]
    assert steps[-1].completeness is Completeness.COMPLETE
    assert steps[-1].fetched_at is not None
    assert not steps[-1].from_cache


async def test_a_fresh_copy_answers_without_a_call(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.read()
        steps = await desk.read()
        assert len(tool.asked) == 1
    assert [(step.from_cache, step.final, len(step.records)) for step in steps] == [(True, True, 3)]


async def test_a_forced_reading_shows_the_copy_then_asks(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}), reply({"rows": rows(4)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.read()
        steps = await desk.read(force=True)
    assert [(step.from_cache, step.final, len(step.records)) for step in steps] == [
        (True, False, 3),
        (False, True, 4),
    ]


async def test_a_copy_older_than_fresh_is_shown_dated_when_the_tool_fails(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}), reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        first = await desk.last()
        desk.env.offset = timedelta(minutes=10)
        last = await desk.last()
        assert [failure.kind for failure in desk.snapshots.errors] == [ErrorKind.UNAVAILABLE]
    assert last.error is not None
    assert last.error.kind is ErrorKind.UNAVAILABLE
    assert last.from_cache
    assert last.fetched_at == first.fetched_at
    assert len(last.records) == 3


async def test_a_copy_too_old_is_not_told_but_its_date_is(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}), reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        first = await desk.last()
        desk.env.offset = timedelta(hours=80)
        last = await desk.last()
    assert last.records == ()
    assert last.fetched_at is None
    assert last.too_old_since == first.fetched_at


async def test_a_clock_that_went_back_rereads_instead_of_trusting_the_copy(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(3)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.read()
        desk.env.offset = timedelta(hours=-5)
        steps = await desk.read()
        assert len(tool.asked) == 2
    assert [step.from_cache for step in steps] == [True, False]


async def test_not_modified_dates_the_copy_again(open_desk: Opening) -> None:
    replies = answering(reply({"rows": rows(3)}, headers={"ETag": '"v1"'}), reply(b"", status=304))
    async with running_tool(replies) as tool, open_desk({"benefits": tool.base_url}) as desk:
        first = await desk.last()
        desk.env.offset = timedelta(minutes=10)
        last = await desk.last()
        assert tool.asked[1].headers["if-none-match"] == '"v1"'
    assert len(last.records) == 3
    assert last.error is None
    assert first.fetched_at is not None
    assert last.fetched_at is not None
    assert last.fetched_at - first.fetched_at > timedelta(minutes=9)


async def test_only_a_complete_reading_replaces_the_copy(open_desk: Opening) -> None:
    async with running_tool(answering(reply({}))) as tool:
        tool.behaviour = answering(
            reply({"rows": rows(3)}),
            reply({"rows": rows(2), "next": f"{tool.base_url}/benefits/0042?page=2"}),
            reply(b'{"rows": [', status=200),
        )
        async with open_desk({"benefits": tool.base_url}) as desk:
            await desk.read()
            steps = await desk.read(force=True)
            (kept,) = desk.snapshots.kept.values()
    assert kept.count == 3
    assert steps[-1].error is not None
    assert steps[-1].error.kind is ErrorKind.BAD_DATA
    assert len(steps[-1].records) == 3


async def test_two_callers_share_one_call(open_desk: Opening) -> None:
    async with (
        running_tool(after(0.05, answering(reply({"rows": rows(3)})))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        one, two = await asyncio.gather(desk.last(), desk.last())
        assert len(tool.asked) == 1
    assert one == two


async def test_ten_thousand_rows_are_cut_and_said_to_be(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": rows(10_000)}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
    assert last.completeness is Completeness.TRUNCATED
    assert last.truncated_because == "max_rows"
    assert len(last.records) == 500


async def test_somebody_elses_record_is_withheld_and_not_kept(open_desk: Opening) -> None:
    answer = {"rows": rows(3), "subject": {"last": "MARTIN", "first": "Hélène", "born": "1968-03-12"}}
    async with running_tool(answering(reply(answer))) as tool, open_desk({"benefits": tool.base_url}) as desk:
        steps = await desk.read()
        assert desk.snapshots.kept == {}
    (only,) = steps
    assert only.withheld
    assert only.records == ()


async def test_the_right_persons_record_is_shown_whatever_the_accents(open_desk: Opening) -> None:
    answer = {"rows": rows(3), "subject": {"last": "Marchand", "first": "HELENE", "born": "1968-03-12"}}
    async with running_tool(answering(reply(answer))) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
    assert not last.withheld
    assert len(last.records) == 3


async def test_a_withheld_answer_hides_the_copy_too(open_desk: Opening) -> None:
    other = {"rows": rows(3), "subject": {"born": "1970-01-01"}}
    async with (
        running_tool(answering(reply({"rows": rows(3)}), reply(other))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        await desk.read()
        last = await desk.last(force=True)
    assert last.withheld
    assert last.records == ()


async def test_bad_records_are_left_out_and_counted(open_desk: Opening) -> None:
    bad = [
        {"id": "f", "amount": 12.5},
        {"id": "", "amount": "1.00"},
        {"id": "d", "paid_on": "01/03/2026"},
        {"id": "b0", "amount": "9.00"},
    ]
    async with (
        running_tool(answering(reply({"rows": [*rows(1), *bad]}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
    assert [record.id for record in last.records] == ["b0"]
    assert last.unreadable == 4


async def test_an_answer_without_a_readable_record_is_not_empty(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": [{"id": "f", "amount": 12.5}]}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
    assert last.error is not None
    assert last.error.kind is ErrorKind.BAD_DATA


async def test_nothing_found_is_a_complete_reading(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
    assert (last.records, last.error, last.completeness) == ((), None, Completeness.COMPLETE)
    assert last.fetched_at is not None


async def test_an_unknown_code_survives_and_is_counted(open_desk: Opening) -> None:
    row = {"id": "b1", "status": "PX9", "amount": "1.00"}
    async with (
        running_tool(answering(reply({"rows": [row]}))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
    assert last.records[0].data["status"] == "PX9"
    assert last.drift == 1


async def test_a_connector_sees_only_the_identifiers_it_asked_for(open_desk: Opening) -> None:
    connector = BenefitsConnector()
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(connector)}) as desk,
    ):
        await desk.read()
    assert connector.seen_ids == [{"benefits.insured": "0042"}]


async def test_exchanges_are_read_and_kept_like_a_facet(open_desk: Opening) -> None:
    found = {"benefits": Found(BenefitsConnector(manifest_with(timeline=True)))}
    async with running_tool(answering(reply(["c1", "c2"]))) as tool:
        async with open_desk({"benefits": tool.base_url}, found) as desk:
            first, second = [await _exchanges(desk), await _exchanges(desk)]
        assert len(tool.asked) == 1
    assert [item.id for item in second[-1].interactions] == ["c1", "c2"]
    assert second[-1].interactions == first[-1].interactions
    assert (first[-1].from_cache, second[-1].from_cache) == (False, True)


async def _exchanges(desk: Desk) -> list[TimelineReading]:
    timeline = desk.host.read_timeline("benefits", CUSTOMER, HELENE, agent="lea", purpose="call")
    return [step async for step in timeline]


async def test_a_facet_read_live_is_never_kept(open_desk: Opening) -> None:
    live = facet(fresh_for=timedelta(0), usable_for=timedelta(0))
    found = Found(BenefitsConnector(manifest_with(facets=live)))
    async with (
        running_tool(answering(reply({"rows": rows(1)}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        await desk.read()
        await desk.read()
        assert len(tool.asked) == 2
        assert desk.snapshots.kept == {}


async def test_one_hanging_tool_delays_no_other(open_desk: Opening) -> None:
    good = {f"good{number}": answering(reply({"rows": rows(1)})) for number in range(3)}
    async with running_tool(hanging) as broken, running_tool(good["good0"]) as tool:
        tools = {"broken": broken.base_url, **dict.fromkeys(good, tool.base_url)}
        async with open_desk(tools) as desk:
            stuck = asyncio.create_task(desk.last(instance="broken"))
            answers = await asyncio.gather(*(desk.last(instance=name) for name in good))
            assert not stuck.done()
            stuck.cancel()
            await asyncio.wait([stuck])
    assert all(len(answer.records) == 1 for answer in answers)


async def test_fast_pages_change_a_block_at_most_ten_times_a_second(open_desk: Opening) -> None:
    async with running_tool(answering(reply({}))) as tool:
        following = [
            reply({"rows": rows(5, start=5 * page), "next": f"{tool.base_url}/benefits/0042"})
            for page in range(40)
        ]
        tool.behaviour = answering(*following, reply({"rows": rows(1, start=999)}))
        async with open_desk({"benefits": tool.base_url}) as desk:
            started = desk.env.monotonic()
            steps = await desk.read()
            took = desk.env.monotonic() - started
        assert len(tool.asked) == 41
    assert len(steps[-1].records) == 201
    assert len(steps) <= took / 0.1 + 2
