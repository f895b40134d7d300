"""What a tool that misbehaves becomes: the right kind, in time, with the right number of requests."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from avise.connectors.contract import CallContext, Health, HealthReport
from avise.connectors.endpoints import BearerSignIn
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.source_status import SourceState
from tests.servers.host.benefits_connector import BenefitsConnector, Found, facet, manifest_with
from tests.servers.host.conftest import PATIENCE_S, Opening
from tests.servers.host.tool_server import (
    Asked,
    Behaviour,
    answering,
    dripping,
    hanging,
    reply,
    resetting,
    routing,
    rows,
    running_tool,
)

GOOD = reply({"rows": rows(2)})
LOGIN = b"<!doctype html><form><input name=u><input type=password></form>"
PAGE = b"<html><body>Erreur du mandataire</body></html>"


async def cut_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Break the connection in the middle of the body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    await writer.drain()
    writer.transport.abort()


def redirecting(location: str) -> Behaviour:
    """Send elsewhere."""
    return answering(reply(b"", status=302, headers={"Location": location}))


async def failure_of(open_desk: Opening, behaviour: Behaviour) -> tuple[Failure, int]:
    """Return what one reading fails with, and how many requests the tool saw."""
    async with running_tool(behaviour) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
        assert last.records == ()
        assert last.fetched_at is None
        assert last.error is not None
        return last.error, len(tool.asked)


@pytest.mark.parametrize(
    ("behaviour", "kind", "requests"),
    [
        (resetting, ErrorKind.UNAVAILABLE, 2),
        (cut_body, ErrorKind.UNAVAILABLE, 2),
        (answering(reply(b"", status=500)), ErrorKind.UNAVAILABLE, 2),
        (answering(reply(b"", status=403)), ErrorKind.FORBIDDEN, 1),
        (answering(reply(b"", status=404)), ErrorKind.NOT_FOUND, 1),
        (answering(reply(b"", status=409)), ErrorKind.CONFLICT, 1),
        (answering(reply(b"", status=501)), ErrorKind.UNSUPPORTED, 1),
        (answering(reply(b'{"rows": [')), ErrorKind.BAD_DATA, 1),
        (answering(reply(b"\xff\xfe{}")), ErrorKind.BAD_DATA, 1),
        (answering(reply('{"rows": [{"id": "é"}]}'.encode("latin-1"))), ErrorKind.BAD_DATA, 1),
        (answering(reply({"rows": []}, content_type="text/json; charset=klingon")), ErrorKind.BAD_DATA, 1),
        (answering(reply(PAGE, content_type="text/html")), ErrorKind.BAD_DATA, 1),
        (answering(reply(PAGE)), ErrorKind.BAD_DATA, 1),
        (answering(reply(LOGIN, content_type="text/html")), ErrorKind.AUTH, 1),
        (answering(reply({"rows": [], "next": "http://127.0.0.1:9/steal"})), ErrorKind.BAD_DATA, 1),
        (answering(reply({"rows": [], "next": "//elsewhere/steal"})), ErrorKind.BAD_DATA, 1),
        (redirecting("http://sso.invalid/login"), ErrorKind.AUTH, 1),
        (redirecting("http://cdn.invalid/x"), ErrorKind.BAD_DATA, 1),
    ],
)  # fmt: skip
async def test_each_fault_gives_its_kind(
    open_desk: Opening, behaviour: Behaviour, kind: ErrorKind, requests: int
) -> None:
    failure, asked = await failure_of(open_desk, behaviour)
    assert (failure.kind, asked) == (kind, requests)


async def test_our_own_wrong_request_is_the_connectors_fault(open_desk: Opening) -> None:
    failure, asked = await failure_of(open_desk, answering(reply(b"", status=422)))
    assert (failure.kind, failure.origin, failure.detail, asked) == (
        ErrorKind.BUG, Origin.CONNECTOR, "status 422", 1,
    )  # fmt: skip


@pytest.mark.parametrize("behaviour", [hanging, dripping()])
async def test_the_deadline_is_absolute(open_desk: Opening, behaviour: Behaviour) -> None:
    found = Found(BenefitsConnector(manifest_with(facets=facet(deadline=timedelta(seconds=0.8)))))
    async with (
        running_tool(behaviour) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        # A reading that each byte gives more time never ends.
        async with asyncio.timeout(PATIENCE_S):
            last = await desk.last()
    assert last.error is not None
    assert (last.error.kind, last.error.detail) == (ErrorKind.TIMEOUT, "over 0.8 s")


async def test_a_refused_connection_is_unavailable(open_desk: Opening) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with open_desk({"benefits": url}) as desk:
            last = await desk.last()
    assert last.error is not None
    assert (last.error.kind, last.error.detail) == (ErrorKind.UNAVAILABLE, "connection refused")


async def test_an_unknown_host_is_unavailable(open_desk: Opening) -> None:
    async with open_desk({"benefits": "http://nobody.invalid"}) as desk:
        last = await desk.last()
    assert last.error is not None
    assert last.error.kind is ErrorKind.UNAVAILABLE


async def test_one_bad_answer_is_tried_again_once(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply(b"", status=503), GOOD)) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        last = await desk.last()
        assert len(tool.asked) == 2
    assert last.error is None
    assert len(last.records) == 2


async def test_retries_are_bounded_to_a_share_of_the_calls(open_desk: Opening) -> None:
    flaky = answering(*[reply(b"", status=503), GOOD] * 3, GOOD)
    async with running_tool(flaky) as tool, open_desk({"benefits": tool.base_url}) as desk:
        outcomes = [(await desk.last(force=True)).error is None for _ in range(3)]
    assert outcomes == [True, True, False]


@pytest.mark.parametrize(
    "wait", [lambda: "0", lambda: format_datetime(datetime.now(UTC) - timedelta(seconds=1), usegmt=True)]
)
async def test_a_short_retry_after_is_honoured(open_desk: Opening, wait: Callable[[], str]) -> None:
    limited = reply(b"", status=429, headers={"Retry-After": wait()})
    async with running_tool(answering(limited, GOOD)) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
        assert len(tool.asked) == 2
    assert last.error is None


@pytest.mark.parametrize(
    "wait", [lambda: "600", lambda: format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)]
)
async def test_a_long_retry_after_is_told_and_not_waited_for(
    open_desk: Opening, wait: Callable[[], str]
) -> None:
    limited = reply(b"", status=429, headers={"Retry-After": wait()})
    async with running_tool(answering(limited)) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
        assert len(tool.asked) == 1
        assert last.error is not None
        assert last.error.kind is ErrorKind.RATE_LIMITED
        assert last.error.retry_at is not None
        left = last.error.retry_at - desk.env.now()
    assert timedelta(minutes=5) < left <= timedelta(minutes=10)


async def test_a_429_without_retry_after_is_not_tried_again(open_desk: Opening) -> None:
    failure, asked = await failure_of(open_desk, answering(reply(b"", status=429)))
    assert (failure.kind, asked) == (ErrorKind.RATE_LIMITED, 1)


async def test_a_redirect_of_the_same_origin_is_followed(open_desk: Opening) -> None:
    moved = answering(reply(b"", status=302, headers={"Location": "/elsewhere"}))
    routes = routing({"/benefits/0042": moved, "/elsewhere": answering(GOOD)})
    async with running_tool(routes) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
        assert tool.paths() == ["/benefits/0042", "/elsewhere"]
    assert len(last.records) == 2


async def test_a_redirect_to_a_sign_in_page_needs_signing_in(open_desk: Opening) -> None:
    moved = answering(reply(b"", status=302, headers={"Location": "/login?next=x"}))
    routes = routing({"/benefits/0042": moved, "/login": answering(reply(PAGE, content_type="text/html"))})
    async with running_tool(routes) as tool, open_desk({"benefits": tool.base_url}) as desk:
        last = await desk.last()
    assert last.error is not None
    assert last.error.kind is ErrorKind.AUTH


async def test_a_redirect_loop_ends(open_desk: Opening) -> None:
    failure, asked = await failure_of(
        open_desk, answering(reply(b"", status=302, headers={"Location": "/benefits/0042"}))
    )
    assert failure.kind is ErrorKind.BAD_DATA
    assert asked == 4


async def test_no_token_leaves_for_another_origin(open_desk: Opening) -> None:
    async with running_tool(answering(GOOD)) as thief:
        bait = answering(reply({"rows": rows(1), "next": f"{thief.base_url}/next"}))
        found = Found(BenefitsConnector(), BearerSignIn("token"))
        async with (
            running_tool(bait) as tool,
            open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
        ):
            last = await desk.last()
            assert tool.asked[0].headers["authorization"] == "Bearer t0"
    assert thief.asked == []
    assert last.error is not None


async def test_an_untrusted_certificate_is_a_configuration_and_not_tried_again(
    open_desk: Opening, untrusted_tls: str
) -> None:
    async with open_desk({"benefits": untrusted_tls}) as desk:
        last = await desk.last()
    assert last.error is not None
    assert last.error.kind is ErrorKind.CONFIG
    assert last.error.detail.startswith("certificate refused")


async def test_four_failures_suspend_the_tool_and_nothing_more_is_sent(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        for _ in range(4):
            await desk.last()
        asked = len(tool.asked)
        last = await desk.last()
        assert len(tool.asked) == asked
        (row,) = desk.host.status()
    assert last.error is not None
    assert (last.error.kind, last.error.origin) == (ErrorKind.UNAVAILABLE, Origin.HOST)
    assert last.error.retry_at is not None
    assert last.error.since is not None
    assert row.state is SourceState.SUSPENDED
    assert row.failures_1h == 4


async def test_retrying_now_lets_one_probe_through_and_closes_the_breaker(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        for _ in range(4):
            await desk.last()
        tool.behaviour = routing({"/health": answering(reply({})), "/benefits/0042": answering(GOOD)})
        await desk.host.retry_now("benefits")
        last = await desk.last()
        (row,) = desk.host.status()
    assert last.error is None
    assert row.state is SourceState.UP_TO_DATE


class AsksNothing(BenefitsConnector):
    async def check(self, _: CallContext) -> HealthReport:
        return HealthReport(Health.UNVERIFIED)


class IsAlwaysWell(BenefitsConnector):
    async def check(self, _: CallContext) -> HealthReport:
        return HealthReport(Health.OK)


@pytest.mark.parametrize("connector", [AsksNothing, IsAlwaysWell])
async def test_a_check_that_asks_nothing_puts_no_suspended_tool_back(
    open_desk: Opening, connector: type[BenefitsConnector]
) -> None:
    async with (
        running_tool(answering(reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(connector())}) as desk,
    ):
        for _ in range(4):
            await desk.last()
        report = await desk.host.check("benefits")
        (row,) = desk.host.status()
        assert (report.health, row.state) == (Health.UNVERIFIED, SourceState.SUSPENDED)
        tool.behaviour = answering(GOOD)
        assert (await desk.last()).error is None


async def test_a_probe_is_never_tried_twice(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply(b"", status=500))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        for _ in range(4):
            await desk.last()
        desk.env.jump_s = 60.0
        before = len(tool.asked)
        await desk.last()
        assert len(tool.asked) == before + 1


async def test_a_check_says_what_it_found(open_desk: Opening) -> None:
    async with (
        running_tool(routing({"/health": answering(reply({}))})) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        assert (await desk.host.check("benefits")).health is Health.OK
        tool.behaviour = answering(reply(b"", status=401))
        assert (await desk.host.check("benefits")).health is Health.NEEDS_AUTH
        tool.behaviour = answering(reply(b"", status=500))
        assert (await desk.host.check("benefits")).health is Health.DOWN


async def test_a_connector_that_raises_is_a_bug_named_by_its_place(open_desk: Opening) -> None:
    # The row has no "rows": a KeyError in the connector, whose text must go nowhere.
    failure, _ = await failure_of(open_desk, answering(reply({"nir": "268031234567890"})))
    assert (failure.kind, failure.origin) == (ErrorKind.BUG, Origin.CONNECTOR)
    assert failure.detail.startswith("KeyError at benefits_connector.py:")


async def test_a_facet_that_is_not_offered_is_unsupported(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(manifest_with(facets=())))
    async with open_desk({"benefits": "http://127.0.0.1:9"}, {"benefits": found}) as desk:
        last = await desk.last()
    assert last.error is not None
    assert last.error.kind is ErrorKind.UNSUPPORTED
