"""How a JSON-RPC session is opened, shared and opened again, counted on the service's side."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from avise.connectors.body_worker import NAME
from avise.connectors.contract import Completeness
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.errors import ErrorKind
from avise.resources import resource_folder
from tests.servers.host.tool_server import Asked, reply, running_tool
from tests.servers.tools_b.world import FULL, Secrets, kind_of, read

LOGIN, SEARCH = "session.ouvrir", "reclamations.chercher"
Answer = Callable[[str, dict[str, Any]], dict[str, Any]]
"""From a method and its parameters to {"result": …} or {"error": …}."""


@asynccontextmanager
async def service(answer: Answer) -> AsyncIterator[tuple[ConnectorHost, list[str]]]:
    """Run a host over a service, and give the methods that were called, in order."""
    called: list[str] = []

    async def behave(asked: Asked, writer: asyncio.StreamWriter) -> None:
        request = json.loads(asked.body)
        called.append(request["method"])
        told = answer(request["method"], request["params"])
        writer.write(reply({"jsonrpc": "2.0", "id": request["id"], **told}))
        await writer.drain()

    file = resource_folder("connectors") / "demo" / "complaints.toml"
    async with running_tool(behave) as tool:
        settings = [InstanceSettings("complaints", "", {"base_url": tool.base_url}, connector_file=file)]
        secrets = Secrets({("complaints", "password"): "secret"})
        host = ConnectorHost(SystemEnv(), NoSnapshots(), settings, secrets, connectors=Registry())
        await host.start()
        try:
            yield host, called
        finally:
            await host.aclose()


async def searched(host: ConnectorHost) -> FacetReading:
    """Read the complaints of a dossier."""
    return await read(host, "complaints", "complaints", FULL)


def page(*numbers: int, total: int) -> dict[str, Any]:
    """Return the result of a search."""
    rows = [{"num": f"R-{number}", "objet": "Délai", "etat": "CLO"} for number in numbers]
    return {"result": {"client": {}, "total": total, "reclamations": rows}}


EXPIRED = {"error": {"code": -32001, "message": "Session expirée"}}


async def test_readings_that_start_together_open_one_session() -> None:
    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == LOGIN:
            return {"result": {"jeton": "t1"}}
        assert params["jeton"] == "t1"
        return page(1, total=1)

    async with service(answer) as (host, called):
        readings = await asyncio.gather(*(searched(host) for _ in range(5)))
    assert [kind_of(reading) for reading in readings] == [None] * 5
    assert called.count(LOGIN) == 1


async def test_an_ended_session_costs_one_sign_in_and_one_more_call() -> None:
    tokens = iter(["t1", "t2"])

    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == LOGIN:
            return {"result": {"jeton": next(tokens)}}
        return EXPIRED if params["jeton"] == "t1" else page(1, total=1)

    async with service(answer) as (host, called):
        reading = await searched(host)
    assert (kind_of(reading), len(reading.records)) == (None, 1)
    assert called == [LOGIN, SEARCH, LOGIN, SEARCH]


async def test_a_session_that_never_holds_asks_to_sign_in_and_stops() -> None:
    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"result": {"jeton": "t1"}} if method == LOGIN else EXPIRED

    async with service(answer) as (host, called):
        reading = await searched(host)
    assert kind_of(reading) is ErrorKind.AUTH
    assert called == [LOGIN, SEARCH, LOGIN, SEARCH]


async def test_a_sign_in_that_gives_no_session_is_unreadable() -> None:
    async with service(lambda _method, _params: {"result": {}}) as (host, called):
        reading = await searched(host)
    assert kind_of(reading) is ErrorKind.BAD_DATA
    assert called == [LOGIN]


async def test_a_service_that_ignores_the_part_that_is_asked_is_unreadable() -> None:
    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"result": {"jeton": "t1"}} if method == LOGIN else page(*range(50), total=120)

    async with service(answer) as (host, called):
        reading = await searched(host)
    assert kind_of(reading) is ErrorKind.BAD_DATA
    assert called == [LOGIN, SEARCH, SEARCH]


async def test_unreadable_records_that_are_given_again_end_the_reading() -> None:
    def answer(method: str, _: dict[str, Any]) -> dict[str, Any]:
        unread = {"reclamations": [{"objet": "Délai"}] * 50, "client": {}, "total": 500}
        return {"result": {"jeton": "t1"} if method == LOGIN else unread}

    async with service(answer) as (host, called):
        assert kind_of(await searched(host)) is ErrorKind.BAD_DATA
    assert called.count(SEARCH) == 2


async def test_a_service_that_gives_less_than_it_has_is_truncated() -> None:
    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == LOGIN:
            return {"result": {"jeton": "t1"}}
        return page(*range(30), total=80) if params["debut"] == 0 else page(total=80)

    async with service(answer) as (host, _):
        reading = await searched(host)
    assert (reading.completeness, reading.truncated_because) == (Completeness.TRUNCATED, "source_limit")
    assert (len(reading.records), reading.total) == (30, 80)


async def test_a_list_that_is_missing_is_no_empty_list() -> None:
    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return {"result": {"jeton": "t1"}} if method == LOGIN else {"result": {"client": {}}}

    async with service(answer) as (host, _):
        reading = await searched(host)
    assert kind_of(reading) is ErrorKind.BAD_DATA


@pytest.mark.parametrize("repeated", [False, True])
async def test_long_pages_are_read_by_the_worker_process_as_short_ones_are(repeated: bool) -> None:
    filling = "Délai ".encode().decode("latin-1") * 6_000

    def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
        if method == LOGIN:
            return {"result": {"jeton": "t1"}}
        start = 0 if repeated else params["debut"]
        told = page(*range(start, min(start + 50, 120)), total=120)
        for row in told["result"]["reclamations"]:
            row["objet"] = filling
        return told

    async with service(answer) as (host, called):
        reading = await searched(host)
        assert [process.name for process in multiprocessing.active_children()] == [NAME]
    assert not multiprocessing.active_children()
    if repeated:
        assert (kind_of(reading), called) == (ErrorKind.BAD_DATA, [LOGIN, SEARCH, SEARCH])
        return
    assert (kind_of(reading), reading.completeness, reading.total) == (None, Completeness.COMPLETE, 120)
    assert [record.id for record in reading.records] == [f"R-{number}" for number in range(120)]
    assert reading.records[119].data["subject"] == ("Délai " * 6_000).strip()
