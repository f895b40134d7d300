"""What `/v360` says of itself is what it does: calls invented from its own description, a bounded number."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from avise.hub.api_grants import make_application
from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.tokens import Scope
from tests.hub_house import hire, opener
from tests.servers.hub_http.calling import call
from tests.servers.hub_http.serving import HouseEnv, served

CALLS = 40
"""Invented for each operation."""


class Door:
    """A hub served on a loop of its own, since schemathesis calls without one."""

    def __init__(self, folder: Path) -> None:
        self.address = self.token = ""
        self._folder = folder
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def open(self) -> None:
        self._thread.start()
        assert self._ready.wait(60)

    def close(self) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        env = HouseEnv()
        async with AsyncExitStack() as stack:
            transactions = SqliteTransactions(opener(self._folder / "hub.db"), env)
            await transactions.open()
            stack.push_async_callback(transactions.aclose)
            await transactions.write(hire)
            secret = await transactions.write(
                lambda connection: make_application(connection, "mobile", tuple(Scope), "GC-RENNES", env)
            )
            running = await stack.enter_async_context(
                served(HubCore(env), transactions, env, calls_a_minute=1_000_000)
            )
            shown = {"application": "mobile", "secret": secret}
            got = await call(running.address, "POST", "/v360/token", shown)
            self.address, self.token = running.address, got.value["access_token"]
            self._ready.set()
            await self._stop.wait()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Serve for the tests of this module."""
    made = Door(tmp_path_factory.mktemp("v360"))
    made.open()
    yield made
    made.close()


@pytest.mark.parametrize(
    "operation", ["/token", "/customers/lookup", "/customers/{identifier}", "/interactions"]
)
def test_no_invented_call_is_answered_otherwise_than_described(door: Door, operation: str) -> None:
    schema: Any = schemathesis.openapi.from_url(f"{door.address}/v360/openapi.json")
    headers = {"Authorization": f"Bearer {door.token}"}
    tried: list[Any] = []
    for found in schema.get_all_operations():
        described = found.ok()
        if described.path == operation:
            _invent(described.as_strategy(), headers, tried)
    assert tried


def _invent(calls: Any, headers: dict[str, str], tried: list[Any]) -> None:  # noqa: ANN401 - of schemathesis
    @settings(
        max_examples=CALLS, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), derandomize=True,
    )  # fmt: skip
    @given(calls)
    def invented(made: Any) -> None:  # noqa: ANN401 - of schemathesis
        tried.append(made)
        answer = made.call(headers=headers)
        assert answer.status_code < 500
        # A time that no exchange has, or half a surrogate pair, is refused by more than the schema says.
        made.validate_response(answer, excluded_checks=[positive_data_acceptance])

    invented()
