"""Whether a call asked its tool anything, by whichever of its ways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from avise.connectors.context import Context
from avise.connectors.contract import CallContext, HttpGateway, HttpReply, Priority, SqlGateway
from avise.connectors.deadline import Deadline
from avise.connectors.watched_call import watched
from avise.env import FixedEnv

REPLY = HttpReply(200, {}, b"", "", "utf-8")


class _Http:
    async def request(self, _method: str, _path: str, **_more: object) -> HttpReply:
        return REPLY

    def reading(self) -> _Http:
        return self

    async def stream_lines(self, path: str, **_more: object) -> AsyncIterator[str]:
        yield path


class _Sql:
    async def select(
        self, statement: str, _params: Mapping[str, object], **_more: object
    ) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        yield [{"statement": statement}]


async def _request(ctx: CallContext) -> object:
    return await ctx.http.request("GET", "/")


async def _page(ctx: CallContext) -> object:
    return await ctx.http.reading().request("GET", "/")


async def _stream(ctx: CallContext) -> object:
    return [line async for line in ctx.http.stream_lines("/calls")]


async def _select(ctx: CallContext) -> object:
    return [rows async for rows in ctx.sql.select("select 1", {}, max_rows=1)]


async def _thread(ctx: CallContext) -> object:
    return await ctx.blocking(sum, [1, 2])


@pytest.mark.parametrize(
    ("ask", "answered"),
    [
        (_request, REPLY),
        (_page, REPLY),
        (_stream, ["/calls"]),
        (_select, [[{"statement": "select 1"}]]),
        (_thread, 3),
    ],
)
async def test_each_way_to_a_tool_is_noted_and_answers_as_it_would(
    ask: Callable[[CallContext], Awaitable[object]], answered: object
) -> None:
    with ThreadPoolExecutor(1) as pool:
        context = Context(
            "1", Priority.BACKGROUND, "", "", cast("HttpGateway", _Http()), cast("SqlGateway", _Sql()),
            Deadline(60), FixedEnv(), pool,
        )  # fmt: skip
        call = watched(context)
        assert call.remaining() > 0
        assert call.now() == FixedEnv().now()
        assert not call.asked
        assert await ask(cast("CallContext", call)) == answered
        assert call.asked
