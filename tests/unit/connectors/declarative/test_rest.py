"""REST connector files against a server on loopback, through the host's own gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from avise.connectors.contract import CallEvent, Completeness, ConnectorError, Health
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON
from tests.unit.connectors.declarative.opened_file import Open

HEAD = """
avise = 1
[connector]
id = "tool"
name = "Tool"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "IT"
kind = "rest"
needs_ids = ["tool.member"]
[config.base_url]
type = "url"
label = "Address"
required = true
[http]
base_url = "{config.base_url}"
"""

BENEFITS = """
[[facet]]
id = "benefits"
path = "/members/{customer.tool.member}/benefits"
query = { sort = "-date" }
on_404 = "not_found"
paging = PAGING
records = "rows"
total = "total"
as_of = "date"
[facet.fields]
id = "no"
paid_on = "paid"
amount = { from = "cts", as = "cents" }
status = { from = "st", map = { P = "paid" } }
"""


def benefits(paging: str = '{ type = "none" }', more: str = "") -> str:
    return HEAD + BENEFITS.replace("PAGING", paging) + more


def row(number: int, **changes: JSON) -> dict[str, JSON]:
    return {"no": number, "paid": "2026-03-23", "cts": 21400, "st": "P", **changes}


async def test_a_facet_is_mapped_dated_and_complete(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_oneshot_request(
        "/members/a/b/benefits", query_string={"sort": "-date"}
    ).respond_with_json({"rows": [row(1), row(2, st="Z")], "total": 2, "date": "2026-03-24T10:44:00"})
    opened = await open_file(benefits(), base)
    (batch,) = await opened.facet("benefits", tool__member="a/b")
    assert httpserver.log[0][0].environ["RAW_URI"].startswith("/members/a%2Fb/benefits?")
    assert batch.completeness is Completeness.COMPLETE
    assert batch.total == 2
    assert batch.as_of == datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
    assert [record.data for record in batch.items] == [
        {"paid_on": "2026-03-23", "amount": "214.00", "status": "paid"},
        {"paid_on": "2026-03-23", "amount": "214.00", "status": "Z"},
    ]


async def test_nothing_found_is_complete_and_empty(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_json({"rows": []})
    (batch,) = await (await open_file(benefits(), base)).facet("benefits", tool__member="7")
    assert (batch.items, batch.completeness, batch.unreadable) == ((), Completeness.COMPLETE, 0)


async def test_a_list_that_is_missing_is_not_an_empty_list(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_json({"message": "maintenance"})
    opened = await open_file(benefits(), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.BAD_DATA


async def test_a_row_that_cannot_be_read_is_counted_and_the_others_stay(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    rows: list[JSON] = [
        row(1),
        row(2, cts="84.20"),
        row(3, paid="soon"),
        {"paid": "2026-01-01"},
        "text",
        row(1),
    ]
    httpserver.expect_request("/members/7/benefits").respond_with_json({"rows": rows})
    (batch,) = await (await open_file(benefits(), base)).facet("benefits", tool__member="7")
    assert [record.id for record in batch.items] == ["1"]
    assert batch.unreadable == 5


@pytest.mark.parametrize(
    ("on_404", "kind", "origin"),
    [("not_found", ErrorKind.NOT_FOUND, Origin.SOURCE), ("error", ErrorKind.BUG, Origin.CONNECTOR)],
)
async def test_a_404_means_what_the_file_says(
    open_file: Open,
    base: dict[str, JSON],
    httpserver: HTTPServer,
    on_404: str,
    kind: ErrorKind,
    origin: Origin,
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_data("", status=404)
    opened = await open_file(benefits().replace('on_404 = "not_found"', f'on_404 = "{on_404}"'), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert (caught.value.kind, caught.value.origin) == (kind, origin)


async def test_a_404_may_mean_nothing(open_file: Open, base: dict[str, JSON], httpserver: HTTPServer) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_data("", status=404)
    opened = await open_file(benefits().replace('"not_found"', '"empty"'), base)
    (batch,) = await opened.facet("benefits", tool__member="7")
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


@pytest.mark.parametrize("value", ["", "..", "."])
async def test_an_identifier_never_leads_to_another_path(
    open_file: Open, base: dict[str, JSON], value: str
) -> None:
    opened = await open_file(benefits(), base)
    with pytest.raises(ConnectorError):
        await opened.facet("benefits", tool__member=value)


# ---- errors told in the body ----------------------------------------------------------------------

RULES = """
[[errors]]
when = "error.code == 'E_LOGIN'"
means = "auth"
[[errors]]
when = "ok == `false`"
means = "rejected"
message = "error.text"
code = "error.code"
"""


@pytest.mark.parametrize("status", [200, 404, 422, 500])
async def test_a_rule_on_the_body_speaks_before_the_status(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, status: int
) -> None:
    body = {"ok": False, "error": {"code": "ADR-042", "text": "Dossier \n clos" + "!" * 400}}
    httpserver.expect_request("/members/7/benefits").respond_with_json(body, status=status)
    opened = await open_file(benefits(more=RULES), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    error = caught.value
    assert (error.kind, error.source_code) == (ErrorKind.REJECTED, "ADR-042")
    assert error.user_message.startswith("Dossier clos!")
    assert len(error.user_message) == 300


async def test_the_first_rule_that_matches_wins_and_stays_silent(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    body = {"ok": False, "error": {"code": "E_LOGIN", "text": "canary"}}
    httpserver.expect_request("/members/7/benefits").respond_with_json(body)
    opened = await open_file(benefits(more=RULES), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.AUTH
    assert caught.value.user_message == ""
    assert "canary" not in str(caught.value)


async def test_a_status_that_no_rule_explains_keeps_its_meaning(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_data("boom", status=500)
    opened = await open_file(benefits(more=RULES), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"rows": [', "application/json"),
        ('{"rows": NaN}', "application/json"),
        ("\u00e9", "application/json"),
    ],
)
async def test_a_body_that_is_no_json_is_bad_data_and_is_not_quoted(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, body: str, kind: str
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_data(
        body.encode("latin-1"), content_type=kind
    )
    opened = await open_file(benefits(), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.BAD_DATA
    assert "rows" not in str(caught.value)


# ---- pages ----------------------------------------------------------------------------------------

PAGINGS = {
    "next_url": '{ type = "next_url", at = "next", max_pages = MAX }',
    "cursor": '{ type = "cursor", at = "cursor", param = "after", max_pages = MAX }',
    "page": '{ type = "page", param = "page", size = 10, size_param = "size", max_pages = MAX }',
    "offset": '{ type = "offset", param = "skip", size = 10, max_pages = MAX }',
    "link_header": '{ type = "link_header", max_pages = MAX }',
}


class PagedTool:
    """Answers ten rows a page, whichever way the next one is asked for."""

    def __init__(self, count: int) -> None:
        self.rows = [row(number) for number in range(count)]
        self.requests = 0

    def __call__(self, request: Request) -> Response:
        self.requests += 1
        args = request.args
        start = int(args.get("after") or args.get("skip") or 0) or 10 * (int(args.get("page") or 1) - 1)
        following = start + 10
        more = following < len(self.rows)
        address = f"{request.base_url}?sort=-date&after={following}"
        body = {
            "rows": self.rows[start:following],
            "next": address if more else None,
            "cursor": str(following) if more else None,
        }
        reply = Response(json.dumps(body), content_type="application/json")
        if more:
            reply.headers["Link"] = f'<{request.base_url}?x=1>; rel="first", <{address}>; rel="next"'
        return reply


@pytest.mark.parametrize("kind", PAGINGS)
@pytest.mark.parametrize("count", [0, 1, 10, 25, 30])
async def test_every_page_is_read_whatever_the_way(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, kind: str, count: int
) -> None:
    tool = PagedTool(count)
    httpserver.expect_request("/members/7/benefits").respond_with_handler(tool)
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", "9")), base)
    batches = await opened.facet("benefits", tool__member="7")
    assert [record.id for batch in batches for record in batch.items] == [str(n) for n in range(count)]
    assert [batch.completeness for batch in batches[:-1]] == [Completeness.MORE] * (len(batches) - 1)
    assert batches[-1].completeness is Completeness.COMPLETE


@pytest.mark.parametrize("kind", PAGINGS)
async def test_pages_are_bounded_and_the_reading_says_it(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, kind: str
) -> None:
    tool = PagedTool(100)
    httpserver.expect_request("/members/7/benefits").respond_with_handler(tool)
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", "3")), base)
    batches = await opened.facet("benefits", tool__member="7")
    assert tool.requests == 3
    assert (batches[-1].completeness, batches[-1].truncated_because) == (Completeness.TRUNCATED, "max_pages")


@pytest.mark.parametrize("kind", PAGINGS)
async def test_rows_are_bounded_and_the_reading_says_it(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, kind: str
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_handler(PagedTool(100))
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", "9")), base)
    batches = await opened.facet("benefits", limit=25, tool__member="7")
    assert sum(len(batch.items) for batch in batches) == 25
    assert (batches[-1].completeness, batches[-1].truncated_because) == (Completeness.TRUNCATED, "max_rows")


async def test_a_page_of_unreadable_rows_that_comes_again_ends_the_reading(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    body = {"rows": [row(number, paid="soon") for number in range(10)]}
    moments = iter(range(10))

    def answer(_: Request) -> Response:
        # What the answer says of itself changes; its rows do not.
        told = {**body, "date": f"2026-03-24T10:44:0{next(moments)}"}
        return Response(json.dumps(told), content_type="application/json")

    httpserver.expect_request("/members/7/benefits").respond_with_handler(answer)
    opened = await open_file(benefits(PAGINGS["page"].replace("MAX", "20")), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.BAD_DATA, "the same page twice")
    assert len(httpserver.log) == 2


async def test_exactly_the_limit_is_complete(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_handler(PagedTool(20))
    opened = await open_file(benefits(PAGINGS["cursor"].replace("MAX", "9")), base)
    batches = await opened.facet("benefits", limit=20, tool__member="7")
    assert batches[-1].completeness is Completeness.COMPLETE


@pytest.mark.parametrize("kind", PAGINGS)
async def test_a_tool_that_goes_round_in_circles_is_stopped(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, kind: str
) -> None:
    address = httpserver.url_for("/members/7/benefits?after=10")
    body = {"rows": [row(number) for number in range(10)], "next": address, "cursor": "10"}
    httpserver.expect_request("/members/7/benefits").respond_with_json(
        body, headers={"Link": f"<{address}>; rel=next"}
    )
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", "50")), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.BAD_DATA


@pytest.mark.parametrize("kind", ["next_url", "cursor", "link_header"])
async def test_a_next_page_told_twice_is_a_circle_whatever_rows_are_on_it(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, kind: str
) -> None:
    address, rows = httpserver.url_for("/members/7/benefits?after=10"), count()

    def others(_: Request) -> Response:
        body = {"rows": [row(next(rows))], "next": address, "cursor": "10"}
        headers = {"Link": f"<{address}>; rel=next"}
        return Response(json.dumps(body), content_type="application/json", headers=headers)

    httpserver.expect_request("/members/7/benefits").respond_with_handler(others)
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", "50")), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert (caught.value.kind, next(rows)) == (ErrorKind.BAD_DATA, 2)


async def test_a_row_that_slides_to_the_next_page_is_kept_once(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    pages: Iterator[dict[str, JSON]] = iter(
        [{"rows": [row(1), row(2)], "cursor": "a"}, {"rows": [row(2), row(3)], "cursor": None}]
    )
    httpserver.expect_request("/members/7/benefits").respond_with_handler(
        lambda _: Response(json.dumps(next(pages)), content_type="application/json")
    )
    opened = await open_file(benefits(PAGINGS["cursor"].replace("MAX", "9")), base)
    batches = await opened.facet("benefits", tool__member="7")
    assert [record.id for batch in batches for record in batch.items] == ["1", "2", "3"]
    assert sum(batch.unreadable for batch in batches) == 0


@pytest.mark.parametrize("address", ["http://127.0.0.2:1/next", "//127.0.0.2:1/next", "https://example.org/"])
async def test_a_next_address_elsewhere_is_never_followed(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer, address: str
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_json({"rows": [row(1)], "next": address})
    opened = await open_file(benefits(PAGINGS["next_url"].replace("MAX", "9")), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("benefits", tool__member="7")
    assert caught.value.kind is ErrorKind.BAD_DATA


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(0, 60),
    limit=st.integers(1, 70),
    most=st.integers(1, 7),
    kind=st.sampled_from(list(PAGINGS)),
)
async def test_a_reading_is_a_prefix_and_says_whether_it_is_all(
    open_file: Open,
    base: dict[str, JSON],
    httpserver: HTTPServer,
    count: int,
    limit: int,
    most: int,
    kind: str,
) -> None:
    httpserver.clear()
    httpserver.expect_request("/members/7/benefits").respond_with_handler(PagedTool(count))
    opened = await open_file(benefits(PAGINGS[kind].replace("MAX", str(most))), base)
    batches = await opened.facet("benefits", limit=limit, tool__member="7")
    read = [record.id for batch in batches for record in batch.items]
    assert read == [str(number) for number in range(len(read))]
    complete = batches[-1].completeness is Completeness.COMPLETE
    assert complete == (len(read) == count) or (kind in {"page", "offset"} and len(read) == count)


# ---- conditional readings, evidence, timeline, directory, live values -----------------------------


async def test_a_reading_that_has_not_changed_says_so(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    def tool(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"v1"':
            return Response(status=304, headers={"ETag": '"v1"'})
        return Response(
            json.dumps({"rows": [row(1)]}), content_type="application/json", headers={"ETag": '"v1"'}
        )

    httpserver.expect_request("/members/7/benefits").respond_with_handler(tool)
    opened = await open_file(benefits().replace("on_404", 'validator = "etag"\non_404'), base)
    (first,) = await opened.facet("benefits", tool__member="7")
    (second,) = await opened.facet("benefits", validator=first.validator, tool__member="7")
    assert (first.validator, first.not_modified, len(first.items)) == ('"v1"', False, 1)
    assert (second.not_modified, second.items, second.completeness) == (True, (), Completeness.COMPLETE)


async def test_an_answer_says_whom_it_concerns(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    person = {"nom": "MARCHAND", "naissance": "12/03/1968", "num": 12}
    httpserver.expect_request("/members/7/benefits").respond_with_json({"rows": [row(1)], "de": person})
    subject = (
        'subject = { last_name = "de.nom", first_name = "de.prenom", ids = { "tool.member" = "de.num" }, '
        'birth_date = { from = "de.naissance", format = "%d/%m/%Y" } }\n'
    )
    opened = await open_file(benefits().replace("on_404", subject + "on_404"), base)
    (batch,) = await opened.facet("benefits", tool__member="7")
    assert batch.evidence is not None
    assert batch.evidence.last_name == "MARCHAND"
    assert batch.evidence.first_name == ""
    assert batch.evidence.birth_date == date(1968, 3, 12)
    assert batch.evidence.ids == {"tool.member": "12"}


REST_OF = """
[[timeline]]
channels = ["phone_in", "email"]
path = "/members/{customer.tool.member}/messages"
query = { before = "{before}" }
on_404 = "empty"
paging = { type = "none" }
[timeline.fields]
id = "id"
at = "at"
channel = { from = "c", map = { TEL = "phone_in", MEL = "email" } }
direction = { value = "in" }
title = "t"
duration_s = "d"
[directory]
path = "/changes"
query = { since = "{cursor}", size = "2" }
cursor = "next"
records = "rows"
ids = { "tool.member" = "id", "benefits.insured" = "x.ben" }
[directory.fields]
native_id = "id"
kind = { from = "k", map = { A = "member" } }
last_name = "n"
birth_date = "b"
phones = "tel"
restricted = "vip"
[[live]]
field = "nir"
path = "/members/{customer.tool.member}/nir"
value = "nir"
[[content]]
prefix = "m:"
path = "/messages/{ref}/body"
[call_events]
path = "/calls"
format = "sse"
events = ["call"]
[call_events.fields]
call_id = "id"
kind = { from = "k", map = { R = "ringing" } }
at = "at"
number = "n"
waited_s = "w"
[check]
path = "/version"
version = "v"
"""  # fmt: skip


async def test_exchanges_are_read_with_their_channel(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    call = {"id": 1, "at": "2026-03-24T10:40:00+01:00", "c": "TEL", "t": "Appel entrant", "d": 272}
    mail = {**call, "id": 2, "c": "MEL", "d": None}
    pigeon = {**call, "id": 3, "c": "PIGEON"}
    httpserver.expect_request("/members/7/messages", query_string={}).respond_with_json([call, mail, pigeon])
    batches = await (await open_file(benefits(more=REST_OF), base)).timeline(tool__member="7")
    assert [(item.id, item.channel, item.duration_s) for batch in batches for item in batch.items] == [
        ("1", "phone_in", 272),
        ("2", "email", None),
    ]
    assert sum(batch.unreadable for batch in batches) == 1
    assert batches[-1].completeness is Completeness.COMPLETE


async def test_the_directory_is_read_from_cursor_to_cursor(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    people: list[dict[str, JSON]] = [
        {
            "id": "A1",
            "k": "A",
            "n": "MARCHAND",
            "b": "1968-03-12",
            "tel": ["06 39 98 41 27", "x"],
            "x": {"ben": 9},
        },
        {"id": "A2", "k": "A", "n": "DUVAL", "tel": "0262202020", "vip": True},
        {"id": "A3", "k": "A", "n": "KERVELLA"},
    ]

    def tool(request: Request) -> Response:
        start = int(request.args.get("since", "0"))
        rows = people[start : start + 2]
        return Response(
            json.dumps({"rows": rows, "next": str(start + len(rows))}), content_type="application/json"
        )

    httpserver.expect_request("/changes").respond_with_handler(tool)
    opened = await open_file(benefits(more=REST_OF), base)
    batches = await opened.changes()
    parties = [party for batch in batches for party in batch.items]
    assert [party.native_id for party in parties] == ["A1", "A2", "A3"]
    assert parties[0].phones == ("+33639984127",)
    assert parties[0].ids == {"tool.member": "A1", "benefits.insured": "9"}
    assert (parties[1].phones, parties[1].restricted) == (("+33262202020",), True)
    assert batches[-1].completeness is Completeness.COMPLETE
    later = await opened.changes(batches[-1].cursor)
    assert [party for batch in later for party in batch.items] == []


async def test_a_directory_whose_cursor_goes_back_is_stopped(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    turns = iter(["a", "b", "a", "b", "a"])
    httpserver.expect_request("/changes").respond_with_handler(
        lambda _: Response(
            json.dumps({"rows": [{"id": "1", "k": "A"}], "next": next(turns)}),
            content_type="application/json",
        )
    )
    opened = await open_file(benefits(more=REST_OF), base)
    with pytest.raises(ConnectorError) as caught:
        await opened.changes()
    assert caught.value.kind is ErrorKind.BAD_DATA


async def test_a_restricted_value_is_asked_live(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/nir").respond_with_json({"nir": "2840797990005 44"})
    httpserver.expect_request("/members/8/nir").respond_with_json({"nir": None})
    opened = await open_file(benefits(more=REST_OF), base)
    assert await opened.live("nir", tool__member="7") == "2840797990005 44"
    assert await opened.live("nir", tool__member="8") == ""
    with pytest.raises(ConnectorError) as caught:
        await opened.live("iban", tool__member="7")
    assert caught.value.kind is ErrorKind.UNSUPPORTED


async def test_content_is_fetched_behind_its_reference(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/messages/a/b/body").respond_with_data(b"Bonjour")
    opened = await open_file(benefits(more=REST_OF), base)
    assert await opened.content("m:a/b") == b"Bonjour"
    with pytest.raises(ConnectorError):
        await opened.content("other:1")


async def test_calls_are_read_from_the_stream_and_its_end_is_an_error(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    ringing = {"id": "c1", "k": "R", "at": "2026-03-24T10:40:00+01:00", "n": "06 39 98 41 27", "w": 70}
    hidden = {**ringing, "id": "c2", "n": None}
    events = [": hello", "", "event: ping", "data: {}", "", "event: call", f"data: {json.dumps(ringing)}", ""]
    events += ["event: call", "data: not json", "", "event: call", f"data: {json.dumps(hidden)}", "", ""]
    httpserver.expect_request("/calls").respond_with_data("\n".join(events), content_type="text/event-stream")
    opened = await open_file(benefits(more=REST_OF), base)
    calls: list[CallEvent] = []
    with pytest.raises(ConnectorError) as caught:
        await opened.calls(calls)
    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert [(call.call_id, call.number, call.waited_s) for call in calls] == [
        ("c1", "+33639984127", 70),
        ("c2", "", 70),
    ]


async def test_the_check_tells_the_version_of_the_tool(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/version").respond_with_json({"v": "4.2"})
    opened = await open_file(benefits(more=REST_OF), base)
    report = await opened.check()
    assert (report.health, report.source_version) == (Health.OK, "4.2")


async def test_without_a_check_nothing_is_asked_and_nothing_verified(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    opened = await open_file(benefits(), base)
    assert (await opened.check()).health is Health.UNVERIFIED
    assert httpserver.log == []


async def test_ten_thousand_rows_in_one_answer_are_all_read(
    open_file: Open, base: dict[str, JSON], httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/members/7/benefits").respond_with_json(
        {"rows": [row(number) for number in range(10_000)]}
    )
    text = benefits().replace('records = "rows"', 'records = "rows"\nmax_rows = 10000')
    (batch,) = await (await open_file(text, base)).facet("benefits", tool__member="7")
    assert (len(batch.items), batch.completeness) == (10_000, Completeness.COMPLETE)
