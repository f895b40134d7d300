"""Why somebody is in contact, as it is guessed while the exchange goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from avise.models.contact_reasons import ContactReason, GuessedReason
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.wrap_up import Deed
from avise.ui.aio import TaskScope
from avise.ui.bridge import DeskBridge

GUESS_AFTER_MS = 300
"""Readings and deeds come in bursts: reasons are guessed again once after each."""

_log = logging.getLogger(__name__)
_NO_EVIDENCE = "common"
"""`GuessedReason.because` of a reason that is only frequent: offered, never proposed by itself."""


class WrapUpGuesses(QObject):
    """The reasons that there are, and those that are likely.

    Args:
        desk: the services.
        person: returns whose dossier it is.
        deeds: what was done so far.
        tasks: owner of what runs.
        parent: Qt's owner.

    Signals:
        changed: other reasons are likely.
    """

    changed = Signal()

    def __init__(
        self,
        desk: DeskBridge,
        person: Callable[[], PersonId],
        deeds: Callable[[], tuple[Deed, ...]],
        tasks: TaskScope,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._person, self._deeds, self._tasks = desk, person, deeds, tasks
        self.reasons: tuple[ContactReason, ...] = ()
        self.found: tuple[GuessedReason, ...] = ()
        """The likely ones, the best first."""
        self.queue = ""
        """The line that the call came by."""
        self._burst = QTimer(self)
        self._burst.setSingleShot(True)
        self._burst.setInterval(GUESS_AFTER_MS)
        self._burst.timeout.connect(self._on_burst_over)

    @property
    def evident(self) -> str:
        """The reason that something speaks for; "" when nothing does."""
        best = self.found[0] if self.found else None
        return best.reason if best is not None and best.because != _NO_EVIDENCE else ""

    def soon(self) -> None:
        """Guess again, once what comes in a burst has come."""
        self._burst.start()

    def stop(self) -> None:
        """Guess no more."""
        self._burst.stop()

    @Slot()
    def _on_burst_over(self) -> None:
        self._tasks.spawn(self.guess(), name="guess reasons")

    async def guess(self) -> None:
        """Guess from what was done and read so far."""
        try:
            found = await self._desk.guess_reasons(self._person(), self._deeds(), self.queue)
        except AviseError as error:
            _log.info("no reason guessed: %s", error.message_key)
            return
        if found != self.found:
            self.found = found
            self.changed.emit()
