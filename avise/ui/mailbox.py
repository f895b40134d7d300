"""From another loop to Qt's: mailboxes where the latest value wins, emptied at most every 16 ms.

Decisions 6, 41, 42: `put` is called from the engine's thread and takes no lock; it stores the value
under its key and emits one queued signal when none is under way. Qt's thread empties the boxes from a
single-shot precise timer, within a budget, and comes back at the next frame for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import perf_counter
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from avise.ui.turns import turns

T = TypeVar("T")

FRAME_MS = 16
BUDGET_SECONDS = 0.0025
"""Of Qt's thread, in each frame, for all mailboxes together."""


class Mailbox(Generic[T]):
    """Values waiting for Qt's thread, the latest of each key.

    Args:
        drain: that empties it.
        deliver: called on Qt's thread with one value.
    """

    def __init__(self, drain: Drain, deliver: Callable[[T], None]) -> None:
        self._drain = drain
        self._deliver = deliver
        self._items: dict[Hashable, T] = {}
        self._closed = False
        drain.add(self)

    def put(self, key: Hashable, value: T) -> None:
        """Leave a value, from any thread; it replaces the one that waits under the same key."""
        if self._closed:
            return
        # It keeps the place of the one that it replaces: a header told twice still comes before the blocks.
        self._items[key] = value
        self._drain.wake()

    def close(self) -> None:
        """Deliver nothing any more, and forget what waits."""
        self._closed = True
        self._items = {}
        self._drain.remove(self)

    def deliver_one(self) -> bool:
        """Deliver the oldest value; return whether there was one. On Qt's thread only."""
        try:
            key = next(iter(self._items))
            value = self._items.pop(key)
        except (StopIteration, KeyError):
            return False
        except RuntimeError:
            return True  # the engine put a value meanwhile: look again
        if not self._closed:
            self._deliver(value)
        return True


class Drain(QObject):
    """Empties mailboxes on Qt's thread. Lives as long as the window, longer than the engine.

    Signals:
        woken: a mailbox holds something; emitted from any thread.
    """

    woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._boxes: list[Mailbox[object]] = []
        self._armed = False
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self.woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)

    def add(self, box: Mailbox[T]) -> None:
        """Empty this mailbox too."""
        self._boxes.append(box)  # type: ignore[arg-type]  # the drain never looks at the values

    def remove(self, box: Mailbox[T]) -> None:
        """Leave this mailbox alone from now on."""
        self._boxes = [other for other in self._boxes if other is not box]

    def wake(self) -> None:
        """Say that something waits; one signal at a time is under way."""
        if not self._armed:
            self._armed = True
            self.woken.emit()

    @Slot()
    def _on_woken(self) -> None:
        since = (perf_counter() - self._last) * 1000
        self._timer.start(max(0, round(FRAME_MS - since)))

    @Slot()
    def _on_timeout(self) -> None:
        turns().soon(self, self._empty)

    def _empty(self) -> None:
        # Cleared before looking: whatever is put from now on wakes again.
        self._armed = False
        self._last = perf_counter()
        if not self._emptied(self._last + BUDGET_SECONDS):
            self.wake()

    def _emptied(self, until: float) -> bool:
        """Deliver in turn from each box until all are empty or the time is over."""
        boxes = tuple(self._boxes)
        delivered = False
        try:
            while boxes:
                boxes = tuple(box for box in boxes if box.deliver_one())
                if perf_counter() >= until or not turns().has_time():
                    break
            delivered = True
        finally:
            if not delivered:
                # One delivery failed, which Qt reports: the others must not wait for the next value.
                self.wake()
        return not boxes
