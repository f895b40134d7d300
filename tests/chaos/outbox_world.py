"""A desk and a tool that die again and again, and the outside truth that their promises are held against.

    python -m tests.chaos.outbox_world --kills 200 --idempotency verify

runs the random kills of `test_outbox_kills.py` as often as wanted, and prints what it found.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.models.journal import EventKind
from avise.store.desk_memory import DeskMemory
from avise.store.journal import Journal
from avise.store.outbox import Commands
from avise.store.store import Store
from tests.chaos.outbox_desk import KEY, PEOPLE, SESSION, FastEnv, Orders
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


TOOL_STARTS_S = 30.0


@dataclass(frozen=True)
class Promise:
    """What a person at the screen was told."""

    command_id: uuid.UUID
    person: uuid.UUID
    number: int


class BrokenPromiseError(AssertionError):
    """The outside truth and the screen do not agree."""


class World:
    """One folder, one tool, and desks one after the other.

    Args:
        folder: empty.
        idempotency: what the tool's action declares, and keeps.
        mutant: a defect of `outbox_mutants`, or "".
    """

    def __init__(self, folder: Path, idempotency: str, mutant: str = "") -> None:
        self.folder = folder
        self.idempotency = idempotency
        self.mutant = mutant
        self.started = time.time()
        self.port = free_port()
        self.deaths = 0
        self._tool: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()
        self._keeping = threading.Thread(target=self._keep_tool, name="keep tool")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery", "tests.chaos.outbox_desk"], cwd=ROOT,
            env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self) -> World:
        self._keeping.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._tool is not None:
            self._tool.kill()
        self._keeping.join()
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.close()
        self._nursery.stdout.read()
        self._nursery.stdout.close()
        self._nursery.wait()

    # ---- the tool ------------------------------------------------------------------------------
    def _keep_tool(self) -> None:
        """Start the tool, and start it again each time it dies."""
        words = [str(self.port), str(self.folder / "ledger"), self.idempotency, str(self.folder / "death")]
        script = str(ROOT / "tests/chaos/outbox_tool.py")
        while not self._ended.is_set():
            command = [sys.executable, "-S", script, *words]
            self._tool = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
            if self._ended.is_set():
                self._tool.kill()
            self._tool.wait()
            self.deaths += 1

    def tool_dies(self, step: str) -> None:
        """Have the tool die at a step of its next action, once it is up."""
        self.wait_for_tool()
        (self.folder / "death").write_text(step)

    def wait_for_tool(self) -> None:
        """Wait until the tool answers: whatever it died of before is counted then.

        Raises:
            TimeoutError: it does not start.
        """
        end = time.monotonic() + TOOL_STARTS_S
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError

    # ---- desks ---------------------------------------------------------------------------------
    def live(self, *, after: float | None = None, **orders: object) -> int:
        """Let a desk live; return how it ended.

        Args:
            after: seconds after which it is killed from outside.
            orders: fields of `Orders`.
        """
        wanted = Orders(
            str(self.folder),
            self.port,
            self.idempotency,
            self.started,
            mutant=self.mutant,
            **orders,  # type: ignore[arg-type]  # fields of Orders
        )
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps(asdict(wanted) | {"number": 0, "kill_after": after}) + "\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline().split()[1])

    def settle(self) -> None:
        """Let a last desk live until nothing moves, with a tool that does not die."""
        (self.folder / "death").unlink(missing_ok=True)
        assert self.live(promises=0, until_settled=True) == 0

    # ---- the truth -----------------------------------------------------------------------------
    def told(self) -> tuple[list[Promise], int]:
        """Return what the screens promised, and the last words that they called saved."""
        promises, saved = [], 0
        report = self.folder / "report"
        for line in report.read_text().splitlines(keepends=True) if report.exists() else ():
            words = line.split()
            if not line.endswith("\n"):
                continue  # Cut by the kill: nobody saw it whole.
            if words[0] == "saved":
                saved = int(words[1])
            else:
                promises.append(Promise(uuid.UUID(words[1]), uuid.UUID(words[2]), int(words[3])))
        return promises, saved

    def effects(self) -> list[uuid.UUID]:
        """Return the commands that took effect, in order, as the outside ledger has them."""
        ledger = self.folder / "ledger"
        lines = ledger.read_text().splitlines() if ledger.exists() else []
        return [uuid.UUID(line.split()[0]) for line in lines]

    async def kept(self) -> tuple[tuple[OutboxItem, ...], str, Counter[str]]:
        """Return what the store keeps: commands, the draft, and how often each was journaled."""
        env = FastEnv(self.started)
        store = await Store.open(self.folder / "store.db", KEY, env)
        try:
            assert store.notices == ()
            journal = Journal(store, env)
            items = await Commands(store, env, journal, SESSION.user).items()
            draft = await DeskMemory(store, env, SESSION.user).draft(PEOPLE[0])
            journaled: Counter[str] = Counter()
            for person in PEOPLE:
                for event in await journal.stream(f"customer/{person}", limit=100_000):
                    journaled[f"{event.kind} {event.body['command']}"] += 1
            return items, draft.text if draft is not None else "", journaled
        finally:
            await store.aclose()

    def check(self) -> Counter[str]:
        """Hold what was promised against the truth; return how the commands ended.

        Raises:
            BrokenPromiseError: what is wrong, by the first command that shows it.
        """
        items, draft, journaled = asyncio.run(self.kept())
        promises, saved = self.told()
        effects = self.effects()
        by_id = {item.command_id: item for item in items}
        for promise in promises:
            _hold(promise.command_id in by_id, "a promise was lost")
        _hold(not saved or int(draft.split()[-1]) >= saved, "words called saved were lost")
        _hold(set(effects) <= by_id.keys(), "something took effect that nobody keeps")
        for item in items:
            _check_item(item, effects.count(item.command_id), journaled)
        order = [by_id[effect].position for effect in effects]
        for person in PEOPLE:
            own = [position for position in order if items[position - 1].person == person]
            _hold(own == sorted(own), "the order of a line was lost")
        return Counter(f"{item.state}{' uncertain' if item.uncertain else ''}" for item in items)


def _check_item(item: OutboxItem, effects: int, journaled: Counter[str]) -> None:
    _hold(effects <= 1, "a double")
    _hold(item.state is not CommandState.DONE or effects == 1, "said to be done, and was not")
    sure = item.state in (CommandState.REJECTED, CommandState.EXPIRED, CommandState.CANCELLED)
    _hold(not (sure and not item.uncertain and effects), "said not to be done, and was")
    _hold(not item.open or item.state is CommandState.NEEDS_HUMAN, "left without an end or a person")
    tired = item.reason is CommandReason.TRIES and not effects
    _hold(item.state is not CommandState.NEEDS_HUMAN or item.uncertain or tired, "a person asked for nothing")
    confirmed = journaled[f"{EventKind.COMMAND_CONFIRMED} {item.command_id}"]
    settled = journaled[f"{EventKind.COMMAND_SETTLED} {item.command_id}"]
    _hold(confirmed == 1, "a promise without its event")
    _hold(settled == (0 if item.open else 1), "an end without its event")


def _hold(true: bool, otherwise: str) -> None:
    if not true:
        raise BrokenPromiseError(otherwise)


TOOL_DEATHS = ("", "", "before", "after", "middle")
LONGER_LIVES_S = (1, 2, 4, 8, 16, 32)


def kill_at_random(world: World, kills: int, chance: random.Random) -> Counter[str]:
    """Kill desks at random moments while the tool dies at random steps; return how commands ended."""
    for _ in range(kills):
        if death := chance.choice(TOOL_DEATHS):
            world.tool_dies(death)
        world.live(after=chance.uniform(0.02, 0.6), promises=3)
    # On a busy machine none of them may have come as far as a promise, which is what is held below.
    for longer in LONGER_LIVES_S:
        if world.told()[0]:
            break
        world.live(after=longer, promises=3)
    if not world.told()[0]:
        raise TimeoutError(f"no desk came as far as a promise, not even in {LONGER_LIVES_S[-1]} s")
    world.settle()
    return world.check()


def main() -> None:
    """Run the kills that the command line asks for."""
    words = argparse.ArgumentParser()
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--idempotency", choices=("key", "client_id", "verify", "none"), default="verify")
    words.add_argument("--seed", type=int, default=1)
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder, World(Path(folder), chosen.idempotency) as world:
        ended = kill_at_random(world, chosen.kills, random.Random(chosen.seed))
        effects, deaths = len(world.effects()), world.deaths
    found = ", ".join(f"{count} {state}" for state, count in sorted(ended.items()))
    sys.stdout.write(f"{chosen.kills} kills, {deaths} deaths of the tool, {effects} effects: {found}\n")


if __name__ == "__main__":
    main()
