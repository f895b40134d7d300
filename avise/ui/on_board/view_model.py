"""What is on board, as a window knows it, and what its user asks of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, Signal

from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.network import NetworkMode, NetworkState
from avise.services.pack_values import PackOrder, PacksStatus
from avise.texts import text
from avise.ui.aio import Report, TaskScope
from avise.ui.bridge import DeskBridge
from avise.ui.crossing import Watch
from avise.ui.on_board.wording import is_allowed
from avise.ui.widgets.toast import Message

ABOUT = "on_board"


class OnBoardViewModel(QObject):
    """Follows the data on board, and asks for what its screens are told to do.

    Args:
        desk: the services.
        now: the clock.
        report: told of failures that no screen shows.
        parent: of the object.

    Signals:
        changed: `status` or `network` is another one.
        message: something to be said (a `Message`).
        refused: why nothing is taken on board: catalogue key of the error, its sentence.
        pin_refused: why the code does not open what is on board: catalogue key of the error, its sentence.
        pin_kept: the code was set, changed or taken away; its argument says whether there is one.
        pin_not_kept: why it was not: a sentence.
        opened: what is on board was opened with its code.
    """

    changed = Signal()
    message = Signal(object)
    refused = Signal(str, str)
    pin_refused = Signal(str, str)
    pin_kept = Signal(bool)
    pin_not_kept = Signal(str)
    opened = Signal()

    def __init__(
        self, desk: DeskBridge, now: Callable[[], datetime], report: Report, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self.now = desk, now
        self._tasks = TaskScope(self, report)
        self._watch: Watch | None = None
        self.status: PacksStatus | None = None
        self.network: NetworkState | None = None
        self.is_asking = False
        """Whether an order was given that the engine has not taken or refused yet."""

    def start(self) -> None:
        """Follow what is on board."""
        if self._watch is None:
            self._watch = self._desk.watch_packs(self._on_status, self._on_failed)

    async def aclose(self) -> None:
        """Stop following, and end what is under way."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        await self._tasks.aclose()

    def _on_failed(self, _error: AviseError) -> None:
        """Show nothing of what this desk cannot carry."""

    def _on_status(self, status: PacksStatus) -> None:
        if status != self.status:
            self.status = status
            self.changed.emit()

    def show_network(self, network: NetworkState) -> None:
        """Take how much network there is."""
        self.network = network
        self.changed.emit()

    # ---- what is known -------------------------------------------------------------------------
    @property
    def is_allowed(self) -> bool:
        """Whether this workstation may take data along."""
        return is_allowed(self.status)

    @property
    def is_offline(self) -> bool:
        """Whether nobody is asked now."""
        return self.network is not None and self.network.mode is NetworkMode.OFFLINE

    @property
    def lease(self) -> LeaseState:
        """Where the key is."""
        return self.status.lease if self.status is not None else LeaseState.NONE

    # ---- what is asked -------------------------------------------------------------------------
    def prepare(self, order: PackOrder) -> None:
        """Take data on board; nothing happens while another order is on its way."""
        if not self.is_asking:
            self.is_asking = True
            self._tasks.spawn(self._prepare(order), name="prepare packs", when_busy="parallel")

    async def _prepare(self, order: PackOrder) -> None:
        try:
            await self._desk.prepare_packs(order)
        except AviseError as error:
            self.is_asking = False
            self.refused.emit(error.message_key, text(error.message_key, **error.params))
        finally:
            self.is_asking = False

    def pause(self) -> None:
        """Stop the preparation under way."""
        self._tasks.spawn(self._pause(), name="pause packs", when_busy="drop")

    async def _pause(self) -> None:
        try:
            await self._desk.pause_packs()
        except AviseError as error:
            self._tell(error)
            return
        self.message.emit(Message(text("on_board.paused"), "circle-pause", about=ABOUT))

    def erase(self) -> None:
        """Erase what is on board."""
        self._tasks.spawn(self._erase(), name="erase packs", when_busy="drop")

    async def _erase(self) -> None:
        try:
            await self._desk.erase_packs()
        except AviseError as error:
            if not error.message_key.startswith("hub."):
                self._tell(error)
                return
            # Everything was erased here; the hub alone does not know it yet.
            self.message.emit(Message(text("on_board.erased_here"), "circle-check", about=ABOUT))
            return
        self.message.emit(Message(text("pack.erased"), "circle-check", about=ABOUT))

    def unlock(self, pin: str) -> None:
        """Open what is on board with its code."""
        self._tasks.spawn(self._unlock(pin), name="unlock packs", when_busy="drop")

    async def _unlock(self, pin: str) -> None:
        try:
            await self._desk.unlock_packs(pin)
        except AviseError as error:
            self.pin_refused.emit(error.message_key, text(error.message_key, **error.params))
            return
        self.opened.emit()

    def lock(self) -> None:
        """Have the code typed again before what is on board is read: the desk was left."""
        if self.status is not None and self.status.pin_set:
            self._tasks.spawn(self._lock(), name="lock packs", when_busy="drop")

    async def _lock(self) -> None:
        try:
            await self._desk.lock_packs()
        except AviseError as error:
            self._tell(error)

    def set_pin(self, new: str, old: str) -> None:
        """Set the code, change it, or take it away (an empty new one)."""
        self._tasks.spawn(self._set_pin(new, old), name="set the packs' code", when_busy="drop")

    async def _set_pin(self, new: str, old: str) -> None:
        try:
            await self._desk.set_pack_pin(old, new)
        except AviseError as error:
            self.pin_not_kept.emit(text(error.message_key, **error.params))
            return
        self.pin_kept.emit(bool(new))

    def _tell(self, error: AviseError) -> None:
        sentence = text(error.message_key, **error.params)
        self.message.emit(Message(sentence, "circle-alert", is_error=True, about=ABOUT))
