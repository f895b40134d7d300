"""Starting and living with connectors that behave badly: none of them costs another anything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors import instance_secrets, reachability, roster
from avise.connectors.contract import Batch, CallContext, Completeness, ConnectorEnv, FacetQuery, Record
from avise.connectors.host import ConnectorHost
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.registry import Refusal
from avise.env import SystemEnv
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState
from tests.servers.host.benefits_connector import BenefitsConnector, Found, facet, manifest_with
from tests.servers.host.conftest import PATIENCE_S, MemorySecrets, Opening, Shelf
from tests.servers.host.tool_server import answering, reply, rows, running_tool


class Raising(BenefitsConnector):
    """Cannot be opened."""

    async def open(self, env: ConnectorEnv) -> None:
        raise RuntimeError(env.instance_id)


@dataclass
class Hanging:
    """A shelf with one connector whose import never ends."""

    shelf: Shelf
    end: threading.Event = field(default_factory=threading.Event)

    def find(self, settings: InstanceSettings) -> Loaded | Refusal:
        if settings.id == "stuck":
            self.end.wait(PATIENCE_S)
        return self.shelf.find(settings)


@dataclass
class Sleeping(BenefitsConnector):
    """Holds one of its threads longer than its deadline."""

    end: threading.Event = field(default_factory=threading.Event)

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        assert query.facet == "benefits"
        await ctx.blocking(self.end.wait, PATIENCE_S)
        yield Batch((), Completeness.COMPLETE)


async def _locked(name: str, secret: str) -> str:
    await asyncio.Event().wait()
    return name + secret


async def _broken(name: str, secret: str) -> str:
    raise OSError(name + secret)


def settings_of(*names: str) -> list[InstanceSettings]:
    return [InstanceSettings(name, name, {"base_url": "http://127.0.0.1:9"}) for name in names]


async def run_once(path: Path, found: Loaded) -> SourceState:
    """Start a host in a run of its own; return the state of its only tool."""
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings_of("x"), MemorySecrets(), connectors=Shelf({"x": found}),
        start_file=path,
    )  # fmt: skip
    await host.start()
    await host.opened()
    await asyncio.sleep(0)
    (row,) = host.status()
    await host.aclose()
    return row.state


async def test_three_bad_starts_set_a_connector_apart_until_a_person_retries(tmp_path: Path) -> None:
    path = tmp_path / "starts.json"
    states = [await run_once(path, Found(Raising())) for _ in range(4)]
    assert states == [SourceState.MISCONFIGURED] * 3 + [SourceState.REFUSED]
    good = Found(BenefitsConnector())
    assert await run_once(path, good) is SourceState.REFUSED
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings_of("x"), MemorySecrets(), connectors=Shelf({"x": good}),
        start_file=path,
    )  # fmt: skip
    await host.start()
    assert host.status()[0].refused_because == "source.refused.quarantined"
    await host.retry_now("x")
    assert host.status()[0].state is not SourceState.REFUSED
    await host.aclose()
    assert await run_once(path, good) is SourceState.NEVER_READ


async def test_an_import_that_never_ends_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster, "LOAD_S", 1.0)
    shelf = Shelf({"stuck": Found(BenefitsConnector()), "good": Found(BenefitsConnector())})
    hanging = Hanging(shelf)
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings_of("stuck", "good"), MemorySecrets(), connectors=hanging
    )
    await host.start()
    await host.opened()
    stuck, good = host.status()
    hanging.end.set()
    await host.aclose()
    assert (stuck.state, stuck.refused_because) == (SourceState.REFUSED, "source.refused.import")
    assert good.state is SourceState.NEVER_READ


async def test_a_disabled_tool_is_listed_and_not_opened() -> None:
    connector = BenefitsConnector()
    settings = [InstanceSettings("x", "x", {}, enabled=False)]
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, MemorySecrets(), connectors=Shelf({"x": Found(connector)})
    )
    await host.start()
    (offer,) = host.offers()
    (row,) = host.status()
    await host.aclose()
    assert (offer.enabled, offer.failure, row.state) == (False, None, SourceState.SUSPENDED)
    assert [facet.facet for facet in offer.facets] == ["benefits"]
    assert connector.opened == 0


async def test_a_connector_that_holds_its_threads_delays_no_other(open_desk: Opening) -> None:
    manifest, end = manifest_with(facets=facet(deadline=timedelta(seconds=0.8))), threading.Event()
    sleepers = {f"slow{number}": Found(Sleeping(manifest, end=end)) for number in range(3)}
    async with running_tool(answering(reply({"rows": rows(1)}))) as tool:
        tools = dict.fromkeys(["benefits", *sleepers], tool.base_url)
        async with open_desk(tools, sleepers) as desk:
            held = [asyncio.create_task(desk.last(instance=name)) for name in sleepers]
            await asyncio.sleep(0.05)
            good = await desk.last()
            late = [await task for task in held]
            # Given up, they hold their threads all the same.
            again = await desk.last(force=True)
            end.set()
    assert (good.error, again.error) == (None, None)
    assert {reading.error.kind for reading in late if reading.error} == {ErrorKind.TIMEOUT}


async def test_our_own_rate_limit_spaces_the_requests(open_desk: Opening) -> None:
    found = {"benefits": Found(BenefitsConnector(), rate_per_second=10.0)}
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}, found) as desk,
    ):
        started = desk.env.monotonic()
        for _ in range(12):
            assert (await desk.last(force=True)).error is None
        took = desk.env.monotonic() - started
    # Ten at once, then one every tenth of a second.
    assert took > 0.15


async def test_a_cut_off_workstation_is_not_blamed_on_the_tool(
    open_desk: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reachability, "has_route", lambda: False)
    tools = {
        "one": "http://nobody.invalid",
        "two": "http://nobody-else.invalid",
        "here": "http://127.0.0.1:9",
    }
    async with open_desk(tools) as desk:
        first = await desk.last(instance="one")
        second = await desk.last(instance="two")
        local = await desk.last(instance="here")
    kinds = [reading.error.kind for reading in (first, second, local) if reading.error is not None]
    # A tool on this very machine does not need the network.
    assert kinds == [ErrorKind.OFFLINE, ErrorKind.OFFLINE, ErrorKind.UNAVAILABLE]


async def test_one_dead_tool_on_a_good_network_is_unavailable(
    open_desk: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reachability, "has_route", lambda: True)
    async with open_desk({"one": "http://nobody.invalid"}) as desk:
        last = await desk.last(instance="one")
    assert last.error is not None
    assert last.error.kind is ErrorKind.UNAVAILABLE


@pytest.mark.parametrize(("get", "detail"), [
    (_locked, "secrets locked"), (_broken, "secrets unreachable, OSError"),
])  # fmt: skip
async def test_a_keyring_that_fails_misconfigures_the_tool_and_no_more(
    monkeypatch: pytest.MonkeyPatch, get: Callable[..., Awaitable[str]], detail: str
) -> None:
    monkeypatch.setattr(instance_secrets, "SECRETS_S", 0.05)
    secrets = MemorySecrets()
    monkeypatch.setattr(secrets, "get", get)
    shelf = Shelf({"x": Found(BenefitsConnector())})
    host = ConnectorHost(SystemEnv(), NoSnapshots(), settings_of("x"), secrets, connectors=shelf)
    await host.start()
    await host.opened()
    (row,) = host.status()
    await host.aclose()
    assert row.state is SourceState.MISCONFIGURED
    assert row.last_failure is not None
    assert (row.last_failure.kind, row.last_failure.detail) == (ErrorKind.CONFIG, detail)
