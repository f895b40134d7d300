"""A connector file opened as the host opens it: real gateways, real threads, real sockets."""

from __future__ import annotations

import ssl
import uuid
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from avise.connectors.context import Caller, Context
from avise.connectors.contract import (
    Batch,
    CallEvent,
    FacetQuery,
    FetchesContent,
    HealthReport,
    ListsInteractions,
    LiveQuery,
    PublishesDirectory,
    ReadsFacets,
    Record,
    RevealsFields,
    StreamsCalls,
    TimelineQuery,
)
from avise.connectors.deadline import Deadline
from avise.connectors.declarative import load_connector_file
from avise.connectors.instance import Instance
from avise.connectors.ports import InstanceSettings
from avise.connectors.shared import Shared
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, Party
from avise.models.interaction import Interaction
from avise.models.json_types import JSON
from avise.transport.outward import Outward

PERSON = uuid.UUID(int=7)


class Secrets:
    """Gives what a test says."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    async def get(self, instance: str, name: str) -> str | None:
        del instance
        return self._values.get(name)


class Opened:
    """An instance ready to be asked; a scheme with a dot is written with two underscores."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.connector = instance.connector

    def context(self, seconds: float = 5.0) -> Context:
        return self.instance.context(Caller("lea", "call"), "ref-1", Deadline(seconds), may_retry=False)

    async def facet(
        self, facet: str, *, limit: int = 500, validator: str = "", **ids: str
    ) -> list[Batch[Record]]:
        assert isinstance(self.connector, ReadsFacets)
        query = FacetQuery(facet, customer(ids), limit, validator)
        return [batch async for batch in self.connector.read_facet(query, self.context())]

    async def timeline(self, *, limit: int = 500, **ids: str) -> list[Batch[Interaction]]:
        assert isinstance(self.connector, ListsInteractions)
        query = TimelineQuery(customer(ids), limit)
        return [batch async for batch in self.connector.interactions(query, self.context())]

    async def changes(self, since: str = "") -> list[Batch[Party]]:
        assert isinstance(self.connector, PublishesDirectory)
        return [batch async for batch in self.connector.changes(since, self.context())]

    async def live(self, field: str, record: str = "", **ids: str) -> str:
        assert isinstance(self.connector, RevealsFields)
        return await self.connector.live_value(LiveQuery(field, customer(ids), record), self.context())

    async def content(self, ref: str) -> bytes:
        assert isinstance(self.connector, FetchesContent)
        return b"".join([part async for part in self.connector.content(ref, self.context())])

    async def calls(self, into: list[CallEvent]) -> None:
        assert isinstance(self.connector, StreamsCalls)
        async for call in self.connector.call_events(self.context()):
            into.append(call)  # noqa: PERF401 - the stream ends by an error, what came before counts

    async def check(self) -> HealthReport:
        return await self.connector.check(self.context())


def customer(ids: Mapping[str, str]) -> CustomerKey:
    """Return a customer with these identifiers."""
    return CustomerKey(PERSON, {scheme.replace("__", "."): value for scheme, value in ids.items()})


Open = Callable[..., Awaitable[Opened]]


async def open_connector_file(
    path: Path,
    config: Mapping[str, JSON],
    secrets: Mapping[str, str],
    stack: AsyncExitStack,
    outward: Outward | None = None,
) -> Opened:
    """Load a file and open it for one instance, closed with the stack."""
    loaded = load_connector_file(path)
    settings = InstanceSettings("tool", path.stem, config)
    tls = ssl.create_default_context()
    shared = Shared(outward=outward or Outward())
    instance = Instance(settings, loaded, SystemEnv(), Secrets(secrets), tls, "avise-test", shared)
    instance.start()
    stack.push_async_callback(instance.aclose)
    await instance.ready(5)
    return Opened(instance)
