"""The way between workstations and their hub, on which everything goes wrong that does on real ones."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

KINDS = ("reset", "torn", "torn", "unanswered", "unanswered", "slow")
PUSH = b"POST /push"
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER without waiting: what is closed so is reset."""


@dataclass
class Plan:
    """What is to happen to one connection."""

    kind: str = ""
    """"" for nothing; "reset" and "torn" after so many bytes either way, "unanswered" when the hub has
    taken a push and begins to answer it, "slow", "hole": taken and never passed on."""
    after: int = 0


@dataclass
class Carried:
    """One connection under way."""

    plan: Plan
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    asked: bytearray = field(default_factory=bytearray)
    """Of the call that is being answered."""
    answering: bool = False
    passed: int = 0


class FaultyLine:
    """A TCP proxy; `faulty_line` makes it.

    Args:
        chance: draws what happens.
    """

    def __init__(self, chance: random.Random) -> None:
        self.to = 0
        """Port of the hub; nobody answers there when 0."""
        self.port = 0
        self.faults = 0.0
        """Of 1: how many connections something happens to."""
        self.holes = 0
        """So many of the next connections are black holes."""
        self.cuts: Counter[str] = Counter()
        self.pushes: list[bytes] = []
        """Whole pushes as they went by, to be delivered again."""
        self._chance = chance
        self._carrying: set[asyncio.Task[None]] = set()

    @property
    def cut(self) -> int:
        """How many connections were cut."""
        return sum(self.cuts[kind] for kind in ("reset", "torn", "unanswered", "all"))

    def _plan(self) -> Plan:
        if self.holes:
            self.holes -= 1
            return Plan("hole")
        if self._chance.random() >= self.faults:
            return Plan()
        return Plan(self._chance.choice(KINDS), self._chance.randint(1, 3_000))

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until it ends, or is ended."""
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        carried = Carried(self._plan(), [writer])
        ways: list[asyncio.Task[None]] = []
        try:
            if carried.plan.kind == "hole":
                self.cuts["hole"] += 1
                await asyncio.sleep(3_600)
            there, to_hub = await asyncio.open_connection("127.0.0.1", self.to)
            carried.writers.append(to_hub)
            ways = [
                asyncio.create_task(self._up(carried, reader, to_hub)),
                asyncio.create_task(self._down(carried, there, writer)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for way in ways:
                way.cancel()
            for end in carried.writers:
                end.transport.abort()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*ways, return_exceptions=True)
            self._carrying.discard(task)

    async def _up(self, carried: Carried, reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while content := await reader.read(65_536):
            if carried.answering:
                carried.answering = False
                carried.asked.clear()
            carried.asked += content
            await self._pass(carried, content, to)

    async def _down(self, carried: Carried, reader: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        while content := await reader.read(65_536):
            if not carried.answering and carried.asked.startswith(PUSH):
                if len(self.pushes) < 2_000:
                    self.pushes.append(bytes(carried.asked))
                if carried.plan.kind == "unanswered":
                    # The hub has committed: it is about to say so.
                    self._end(carried, "unanswered")
                    return
            carried.answering = True
            await self._pass(carried, content, to)

    async def _pass(self, carried: Carried, content: bytes, to: asyncio.StreamWriter) -> None:
        plan = carried.plan
        carried.passed += len(content)
        if plan.kind == "slow":
            self.cuts["slow"] += not carried.passed - len(content)
            for at in range(0, len(content), 400):
                to.write(content[at : at + 400])
                await to.drain()
                await asyncio.sleep(0.002)
            return
        if plan.kind in ("reset", "torn") and carried.passed > plan.after:
            if plan.kind == "torn":
                to.write(content[: len(content) // 2])
                await to.drain()
            self._end(carried, plan.kind)
            raise ConnectionResetError
        to.write(content)
        await to.drain()

    def _end(self, carried: Carried, how: str) -> None:
        self.cuts[how] += 1
        if how == "reset":
            for writer in carried.writers:
                found: socket.socket = writer.get_extra_info("socket")
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def cut_all(self) -> None:
        """Cut every connection at once."""
        self.cuts["all"] += len(self._carrying)
        for task in tuple(self._carrying):
            task.cancel()

    async def deliver_again(self, times: int) -> Counter[int]:
        """Deliver pushes of earlier again, any of them, several at once; return how they were answered."""
        answers: Counter[int] = Counter()
        for _ in range(0, times if self.pushes else 0, 8):
            chosen = [self._chance.choice(self.pushes) for _ in range(8)]
            answers.update(await asyncio.gather(*(self._deliver(push) for push in chosen)))
        return answers

    async def _deliver(self, push: bytes) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.to)
        try:
            writer.write(push)
            told = await asyncio.wait_for(reader.read(12), 20)
            return int(told.split()[1])
        finally:
            writer.transport.abort()

    async def aclose(self) -> None:
        """End what is under way."""
        for task in tuple(self._carrying):
            task.cancel()
        await asyncio.gather(*self._carrying, return_exceptions=True)


@asynccontextmanager
async def faulty_line(chance: random.Random) -> AsyncIterator[FaultyLine]:
    """Listen for the time of the block."""
    line = FaultyLine(chance)
    server = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        await line.aclose()
