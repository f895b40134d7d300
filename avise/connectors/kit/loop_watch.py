"""Says which code held the event loop, and for how long: a beat watched from a thread.

The program's own heartbeat (`connectors.heartbeat`) looks for a quarter of a second; a connector that is
tested must stay under fifty milliseconds (`connectors.md` C14).
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from types import FrameType

from avise.env import Env

LONGEST_HOLD_S = 0.05
BEAT_S = 0.005
_SCHEDULE = "/proc/self/task/{}/schedstat"
"""Time on a processor, time waiting for one, number of turns (Linux)."""
_WAITING = frozenset({"selectors.py", "windows_events.py"})
"""The loop stands there when it has nothing to do: a machine that is busy elsewhere, not a block."""


@dataclass(slots=True)
class Watch:
    """The longest time that the loop stood still."""

    longest_s: float
    milliseconds: int = 0
    place: str = ""
    """"module.py:line" of the code that held it."""
    beat_at: float = 0.0
    """When the loop last ran."""
    waited_s: float = 0.0
    """For how long its thread had waited for a processor by then."""
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def blocked(self) -> bool:
        """Whether the loop stood still for too long."""
        return bool(self.place)


@asynccontextmanager
async def watched_loop(env: Env, longest_s: float = LONGEST_HOLD_S) -> AsyncIterator[Watch]:
    """Watch the running loop; the watch holds the longest block when the context ends.

    Args:
        env: the clock.
        longest_s: for which it may stand still.
    """
    schedule = _SCHEDULE.format(threading.get_native_id())
    watch = Watch(longest_s, beat_at=env.monotonic(), waited_s=_waited(schedule))
    watcher = threading.Thread(
        target=_look, args=(watch, threading.get_ident(), schedule, env), name="kit-loop", daemon=True
    )
    beating = asyncio.create_task(_beat(watch, schedule, env), name="kit beat")
    watcher.start()
    try:
        yield watch
    finally:
        beating.cancel()
        watch.stop.set()
        await asyncio.wait([beating])
        watcher.join()


async def _beat(watch: Watch, schedule: str, env: Env) -> None:
    while True:
        watch.waited_s, watch.beat_at = _waited(schedule), env.monotonic()
        await env.sleep(BEAT_S)


def _look(watch: Watch, loop_thread: int, schedule: str, env: Env) -> None:
    while not watch.stop.wait(BEAT_S):
        beat_at, waited_s = watch.beat_at, watch.waited_s
        late = env.monotonic() - beat_at - BEAT_S
        if late > watch.longest_s:
            # What the thread waited for a processor is the machine's doing, not the connector's.
            late -= _waited(schedule) - waited_s
        if late <= watch.longest_s or round(late * 1000) <= watch.milliseconds:
            continue
        place = _where(loop_thread)
        if place:
            watch.milliseconds, watch.place = round(late * 1000), place


def _waited(schedule: str) -> float:
    """Return for how long a thread has waited for a processor in all; 0 where the system does not say."""
    try:
        with open(schedule, encoding="ascii") as stream:  # noqa: PTH123 - two hundred times a second
            return int(stream.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def _where(thread: int) -> str:
    """Return the line that a thread executes, "" when it waits for something to do."""
    frame: FrameType | None = sys._current_frames().get(thread)  # noqa: SLF001 - documented by CPython
    if frame is None:
        return ""
    name = PurePath(frame.f_code.co_filename).name
    return "" if name in _WAITING else f"{name}:{frame.f_lineno}"
