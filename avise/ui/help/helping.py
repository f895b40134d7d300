"""What F1 does: the help of the screen, or nothing more when it is shown already."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from avise.texts import text
from avise.ui.aio import TaskScope
from avise.ui.help.topics import help_blocking
from avise.ui.shortcuts import keys_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from avise.ui.help.panel import HelpPanel


class Helping(QObject):
    """Shows the help of one window.

    Args:
        window: over which it stands.
        tasks: owner of what runs.

    Signals:
        keys_requested: the user wants the list of keys.
    """

    keys_requested = Signal()

    def __init__(self, window: QWidget, tasks: TaskScope) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._panel: HelpPanel | None = None

    @property
    def panel(self) -> HelpPanel:
        """The panel, made when it is first wanted."""
        if self._panel is None:
            from avise.ui.help.panel import HelpPanel  # noqa: PLC0415 - not needed by the first paint

            self._panel = HelpPanel(self._window)
            self._panel.keys_requested.connect(self.keys_requested)
        return self._panel

    def toggle(self, topic: str) -> None:
        """Show the help of a screen, or close it."""
        if self.panel.isVisible():
            self.panel.close_panel()
        else:
            self._tasks.spawn(self._show(topic), name="help")

    async def _show(self, topic: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            words = await loop.run_in_executor(None, help_blocking, topic)
        except OSError:
            words = text("help.unreadable", keys=keys_of("keys"))
        self.panel.show_help(words)
