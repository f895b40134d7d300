"""What this user looks at and writes on, told to colleagues."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot

from avise.models.errors import AviseError
from avise.models.requests import RequestId
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge

PRESENCE_MS = 10_000
"""What is on screen is told again every 10 s: colleagues forget it after 15."""


class OwnPresence(QObject):
    """Tells where this user is, again and again while the request is on screen.

    Args:
        desk: the services.
        tasks: owner of what runs.
    """

    def __init__(self, desk: DeskBridge, tasks: TaskScope) -> None:
        super().__init__(tasks)
        self._desk, self._tasks = desk, tasks
        self._request: RequestId | None = None
        self._is_writing = False
        self._again = QTimer(self)
        self._again.setInterval(PRESENCE_MS)
        self._again.timeout.connect(self._tell)

    def turn_to(self, request: RequestId | None) -> None:
        """Look at another request from now on, at none when None; `start` tells it."""
        self._request, self._is_writing = request, False
        if request is None:
            self._again.stop()

    def start(self) -> None:
        """Tell what is looked at, and go on telling it."""
        if self._request is not None:
            self._tell()
            self._again.start()

    def pause(self) -> None:
        """Tell that nothing is looked at: the screen is left."""
        self._again.stop()
        self._is_writing = False
        if self._request is not None:
            self._tasks.spawn(self._note(None), name="presence")

    def stop(self) -> None:
        """Tell nothing more."""
        self._again.stop()

    def set_writing(self, *, writing: bool) -> None:
        """Say that somebody types on the request, or no longer; at once when that changes."""
        if writing != self._is_writing:
            self._is_writing = writing
            self._tell()

    @Slot()
    def _tell(self) -> None:
        self._tasks.spawn(self._note(self._request), name="presence")

    async def _note(self, request: RequestId | None) -> None:
        try:
            await self._desk.note_presence(request, writing=self._is_writing and request is not None)
        except AviseError:
            # Presence is a courtesy: what it cannot tell stops nobody from working.
            return
