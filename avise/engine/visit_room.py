"""Builds a representative's visits: calendar, files, what was written, and what follows from a report."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from avise.engine.local_desk import LocalDesk
from avise.engine.local_messages import MessageRoom
from avise.engine.request_room import RequestRoom
from avise.engine.source_crossing import CrossingSources
from avise.env import Env
from avise.models.care_totals import CareTotal
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.open_customer import log_error
from avise.services.outbox import Outbox
from avise.services.visits.book import VisitBook
from avise.services.visits.calendar import VisitCalendar
from avise.services.visits.consequences import Consequences, Letters
from avise.services.visits.files import VisitFiles
from avise.services.visits.parts import CareOf, VisitParts
from avise.services.visits.visits import Visits
from avise.store.journal import Journal
from avise.store.snapshots import Snapshots
from avise.store.store import Store
from avise.store.visit_drafts import VisitDrafts


@dataclass(frozen=True, slots=True)
class Beside:
    """The rooms that follow from a report.

    Args:
        outbox: to the tools.
        messages: where summaries go.
        requests: the middle office; None where there is none.
    """

    outbox: Outbox
    messages: MessageRoom
    requests: RequestRoom | None


class KeepsCopies(Protocol):
    """Copies of what tools told."""

    async def carried(self, customers: Iterable[PersonId]) -> frozenset[PersonId]:
        """Return those of some customers of whom something can be told without asking a tool."""


class VisitRoom:
    """The visits of one profile, from `open` to `aclose`.

    Args:
        session: who visits.
        store: where everything is kept.
        journal: our own events.
        env: clock and identifiers.
        desk: that shows them.
        sources: the tools.
        beside: the rooms that follow from a report.
    """

    def __init__(
        self,
        session: Session,
        store: Store,
        journal: Journal,
        env: Env,
        desk: LocalDesk,
        sources: CrossingSources,
        beside: Beside,
    ) -> None:
        outbox, messages, requests = beside.outbox, beside.messages, beside.requests
        self._env, self._requests, self._outbox = env, requests, outbox
        self.copies: KeepsCopies = Snapshots(store, env)
        """Of what tools told, on board or not."""
        self.care: CareOf | None = None
        """Tells what care came to, where data are carried on board."""
        self._desk = desk
        self.changes = changes = ChangeSignal()
        self._calendar = VisitCalendar(sources, session, env, changes)
        self._book = VisitBook(journal, VisitDrafts(store, env, session.user), self._sent)
        files = VisitFiles(session, sources, journal, desk.own_entries, desk.ask_hub, env, changes)
        letters = Letters(
            messages.outgoing,
            messages.templates,
            messages.consents.known,
            messages.consents.book,
            messages.mutual,
            frozenset(messages.outgoing.ways),
        )
        office = requests.desk if requests is not None else None
        consequences = Consequences(
            session, env, outbox, office.prepare_request if office is not None else None, letters
        )
        self.visits = Visits(
            VisitParts(
                session=session,
                journal=journal,
                directory=desk.everybody,
                calendar=self._calendar,
                book=self._book,
                files=files,
                consequences=consequences,
                carried=self._carried,
                care=self._care,
                open_requests=self._open_requests,
                env=env,
                changes=changes,
            ),
            desk.take_visit_events,
        )
        self._telling: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Read what is kept, and tell what becomes of commands from now on."""
        await self._book.load()
        if self._requests is not None:
            self.visits.take_shared(await self._requests.shared_visits())
        self._telling = asyncio.create_task(self._follow_outbox(), name="follow appointments asked")
        self._telling.add_done_callback(log_error)

    async def aclose(self) -> None:
        """Stop reading and following."""
        await self._calendar.aclose()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)

    def forget_names(self) -> None:
        """Forget whom the days' visits are at, and what the diary told: the key of what is on board went."""
        self._calendar.forget()
        self.visits.forget_names()

    async def _follow_outbox(self) -> None:
        items = self._outbox.follow()
        try:
            async for _ in items:
                self.changes.tell()
        finally:
            await items.aclose()

    async def _sent(self) -> int | None:
        return (await self._requests.feed.state()).sent if self._requests is not None else None

    async def _carried(self, members: Sequence[PersonId]) -> frozenset[PersonId]:
        return await self.copies.carried(members)

    async def _care(self, member: PersonId) -> Sequence[CareTotal]:
        try:
            return await self.care(member) if self.care is not None else ()
        except AviseError:
            # What is on board is closed: the sheet says nothing of care.
            return ()

    def _open_requests(self, dossier: PersonId) -> int | None:
        return self._requests.desk.open_requests_of(dossier) if self._requests is not None else None
