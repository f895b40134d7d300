"""What the host does around an action: input, deadline, breaker, queue, and whether it may have happened.

Nothing is sent twice here: sending again is the outbox's decision (`connectors.md` C8, C11).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import PurePath
from typing import TypeVar

from avise.connectors.action_contract import (
    ActionCommand,
    ActionOffer,
    ActionPlan,
    ActionResult,
    ActionSpec,
    Outcome,
)
from avise.connectors.action_inputs import filled_inputs, input_problems
from avise.connectors.bulkhead import Ticket
from avise.connectors.context import Caller, Context
from avise.connectors.contract import ConnectorError, PerformsActions
from avise.connectors.deadline import Deadline, within
from avise.connectors.http_connection import Sent
from avise.connectors.instance import Instance
from avise.connectors.sentences import shown_sentence
from avise.models.customer import CustomerKey, PersonId
from avise.models.errors import ErrorKind, Origin

T = TypeVar("T")

PLAN_S = 5.0
ACTION_S = 15.0
LONGEST_ACTION = timedelta(seconds=60)
LARGEST_DOCUMENT = 16 * 1024 * 1024
LEFT_AT_CLOSING_S = 2.0
"""How long an action under way may still take when Avise ends; then its outcome is unknown."""
LONGEST_REFERENCE = 80

_DEFINITE = frozenset(
    {
        ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT, ErrorKind.AUTH, ErrorKind.FORBIDDEN,
        ErrorKind.NOT_FOUND, ErrorKind.RATE_LIMITED, ErrorKind.UNSUPPORTED,
    }
)  # fmt: skip
"""The tool has answered and has done nothing; any other error after a request left proves nothing."""
_SPEAKS = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})
_MAYBE_OFFLINE = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT})
_TOOL_FAILS = frozenset(
    {
        ErrorKind.UNAVAILABLE,
        ErrorKind.TIMEOUT,
        ErrorKind.AUTH,
        ErrorKind.CONFIG,
        ErrorKind.BAD_DATA,
        ErrorKind.BUG,
    }
)
"""What counts on the Sources page: a refused command says nothing against its tool."""

Work = Callable[[PerformsActions, ActionCommand, Context], Awaitable[T]]


@dataclass(eq=False, slots=True)
class _Turn:
    """Lets one action at a time through for one customer in one tool."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Acting:
    """Plans, executes and verifies commands.

    Args:
        cut_off: tells whether the workstation itself has no network.
    """

    def __init__(self, cut_off: Callable[[], bool]) -> None:
        self._cut_off = cut_off
        self._turns: dict[tuple[str, PersonId], _Turn] = {}
        self._executing: dict[tuple[str, str], asyncio.Task[ActionResult]] = {}

    async def aclose(self) -> None:
        """Leave what is being executed a moment to end, then let it go."""
        tasks = list(self._executing.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LEFT_AT_CLOSING_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- the three calls ---------------------------------------------------------------------
    async def plan(
        self, tool: Instance, command: ActionCommand, caller: Caller, reference: str
    ) -> ActionPlan:
        """Return what a command would change; nothing is written.

        Raises:
            ConnectorError: the tool could not be read, or would refuse.
        """
        spec, prepared = _prepared(tool, command)
        plan = await self._call(tool, prepared, caller, reference, PLAN_S, _plan)
        if not isinstance(plan, ActionPlan):
            raise ConnectorError(ErrorKind.BUG, "not a plan", origin=Origin.CONNECTOR)
        return replace(
            plan,
            summary=shown_sentence(plan.summary) or spec.label,
            changes=tuple((name, _value(before), _value(after)) for name, before, after in plan.changes),
            warnings=tuple(shown_sentence(warning) for warning in plan.warnings),
        )

    async def execute(
        self, tool: Instance, command: ActionCommand, caller: Caller, reference: str
    ) -> ActionResult:
        """Send a command once, and return what the tool answered.

        The sending goes on when whoever waits for it stops waiting. The same command asked again
        meanwhile is not sent again: both get the same answer.

        Raises:
            ConnectorError: refused, or not sent; `outcome_unknown` when it may have taken effect.
        """
        key = (tool.id, command.command_id)
        task = self._executing.get(key)
        if task is None:
            work = self._execute(tool, command, caller, reference)
            task = asyncio.create_task(work, name=f"action {tool.id}")
            self._executing[key] = task
            task.add_done_callback(lambda _: self._executing.pop(key, None))
            task.add_done_callback(_look_at)
        return await asyncio.shield(task)

    async def _execute(
        self, tool: Instance, command: ActionCommand, caller: Caller, reference: str
    ) -> ActionResult:
        spec, prepared = _prepared(tool, command)
        async with self._turn(tool.id, command.customer.avise_id):
            result = await self._call(tool, prepared, caller, reference, _seconds(spec), _execute)
        checked = _checked(result, spec)
        if checked.outcome is Outcome.NOT_DONE:
            detail = "execute says that nothing was done"
            raise ConnectorError(ErrorKind.BUG, detail, origin=Origin.CONNECTOR, outcome_unknown=True)
        tool.log.info("action", outcome=str(checked.outcome), reference=reference)
        return checked

    async def verify(
        self, tool: Instance, command: ActionCommand, caller: Caller, reference: str
    ) -> ActionResult:
        """Return whether a command was done; only reads.

        Raises:
            ConnectorError: the tool could not be read.
        """
        spec, prepared = _prepared(tool, command)
        async with self._turn(tool.id, command.customer.avise_id):
            result = await self._call(tool, prepared, caller, reference, _seconds(spec), _verify)
        return _checked(result, spec)

    # ---- one call ----------------------------------------------------------------------------
    @asynccontextmanager
    async def _turn(self, instance: str, customer: PersonId) -> AsyncIterator[None]:
        """Hold the one place of a customer in a tool: two actions at once could pass each other."""
        turn = self._turns.setdefault((instance, customer), _Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                self._turns.pop((instance, customer), None)

    async def _call(
        self,
        tool: Instance,
        command: ActionCommand,
        caller: Caller,
        reference: str,
        seconds: float,
        work: Work[T],
    ) -> T:
        started = tool.env.monotonic()
        sent = Sent()
        try:
            answer = await _through(tool, command, caller, reference, seconds, work, sent)
        except ConnectorError as error:
            told = self._told(tool, error, sent)
            milliseconds = round((tool.env.monotonic() - started) * 1000)
            if told.kind in _TOOL_FAILS and told.origin is not Origin.HOST:
                tool.statistics.note_failure(tool.failure(told, reference), milliseconds)
            tool.log.warning(
                "action failed",
                kind=str(told.kind),
                origin=str(told.origin),
                detail=told.detail,
                outcome="unknown" if told.outcome_unknown else "nothing sent or nothing done",
                reference=reference,
                milliseconds=milliseconds,
            )
            raise told from None
        tool.statistics.note_success(round((tool.env.monotonic() - started) * 1000))
        return answer

    def _told(self, tool: Instance, error: ConnectorError, sent: Sent) -> ConnectorError:
        """Return an error as the outbox must see it."""
        unknown = error.outcome_unknown or (sent.writes and error.kind not in _DEFINITE)
        kind, origin = error.kind, error.origin
        if not unknown and tool.remote and kind in _MAYBE_OFFLINE and self._cut_off():
            kind, origin = ErrorKind.OFFLINE, Origin.HOST
        return ConnectorError(
            kind,
            error.detail,
            origin=origin,
            retry_after=error.retry_after,
            outcome_unknown=unknown,
            source_code=shown_sentence(error.source_code)[:40],
            user_message=shown_sentence(error.user_message) if kind in _SPEAKS else "",
        )


async def _through(
    tool: Instance,
    command: ActionCommand,
    caller: Caller,
    reference: str,
    seconds: float,
    work: Work[T],
    sent: Sent,
) -> T:
    """Pass by the opening, the queue and the breaker, then work within the deadline."""
    connector = tool.connector
    if not isinstance(connector, PerformsActions):
        raise ConnectorError(ErrorKind.UNSUPPORTED, "no actions", origin=Origin.HOST)
    await tool.ready(seconds)
    tool.breaker.refuse_if_open()
    async with tool.bulkhead.place(Ticket(caller.priority), seconds):
        with tool.breaker.guard():
            async with within(seconds):
                deadline = Deadline(seconds)
                context = tool.context(caller, reference, deadline, may_retry=False, sent=sent)
                return await work(connector, command, context)


async def _plan(connector: PerformsActions, command: ActionCommand, ctx: Context) -> ActionPlan:
    return await connector.plan(command, ctx)


async def _execute(connector: PerformsActions, command: ActionCommand, ctx: Context) -> ActionResult:
    return await connector.execute(command, ctx)


async def _verify(connector: PerformsActions, command: ActionCommand, ctx: Context) -> ActionResult:
    return await connector.verify(command, ctx)


# ---- before and after --------------------------------------------------------------------------


def offers_of(tool: Instance) -> tuple[ActionOffer, ...]:
    """Return what an instance can be asked to do."""
    return tuple(
        ActionOffer(
            instance=tool.id,
            source_name=tool.name,
            action=spec.action,
            label=spec.label,
            idempotency=spec.idempotency,
            offline=spec.offline,
            expires=spec.expires,
            confirm=spec.confirm,
            inputs=spec.inputs,
            touches=spec.touches,
            needs_ids=tuple(dict.fromkeys((*tool.manifest.needs_ids, *spec.needs_ids))),
            document=spec.document,
            fields=spec.fields,
            copied=spec.copied,
        )
        for spec in tool.manifest.actions
    )


def _prepared(tool: Instance, command: ActionCommand) -> tuple[ActionSpec, ActionCommand]:
    """Return the action's declaration, and the command with checked values and the needed identifiers alone.

    Raises:
        ConnectorError: UNSUPPORTED for an action that the tool does not offer, or a customer whom it
            does not know; INVALID for a value that cannot be sent.
    """
    spec = next((spec for spec in tool.manifest.actions if spec.action == command.action), None)
    if spec is None:
        raise ConnectorError(ErrorKind.UNSUPPORTED, "action not offered", origin=Origin.HOST)
    problems = input_problems(spec.inputs, command.input)
    if problems:
        detail = f"input {problems[0].name}: {problems[0].fault}"
        raise ConnectorError(ErrorKind.INVALID, detail, origin=Origin.HOST)
    ids = {}
    for scheme in dict.fromkeys((*tool.manifest.needs_ids, *spec.needs_ids)):
        if not command.customer.ids.get(scheme):
            raise ConnectorError(ErrorKind.UNSUPPORTED, f"no identifier {scheme}", origin=Origin.HOST)
        ids[scheme] = command.customer.ids[scheme]
    customer = CustomerKey(command.customer.avise_id, ids)
    return spec, replace(command, customer=customer, input=filled_inputs(spec.inputs, command.input))


def _seconds(spec: ActionSpec) -> float:
    return min(spec.deadline or timedelta(seconds=ACTION_S), LONGEST_ACTION).total_seconds()


def _checked(result: object, spec: ActionSpec) -> ActionResult:
    """Return a result that is fit to be kept and shown.

    Raises:
        ConnectorError: BUG, of unknown outcome, when it is no result.
    """
    if not isinstance(result, ActionResult):
        raise ConnectorError(ErrorKind.BUG, "not a result", origin=Origin.CONNECTOR, outcome_unknown=True)
    happened = result.outcome in {Outcome.DONE, Outcome.ALREADY_DONE, Outcome.ACCEPTED}
    fits = len(result.document) <= LARGEST_DOCUMENT
    return replace(
        result,
        reference=shown_sentence(result.reference)[:LONGEST_REFERENCE],
        touched_facets=(result.touched_facets or spec.touches) if happened else (),
        document=result.document if fits else b"",
        document_name=PurePath(result.document_name.replace("\\", "/")).name if fits else "",
    )


def _value(value: str) -> str:
    return shown_sentence(str(value))


def _look_at(task: asyncio.Task[ActionResult]) -> None:
    """Fetch the error of a task that nobody waits for any more: its log line has told it."""
    if not task.cancelled():
        task.exception()
