from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from avise.demo.calls import ANSWERED, ENDED, HELD, change_call, change_latest_call, simulate_call
from avise.demo.faults import ToolNotRunningError
from avise.demo.launcher import DemoTools
from avise.demo.population.unattached import unattached_exchanges
from tests.servers.tools_a.world import EXCHANGES, SPEC, StartTools, client_of, ids

CONTACT = ids(1).contact


def _signed(tools: DemoTools) -> dict[str, str]:
    return {"Authorization": f"Bearer {tools.secrets()['relation', 'token']}"}


async def _next_event(lines: AsyncIterator[str]) -> dict[str, Any]:
    async for line in lines:
        if line.startswith("data:"):
            event: dict[str, Any] = json.loads(line.removeprefix("data:"))
            return event
    raise AssertionError("the stream ended")


async def test_next_url_is_absolute_and_leads_to_the_end(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        page: dict[str, Any] = {}
        url: str | None = f"/contacts/{CONTACT}/interactions"
        seen: list[str] = []
        while url is not None:
            page = (await client.get(url)).json()
            seen += [exchange["id"] for exchange in page["resultats"]]
            url = page["next_url"]
            assert url is None or url.startswith(tools.settings()["relation"]["base_url"])
        assert len(seen) == len(set(seen)) == page["total"] == EXCHANGES


async def test_the_body_of_a_message_comes_on_demand_only(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        exchange = (await client.get(f"/contacts/{CONTACT}/interactions")).json()["resultats"][0]
        body = (await client.get(f"/messages/{exchange['corps']}/body")).json()
        assert "Bonjour" not in json.dumps(exchange)
        assert body["texte"] == "Bonjour"


async def test_a_page_that_is_no_number_is_refused(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        reply = await client.get(f"/contacts/{CONTACT}/interactions", params={"apres": "fin"})
        assert reply.status_code == 400


async def test_member_space_activity_is_summed_up_and_listed(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        space = (await client.get(f"/contacts/{CONTACT}/member-space")).json()["compte"]
        visits = (await client.get(f"/contacts/{CONTACT}/member-space/visits")).json()["resultats"]
        assert (space["etat"], space["dernierePage"]) == ("ACTIF", "Mes cartes")
        assert [visit["page"] for visit in visits] == ["Mes cartes"]


async def test_exchanges_of_nobody_known_belong_to_no_contact(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        page = (await client.get("/interactions/unattached")).json()
        assert page["total"] == len(list(unattached_exchanges(SPEC)))
        assert "contact" not in page


async def test_a_stranger_is_not_found(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        for path in ("interactions", "member-space", "member-space/visits"):
            assert (await client.get(f"/contacts/personne/{path}")).status_code == 404


async def test_a_call_rings_is_answered_held_and_ended(start: StartTools, data_dir: Path) -> None:
    async with (
        start("relation") as tools,
        client_of(tools, "relation", **_signed(tools)) as client,
        client.stream("GET", "/calls/stream") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        call = simulate_call(data_dir, "0639981234", queue="Prestations", waited_s=75)
        for state in (ANSWERED, HELD, ENDED):
            change_call(data_dir, call, state)
        events = [await _next_event(lines) for _ in range(4)]
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert [event["etat"] for event in events] == ["SONNERIE", ANSWERED, HELD, ENDED]
    assert {event["numero"] for event in events} == {"0639981234"}
    assert (events[0]["file"], events[0]["attenteS"]) == ("Prestations", 75)


async def test_a_call_rings_at_the_desk_of_one_agent_when_it_is_told_whose(
    start: StartTools, data_dir: Path
) -> None:
    async with (
        start("relation") as tools,
        client_of(tools, "relation", **_signed(tools)) as client,
        client.stream("GET", "/calls/stream") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "retry: 1000"
        call = simulate_call(data_dir, "0639981234", agent="lea.girard")
        change_call(data_dir, call, ANSWERED)
        simulate_call(data_dir, "0639981235")
        events = [await _next_event(lines) for _ in range(3)]
    assert [event.get("agent") for event in events] == ["lea.girard", "lea.girard", None]


async def test_the_call_that_rang_last_and_is_not_over_is_the_one_that_changes(
    start: StartTools, data_dir: Path
) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        assert not change_latest_call(data_dir, ENDED)
        calls = [simulate_call(data_dir, "0639981234") for _ in range(2)]
        for state in (ANSWERED, ENDED, ENDED):
            assert change_latest_call(data_dir, state)
        assert not change_latest_call(data_dir, ANSWERED)
        async with client.stream("GET", "/calls/stream", headers={"Last-Event-ID": "2"}) as stream:
            lines = stream.aiter_lines()
            events = [await _next_event(lines) for _ in range(3)]
    told = [(event["appel"], event["etat"]) for event in events]
    assert told == [(calls[1], ANSWERED), (calls[1], ENDED), (calls[0], ENDED)]


async def test_a_client_that_reconnects_gets_what_it_missed(start: StartTools, data_dir: Path) -> None:
    async with start("relation") as tools, client_of(tools, "relation", **_signed(tools)) as client:
        first, second = simulate_call(data_dir, "0639981234"), simulate_call(data_dir, "")
        async with client.stream("GET", "/calls/stream", headers={"Last-Event-ID": "1"}) as stream:
            missed = await _next_event(stream.aiter_lines())
    assert first != second
    assert (missed["appel"], missed["numero"]) == (second, None)


async def test_an_unknown_call_cannot_change(start: StartTools, data_dir: Path) -> None:
    async with start("relation"):
        with pytest.raises(ToolNotRunningError):
            change_call(data_dir, "ap-inconnu", ENDED)


async def test_the_stream_asks_for_the_token(start: StartTools) -> None:
    async with start("relation") as tools, client_of(tools, "relation") as client:
        reply: httpx2.Response = await client.get("/calls/stream")
        assert reply.status_code == 401
