"""Names what blocks the connectors' loop: a beat every 100 ms, watched from a thread.

Figures: `connectors.md` C12.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import PurePath
from types import FrameType

from avise.connectors.safe_log import SafeLogger
from avise.env import Env

BEAT_S = 0.1
LONGEST_GAP_S = 0.25
KEPT = 50


@dataclass(frozen=True, slots=True)
class Gap:
    """One time that the loop stood still."""

    milliseconds: int
    place: str
    """"module.py:line" of the code that held the loop."""


class Heartbeat:
    """Watches one loop from a thread of its own.

    Args:
        env: the monotonic clock.
        log: where a gap is told, by module and line, never by value.
    """

    def __init__(self, env: Env, log: SafeLogger) -> None:
        self._env = env
        self._log = log
        self.gaps: deque[Gap] = deque(maxlen=KEPT)
        self._beat_at = 0.0
        self._loop_thread = 0
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start beating on the running loop."""
        self._loop_thread = threading.get_ident()
        self._beat_at = self._env.monotonic()
        self._beating = asyncio.create_task(self._beat(), name="connectors heartbeat")
        self._watcher = threading.Thread(target=self._watch, name="connectors-heartbeat", daemon=True)
        self._watcher.start()

    async def aclose(self) -> None:
        """Stop beating and join the thread."""
        self._stop.set()
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.wait([self._beating])
        if self._watcher is not None:
            self._watcher.join(BEAT_S * 10)

    async def _beat(self) -> None:
        while True:
            self._beat_at = self._env.monotonic()
            await asyncio.sleep(BEAT_S)

    def _watch(self) -> None:
        place, gap_ms = "", 0
        while not self._stop.wait(BEAT_S / 2):
            late = self._env.monotonic() - self._beat_at - BEAT_S
            if late > LONGEST_GAP_S:
                place = place or self._where()
                gap_ms = round(late * 1000)
            elif place:
                self.gaps.append(Gap(gap_ms, place))
                self._log.warning("loop blocked", gap_ms=gap_ms, detail=place)
                place = ""

    def _where(self) -> str:
        frame: FrameType | None = sys._current_frames().get(self._loop_thread)  # noqa: SLF001 - documented by CPython
        if frame is None:
            return "unknown"
        return f"{PurePath(frame.f_code.co_filename).name}:{frame.f_lineno}"
