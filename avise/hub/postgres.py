"""The hub of a house: `HubCore` on PostgreSQL, each call a transaction that may be made again.

Two pushes that meet wait for each other's locks, which are taken in one order; what PostgreSQL gives up
all the same (deadlock, serialization, a row made twice) is the whole call again, a little later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from avise.env import Env
from avise.hub.dialect import is_outage, is_worth_retrying, postgres_engine
from avise.hub.on_threads import committed, finished
from avise.hub.refusals import HubBrokenError, HubClosedError

T = TypeVar("T")

MOST_ATTEMPTS = 8
FIRST_WAIT = 0.005
"""Seconds; doubled at each attempt, with jitter."""
CONNECTIONS = 8
POLL_SECONDS = 0.5


class PostgresTransactions:
    """Runs work on threads, each with a connection of its own from the engine's pool.

    Args:
        engine: of `avise.hub.dialect.postgres_engine`.
        env: for waiting between attempts.
        threads: calls at once.
    """

    poll_seconds = POLL_SECONDS

    def __init__(self, engine: Engine, env: Env, threads: int = CONNECTIONS) -> None:
        self._engine = engine
        self._env = env
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="avise-hub")
        self._closed = False

    @classmethod
    def to(cls, url: str, env: Env, connections: int = CONNECTIONS) -> PostgresTransactions:
        """Return transactions on a server.

        Args:
            url: of libpq, "postgresql://…", for a role that has the rights of `avise_hub_server`.
            env: for waiting.
            connections: at once, at most.
        """
        return cls(postgres_engine(url, connections), env, connections)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work that reads."""
        return await self._attempted(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work that writes; made again when PostgreSQL gives the transaction up."""
        return await self._attempted(work)

    async def _attempted(self, work: Callable[[Connection], T]) -> T:
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return await self._run(lambda: committed(self._engine.begin(), work))
            except DBAPIError as error:
                retried = is_worth_retrying(error)
                if not retried and not is_outage(error):
                    raise
                if not retried or attempt == MOST_ATTEMPTS:
                    raise HubBrokenError.of(error) from None
            await self._env.sleep(FIRST_WAIT * 2**attempt * (0.5 + self._env.random()))
        raise HubClosedError

    async def _run(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise HubClosedError
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        return await finished(running)

    async def aclose(self) -> None:
        """End, once what runs has ended."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()
