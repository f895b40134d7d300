"""Fill the search directory from the identity master, then keep it up to date."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence

from avise.connectors.contract import ConnectorError
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.customer import DirectoryEntry, Party, person_id
from avise.services.profile import SettingsFile
from avise.store.directory import Directory

REFRESH_EVERY = 120.0
"""Seconds between two questions about changes."""

RETRY_AFTER = 5.0
"""Seconds before asking again a master that did not answer."""


class DirectoryLoading:
    """Keeps the directory like the identity master.

    Args:
        settings: names the master and the site.
        directory: what is filled.
        sources: where the master is.
        env: the clock.
    """

    def __init__(
        self, settings: SettingsFile, directory: Directory, sources: CrossingSources, env: Env
    ) -> None:
        self._settings = settings
        self._directory = directory
        self._sources = sources
        self._env = env
        self._tried = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start loading in the background."""
        self.task = asyncio.create_task(self._run(), name="load directory")

    async def ready(self) -> None:
        """Return once the directory holds somebody, or the master was asked in vain."""
        if not await self._directory.count():
            await self._tried.wait()

    async def _run(self) -> None:
        while True:
            try:
                await self._load()
                pause = REFRESH_EVERY
            except ConnectorError:
                # The Sources page says why; what is listed stays usable meanwhile.
                pause = RETRY_AFTER
            self._tried.set()
            await self._env.sleep(pause)

    async def _load(self) -> None:
        master = self._settings.identity_master
        cursor = await self._directory.cursor()
        if not cursor:
            await self._directory.rebuild(self._pages(master, ""))
            return
        async for entries, after in self._pages(master, cursor):
            await self._directory.apply(entries, after)

    async def _pages(self, master: str, since: str) -> AsyncIterator[tuple[Sequence[DirectoryEntry], str]]:
        async for parties, cursor in self._sources.changes(master, since):
            yield [self._entry(master, party) for party in parties], cursor

    def _entry(self, master: str, party: Party) -> DirectoryEntry:
        site = self._settings.site_namespace
        person = self._person(site, master, party.native_id)
        dossier = self._person(site, master, party.dossier) if party.dossier else person
        return DirectoryEntry(person, dossier, party)

    @staticmethod
    def _person(site: uuid.UUID, master: str, native_id: str) -> uuid.UUID:
        return person_id(site, master, native_id)
