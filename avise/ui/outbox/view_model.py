"""State of the outbox: the commands of this user as the desk tells them, and what their owner may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avise.models.errors import AviseError
from avise.texts import text
from avise.ui.bridge import DeskBridge, Watch
from avise.ui.outbox.situation import OutboxCounts

if TYPE_CHECKING:
    from avise.models.commands import CommandId, OutboxItem
    from avise.models.merging import Choices
    from avise.services.comparison_values import Comparison


class OutboxViewModel(QObject):
    """One user's outbox, for every window of the program.

    Args:
        desk: the services.
        parent: Qt's owner.

    Signals:
        changed: `items`, `counts` or `failure` is not what it was.
    """

    changed = Signal()

    def __init__(self, desk: DeskBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._watch: Watch | None = None
        self.items: tuple[OutboxItem, ...] = ()
        """What needs a person first, then the newest."""
        self.counts = OutboxCounts()
        self.known = False
        """Whether the desk has told anything: an empty list means something only then."""
        self.failure = ""
        """Why the outbox cannot be followed, as a sentence; "" while it is."""

    # ---- following -----------------------------------------------------------------------------
    def start(self) -> None:
        """Follow the outbox.

        Raises:
            AviseError: `engine.stopped`.
        """
        self._watch = self._desk.watch_outbox(self._on_items, self._on_failed)

    def close(self) -> None:
        """Stop following."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _on_items(self, items: tuple[OutboxItem, ...]) -> None:
        from avise.ui.outbox.counts import counted, ordered  # noqa: PLC0415 - not needed by the first paint

        self.items = tuple(ordered(item for item in items if not item.acknowledged))
        self.counts = counted(self.items)
        self.known, self.failure = True, ""
        self.changed.emit()

    def _on_failed(self, error: AviseError) -> None:
        self.failure = text(error.message_key, **error.params)
        self.changed.emit()

    # ---- reading -------------------------------------------------------------------------------
    def item(self, command_id: CommandId) -> OutboxItem | None:
        """Return a command as it now is, None when it is not in the list."""
        return next((item for item in self.items if item.command_id == command_id), None)

    # ---- what its owner may do -----------------------------------------------------------------
    async def resend(self, command_id: CommandId) -> OutboxItem:
        """Try a command now.

        Raises:
            AviseError: why not.
        """
        return await self._desk.resend(command_id)

    async def verify(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command.

        Raises:
            AviseError: why not.
        """
        return await self._desk.verify_item(command_id)

    async def abandon(self, command_id: CommandId, because: str) -> OutboxItem:
        """Give a command up, or take note of how it ended.

        Raises:
            AviseError: `outbox.reason_needed`, `outbox.being_sent`.
        """
        return await self._desk.abandon(command_id, because)

    async def compare(self, command_id: CommandId) -> Comparison:
        """Return a command that met another change beside what its tool holds now.

        Raises:
            AviseError: why not.
        """
        return await self._desk.compare_item(command_id)

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far.

        Raises:
            AviseError: it could not be kept.
        """
        await self._desk.note_choices(command_id, choices)

    async def settle(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Apply what was chosen, once.

        Raises:
            AviseError: why not; nothing was sent.
        """
        return await self._desk.settle_item(command_id, choices)

    async def document(self, command_id: CommandId) -> tuple[str, bytes]:
        """Return the name and the bytes of the document that a tool gave back.

        Raises:
            AviseError: `outbox.no_document`.
        """
        return await self._desk.outbox_document(command_id)
