"""Commands that a colleague has to confirm: what is asked of this user, and what colleagues answered.

Nobody answers what they asked, and an answer counts for the outbox only as the hub gave it back: the hub
knows who wrote it and which came first (`docs/decisions/015-second-agent.md`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from avise.env import Env
from avise.models.commands import CommandId
from avise.models.confirmations import (
    KINDS,
    PREFIX,
    Confirmation,
    ConfirmationState,
    command_of_stream,
    confirmation_stream,
    fold_confirmation,
)
from avise.models.customer import DirectoryEntry, MatchedOn, PersonId, SearchHit
from avise.models.errors import AviseError
from avise.models.facets import Datum
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.masking import Access, access
from avise.models.request_fold import JudgedEvent
from avise.models.roles import Session
from avise.services.change_signal import ChangeSignal
from avise.services.customer_rights import listed
from avise.services.day_values import AskedConfirmation
from avise.services.outbox_rights import may_act
from avise.services.ports import DirectoryPort, JournalPort
from avise.services.wrap_up import refuse_restricted

AnswerOf = Callable[[CommandId], Confirmation | None]
"""Gives what the hub has of a command's confirmation, None while it has nothing."""

IsOpen = Callable[[PersonId], bool]
NameOf = Callable[[str], str]
"""Gives the name of a login."""


class Confirmations:
    """Keeps the confirmations that the journal and the hub tell.

    Args:
        session: who works here.
        journal: where answers are written.
        directory: names the people that commands are about.
        env: the clock.
        changes: told of each change.
        is_open: says whether a dossier is on screen here.
    """

    def __init__(
        self,
        session: Session,
        journal: JournalPort,
        directory: DirectoryPort,
        env: Env,
        changes: ChangeSignal,
        is_open: IsOpen,
    ) -> None:
        self._session = session
        self._journal = journal
        self._directory = directory
        self._env = env
        self._changes = changes
        self._is_open = is_open
        self._own: dict[str, list[EventEnvelope]] = defaultdict(list)
        """Written here, whatever the hub said of them."""
        self._fed: dict[str, list[JudgedEvent]] = defaultdict(list)
        self._loaded = False
        self._loading = asyncio.Lock()
        self.name_of: NameOf = str
        self.on_fed: Callable[[], None] | None = None
        """Told when the hub told something of confirmations."""

    # ---- events --------------------------------------------------------------------------------
    def take_fed(self, events: Sequence[JudgedEvent]) -> None:
        """Take events as the hub gave them, with its verdict."""
        mine = [event for event in events if event.known and command_of_stream(event.event.stream)]
        for event in mine:
            self._fed[event.event.stream].append(event)
        if mine:
            self._changes.tell()
            if self.on_fed is not None:
                self.on_fed()

    async def _load(self) -> None:
        async with self._loading:
            if not self._loaded:
                for event in await self._journal.under(PREFIX, KINDS):
                    self._own[event.stream].append(event)
                self._loaded = True

    def answer_of(self, command: CommandId) -> Confirmation | None:
        """Return a confirmation as the hub has it: what was only written here does not count yet."""
        return fold_confirmation((), self._accepted(confirmation_stream(command)))

    def _accepted(self, stream: str) -> tuple[EventEnvelope, ...]:
        """Return what the hub let count of a stream, in its order."""
        counted = (told for told in self._fed.get(stream, ()) if told.effective)
        return tuple(told.event for told in sorted(counted, key=lambda told: told.ver))

    def _shown(self, stream: str) -> Confirmation | None:
        """Return a confirmation with what was written here and is still on its way."""
        lost = {told.event.event_id for told in self._fed.get(stream, ()) if not told.effective}
        own = (event for event in self._own.get(stream, ()) if event.event_id not in lost)
        return fold_confirmation(own, self._accepted(stream))

    # ---- what this user is asked ---------------------------------------------------------------
    async def asked(self) -> tuple[AskedConfirmation, ...]:
        """Return what colleagues ask this user to confirm now, what expires first before the rest."""
        await self._load()
        now, user = self._env.now(), self._session.user
        found = (self._shown(stream) for stream in self._fed)
        waiting = [one for one in found if one is not None and one.is_open(now) and one.asker != user]
        waiting.sort(key=lambda one: (one.expires_at, one.command))
        rows = [await self._row(one) for one in waiting]
        return tuple(row for row in rows if row is not None)

    async def _row(self, asked: Confirmation) -> AskedConfirmation | None:
        """Return what may be shown of a question; None to whom may not answer it."""
        entry = await self._directory.by_person(asked.person)
        role = self._session.role
        if entry is None or not may_act(role, entry, asked.touches):
            return None
        hits = listed((SearchHit(entry, 1.0, (MatchedOn.NAME,)),), role)
        who, name = hits[0] if hits else None, self.name_of(asked.asker)
        return AskedConfirmation(asked, who, name, sealed=self._is_sealed(entry))

    def _is_sealed(self, entry: DirectoryEntry) -> bool:
        """Say whether a protected file has to be opened, with its reason, before anything of it shows."""
        if not entry.party.restricted or access(self._session.role, Datum.PROTECTED_FILE) is Access.CLEAR:
            return False
        return not self._is_open(entry.dossier)

    # ---- answering -----------------------------------------------------------------------------
    async def give(self, command: CommandId) -> None:
        """Confirm what a colleague asked.

        Raises:
            AviseError: `confirmation.*`, why not; nothing was written.
        """
        await self._answer(command, EventKind.CONFIRMATION_GIVEN, {})

    async def refuse(self, command: CommandId, because: str) -> None:
        """Refuse what a colleague asked, and say why.

        Raises:
            AviseError: `confirmation.*`, why not; nothing was written.
        """
        if not because.strip():
            raise AviseError("confirmation.reason_needed")
        refuse_restricted(because, key="confirmation.restricted")
        await self._answer(command, EventKind.CONFIRMATION_REFUSED, {"because": because.strip()})

    async def _answer(self, command: CommandId, kind: EventKind, body: Mapping[str, JSON]) -> None:
        await self._load()
        stream = confirmation_stream(command)
        asked = self._shown(stream)
        if asked is None:
            raise AviseError("confirmation.unknown")
        if asked.asker == self._session.user:
            raise AviseError("confirmation.own")
        if asked.state is not ConfirmationState.ASKED:
            raise AviseError("confirmation.answered")
        if not asked.is_open(self._env.now()):
            raise AviseError("confirmation.expired")
        row = await self._row(asked)
        if row is None:
            raise AviseError("confirmation.not_allowed")
        if row.sealed:
            raise AviseError("confirmation.open_first")
        self._take_own(await self._journal.append_all(self._session, NewEvent(stream, kind, body)))

    def _take_own(self, written: Iterable[EventEnvelope]) -> None:
        for event in written:
            self._own[event.stream].append(event)
        self._changes.tell()
