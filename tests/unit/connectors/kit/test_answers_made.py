"""Answers that the kit makes of a tool's own, and what it hears: whatever shape the tool has."""

from __future__ import annotations

import json

import pytest

from avise.connectors.kit.messages import Answer, Request, json_answer
from avise.connectors.kit.overheard import Overheard
from avise.connectors.kit.pages import ROWS, multiplied
from avise.connectors.kit.proxy import FaultProxy, Seen
from avise.connectors.kit.upstream import LiveTool
from avise.models.json_types import JSON
from tests.unit.connectors.kit.little_tool import TOKEN, running_tool

ASKED = Request("GET", "/members/M/visits", {})


def rows_of(answer: Answer) -> list[dict[str, JSON]]:
    found: list[dict[str, JSON]] = json.loads(answer.body)["rows"]
    return found


@pytest.mark.parametrize(
    ("row", "made"),
    [
        ({"no": "C1", "cents": 5}, "C1"),
        ({"ref": {"serie": "B-77", "num": 1}, "cents": 5}, "B-77-1"),
        ({"cents": 5, "a": {"b": {"key": "K-1"}}}, "K-1"),
    ],
)
def test_an_identifier_is_found_however_deep_it_is(row: dict[str, JSON], made: str) -> None:
    seen = Seen(ASKED, json_answer({"rows": [row]}))
    prepared = multiplied([seen], {made})
    assert prepared is not None
    rows = rows_of(prepared(ASKED, json_answer({})))
    assert len(rows) == ROWS + 1
    assert len({json.dumps(one) for one in rows}) == ROWS + 1
    assert rows[0] == row
    assert {one["cents"] for one in rows} == {5}


def test_an_answer_without_the_identifiers_is_left() -> None:
    seen = Seen(ASKED, json_answer({"rows": [{"key": "another"}]}))
    assert multiplied([seen], {"C1"}) is None


@pytest.mark.parametrize(
    ("value", "text", "heard"),
    [
        ("M-000001", "log of M-000001.", True),
        ("36 12 34 56", "call 36 12 34 56", True),
        ("B-77", "nobody B-77", True),
        ("B-77", "part B-771 of another word", False),
        ("B-77", "AB-77", False),
        ("B7", "B7", False),
    ],
)
def test_a_short_value_is_heard_where_it_stands_by_itself(value: str, text: str, heard: bool) -> None:
    listened = Overheard()
    listened.note("log", text)
    assert (listened.find({"member": value}) is not None) is heard


async def test_the_kit_asks_for_smaller_pages_where_the_connector_asks_for_any() -> None:
    with running_tool() as tool:
        origin = tool.base_url.removesuffix("/api")
        proxy = FaultProxy(LiveTool(origin), asked={"after": "M-000006"})
        await proxy.start()
        try:
            tool_of_ours = LiveTool(proxy.origin)
            headers = {"authorization": f"Bearer {TOKEN}"}
            asked = await tool_of_ours.answer(Request("GET", "/api/people?after=", headers))
            plain = await tool_of_ours.answer(Request("GET", "/api/people", headers))
            await tool_of_ours.aclose()
        finally:
            await proxy.aclose()
    assert [row["no"] for row in rows_of(asked)] == ["M-000007"]
    assert len(rows_of(plain)) == 2
