"""Who waits for a place, in which order, and who is refused."""

from __future__ import annotations

import asyncio
import random

import pytest

from avise.connectors.bulkhead import QUEUE_SIZE, Bulkhead, Ticket
from avise.connectors.contract import ConnectorError, Priority
from avise.models.errors import Origin

LONG = 5.0


class Crowd:
    """Calls that each hold a place until told to leave it."""

    def __init__(self, places: int) -> None:
        self.bulkhead = Bulkhead(places)
        self.order: list[str] = []
        self.running = 0
        self.most = 0
        self.leave = asyncio.Semaphore(0)

    async def call(
        self, name: str, priority: Priority = Priority.INTERACTIVE, patience: float = LONG
    ) -> None:
        async with self.bulkhead.place(Ticket(priority), patience):
            self.order.append(name)
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await self.leave.acquire()
            finally:
                self.running -= 1

    async def start(self, name: str, priority: Priority = Priority.INTERACTIVE) -> asyncio.Task[None]:
        task = asyncio.create_task(self.call(name, priority))
        await asyncio.sleep(0)
        return task

    async def empty(self, tasks: list[asyncio.Task[None]]) -> None:
        for _ in tasks:
            self.leave.release()
        await asyncio.wait(tasks)


async def test_interactive_calls_pass_first_then_first_come() -> None:
    crowd = Crowd(1)
    tasks = [await crowd.start("first")]
    tasks += [await crowd.start("b1", Priority.BACKGROUND), await crowd.start("i1")]
    tasks += [await crowd.start("b2", Priority.BACKGROUND), await crowd.start("i2")]
    await crowd.empty(tasks)
    assert crowd.order == ["first", "i1", "i2", "b1", "b2"]
    assert crowd.most == 1


async def test_a_waiting_call_may_gain_priority() -> None:
    crowd = Crowd(1)
    tasks = [await crowd.start("first"), await crowd.start("b1", Priority.BACKGROUND)]
    ticket = Ticket(Priority.BACKGROUND)

    async def promoted() -> None:
        async with crowd.bulkhead.place(ticket, LONG):
            crowd.order.append("promoted")

    late = asyncio.create_task(promoted())
    await asyncio.sleep(0)
    assert ticket.waiting
    ticket.priority = Priority.INTERACTIVE
    await crowd.empty(tasks)
    await late
    assert crowd.order == ["first", "promoted", "b1"]


async def test_a_full_queue_refuses_at_once() -> None:
    crowd = Crowd(1)
    tasks = [await crowd.start(f"c{number}") for number in range(QUEUE_SIZE + 1)]
    assert crowd.bulkhead.queued == QUEUE_SIZE
    with pytest.raises(ConnectorError) as refusal:
        await crowd.call("too many")
    assert (refusal.value.origin, refusal.value.detail) == (Origin.HOST, "queue full")
    await crowd.empty(tasks)


async def test_an_interactive_call_takes_the_place_of_the_last_background_one() -> None:
    crowd = Crowd(1)
    tasks = [await crowd.start("first")]
    tasks += [await crowd.start(f"b{number}", Priority.BACKGROUND) for number in range(QUEUE_SIZE)]
    tasks.append(await crowd.start("urgent"))
    await asyncio.sleep(0)
    (refused,) = [task for task in tasks if task.done()]
    assert refused is tasks[QUEUE_SIZE]
    assert isinstance(refused.exception(), ConnectorError)
    await crowd.empty(tasks)
    assert crowd.order[:2] == ["first", "urgent"]


async def test_waiting_too_long_is_refused_and_leaves_the_queue() -> None:
    crowd = Crowd(1)
    tasks = [await crowd.start("first")]
    with pytest.raises(ConnectorError) as refusal:
        await crowd.call("impatient", patience=0.02)
    assert refusal.value.detail == "queued too long"
    assert crowd.bulkhead.queued == 0
    await crowd.empty(tasks)


async def test_no_place_is_lost_to_cancellations_at_random_moments() -> None:
    chance = random.Random(11)
    crowd = Crowd(3)
    for _ in range(200):
        crowd.leave.release()
    tasks = []
    for number in range(200):
        if crowd.bulkhead.queued < QUEUE_SIZE - 1:
            tasks.append(await crowd.start(f"c{number}"))
        if tasks and chance.random() < 0.6:
            chance.choice(tasks).cancel()
        if chance.random() < 0.3:
            await asyncio.sleep(0)
    await asyncio.wait(tasks)
    assert crowd.running == 0
    crowd.leave = asyncio.Semaphore(0)
    last = [await crowd.start(f"last{number}") for number in range(3)]
    await asyncio.sleep(0)
    assert crowd.running == 3
    await crowd.empty(last)
    assert crowd.most == 3
