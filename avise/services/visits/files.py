"""The customers' files that are open beside visits: read in the background, for the purpose of the visit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from avise.env import Env
from avise.models.customer import DirectoryEntry, PersonId, customer_stream
from avise.models.interaction import TimelineEntry
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.roles import Purpose, Session
from avise.services.change_signal import ChangeSignal
from avise.services.customer_rights import refuse_opening
from avise.services.customer_updates import TimelineChanged
from avise.services.open_customer import OpenDossier
from avise.services.ports import JournalPort
from avise.services.source_port import SourcePort

AskHub = Callable[[OpenDossier, str], asyncio.Task[None]]
"""Logs an opening at the hub, for a reason, and shows what it holds of the customer."""

OwnEntries = Callable[[str], Awaitable[tuple[TimelineEntry, ...]]]


class OpenFile:
    """One file beside a visit, with its history."""

    def __init__(self, dossier: OpenDossier) -> None:
        self.dossier = dossier
        self.entries: tuple[TimelineEntry, ...] = ()
        """Exchanges, as they were told last."""


class VisitFiles:
    """Opens the files of those who are visited.

    Args:
        session: who visits.
        sources: the tools, or what is on board of them.
        journal: where each opening is written.
        own_entries: exchanges that our journal tells.
        ask_hub: logs each opening at the hub too.
        env: the clock.
        changes: told when a file knows more.
    """

    def __init__(
        self,
        session: Session,
        sources: SourcePort,
        journal: JournalPort,
        own_entries: OwnEntries,
        ask_hub: AskHub,
        env: Env,
        changes: ChangeSignal,
    ) -> None:
        self._session = session
        self._sources = sources
        self._journal = journal
        self._own_entries = own_entries
        self._ask_hub = ask_hub
        self._env = env
        self._changes = changes
        self._open: dict[PersonId, OpenFile] = {}

    def get(self, dossier: PersonId) -> OpenDossier | None:
        """Return the file of a member, when it is open beside a visit."""
        found = self._open.get(dossier)
        return found.dossier if found is not None else None

    @asynccontextmanager
    async def beside(self, person: DirectoryEntry, member: DirectoryEntry) -> AsyncIterator[OpenFile]:
        """Open a file for as long as the visit is looked at; the opening is journaled.

        Args:
            person: who is visited.
            member: whose file covers them.

        Raises:
            AviseError: the role may not open it.
        """
        refuse_opening(self._session.role, (person, member), "")
        stream = customer_stream(member.dossier)
        own = await self._own_entries(stream)
        dossier = OpenDossier(member, self._session, Purpose.VISIT, self._sources, self._env, own)
        opened = OpenFile(dossier)
        body: Mapping[str, JSON] = {"person": str(person.person), "purpose": Purpose.VISIT, "reason": ""}
        await self._journal.append(self._session, EventKind.CONSULTED, stream, body)
        # Not before: a file whose opening could not be journaled is open to nobody.
        self._open[member.dossier] = opened
        dossier.start()
        following = asyncio.create_task(self._follow(opened), name="file beside a visit")
        asking = self._ask_hub(dossier, "")
        try:
            yield opened
        finally:
            if self._open.get(member.dossier) is opened:
                del self._open[member.dossier]
            await dossier.aclose()
            asking.cancel()
            await asyncio.gather(following, asking, return_exceptions=True)
            await self._sources.leave(dossier.customer_key(()))

    async def _follow(self, opened: OpenFile) -> None:
        async for update in opened.dossier.follow():
            if isinstance(update, TimelineChanged):
                opened.entries = update.entries
            self._changes.tell()
