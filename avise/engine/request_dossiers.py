"""What the desk knows of the customers of requests: their files, opened beside a request, and the hub's part.

A request on screen has its customer's file read in the background, as an opening with the purpose
"request"; an open file also receives the exchanges that colleagues wrote at the hub.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from avise.env import Env
from avise.hub.port import HubPort
from avise.models.customer import DirectoryEntry, PersonId
from avise.models.errors import AviseError
from avise.models.event_fold import text_in
from avise.models.fed_events import judged
from avise.models.interaction import Interaction, TimelineEntry
from avise.models.journal import EventEnvelope
from avise.models.own_history import told_interactions
from avise.models.requests import Request
from avise.models.roles import Purpose, Session
from avise.services.customer_rights import refuse_opening
from avise.services.open_customer import OpenDossier
from avise.services.requests.far_requests import request_from
from avise.services.source_port import SourcePort
from avise.services.sync import fed_event
from avise.services.timeline import entry_of

PAUSE = 0.4
"""Seconds on a request before its customer's file is read: whoever runs down a list reads none."""

JOURNAL_SOURCE = "journal"


@dataclass(frozen=True, slots=True)
class SubjectAtHub:
    """What the hub holds of one customer, as it was told when the file was opened."""

    entries: tuple[TimelineEntry, ...] = ()
    """Exchanges of colleagues; those of this workstation are in its own journal."""
    requests: tuple[Request, ...] = ()


OwnEvents = Callable[[Sequence[UUID]], Awaitable[Sequence[EventEnvelope]]]


async def open_at_hub(
    hub: HubPort, dossier: PersonId, purpose: Purpose, reason: str, own: OwnEvents
) -> SubjectAtHub:
    """Say at the hub that a file is opened, and why; return what it holds.

    Args:
        hub: logs the opening.
        dossier: of the member.
        purpose: as it is journaled here.
        reason: as told, "" for a file that needs none.
        own: returns those of some events that this workstation wrote: its journal tells them already.

    Raises:
        HubError: it is not there, or `hub.quota`.
    """
    opened = await hub.open_subject(dossier, purpose, reason)
    told = [judged(fed_event(event)) for event in opened.events]
    known = [found.event for found in told if found.known and found.effective]
    here = {event.event_id for event in await own([event.event_id for event in known])}
    by_id = {str(event.event_id): event for event in known}
    entries = tuple(
        _entry(interaction, by_id[interaction.id])
        for interaction in told_interactions(known)
        if by_id[interaction.id].event_id not in here
    )
    requests = (request_from(row) for row in opened.requests)
    return SubjectAtHub(entries, tuple(request for request in requests if request is not None))


def _entry(interaction: Interaction, event: EventEnvelope) -> TimelineEntry:
    """Return an exchange under the name that its tool gives it, when it came from one."""
    entry = entry_of(interaction, JOURNAL_SOURCE)
    source, identity = text_in(event, "source"), text_in(event, "source_id")
    return replace(entry, id=f"{source}/{identity}") if source and identity else entry


FindMember = Callable[[PersonId], Awaitable[DirectoryEntry | None]]


class RequestDossiers:
    """The files that are read beside requests, and not on a screen of their own.

    Args:
        session: who looks.
        sources: the tools.
        env: the clock.
        find: finds a member in the directory.
        changed: told when a file knows more.
    """

    def __init__(
        self,
        session: Session,
        sources: SourcePort,
        env: Env,
        find: FindMember,
        changed: Callable[[], None],
    ) -> None:
        self._session = session
        self._sources = sources
        self._env = env
        self._find = find
        self._changed = changed
        self._dossiers: dict[PersonId, OpenDossier] = {}
        self._readers: dict[PersonId, int] = {}
        self._tasks: dict[PersonId, asyncio.Task[None]] = {}

    def get(self, dossier: PersonId) -> OpenDossier | None:
        """Return a file that is being read."""
        return self._dossiers.get(dossier)

    @asynccontextmanager
    async def beside(self, request: Request) -> AsyncIterator[None]:
        """Read the file of a request's customer for as long as somebody looks at the request."""
        dossier = request.dossier
        if dossier is None:
            yield
            return
        self._readers[dossier] = self._readers.get(dossier, 0) + 1
        if dossier not in self._tasks:
            self._tasks[dossier] = asyncio.create_task(self._read(dossier), name="file beside a request")
        try:
            yield
        finally:
            self._readers[dossier] -= 1
            if not self._readers[dossier]:
                del self._readers[dossier]
                task = self._tasks.pop(dossier)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _read(self, dossier: PersonId) -> None:
        await self._env.sleep(PAUSE)
        with contextlib.suppress(AviseError):
            entry = await self._find(dossier)
            if entry is None:
                return
            # A protected file is opened by somebody who says why, never beside something else.
            refuse_opening(self._session.role, (entry,), "")
            await self._follow(OpenDossier(entry, self._session, Purpose.REQUEST, self._sources, self._env))

    async def _follow(self, opened: OpenDossier) -> None:
        dossier = opened.entry.dossier
        self._dossiers[dossier] = opened
        opened.start()
        try:
            async for _ in opened.follow():
                self._changed()
        finally:
            del self._dossiers[dossier]
            await opened.aclose()
            await self._sources.leave(opened.customer_key(()))
