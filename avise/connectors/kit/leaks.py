"""What a connector may leave behind: tasks, threads, open descriptors."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avise.env import Env

_DESCRIPTORS = Path("/proc/self/fd")
SETTLE_S = 1.0
"""Threads and sockets that are closing have that long to be gone."""


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds at one moment."""

    tasks: frozenset[asyncio.Task[object]]
    threads: frozenset[threading.Thread]
    descriptors: Mapping[str, str] | None
    """What each number stands for; None where the system does not say."""


def held() -> Held:
    """Return what this process holds now."""
    return Held(frozenset(asyncio.all_tasks()), frozenset(threading.enumerate()), _descriptors())


def _descriptors() -> Mapping[str, str] | None:
    try:
        numbers = list(_DESCRIPTORS.iterdir())
    except OSError:
        return None
    found = {}
    for number in numbers:
        try:
            found[number.name] = str(number.readlink())
        except OSError:
            continue  # closed meanwhile: that of the listing itself is
    return found


async def left_since(before: Held, env: Env) -> str:
    """Return what is held more than before, in one word for a report; "" when nothing is.

    Args:
        before: an earlier moment.
        env: the clock.
    """
    end = env.monotonic() + SETTLE_S
    while (left := _left(before, held())) and env.monotonic() < end:
        await env.sleep(0.05)
    return left


def _left(before: Held, now: Held) -> str:
    tasks = sorted(task.get_name() for task in now.tasks - before.tasks if not task.done())
    if tasks:
        return f"task {tasks[0]}"
    threads = sorted(thread.name for thread in now.threads - before.threads if thread.is_alive())
    if threads:
        return f"thread {threads[0]}"
    if before.descriptors is None or now.descriptors is None:
        return ""
    more = len(now.descriptors) - len(before.descriptors)
    return f"{more} descriptors" if more > 0 else ""
