"""What the host lends: a context for each call, an environment for an instance's life."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from avise.connectors.body_worker import BodyWorker
from avise.connectors.contract import FieldLogger, HttpGateway, NetworkGateway, Priority, SqlGateway
from avise.connectors.deadline import Deadline
from avise.connectors.instance_config import missing_secret
from avise.env import Env
from avise.models.json_types import JSON
from avise.transport.outward import OwnWay

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and why; sent nowhere but to the connector."""

    agent: str = ""
    purpose: str = ""
    priority: Priority = Priority.BACKGROUND


@dataclass(slots=True)
class Context:
    """One call (`contract.CallContext`)."""

    request_id: str
    priority: Priority
    agent: str
    purpose: str
    http: HttpGateway
    sql: SqlGateway
    deadline: Deadline
    env: Env
    pool: Executor
    bodies: BodyWorker | None = None
    """Reads what is too long for a thread."""

    def remaining(self) -> float:
        """Return the seconds left before the deadline."""
        return self.deadline.remaining()

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return self.env.now()

    async def blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a synchronous function on one of the instance's threads.

        Cancelling the call leaves the function running to its end, on its thread.
        """
        return await asyncio.get_running_loop().run_in_executor(self.pool, function, *args)


@dataclass(slots=True)
class InstanceEnv:
    """One instance's life (`contract.ConnectorEnv`)."""

    instance_id: str
    config: Mapping[str, JSON]
    log: FieldLogger
    secrets: Mapping[str, str]
    network: NetworkGateway = field(default_factory=OwnWay)

    def secret(self, name: str) -> str:
        """Return a secret declared in the manifest.

        Raises:
            ConnectorError: CONFIG when nobody stored it.
        """
        value = self.secrets.get(name)
        if value is None:
            raise missing_secret(self.instance_id, name)
        return value

    def __repr__(self) -> str:
        """Name the instance and nothing else: a secret must not end in a trace."""
        return f"InstanceEnv({self.instance_id!r})"
