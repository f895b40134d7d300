"""Take an act back within ten minutes: a compensating event for each that it wrote (decision 30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from avise.env import Env
from avise.models.acts import Act
from avise.models.customer import CUSTOMER_STREAMS
from avise.models.errors import AviseError
from avise.models.event_fold import UNDO_FOR, identity_in, identity_of
from avise.models.free_text import masked_note
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.own_history import UNLINKED
from avise.models.roles import Session
from avise.models.wrap_up import wrap_up_from
from avise.services.ports import DeskMemoryPort, JournalPort, StoreChange
from avise.services.wrap_up import draft_key, draft_text

REQUESTS = "request/"


class TakenBack(Protocol):
    """Says what takes back the events of requests, which is not always `undone`."""

    def taking_back(self, events: Sequence[EventEnvelope]) -> tuple[NewEvent, ...]:
        """Return the events to write."""


class Undo:
    """Takes acts back.

    Args:
        session: who takes back; only one's own acts can be.
        journal: where they were written.
        memory: where the wrap-up of an exchange that is taken back is found again, as a draft.
        env: the clock.
    """

    def __init__(self, session: Session, journal: JournalPort, memory: DeskMemoryPort, env: Env) -> None:
        self._session = session
        self._journal = journal
        self._memory = memory
        self._env = env
        self.requests: TakenBack | None = None
        """Takes back what was done to requests, where there is a middle office."""

    async def undo(self, act: Act) -> tuple[EventEnvelope, ...]:
        """Write what takes an act back, whole; return the events written.

        The wrap-up of an exchange becomes a draft again, unless another was begun meanwhile.

        Raises:
            AviseError: `undo.unknown`, `undo.not_yours`, `undo.too_late`, `undo.already` or
                `undo.attached`.
        """
        written = await self._journal.events(act.events)
        self._refuse_foreign(act, written)
        of_requests = [event for event in written if event.stream.startswith(REQUESTS)]
        events = [event for event in written if not event.stream.startswith(REQUESTS)]
        compensating = self._compensating(of_requests)
        await self._refuse_undone(events)
        beside = [change for event in events if (change := await self._draft_again(event)) is not None]
        taken_back = (
            NewEvent(event.stream, EventKind.UNDONE, {"event": str(event.event_id)}) for event in events
        )
        return await self._journal.append_all(self._session, *compensating, *taken_back, beside=beside)

    def _compensating(self, events: Sequence[EventEnvelope]) -> tuple[NewEvent, ...]:
        if not events:
            return ()
        if self.requests is None:
            raise AviseError("undo.unknown")
        return self.requests.taking_back(events)

    def _refuse_foreign(self, act: Act, events: Sequence[EventEnvelope]) -> None:
        if not events or len(events) != len(set(act.events)):
            raise AviseError("undo.unknown")
        if any(event.author != self._session.user for event in events):
            raise AviseError("undo.not_yours")
        now = self._env.now()
        if any(now - event.occurred_at > UNDO_FOR for event in events):
            raise AviseError("undo.too_late")

    async def _refuse_undone(self, events: Sequence[EventEnvelope]) -> None:
        ours = {event.event_id for event in events}
        for stream in {event.stream for event in events}:
            later = await self._journal.stream(stream, (EventKind.UNDONE, EventKind.INTERACTION_ATTACHED))
            undone = _named(later, EventKind.UNDONE)
            if ours & undone.keys():
                raise AviseError("undo.already")
            attached = _named(later, EventKind.INTERACTION_ATTACHED)
            standing = {found for found, by in attached.items() if by.event_id not in undone}
            if stream == UNLINKED and ours & standing:
                raise AviseError("undo.attached")

    async def _draft_again(self, event: EventEnvelope) -> StoreChange | None:
        if event.kind is not EventKind.INTERACTION_RECORDED:
            return None
        person = identity_in(event, "person") or identity_of(event.stream.removeprefix(CUSTOMER_STREAMS))
        wrap_up = wrap_up_from(event.body)
        # A note recorded under older rules may hold what a draft may not.
        wrap_up = replace(wrap_up, confirmed=True, note=masked_note(wrap_up.note))
        key = draft_key(person, wrap_up.call_id)
        if await self._memory.draft(key) is not None:
            return None
        return self._memory.keeping_draft(key, draft_text(person, wrap_up))


def _named(events: Sequence[EventEnvelope], kind: EventKind) -> Mapping[UUID, EventEnvelope]:
    """Return the events of a kind by the event that each names."""
    found = ((identity_in(event, "event"), event) for event in events if event.kind is kind)
    return {identity: event for identity, event in found if identity is not None}
