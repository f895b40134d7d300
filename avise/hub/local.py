"""The hub of one machine: `HubCore` on a thread of its own over one encrypted file (decision 25).

Several processes open the same file: SQLite's own locks put their writes one after the other, and each
sees what the others wrote by `PRAGMA data_version`, asked four times a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from avise.env import Env
from avise.hub.acting import ActingHub
from avise.hub.core import HubCore
from avise.hub.dialect import is_outage
from avise.hub.migrating import NEWEST, migrate, version_of
from avise.hub.on_threads import committed, finished
from avise.hub.port import Actor
from avise.hub.refusals import HubBrokenError, HubClosedError

T = TypeVar("T")

Opener = Callable[[bool], Connection]
"""Opens the hub's file, for reading only when told so. Called on the hub's thread."""

POLL_SECONDS = 0.25
"""Decision 25."""


class SqliteTransactions:
    """Runs work on the hub's thread, on one connection that writes and one that reads.

    Args:
        open_file: opens the file.
        env: names a hub that is new.
    """

    poll_seconds = POLL_SECONDS

    def __init__(self, open_file: Opener, env: Env) -> None:
        self._open_file = open_file
        self._env = env
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="avise-hub")
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._closed = False

    async def open(self) -> None:
        """Open the file and bring its schema to this version.

        Raises:
            HubError: a later version of Avise made it, or it cannot be read.
        """
        await self._run(self._open)

    def _open(self) -> None:
        self._writer = self._open_file(False)
        with self._writer.begin():
            if version_of(self._writer) != NEWEST:
                migrate(self._writer, self._env)
        self._reader = self._open_file(True)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run work in a transaction that sees one moment and holds nobody up."""
        return await self._run(lambda: self._in_transaction(self._reader, work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run work alone: other writers, of this process or another, wait for its end."""
        return await self._run(lambda: self._in_transaction(self._writer, work))

    async def data_version(self) -> int:
        """Return a number that differs once anybody has written."""
        return await self._run(self._data_version)

    def _data_version(self) -> int:
        if self._reader is None:
            raise HubClosedError
        with self._reader.begin():
            return int(self._reader.exec_driver_sql("PRAGMA data_version").scalar_one())

    @staticmethod
    def _in_transaction(connection: Connection | None, work: Callable[[Connection], T]) -> T:
        if connection is None:
            raise HubClosedError
        return committed(_begun(connection), work)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise HubClosedError
        running = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await finished(running)
        except DBAPIError as error:
            if not is_outage(error):
                raise
            raise HubBrokenError.of(error) from None

    async def aclose(self) -> None:
        """End, once what runs has ended."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                with suppress(DBAPIError):
                    connection.close()
                connection.engine.dispose()
        self._reader = self._writer = None


class LocalHub(ActingHub):
    """The hub of this machine, to its one user; `open` makes it."""

    def __init__(self, core: HubCore, transactions: SqliteTransactions, actor: Actor, env: Env) -> None:
        super().__init__(core, transactions, actor, env)
        self._file = transactions

    @classmethod
    async def open(cls, open_file: Opener, core: HubCore, actor: Actor, env: Env) -> LocalHub:
        """Open the file, made when absent, and enrol this device.

        Args:
            open_file: opens it, for reading only when told so.
            core: judges.
            actor: who is signed in, on which device.
            env: clock and chance.

        Raises:
            HubError: the file cannot be used.
        """
        transactions = SqliteTransactions(open_file, env)
        hub = cls(core, transactions, actor, env)
        try:
            await transactions.open()
            await transactions.write(lambda connection: core.enrol(connection, actor, take_over=True))
        except BaseException:
            await transactions.aclose()
            raise
        return hub

    async def setting_up(self, work: Callable[[Connection], T]) -> T:
        """Run work that adds staff, perimeters or devices (`avise.hub.staff`): the demo and tests."""
        return await self._file.write(work)

    async def wait_for_change(self, seen: Mapping[str, int], seconds: float) -> bool:
        """Return True when a position moved past those seen; looks again only when the file changed."""
        until = self._env.monotonic() + seconds
        version: int | None = None
        with suppress(HubClosedError):
            while True:
                found = await self._file.data_version()
                if found != version and await self._moved(seen):
                    return True
                version = found
                left = until - self._env.monotonic()
                if left <= 0:
                    return False
                await self._pause(min(left, POLL_SECONDS))
        return False

    async def _moved(self, seen: Mapping[str, int]) -> bool:
        found = await self._file.read(lambda connection: self._core.positions(connection, tuple(seen)))
        return any(found.get(name, 0) > position for name, position in seen.items())


@contextmanager
def _begun(connection: Connection) -> Iterator[Connection]:
    with connection.begin():
        yield connection
