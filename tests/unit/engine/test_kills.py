"""What was told as saved is there after a kill at any moment: drafts, exchanges, promised call-backs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from avise.env import SystemEnv
from avise.models.journal import EventEnvelope, EventKind
from avise.models.tasks import fold_tasks, task_of_stream
from avise.models.wrap_up import task_promised, wrap_up_from
from avise.services.wrap_up import draft_of
from avise.store.desk_memory import DeskMemory
from avise.store.journal import Journal
from avise.store.store import Store

KEY = bytes(range(32))
KILLS = 30

LAUNCHER = '''
"""Imports once, then forks a desk for each number that it is given."""
import asyncio, os, sys, uuid
from datetime import timedelta
from pathlib import Path
from avise.env import SystemEnv
from avise.models.roles import Role, Session
from avise.models.wrap_up import CallbackPromise, Outcome, WrapUp
from avise.services.reason_file import contact_reasons
from avise.services.wrap_up import WrapUps
from avise.store.desk_memory import DeskMemory
from avise.store.journal import Journal
from avise.store.store import Store

contact_reasons()

async def work(number):
    env = SystemEnv()
    store = await Store.open(Path(sys.argv[1]), bytes(range(32)), env)
    session = Session("lea", "Léa", Role.AGENT, "poste-1")
    desk = WrapUps(session, Journal(store, env), DeskMemory(store, env, "lea"), env)
    while True:
        number += 1
        person = uuid.UUID(int=1 + number % 3)
        promise = CallbackPromise(env.now() + timedelta(hours=2), words=f"rappel {number}")
        form = WrapUp("R01", Outcome.TO_FOLLOW, note=f"{number}", callback=promise, call_id="c")
        await desk.save(person, form)
        print("drafted", person, number, flush=True)
        if number % 4 < 2:
            await desk.record(person, f"customer/{person}", form)
            print("recorded", person, number, flush=True)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work(int(line)))
        finally:
            os._exit(1)
    print("child", child, flush=True)
    os.waitpid(child, 0)
    print("\\ngone", flush=True)
'''


@dataclass
class Told:
    """What the desks said was saved."""

    recorded: set[int] = field(default_factory=set)
    last: dict[uuid.UUID, tuple[str, int]] = field(default_factory=dict)
    """By person: the last thing that was told, and its number."""
    number: int = 0

    def take(self, line: str) -> None:
        """Take a line, unless the kill cut it."""
        parts = line.split()
        if len(parts) != 3 or parts[0] not in ("drafted", "recorded"):
            return
        kind, person, number = parts[0], uuid.UUID(parts[1]), int(parts[2])
        self.last[person] = (kind, number)
        self.number = max(self.number, number)
        if kind == "recorded":
            self.recorded.add(number)


async def test_thirty_kills_lose_nothing_that_was_told_as_saved(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    chance, told = random.Random(20260324), Told()
    launcher = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LAUNCHER, str(path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert launcher.stdin is not None
    assert launcher.stdout is not None
    try:
        for _ in range(KILLS):
            # A desk that was killed may have kept more than it told: the next begins well after.
            launcher.stdin.write(f"{told.number + 100}\n".encode())
            await kill_one(launcher.stdout, chance, told)
            await check(path, told)
    finally:
        launcher.stdin.close()
        await launcher.wait()
    assert len(told.recorded) > KILLS


async def kill_one(output: asyncio.StreamReader, chance: random.Random, told: Told) -> None:
    """Let a desk work for a while, kill it, and take all that it said."""
    pid, lines = 0, chance.randrange(1, 14)
    while not pid or lines:
        line = (await output.readline()).decode()
        if line.startswith("child"):
            pid = int(line.split()[1])
        else:
            told.take(line)
            lines = max(lines - 1, 0)
    await asyncio.sleep(chance.random() * 0.03)
    os.kill(pid, signal.SIGKILL)
    while (line := (await output.readline()).decode()) != "gone\n":
        told.take(line)


async def check(path: Path, told: Told) -> None:
    """Look at the file as the next start would."""
    store = await Store.open(path, KEY, SystemEnv())
    assert store.notices == ()
    events = await Journal(store, SystemEnv()).since(0, 100_000)
    drafts = {draft.person: draft for draft in await DeskMemory(store, SystemEnv(), "lea").drafts()}
    await store.aclose()
    assert [event.device_seq for event in events] == list(range(1, len(events) + 1))
    exchanges = [event for event in events if event.kind is EventKind.INTERACTION_RECORDED]
    numbers = [int(wrap_up_from(event.body).note) for event in exchanges]
    assert len(set(numbers)) == len(numbers)
    assert told.recorded <= set(numbers)
    check_promises(exchanges, events)
    for person, (kind, number) in told.last.items():
        recorded_since = {found for found in numbers if found >= number and 1 + found % 3 == person.int}
        if person not in drafts:
            assert recorded_since, f"the draft {number} is neither kept nor recorded"
            continue
        kept = int(draft_of(person, drafts[person].text)[1].note)
        assert kept > number if kind == "recorded" else kept >= number
        assert kept not in numbers


def check_promises(exchanges: list[EventEnvelope], events: tuple[EventEnvelope, ...]) -> None:
    """No exchange without the call-back that it promised, and no call-back without its exchange."""
    promised = {task_promised(event): wrap_up_from(event.body).note for event in exchanges}
    added = {task_of_stream(event.stream) for event in events if event.kind is EventKind.TASK_ADDED}
    assert added == set(promised)
    for identity, task in fold_tasks(events).items():
        assert task.words == f"rappel {promised[identity]}"
