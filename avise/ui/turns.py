"""Work of Qt's thread cut in pieces, a few milliseconds of them in each turn of its loop.

Whatever may wait a frame (updates that arrive, parts of a page that are built, faces that are drawn anew)
goes through `turns()` instead of a timer of its own: timers that are due together run together, and their
work would then stand between a key and its echo (`benchmarks/stalls.py`). Pieces of work and faces share
what a turn may spend, so that one turn never pays for both; what is drawn goes first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable, Iterator
from time import perf_counter

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QObject, Qt, QTimer, Signal, Slot

BUDGET_S = 0.002
"""A turn begins nothing else after that; what has begun is not cut."""

DRAWN_S = 0.004
"""A turn of the loop that has lasted so long has drawn something: pieces wait for the next one."""

PUT_OFF_AT_MOST = 3
"""Turns in a row, so that pieces go on under a window that is drawn all the time."""


class Turns(QObject):
    """Pieces of work in the order in which they came, each under a key: the latest of a key wins.

    Signals:
        begun: another turn of the loop begins, with all its time; after a turn that spent some.
    """

    begun = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: dict[Hashable, Callable[[], None]] = {}
        self._spent = 0.0
        self._since: float | None = None
        """When what is under way began."""
        self._gives_way = False
        self._awake_at = perf_counter()
        self._put_off = 0
        self._timer = self._zero_timer(self._on_turn)
        self._next = self._zero_timer(self._begin)
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            dispatcher.awake.connect(self._on_awake)

    def _zero_timer(self, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(slot)
        return timer

    # ---- pieces ------------------------------------------------------------------------------
    def soon(self, key: Hashable, piece: Callable[[], None]) -> None:
        """Do a piece of work in one of the next turns. On Qt's thread only."""
        self._pieces[key] = piece
        if not self._timer.isActive():
            self._timer.start(0)

    def forget(self, key: Hashable) -> None:
        """Do not do the piece that waits under a key."""
        self._pieces.pop(key, None)

    def give_way(self) -> None:
        """Let one turn pass without a piece: what was just asked for is drawn first."""
        self._gives_way = True

    @Slot()
    def _on_awake(self) -> None:
        self._awake_at = perf_counter()

    def _is_late(self) -> bool:
        """Say whether this turn of the loop has drawn so much that pieces had better wait for the next."""
        late = perf_counter() - self._awake_at > DRAWN_S and self._put_off < PUT_OFF_AT_MOST
        self._put_off = self._put_off + 1 if late else 0
        return late

    @Slot()
    def _on_turn(self) -> None:
        self._begin()
        try:
            if not self._gives_way and not self._is_late():
                self._do_pieces()
        finally:
            self._gives_way = False
            if self._pieces:
                self._timer.start(0)

    def _do_pieces(self) -> None:
        with self.spending():
            while self._pieces:
                self._pieces.pop(next(iter(self._pieces)))()
                if not self.has_time():
                    break

    # ---- what a turn may spend ---------------------------------------------------------------
    def has_time(self) -> bool:
        """Return whether this turn may begin something else that can wait."""
        under_way = perf_counter() - self._since if self._since is not None else 0.0
        return self._spent + under_way < BUDGET_S

    @contextlib.contextmanager
    def spending(self) -> Iterator[None]:
        """Count the time of the block in this turn."""
        if self._since is not None:
            # Inside something that is counted already.
            yield
            return
        self._since = perf_counter()
        try:
            yield
        finally:
            self._spent += perf_counter() - self._since
            self._since = None
            self.open_next()

    def open_next(self) -> None:
        """Have `begun` emitted when the next turn begins."""
        if not self._next.isActive():
            self._next.start(0)

    @Slot()
    def _begin(self) -> None:
        self._next.stop()
        self._spent = 0.0
        self.begun.emit()


def turns() -> Turns:
    """Return the turns of the application's loop: one a process, like the loop itself."""
    application = QCoreApplication.instance()
    if application is None:
        raise RuntimeError("Qt has no application yet")
    found = application.findChild(Turns, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if isinstance(found, Turns) else Turns(application)
