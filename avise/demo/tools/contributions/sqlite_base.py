"""The contributions tool as a SQLite file, and how a file fails."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

from avise.demo.faults import NOT_OF_A_FILE, Fault, FaultKind, UnsupportedFaultError
from avise.demo.tools.contributions.tables import FILE_NAME

_GAP_S = 0.15
"""How long a slow base lets readers in: longer than the longest wait between two tries of SQLite (100 ms)."""

_NOT_A_DATABASE = "Montage réseau indisponible\n".encode() * 200


class SqliteBase:
    """A copy of the prepared file that clients open, and the faults that a file on a share has.

    SLOW and HANG hold an exclusive lock (a client waits, then finds the base locked), DOWN also takes the
    file away, GARBAGE overwrites it. A file has no token and does not drip.

    Args:
        prepared: the prepared file, never touched.
        run: folder where the copy is made.
    """

    def __init__(self, prepared: Path, run: Path) -> None:
        self._prepared = prepared
        self.path = run / FILE_NAME
        self._aside = self.path.with_suffix(".absent")
        self._lock: sqlite3.Connection | None = None
        self._slowing: asyncio.Task[None] | None = None
        self.fault = Fault()
        shutil.copyfile(prepared, self.path)

    async def set_fault(self, fault: Fault) -> None:
        """Put a fault in force.

        Raises:
            UnsupportedFaultError: the fault is one of connections.
        """
        if fault.kind in NOT_OF_A_FILE:
            raise UnsupportedFaultError(fault.kind)
        await self._mend()
        if fault.kind in {FaultKind.HANG, FaultKind.DOWN}:
            self._hold()
        if fault.kind is FaultKind.DOWN:
            self.path.rename(self._aside)
        if fault.kind is FaultKind.GARBAGE:
            self.path.write_bytes(_NOT_A_DATABASE)
        if fault.kind is FaultKind.SLOW:
            self._slowing = asyncio.create_task(self._hold_and_let_go(fault.seconds))
        self.fault = fault

    async def aclose(self) -> None:
        """Let the file go."""
        await self._mend()

    async def _mend(self) -> None:
        if self._slowing is not None:
            self._slowing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._slowing
            self._slowing = None
        if self._aside.exists():
            self._aside.rename(self.path)
        self._let_go()
        if self.fault.kind is FaultKind.GARBAGE:
            shutil.copyfile(self._prepared, self.path)

    def _hold(self) -> None:
        """Lock every reader out."""
        lock = sqlite3.connect(self.path, isolation_level=None)
        lock.execute("begin exclusive")
        self._lock = lock

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.execute("rollback")
            self._lock.close()
            self._lock = None

    async def _hold_and_let_go(self, seconds: float) -> None:
        try:
            while True:
                with contextlib.suppress(sqlite3.OperationalError):
                    self._hold()
                await asyncio.sleep(seconds)
                self._let_go()
                await asyncio.sleep(_GAP_S)
        finally:
            self._let_go()
