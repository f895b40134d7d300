"""The outbox as this process knows it: kept by the store, changed through the rules, followed by screens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from avise.env import Env
from avise.models.command_events import CommandEvent
from avise.models.command_rules import next_state
from avise.models.commands import SETTLED, CommandContent, CommandId, CommandState, OutboxItem
from avise.models.confirmations import Confirmation, asked_body, confirmation_stream
from avise.models.customer import customer_stream
from avise.models.errors import AviseError
from avise.models.journal import EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.merging import Choices
from avise.models.roles import Session
from avise.services.outbox_port import CommandsPort

SHOWN_ENDED = timedelta(hours=24)
"""How long what went well stays in the list; what did not stays until somebody takes note of it."""

_WENT_WELL = (CommandState.DONE, CommandState.ACCEPTED)


class CommandBook:
    """Holds the commands of one person; every change is on disk before it is known here.

    Args:
        session: whose commands.
        commands: where they are kept.
        env: the clock.
    """

    def __init__(self, session: Session, commands: CommandsPort, env: Env) -> None:
        self._session = session
        self._commands = commands
        self._env = env
        self._items: dict[CommandId, OutboxItem] = {}
        self._locks: defaultdict[CommandId, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._followers: set[asyncio.Event] = set()

    async def load(self) -> None:
        """Read what is kept."""
        self._items = {item.command_id: item for item in await self._commands.items()}
        self._tell()

    async def forget_purged(self) -> None:
        """Forget what is no longer kept; what was confirmed meanwhile stays."""
        kept = {item.command_id for item in await self._commands.items()}
        recently = self._env.now() - SHOWN_ENDED
        self._items = {
            known: item
            for known, item in self._items.items()
            if known in kept or item.settled_at is None or item.settled_at > recently
        }
        self._tell()

    def items(self) -> tuple[OutboxItem, ...]:
        """Return every command, in order of confirmation."""
        return tuple(sorted(self._items.values(), key=lambda item: item.position))

    def get(self, command_id: CommandId) -> OutboxItem | None:
        """Return one command."""
        return self._items.get(command_id)

    def known(self, command_id: CommandId) -> OutboxItem:
        """Return one command.

        Raises:
            AviseError: `outbox.unknown`.
        """
        item = self._items.get(command_id)
        if item is None:
            raise AviseError("outbox.unknown")
        return item

    async def add(
        self, confirmed: Sequence[tuple[OutboxItem, CommandContent]], events: Sequence[NewEvent]
    ) -> tuple[OutboxItem, ...]:
        """Keep commands that were just confirmed; they are on disk when this returns.

        Raises:
            AviseError: nothing was kept.
        """
        kept = await self._commands.confirm(self._session, confirmed, events)
        # Confirmed a second time, a command may have moved on meanwhile: what is known here is newer.
        self._items = {item.command_id: item for item in kept} | self._items
        self._tell()
        return tuple(self._items[item.command_id] for item in kept)

    def adopt(self, kept: Sequence[OutboxItem]) -> None:
        """Know commands that were kept together with other things."""
        self._items = {item.command_id: item for item in kept} | self._items
        self._tell()

    async def apply(
        self,
        command_id: CommandId,
        event: CommandEvent,
        *,
        document: bytes = b"",
        document_name: str = "",
        content: CommandContent | None = None,
    ) -> OutboxItem:
        """Change a command by what happened to it, and journal its end; return it as it is now kept.

        Args:
            command_id: of a known command.
            event: what happened.
            document: that a tool gave back.
            document_name: of its file.
            content: what it now sends, with `Rebased`.

        Raises:
            ImpossibleTransitionError: its state does not allow the event.
            AviseError: it could not be kept; nothing changed.
        """
        async with self._locks[command_id]:
            before = self.known(command_id)
            after = next_state(before, event, self._env.now())
            if document and after is not before:
                after = replace(after, document_name=document_name)
            if after == before:
                return before
            kept = await self._kept(before, after, document, content)
            self._items[command_id] = kept
        self._tell()
        return kept

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far for a command that met another change.

        Raises:
            AviseError: `outbox.unknown`, or it could not be kept.
        """
        async with self._locks[command_id]:
            item, content = self.known(command_id), await self._commands.content(command_id)
            if content is None:
                raise AviseError("outbox.unknown")
            noted = replace(content, choices=dict(choices))
            self._items[command_id] = await self._kept(item, item, b"", noted)

    async def _kept(
        self, before: OutboxItem, after: OutboxItem, document: bytes, content: CommandContent | None
    ) -> OutboxItem:
        events = _told_by(before, after)
        try:
            return await self._commands.change(
                self._session, before, after, events=events, document=document, content=content
            )
        except AviseError as error:
            if error.message_key == "outbox.changed":
                # Another process, or a change whose waiter was cancelled: what is on disk counts.
                fresh = await self._commands.item(before.command_id)
                if fresh is not None:
                    self._items[before.command_id] = fresh
                    self._tell()
            raise

    # ---- following -----------------------------------------------------------------------------
    def visible(self) -> tuple[OutboxItem, ...]:
        """Return what the outbox shows, the newest first."""
        limit = self._env.now() - SHOWN_ENDED
        return tuple(item for item in reversed(self.items()) if _is_shown(item, limit))

    async def follow(self) -> AsyncGenerator[tuple[OutboxItem, ...], None]:
        """Yield what the outbox shows: at once, then at each change."""
        changed = asyncio.Event()
        self._followers.add(changed)
        try:
            while True:
                changed.clear()
                yield self.visible()
                await changed.wait()
        finally:
            self._followers.discard(changed)

    def _tell(self) -> None:
        for changed in self._followers:
            changed.set()


def _is_shown(item: OutboxItem, limit: datetime) -> bool:
    if item.acknowledged:
        return False
    if item.state in _WENT_WELL or (item.state is CommandState.CANCELLED and not item.uncertain):
        return item.settled_at is None or item.settled_at > limit
    return True


def _told_by(before: OutboxItem, after: OutboxItem) -> tuple[NewEvent, ...]:
    """Return what the journal keeps of a change: a promise, an end, or a question that is taken back."""
    if after.state is before.state:
        return ()
    told = [settled_event(after)] if after.state in SETTLED else []
    if before.state is CommandState.AWAITING_SECOND:
        if after.state is CommandState.CONFIRMED:
            told.append(confirmed_event(after))
        elif after.state is CommandState.CANCELLED:
            stream = confirmation_stream(after.command_id)
            told.append(NewEvent(stream, EventKind.CONFIRMATION_WITHDRAWN, {}))
    return tuple(told)


def confirmed_event(item: OutboxItem) -> NewEvent:
    """Return what the journal keeps of a promise: why, before and after; what is restricted is masked."""
    body: dict[str, JSON] = {
        **_header(item),
        "purpose": item.purpose,
        "label": item.label,
        "summary": item.summary,
        "changes": [list(change) for change in item.changes],
        "seconded_by": item.seconded_by,
    }
    return NewEvent(customer_stream(item.person), EventKind.COMMAND_CONFIRMED, body)


def asked_event(asked: Confirmation) -> NewEvent:
    """Return what tells colleagues that somebody has to confirm."""
    stream = confirmation_stream(asked.command)
    return NewEvent(stream, EventKind.CONFIRMATION_ASKED, asked_body(asked))


def settled_event(item: OutboxItem) -> NewEvent:
    """Return what the journal keeps of an end."""
    body: dict[str, JSON] = {
        **_header(item),
        "state": item.state.value,
        "reason": item.reason.value,
        "uncertain": item.uncertain,
        "reference": item.reference,
        "because": item.because,
        "sends": item.sends,
    }
    return NewEvent(customer_stream(item.person), EventKind.COMMAND_SETTLED, body)


def _header(item: OutboxItem) -> dict[str, JSON]:
    return {
        "command": str(item.command_id),
        "group": str(item.group_id),
        "instance": item.instance,
        "action": item.action,
    }
