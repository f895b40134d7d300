"""Fill the search directory from the identity master, then keep it up to date."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from avise.connectors.contract import ConnectorError
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.customer import Party
from avise.models.errors import AviseError, ErrorKind
from avise.store.directory import Directory

REFRESH_EVERY = 120.0
"""Seconds between two questions about changes."""

RETRY_AFTER = 5.0
"""Seconds before asking again a master that did not answer."""


_WHY_ABSENT = {
    ErrorKind.CONFIG: "directory.master_misconfigured",
    ErrorKind.AUTH: "directory.master_refuses",
    ErrorKind.BAD_DATA: "directory.master_unreadable",
}
"""Sentence of each cause that somebody must act on; any other passes by itself."""


class DirectoryLoading:
    """Keeps the directory like the identity master.

    Args:
        master: instance of the identity master.
        directory: what is filled.
        sources: where the master is.
        env: the clock.
        portfolio_of: login of the representative whose customers are kept, and nobody else; "" for all.
    """

    def __init__(
        self,
        master: str,
        directory: Directory,
        sources: CrossingSources,
        env: Env,
        portfolio_of: str = "",
    ) -> None:
        self._master = master
        self._portfolio_of = portfolio_of
        self._directory = directory
        self._sources = sources
        self._env = env
        self._tried = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.failure: AviseError | None = None
        """Why the last attempt could not write what it read (a full disk)."""

    def start(self) -> None:
        """Start loading in the background."""
        self.task = asyncio.create_task(self._run(), name="load directory")

    async def ready(self) -> None:
        """Return once the directory holds somebody, or the master was asked in vain."""
        if not self._directory.ready:
            await self._tried.wait()

    async def _run(self) -> None:
        while True:
            pause = RETRY_AFTER
            try:
                await self._load()
                pause = REFRESH_EVERY if self._directory.ready else RETRY_AFTER
                self.failure = None
            except ConnectorError as error:
                # The Sources page says more; what is listed stays usable meanwhile.
                key = _WHY_ABSENT.get(error.kind, "directory.not_loaded")
                if not self._directory.is_locked:
                    self._directory.say_why_absent(key, source=self._master_name())
            except AviseError as error:
                self.failure = error
                if not self._directory.is_locked:
                    self._directory.say_why_absent(error.message_key, **error.params)
            self._tried.set()
            await self._env.sleep(pause)

    def _master_name(self) -> str:
        names = (offer.name for offer in self._sources.offers() if offer.instance == self._master)
        return next(names, self._master)

    async def _load(self) -> None:
        if self._directory.is_locked:
            return
        cursor = await self._directory.cursor()
        if not cursor:
            await self._build()
            return
        async for parties, after in self._sources.changes(self._master, cursor):
            # Whoever left the portfolio leaves the directory.
            await self._directory.apply(
                [party if self._is_kept(party) else replace(party, deleted=True) for party in parties], after
            )

    async def _build(self) -> None:
        builder = self._directory.rebuild()
        cursor = ""
        try:
            async for parties, after in self._sources.changes(self._master, ""):
                await builder.add([party for party in parties if self._is_kept(party)])
                cursor = after or cursor
            await builder.finish(cursor)
        except BaseException:
            await builder.abandon()
            raise

    def _is_kept(self, party: Party) -> bool:
        return not self._portfolio_of or party.representative == self._portfolio_of
