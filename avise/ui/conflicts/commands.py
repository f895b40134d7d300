"""Commands of the outbox that met another change: compared over its page, chosen, applied once."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from avise.models.commands import CommandId, OutboxItem
from avise.models.errors import AviseError
from avise.models.merging import Choices
from avise.services.comparison_values import Comparison
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.conflicts.compare_panel import ComparePanel, centred
from avise.ui.widgets.toast import Message


class Compares(Protocol):
    """The outbox, as the comparison needs it."""

    async def compare(self, command_id: CommandId) -> Comparison:
        """Return a command beside what its tool holds now."""

    async def note_choices(self, command_id: CommandId, choices: Choices) -> None:
        """Keep what was chosen so far."""

    async def settle(self, command_id: CommandId, choices: Choices) -> OutboxItem:
        """Apply what was chosen."""


class ComparingCommands(QObject):
    """Shows the panel for one command at a time.

    Args:
        page: over which the panel stands.
        outbox: the commands.
        report: told of failures that no screen shows.

    Signals:
        message: outcome (a `Message`).
    """

    message = Signal(object)

    def __init__(self, page: QWidget, outbox: Compares, report: Report) -> None:
        super().__init__(page)
        self._page, self._outbox = page, outbox
        self._tasks = TaskScope(self, report)
        self._command: CommandId | None = None
        self._unkept: tuple[CommandId, Choices] | None = None
        self.panel: ComparePanel | None = None

    def compare(self, item: OutboxItem) -> None:
        """Open the panel on a command."""
        if self.panel is None:
            self.panel = ComparePanel(self._page)
            self.panel.noted.connect(self._on_noted)
            self.panel.applied.connect(self._on_applied)
        self._command = item.command_id
        self.panel.begin(centred(self._page))
        self._tasks.spawn(self._read(item.command_id), name="compare")

    async def _read(self, command_id: CommandId) -> None:
        try:
            comparison = await self._outbox.compare(command_id)
        except AviseError as error:
            self._tell(command_id, error)
            return
        if self.panel is not None and self.panel.isVisible() and command_id == self._command:
            self.panel.show_comparison(comparison)

    @Slot(object)
    def _on_noted(self, choices: Choices) -> None:
        self._unkept = (self._command, choices) if self._command is not None else None
        self._tasks.spawn(self._note(), name="note choices", when_busy="drop")

    async def _note(self) -> None:
        """Keep the choices one write after the other; the last ones told are the last ones kept."""
        while self._unkept is not None:
            (command_id, choices), self._unkept = self._unkept, None
            try:
                await self._outbox.note_choices(command_id, choices)
            except AviseError as error:
                self._tell(command_id, error)

    @Slot(object)
    def _on_applied(self, choices: Choices) -> None:
        if self._command is not None:
            self._tasks.spawn(self._apply(self._command, choices), name="apply a choice", when_busy="drop")

    async def _apply(self, command_id: CommandId, choices: Choices) -> None:
        try:
            settled = await self._outbox.settle(command_id, choices)
        except AviseError as error:
            self._tell(command_id, error)
            if error.message_key == "conflict.changed_again":
                await self._read(command_id)
                self._tell(command_id, error)
            return
        if self.panel is not None:
            self.panel.close_panel()
        key = "conflict.nothing_left" if settled.command_id == command_id else "conflict.applied"
        self.message.emit(Message(text(key), "circle-check"))

    def _tell(self, command_id: CommandId, error: AviseError) -> None:
        if self.panel is not None and command_id == self._command:
            self.panel.show_trouble(text(error.message_key, **error.params))

    async def aclose(self) -> None:
        """End what is under way."""
        await self._tasks.aclose()
