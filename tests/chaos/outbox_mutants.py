"""Deliberate defects of the outbox: what the kills must find, or they prove nothing."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from avise.connectors.action_contract import ActionCommand, ActionResult
from avise.models import command_rules
from avise.models.command_events import Interrupted, SendFailed
from avise.models.command_rules import Step
from avise.models.commands import CommandContent, CommandState, OutboxItem
from avise.models.journal import NewEvent
from avise.models.roles import Session
from avise.services import outbox_sending
from avise.store.journal import Journal
from avise.store.store import Store
from tests.chaos.outbox_desk import SESSION, Desk, LoopbackTools, SteppedCommands


class LateSending(SteppedCommands):
    """Writes `sending` together with the answer, after the call."""

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
        """Keep `sending` in memory alone."""
        if after.state is CommandState.SENDING:
            return replace(after, revision=before.revision)
        return await super().change(session, before, after, events=events, document=document, content=content)


class EarlyPromise(SteppedCommands):
    """Promises before the commit."""

    async def confirm(
        self,
        session: Session,
        commands: Sequence[tuple[OutboxItem, CommandContent]],
        events: Sequence[NewEvent],
    ) -> tuple[OutboxItem, ...]:
        """Return at once; the writing follows a moment later."""

        async def later() -> None:
            await asyncio.sleep(0.3)
            await SteppedCommands.confirm(self, session, commands, events)

        self.writing = asyncio.ensure_future(later())
        return tuple(replace(item, position=index) for index, (item, _) in enumerate(commands))


def _with_commands(kind: type[SteppedCommands]) -> Callable[[Desk], None]:
    def mutate(desk: Desk) -> None:
        def make(store: Store) -> SteppedCommands:
            commands = kind(store, desk.env, Journal(store, desk.env), SESSION.user)
            commands.steps = desk.steps
            return commands

        desk.make_commands = make  # type: ignore[method-assign]  # a mutant

    return mutate


def _blind_resend(_: Desk) -> None:
    """Send again what is unknown, without asking what came of it."""
    honest = command_rules.next_step

    def next_step(item: OutboxItem, now: datetime) -> Step:
        return Step.SEND if item.state is CommandState.UNKNOWN else honest(item, now)

    command_rules.next_step = next_step
    outbox_sending.next_step = next_step  # type: ignore[attr-defined]  # a mutant


def _crash_forgotten(_: Desk) -> None:
    """Take what was being sent at a crash for something that has not left."""

    def not_left(item: OutboxItem, _: Interrupted, _now: datetime) -> OutboxItem:
        return replace(item, state=CommandState.CONFIRMED)

    command_rules._TABLE[CommandState.SENDING, Interrupted] = not_left


def _lost_is_failed(_: Desk) -> None:
    """Take a lost answer for a request that did not leave."""
    honest = outbox_sending.failure_of

    def failure_of(error: object) -> SendFailed:
        return replace(honest(error), outcome_unknown=False)  # type: ignore[arg-type]  # a mutant

    outbox_sending.failure_of = failure_of


def _key_of_each_sending(_: Desk) -> None:
    """Mint an idempotency key at each sending."""
    honest = LoopbackTools.execute_action

    async def execute(
        self: LoopbackTools, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        anew = replace(command, command_id=str(uuid.uuid4()))
        return await honest(self, instance, anew, agent=agent, purpose=purpose)

    LoopbackTools.execute_action = execute  # type: ignore[method-assign]  # a mutant


MUTANTS: dict[str, Callable[[Desk], None]] = {
    "sending written after the call": _with_commands(LateSending),
    "promised before the commit": _with_commands(EarlyPromise),
    "sent again without verifying": _blind_resend,
    "crash while sending forgotten": _crash_forgotten,
    "lost answer taken for a failure": _lost_is_failed,
    "new idempotency key at each sending": _key_of_each_sending,
}


def mutated(desk: Desk) -> Desk:
    """Return the desk, with the defect that its orders name."""
    if desk.orders.mutant:
        MUTANTS[desk.orders.mutant](desk)
    return desk
