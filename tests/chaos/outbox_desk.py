"""A desk in a process of its own: it types, promises and sends, and dies where it is told to.

Real store, real journal, real outbox, real sockets; only the clock runs sixty times faster, so that a
request's half minute of doubt takes half a second. What the screen would call saved or promised is a
line of the report, written after the call that promises it has returned.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from avise.connectors.action_contract import ActionCommand, ActionOffer, ActionPlan, ActionResult
from avise.connectors.contract import ConnectorError
from avise.env import SystemEnv
from avise.models.commands import (
    CommandContent,
    CommandState,
    ConfirmRule,
    Idempotency,
    OfflineRule,
    OutboxItem,
    Outcome,
)
from avise.models.errors import ErrorKind
from avise.models.journal import NewEvent
from avise.models.roles import Role, Session
from avise.services.outbox import Outbox
from avise.store.desk_memory import DeskMemory
from avise.store.journal import Journal
from avise.store.outbox import Commands
from avise.store.store import Store
from tests.unit.services.acting_tools import SmallDirectory, entry
from tests.unit.services.scripted_sources import ScriptedSources

FASTER = 60
KEY = bytes(range(32))
SESSION = Session("lea.girard", "Léa Girard", Role.AGENT, "poste-1")
PEOPLE = tuple(uuid.UUID(int=number) for number in range(1, 4))
ANSWER_SECONDS = 2.0


@dataclass(frozen=True)
class Orders:
    """What one life of the desk is to do, as the nursery hands it over."""

    folder: str
    port: int
    idempotency: str
    started: float
    """When the world began: its clock goes on from one life to the next."""
    promises: int = 3
    """Actions to confirm in this life."""
    one_by_one: bool = False
    """Whether each is promised only once the one before has come to rest: never two under way."""
    die_at: str = ""
    """Label of the step at which to die; "" to be killed from outside, or to live."""
    until_settled: bool = False
    """Whether to stay until nothing moves by itself any more."""
    mutant: str = ""


class FastEnv(SystemEnv):
    """The real world, faster."""

    def __init__(self, started: float) -> None:
        self._started = started

    def now(self) -> datetime:
        """Return the time of the fast world."""
        elapsed = (time.time() - self._started) * FASTER
        return datetime(2026, 3, 24, 9, 0, tzinfo=UTC) + timedelta(seconds=elapsed)

    def monotonic(self) -> float:
        """Return fast seconds."""
        return time.monotonic() * FASTER

    async def sleep(self, seconds: float) -> None:
        """Sleep fast."""
        await asyncio.sleep(seconds / FASTER)


class Steps:
    """Kills this process when it reaches the step that it was told to die at."""

    def __init__(self, die_at: str) -> None:
        label, _, times = die_at.partition("#")
        self._label, self._times = label, int(times or "1")
        self._seen: Counter[str] = Counter()

    def reach(self, label: str) -> None:
        """Pass a step, or die there."""
        self._seen[label] += 1
        if label == self._label and self._seen[label] == self._times:
            os.kill(os.getpid(), signal.SIGKILL)


class SteppedCommands(Commands):
    """The real commands, with steps around each write."""

    steps: Steps

    async def confirm(
        self,
        session: Session,
        commands: Sequence[tuple[OutboxItem, CommandContent]],
        events: Sequence[NewEvent],
    ) -> tuple[OutboxItem, ...]:
        """See `Commands.confirm`."""
        self.steps.reach("confirm.before")
        kept = await super().confirm(session, commands, events)
        self.steps.reach("confirm.after")
        return kept

    async def change(
        self,
        session: Session,
        before: OutboxItem,
        after: OutboxItem,
        *,
        events: Sequence[NewEvent] = (),
        document: bytes = b"",
        content: CommandContent | None = None,
    ) -> OutboxItem:
        """See `Commands.change`."""
        self.steps.reach(f"{after.state}.before")
        kept = await super().change(session, before, after, events=events, document=document, content=content)
        self.steps.reach(f"{after.state}.after")
        return kept


class LoopbackTools(ScriptedSources):
    """Acts on the tool process, over sockets."""

    def __init__(self, port: int, idempotency: str, steps: Steps) -> None:
        super().__init__([])
        self._port = port
        self._steps = steps
        self._offer = ActionOffer(
            instance="tool",
            source_name="Outil",
            action="act",
            label="Agir",
            idempotency=Idempotency(idempotency),
            offline=OfflineRule.REFUSE if idempotency == "none" else OfflineRule.QUEUE,
            expires=timedelta(hours=1),
            confirm=ConfirmRule.AGENT,
            inputs=(),
            touches=(),
        )

    def actions(self) -> Sequence[ActionOffer]:
        """Return the one action."""
        return (self._offer,)

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        """Plan without the tool: it may be dead, and what is tested comes after."""
        del instance, command, agent, purpose
        return ActionPlan("Agir", ())

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Send, and tell whether what failed may have happened."""
        del instance, agent, purpose
        self._steps.reach("execute.before")
        asked = {"command": command.command_id, "person": str(command.customer.avise_id), **command.input}
        status = await self._call("POST", "/acts", json.dumps(asked).encode(), writes=True)
        self._steps.reach("execute.after")
        if status == 409:
            raise ConnectorError(ErrorKind.REJECTED)
        return ActionResult(Outcome.DONE)

    async def verify_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Ask whether it happened."""
        del instance, agent, purpose
        self._steps.reach("verify.before")
        status = await self._call("GET", f"/acts/{command.command_id}", b"", writes=False)
        self._steps.reach("verify.after")
        return ActionResult(Outcome.DONE if status == 200 else Outcome.NOT_DONE)

    async def _call(self, method: str, path: str, body: bytes, *, writes: bool) -> int:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            raise ConnectorError(ErrorKind.UNAVAILABLE) from None
        try:
            head = f"{method} {path} HTTP/1.1\r\nHost: tool\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
            if writes:
                self._steps.reach("execute.sent")
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await reader.read()
        except (OSError, TimeoutError):
            raise ConnectorError(ErrorKind.UNAVAILABLE, outcome_unknown=writes) from None
        finally:
            writer.close()
        head, _, payload = answer.decode().partition("\r\n\r\n")
        if not payload.endswith("}"):
            raise ConnectorError(ErrorKind.UNAVAILABLE, outcome_unknown=writes)
        return int(head.split()[1])


class Desk:
    """One life."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.folder = Path(orders.folder)
        self.env = FastEnv(orders.started)
        self.steps = Steps(orders.die_at)

    def tell(self, *words: object) -> None:
        """Add a line to the report: what a person at the screen has seen."""
        with (self.folder / "report").open("a") as report:
            report.write(" ".join(str(word) for word in words) + "\n")

    async def live(self) -> None:
        """Type, promise and send."""
        store = await Store.open(self.folder / "store.db", KEY, self.env)
        commands = self.make_commands(store)
        memory = DeskMemory(store, self.env, SESSION.user)
        tools = LoopbackTools(self.orders.port, self.orders.idempotency, self.steps)
        directory = SmallDirectory({person: entry(person) for person in PEOPLE})
        outbox = Outbox(SESSION, tools, directory, commands, self.env)
        await outbox.start()
        for number in range(self.orders.promises):
            await self.type(memory)
            await self.promise(outbox, PEOPLE[number % len(PEOPLE)])
            if self.orders.one_by_one:
                await self.stay(outbox)
        await self.stay(outbox)
        await outbox.aclose()
        await store.aclose()

    def make_commands(self, store: Store) -> SteppedCommands:
        """Return the commands of this life."""
        commands = SteppedCommands(store, self.env, Journal(store, self.env), SESSION.user)
        commands.steps = self.steps
        return commands

    async def type(self, memory: DeskMemory) -> None:
        """Type a few words; each keeping is told once it has returned."""
        for _ in range(3):
            number = time.time_ns()
            await memory.save_draft(PEOPLE[0], f"note {number}")
            self.tell("saved", number)

    async def promise(self, outbox: Outbox, person: uuid.UUID) -> None:
        """Confirm one action and tell so."""
        number = time.time_ns()
        plan = await outbox.plan(entry(person), "call", "tool", "act", {"number": number})
        (item,) = await outbox.confirm([plan])
        self.tell("promised", item.command_id, person, number)

    async def stay(self, outbox: Outbox) -> None:
        """Stay a little, or until nothing moves by itself."""
        still = (CommandState.NEEDS_HUMAN, CommandState.ACCEPTED)
        end = time.monotonic() + (60.0 if self.orders.until_settled else 5.0)
        while time.monotonic() < end:
            moving = [item for item in outbox.visible() if item.open and item.state not in still]
            if not moving:
                return
            await asyncio.sleep(0.02)


def live(orders: Orders) -> None:
    """Live one life in this process."""
    from tests.chaos import outbox_mutants  # noqa: PLC0415 - it imports this module

    desk = outbox_mutants.mutated(Desk(orders))
    asyncio.run(desk.live())
