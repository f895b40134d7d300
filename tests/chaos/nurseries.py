"""The way to a nursery from a test: desks are born there, and how each ended is awaited."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


class Nursery:
    """Forks desks of one kind; `nursery` makes it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._born = 0
        self._living: dict[int, asyncio.Future[int]] = {}
        self._reading = asyncio.create_task(self._read(), name="nursery")

    async def live(self, orders: Any, *, kill_after: float | None = None) -> int:  # noqa: ANN401 - the module's own
        """Let a desk live; return how it ended, negative when it was killed.

        Args:
            orders: its module's `Orders`.
            kill_after: seconds after which it is killed from outside.
        """
        self._born += 1
        number = self._born
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._living[number] = ended
        assert self._process.stdin is not None
        line = json.dumps(asdict(orders) | {"number": number, "kill_after": kill_after})
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()
        return await ended

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            number, status = line.split()
            ended = self._living.pop(int(number))
            # Nobody may wait any more.
            if not ended.done():
                ended.set_result(int(status))
        for ended in self._living.values():
            ended.cancel()

    async def aclose(self) -> None:
        """End, and every desk with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._reading
        await self._process.wait()


@asynccontextmanager
async def nursery(module: str) -> AsyncIterator[Nursery]:
    """Run a nursery of desks for the time of the block.

    Args:
        module: has `Orders` and `live`.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.chaos.nursery", module, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    made = Nursery(process)
    try:
        yield made
    finally:
        await made.aclose()
