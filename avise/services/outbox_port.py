"""What the outbox needs kept; the engine plugs the store in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from avise.models.commands import CommandContent, CommandId, OutboxItem
from avise.models.journal import NewEvent
from avise.models.roles import Session
from avise.services.ports import StoreChange


class CommandsPort(Protocol):
    """Keeps one person's commands; returns once they are on disk."""

    async def confirm(
        self,
        session: Session,
        commands: Sequence[tuple[OutboxItem, CommandContent]],
        events: Sequence[NewEvent],
    ) -> tuple[OutboxItem, ...]:
        """Keep commands and their events, all or none; the return is the promise made to the agent.

        Raises:
            AviseError: `outbox.other_fingerprint`, or why nothing could be kept.
        """

    def keeping(
        self, commands: Sequence[tuple[OutboxItem, CommandContent]], kept: list[OutboxItem]
    ) -> StoreChange:
        """Return the change that keeps new commands, to be written with other things.

        Args:
            commands: confirmed just now.
            kept: filled with what is kept, once it is.
        """

    async def change(
        self,
        session: Session,
        before: OutboxItem,
        after: OutboxItem,
        *,
        events: Sequence[NewEvent] = (),
        document: bytes = b"",
        content: CommandContent | None = None,
    ) -> OutboxItem:
        """Keep a command's new state with its events, and what it now sends; return it as kept.

        Raises:
            AviseError: `outbox.changed` when somebody changed it since, or why it could not be kept.
        """

    async def items(self) -> tuple[OutboxItem, ...]:
        """Return every command kept, in order of confirmation."""

    async def item(self, command_id: CommandId) -> OutboxItem | None:
        """Return one command."""

    async def content(self, command_id: CommandId) -> CommandContent | None:
        """Return what a command sends; None once it is no longer kept."""

    async def document(self, command_id: CommandId) -> tuple[str, bytes] | None:
        """Return the name and the bytes of what a tool gave back."""

    async def purge(self) -> int:
        """Delete what nobody needs any more; return how many commands went."""
