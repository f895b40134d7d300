"""The host: offers before any connection, refusals apart, life, calls, and what may be told of it all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass

import pytest
import structlog

from avise.connectors.contract import ConnectorEnv, ConnectorError, Health
from avise.connectors.endpoints import BearerSignIn
from avise.connectors.registry import Refusal
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState
from tests.servers.host.benefits_connector import BenefitsConnector, Found, manifest_with
from tests.servers.host.conftest import CUSTOMER, PATIENCE_S, Opening, Shelf
from tests.servers.host.tool_server import (
    Asked,
    Behaviour,
    answering,
    reply,
    resetting,
    routing,
    rows,
    running_tool,
)

NIR = "268031234567890"
IBAN = "FR7630006000011234567890189"
NAME = "CANARIMARCHAND"
BADGE = "canary-of-the-secret"


@dataclass
class Unreachable(BenefitsConnector):
    """Cannot be opened until told so."""

    reachable: bool = False

    async def open(self, env: ConnectorEnv) -> None:
        await super().open(env)
        if not self.reachable:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "nobody there")


class Broken(BenefitsConnector):
    """Raises whatever, with a canary in the text."""

    async def open(self, env: ConnectorEnv) -> None:
        raise RuntimeError(f"{NAME} {NIR} {env.instance_id}")


async def test_offers_are_known_before_any_connection(open_desk: Opening) -> None:
    found = {
        "benefits": Found(BenefitsConnector(manifest_with(timeline=True, live_fields=("nir",)))),
        "documents": Refusal("source.refused.contract", ">=2.0"),
    }
    tools = dict.fromkeys(found, "http://127.0.0.1:9")
    async with open_desk(tools, found) as desk:
        benefits, documents = desk.host.offers()
        refused = await desk.last(instance="documents")
        _, row = desk.host.status()
    assert [offer.facet for offer in benefits.facets] == ["benefits"]
    assert benefits.timeline
    assert benefits.needs("benefits") == ("benefits.insured",)
    assert benefits.failure is None
    assert documents.failure is not None
    assert documents.failure.kind is ErrorKind.CONFIG
    assert refused.error == documents.failure
    assert (row.state, row.refused_because, row.refused_detail) == (
        SourceState.REFUSED, "source.refused.contract", ">=2.0",
    )  # fmt: skip


async def test_a_connector_that_fails_to_open_harms_no_other(open_desk: Opening) -> None:
    async with running_tool(answering(reply({"rows": rows(1)}))) as tool:
        tools = {"broken": tool.base_url, "benefits": tool.base_url}
        async with open_desk(tools, {"broken": Found(Broken())}) as desk:
            broken = await desk.last(instance="broken")
            good = await desk.last()
            first, _ = desk.host.status()
    assert good.error is None
    assert broken.error is not None
    assert broken.error.kind is ErrorKind.BUG
    assert broken.error.detail.startswith("RuntimeError at test_host.py:")
    assert first.state is SourceState.MISCONFIGURED


async def test_an_unreachable_tool_is_opened_again_by_itself_or_on_demand(open_desk: Opening) -> None:
    connector = Unreachable()
    async with (
        running_tool(answering(reply({"rows": rows(1)}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(connector)}) as desk,
    ):
        last = await desk.last()
        assert last.error is not None
        assert last.error.kind is ErrorKind.UNAVAILABLE
        assert last.error.retry_at is not None
        connector.reachable = True
        await desk.host.retry_now("benefits")
        assert (await desk.last()).error is None
    assert connector.opened == 2


async def test_a_live_value_is_asked_each_time(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(manifest_with(live_fields=("nir",))))
    async with running_tool(routing({"/nir": answering(reply({"nir": NIR}))})) as tool:
        async with open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk:
            one = await desk.host.live_value("benefits", "nir", CUSTOMER, agent="lea", purpose="call")
            two = await desk.host.live_value("benefits", "nir", CUSTOMER, agent="lea", purpose="call")
            with pytest.raises(ConnectorError) as refusal:
                await desk.host.live_value("benefits", "iban", CUSTOMER, agent="lea", purpose="call")
            assert desk.snapshots.kept == {}
        assert tool.paths() == ["/nir", "/nir"]
    assert one == two == NIR
    assert refusal.value.kind is ErrorKind.UNSUPPORTED


async def test_the_directory_is_read_to_its_end(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(manifest_with(directory=True)))
    pages = [["c1", True, "p1", "p2"], ["c2", False, "p3"]]
    async with running_tool(answering(reply(pages))) as tool:
        async with open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk:
            batches = [batch async for batch in desk.host.changes("benefits", "c0")]
        assert tool.asked[0].query["since"] == "c0"
    assert [party.native_id for batch in batches for party in batch.items] == ["p1", "p2", "p3"]
    assert batches[-1].cursor == "c2"


@pytest.mark.parametrize("pages", [[["c1", True, "p1"]], [["c1", True, "p1"], ["c1", True, "p2"]]])
async def test_a_directory_without_an_end_is_bad_data(open_desk: Opening, pages: list[object]) -> None:
    found = Found(BenefitsConnector(manifest_with(directory=True)))
    async with (
        running_tool(answering(reply(pages))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        with pytest.raises(ConnectorError) as refusal:
            assert [batch async for batch in desk.host.changes("benefits")]
    assert refusal.value.kind is ErrorKind.BAD_DATA


async def test_the_call_stream_is_opened_again_when_it_breaks(open_desk: Opening) -> None:
    streams = 0

    async def ring(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal streams
        streams += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        writer.write(f"data: call-{streams}\n\n".encode())
        await writer.drain()
        writer.close()

    found = Found(BenefitsConnector(manifest_with(call_events=True)))
    async with (
        running_tool(ring) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
        aclosing(desk.host.call_events()) as events,
    ):
        heard = [(await asyncio.wait_for(anext(events), PATIENCE_S)).call_id for _ in range(2)]
    assert heard == ["call-1", "call-2"]


async def test_calls_of_a_tool_that_is_loaded_later_are_followed_too(
    open_desk: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ring(asked: Asked, writer: asyncio.StreamWriter) -> None:
        del asked
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: call-1\n\n")
        await writer.drain()
        writer.close()

    loads = iter(
        [Refusal("source.refused.not_found"), Found(BenefitsConnector(manifest_with(call_events=True)))]
    )
    monkeypatch.setattr(Shelf, "find", lambda *_: next(loads))
    async with (
        running_tool(ring) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
        aclosing(desk.host.call_events()) as events,
    ):
        heard = asyncio.create_task(anext(events))
        await asyncio.sleep(0)
        await desk.host.retry_now("benefits")
        assert (await asyncio.wait_for(heard, PATIENCE_S)).call_id == "call-1"


async def test_a_content_is_streamed(open_desk: Opening) -> None:
    async with (
        running_tool(answering(reply(b"%PDF-1.7", content_type="application/pdf"))) as tool,
        open_desk({"benefits": tool.base_url}) as desk,
    ):
        pieces = [piece async for piece in desk.host.content("benefits", "d1", agent="lea", purpose="call")]
    assert b"".join(pieces) == b"%PDF-1.7"


async def test_closing_twice_closes_the_connector_for_good(open_desk: Opening) -> None:
    connector = BenefitsConnector()
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(connector)}) as desk,
    ):
        await desk.read()
        await desk.host.aclose()
        last = await desk.last(force=True)
    assert connector.closed >= 1
    assert last.error is not None
    assert last.error.kind is ErrorKind.UNAVAILABLE


async def test_no_personal_data_reaches_a_log_a_status_or_a_diagnostic(
    open_desk: Opening, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    found = Found(
        BenefitsConnector(manifest_with(live_fields=("nir",), directory=True)), BearerSignIn("token")
    )
    seen: list[object] = []
    connectors = {"benefits": found, "broken": Found(Broken())}
    async with running_tool(answering(reply({"rows": []}))) as tool:
        tools = dict.fromkeys(connectors, tool.base_url)
        with structlog.testing.capture_logs() as lines:
            async with open_desk(tools, connectors, badge=BADGE) as desk:
                for behaviour in _leaking_behaviours():
                    tool.behaviour = behaviour
                    last = await desk.last(force=True)
                    seen.append(last.error)
                    with pytest.raises(ConnectorError) as refusal:
                        await desk.host.live_value("benefits", "nir", CUSTOMER, agent="lea", purpose="call")
                    seen += [refusal.value, refusal.value.__cause__]
                seen += [await desk.host.check("benefits"), desk.host.status(), desk.snapshots.errors]
                seen += [json.dumps(desk.host.diagnostics(name)) for name in connectors]
        assert tool.asked[0].headers["authorization"] == f"Bearer {BADGE}"
    told = [repr(seen), repr(lines), caplog.text, *capsys.readouterr()]
    assert len(lines) > 5
    for canary in (NIR, IBAN, NAME, BADGE, "0042", "0482917350", "MARCHAND", "lea"):
        assert not [text for text in told if canary in text], canary


def _leaking_behaviours() -> list[Behaviour]:
    personal: Mapping[str, object] = {"name": NAME, "nir_number": NIR, "iban": IBAN}
    return [
        answering(reply({"rows": [{"id": IBAN, "amount": 1.5}]})),
        answering(reply({"rows": [], "subject": {"last": NAME}})),
        answering(reply(f"<html>{NAME} {NIR}</html>".encode(), content_type="text/html")),
        answering(reply(personal, status=500)),
        answering(reply(personal, status=422)),
        answering(reply(personal)),
        answering(reply(b"", status=302, headers={"Location": f"http://{NAME}.invalid/{NIR}"})),
        resetting,
    ]


async def test_a_check_of_a_refused_instance_is_a_configuration_error(open_desk: Opening) -> None:
    async with open_desk({"x": "http://127.0.0.1:9"}, {"x": Refusal("source.refused.import")}) as desk:
        with pytest.raises(ConnectorError) as refusal:
            await desk.host.check("x")
        assert desk.host.diagnostics("x")["because"] == "source.refused.import"
    assert refusal.value.kind is ErrorKind.CONFIG


async def test_a_misconfigured_instance_says_so_when_checked(open_desk: Opening) -> None:
    async with open_desk({"benefits": "ftp://nowhere"}) as desk:
        report = await desk.host.check("benefits")
    assert report.health is Health.MISCONFIGURED
