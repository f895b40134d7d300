"""Everybody, then what changes, from tools that number their pages, give the next address, or a date."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from avise.connectors.contract import Batch, Completeness, ConnectorError, StartsOver
from avise.connectors.declarative import check_connector_file
from avise.connectors.declarative.directory_place import earlier
from avise.connectors.declarative.values import duration
from avise.models.customer import Party
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.unit.connectors.declarative.opened_file import Open

HEAD = """
avise = 1
[connector]
id = "persons"
name = "Personnes"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI"
kind = "rest"
[config.base_url]
type = "url"
label = "Adresse"
[http]
base_url = "{config.base_url}"
[directory]
path = "/persons"
records = "rows"
"""

FIELDS = """
[directory.fields]
native_id = "id"
kind = { value = "member" }
last_name = "name"
deleted = "gone"
"""

BY_DATE = 'query = { since = "{since}" }\nchanged = "at"\ntotal = "count"\n'

WAYS = {
    "page": 'paging = { type = "page", param = "page", size = 2 }\n',
    "offset": 'paging = { type = "offset", param = "skip", size = 2 }\n',
    "next_url": 'paging = { type = "next_url", at = "next" }\n',
    "cursor": 'paging = { type = "cursor", at = "mark", param = "mark" }\n',
    "link_header": 'paging = { type = "link_header" }\n',
}


class Tool:
    """Lists persons, two by page, in each of the ways that files know."""

    def __init__(self, server: HTTPServer) -> None:
        self.rows: list[dict[str, JSON]] = [
            {"id": f"{number}", "name": "MARCHAND", "at": f"2026-11-0{number}T08:00:00Z"}
            for number in range(1, 6)
        ]
        self.asked: list[dict[str, str]] = []
        self.expired = False
        server.expect_request("/persons").respond_with_handler(self._answer)

    def _answer(self, request: Request) -> Response:
        asked = dict(request.args)
        self.asked.append(asked)
        if self.expired and (asked.get("mark") or asked.get("since")):
            return Response("{}", 410, content_type="application/json")
        rows = [row for row in self.rows if str(row["at"]) >= asked.get("since", "")]
        at = int(asked.get("skip") or asked.get("mark") or 2 * (int(asked.get("page", "1")) - 1))
        shown, following = rows[at : at + 2], at + 2
        more = following < len(rows)
        body = {"rows": shown, "count": len(rows)}
        since = f"&since={asked['since']}" if "since" in asked else ""
        if more:
            body |= {"next": f"persons?mark={following}{since}", "mark": f"{following}"}
        headers = {"Link": f'</persons?mark={following}{since}>; rel="next"'} if more else {}
        return Response(json.dumps(body), headers=headers, content_type="application/json")


@pytest.fixture
def tool(httpserver: HTTPServer) -> Tool:
    return Tool(httpserver)


def ids(batches: list[Batch[Party]]) -> list[str]:
    return [party.native_id for batch in batches for party in batch.items]


@pytest.mark.parametrize("way", WAYS)
async def test_everybody_is_read_then_what_changed_two_days_before_the_last_change(
    open_file: Open, base: dict[str, JSON], tool: Tool, way: str
) -> None:
    opened = await open_file(HEAD + WAYS[way] + BY_DATE + FIELDS, base)
    batches = await opened.changes()
    assert ids(batches) == ["1", "2", "3", "4", "5"]
    assert {batch.total for batch in batches} == {5}
    assert [batch.completeness for batch in batches][-1] is Completeness.COMPLETE
    assert "since" not in tool.asked[0]
    tool.rows.append({"id": "9", "name": "ROUX", "at": "2026-11-04T07:00:00Z", "gone": True})
    later = await opened.changes(batches[-1].cursor)
    assert ids(later) == ["3", "4", "5", "9"]
    assert [party.deleted for batch in later for party in batch.items] == [False, False, False, True]
    assert tool.asked[-1]["since"] == "2026-11-03T08:00:00Z"
    assert all(batch.starts_over is None for batch in (*batches, *later))


@pytest.mark.parametrize("way", WAYS)
async def test_a_reading_goes_on_from_any_of_its_pages(
    open_file: Open, base: dict[str, JSON], tool: Tool, way: str
) -> None:
    opened = await open_file(HEAD + WAYS[way] + BY_DATE + FIELDS, base)
    batches = await opened.changes()
    for number, batch in enumerate(batches[:-1]):
        rest = await opened.changes(batch.cursor)
        assert set(ids(batches[: number + 1])) | set(ids(rest)) == {"1", "2", "3", "4", "5"}
        assert ids(rest)[-1] == "5"
        assert rest[-1].cursor == batches[-1].cursor


async def test_somebody_who_leaves_between_two_pages_hides_nobody_from_a_reading_taken_up_again(
    open_file: Open, base: dict[str, JSON], tool: Tool
) -> None:
    opened = await open_file(HEAD + WAYS["offset"] + BY_DATE + FIELDS, base)
    first, *_ = await opened.changes()
    del tool.rows[0]
    assert {"3", "4", "5"} <= set(ids(await opened.changes(first.cursor)))


@pytest.mark.parametrize("way", ["next_url", "cursor"])
async def test_a_place_that_the_tool_forgot_starts_over_and_says_so(
    open_file: Open, base: dict[str, JSON], tool: Tool, way: str
) -> None:
    opened = await open_file(HEAD + WAYS[way] + BY_DATE + FIELDS, base)
    batches = await opened.changes()
    tool.expired = True
    for batch in batches:
        tool.expired = True
        pages = opened.connector.changes(batch.cursor, opened.context())  # type: ignore[attr-defined]
        first = await anext(pages)
        tool.expired = False
        assert first.starts_over is StartsOver.EXPIRED
        rest = [page async for page in pages]
        assert ids([first, *rest]) == ["1", "2", "3", "4", "5"]
        assert all(page.starts_over is None for page in rest)


async def test_an_answer_gone_in_the_middle_is_a_failure_and_no_new_beginning(
    open_file: Open, base: dict[str, JSON], tool: Tool
) -> None:
    opened = await open_file(HEAD + WAYS["cursor"] + BY_DATE + FIELDS, base)
    pages = opened.connector.changes("", opened.context())  # type: ignore[attr-defined]
    await anext(pages)
    tool.expired = True
    with pytest.raises(ConnectorError):
        await anext(pages)


async def test_the_tools_own_cursor_starts_over_too(
    open_file: Open, base: dict[str, JSON], tool: Tool
) -> None:
    text = HEAD + 'query = { mark = "{cursor}" }\ncursor = "mark"\nmore = "next != null"\n' + FIELDS
    opened = await open_file(text, base)
    tool.expired = True
    pages = opened.connector.changes("4", opened.context())  # type: ignore[attr-defined]
    first = await anext(pages)
    tool.expired = False
    assert first.starts_over is StartsOver.EXPIRED
    assert ids([first, *[page async for page in pages]]) == ["1", "2", "3", "4", "5"]


async def test_a_page_of_people_whom_nobody_can_read_is_not_asked_for_ever(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    nobody: list[JSON] = [{"name": "MARCHAND"}, {"name": "ROUX"}]
    httpserver.expect_request("/persons").respond_with_json({"rows": nobody})
    opened = await open_file(HEAD + WAYS["page"] + BY_DATE + FIELDS, base)
    with pytest.raises(ConnectorError) as caught:
        await opened.changes()
    assert (caught.value.kind, len(httpserver.log)) == (ErrorKind.BAD_DATA, 2)


async def test_a_tool_that_gives_the_same_page_for_ever_is_stopped(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/persons").respond_with_json({"rows": [{"id": "1"}, {"id": "2"}]})
    opened = await open_file(HEAD + WAYS["page"] + BY_DATE + FIELDS, base)
    with pytest.raises(ConnectorError) as stopped:
        await opened.changes()
    assert stopped.value.kind is ErrorKind.BAD_DATA


async def test_a_tool_without_dates_is_read_whole_and_not_before_its_time(
    open_file: Open, base: dict[str, JSON], tool: Tool
) -> None:
    text = HEAD + WAYS["page"] + 'everybody = "{every}"\n' + FIELDS
    opened = await open_file(text.replace("{every}", "1d"), base)
    batches = await opened.changes()
    asked = len(tool.asked)
    (nothing,) = await opened.changes(batches[-1].cursor)
    assert (nothing.items, nothing.completeness, len(tool.asked)) == ((), Completeness.COMPLETE, asked)
    opened = await open_file(text.replace("{every}", "0s"), base)
    again = await opened.changes(batches[-1].cursor)
    assert again[0].starts_over is StartsOver.EDITION
    assert ids(again) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (HEAD + FIELDS, "directory_way"),
        (HEAD + WAYS["page"] + FIELDS, "directory_everybody"),
        (HEAD + WAYS["page"] + 'changed = "at"\n' + FIELDS, "directory_unasked"),
        (HEAD + 'cursor = "mark"\n' + FIELDS, "directory_unasked"),
    ],
)
def test_a_directory_that_cannot_be_followed_is_told(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "persons.toml"
    path.write_text(text, encoding="utf-8")
    problems = check_connector_file(path)
    assert [problem.message_key for problem in problems] == [f"connector_check.{key}"]
    assert "connector_check" not in problems[0].sentence()


SQL_HEAD = (
    HEAD[: HEAD.index('kind = "rest"')] + 'kind = "sql"\n[sql]\nurl = "sqlite:///x?mode=ro"\n[directory]\n'
)
GOOD = {
    "query": "select * from p where id > :after order by id limit :size",
    "key": "id",
    "everybody": "1d",
}


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({}, []),
        ({"query": "select * from p order by id limit :size"}, ["directory_unbound"]),
        ({"query": "delete from p where :after = :size"}, ["not_a_select"]),
        ({"query": "select * from p where id > :aftr limit :size"}, ["directory_unbound", "param_missing"]),
        ({"everybody": ""}, ["directory_everybody"]),
        ({"changes": "select :since, :after, :size"}, ["directory_changed"]),
        ({"changes": "select :since, :after, :size", "changed": "at"}, ["directory_summary"]),
    ],
)
def test_the_statements_of_a_directory_are_checked(
    tmp_path: Path, changed: dict[str, str], keys: list[str]
) -> None:
    lines = [f'{name} = "{value}"' for name, value in {**GOOD, **changed}.items() if value]
    path = tmp_path / "persons.toml"
    path.write_text(SQL_HEAD + "\n".join(lines) + FIELDS, encoding="utf-8")
    assert [
        problem.message_key.removeprefix("connector_check.") for problem in check_connector_file(path)
    ] == keys


@given(st.datetimes(min_value=datetime(1900, 1, 3)))  # noqa: DTZ001 - a column without zone
def test_a_date_two_days_before_is_written_as_it_was(moment: datetime) -> None:
    for written in (moment.isoformat(), moment.isoformat(sep=" "), f"{moment.isoformat()}Z"):
        before = earlier(written, duration("2d"))
        assert isinstance(before, str)
        assert (before < written, len(before)) == (True, len(written))
    assert earlier("12345", duration("2d")) == "12345"
    assert earlier(12_345, duration("2d")) == 12_345
