"""Commands on their way: one at a time for each tool and customer, written before each call.

The order of steps is the promise (`connectors.md` C11): the row says `sending` on disk before the
request leaves, and what came of it is on disk before the next command of the line is looked at. A
process that dies between the two finds `sending` at its next start, and verifies.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from avise.connectors.action_contract import ActionCommand, ActionResult
from avise.connectors.contract import ConnectorError
from avise.env import Env
from avise.models.command_events import (
    Answered,
    CommandEvent,
    DependencyFailed,
    Differs,
    Expired,
    GivenToHuman,
    Interrupted,
    LookFailed,
    Rebased,
    RightsLost,
    Seconded,
    SecondRefused,
    SendFailed,
    SendStarted,
    ToolBack,
    Verified,
    VerifyFailed,
)
from avise.models.command_rules import ImpossibleTransitionError, Step, next_step
from avise.models.commands import (
    IN_LINE,
    CommandContent,
    CommandId,
    CommandReason,
    CommandState,
    OutboxItem,
    fingerprint,
    presentable,
)
from avise.models.confirmations import Confirmation, ConfirmationState
from avise.models.customer import CustomerKey
from avise.models.errors import AviseError, ErrorKind, Origin
from avise.models.roles import Session
from avise.models.source_status import SourceStatus
from avise.services.action_port import ActionPort
from avise.services.confirmations import AnswerOf
from avise.services.outbox_book import CommandBook
from avise.services.outbox_comparing import Comparing
from avise.services.outbox_port import CommandsPort

_log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at what is due."""
STATUS_EVERY = 5.0
"""Seconds between two looks at whether a tool that was waited for is back."""
REST = 5.0
"""Seconds before a step that this workstation could not take is tried again."""
WRITE_AGAIN = 2.0
END_SECONDS = 3.0
"""How long what is being sent may still take at the end; then its outcome is unknown."""
SOONEST_RETURN = timedelta(seconds=60)
"""After a failure that counts as a try, a tool that seems back is not asked again sooner."""

_ON_ITS_WAY = (CommandState.DONE, CommandState.ACCEPTED)
_WAITS_FOR_TOOL = {
    CommandReason.OFFLINE: timedelta(),
    CommandReason.BREAKER: timedelta(),
    CommandReason.AUTH: timedelta(),
    CommandReason.CONFIG: timedelta(),
    CommandReason.UNAVAILABLE: SOONEST_RETURN,
}


class Right(StrEnum):
    """Whether a command's author may still do it."""

    HELD = "held"
    LOST = "lost"
    UNTOLD = "untold"
    """The directory cannot say now."""


class Sender:
    """Takes each command's next step when it is due.

    Args:
        session: who works here.
        book: the commands.
        commands: gives what a command sends.
        actions: the tools.
        status: tells the state of every tool.
        right: tells whether a command may still leave.
        env: the clock.
        done: told of each command that was done, with the facets that it touched.
    """

    def __init__(
        self,
        session: Session,
        book: CommandBook,
        commands: CommandsPort,
        actions: ActionPort,
        status: Callable[[], Awaitable[Sequence[SourceStatus]]],
        right: Callable[[OutboxItem], Awaitable[Right]],
        env: Env,
        done: Callable[[OutboxItem, Sequence[str]], None],
    ) -> None:
        self._session = session
        self._book = book
        self._commands = commands
        self._actions = actions
        self._status = status
        self._right = right
        self._env = env
        self._done = done
        self._comparing = Comparing(session, actions)
        self._wake = asyncio.Event()
        self._running: dict[Hashable, asyncio.Task[None]] = {}
        self._resting: dict[CommandId, float] = {}
        self._loop: asyncio.Task[None] | None = None
        self._looked_at_tools = 0.0
        self._recovered = False
        self.on_right_lost: Callable[[], None] = lambda: None
        """Told that the right to a command was gone when it was to leave."""
        self.on_collision: Callable[[], None] = lambda: None
        """Told that others changed what a command was to change."""
        self.answer_of: AnswerOf | None = None
        """Tells what colleagues answered; None while nobody can be asked."""

    # ---- life ----------------------------------------------------------------------------------
    async def start(self) -> None:
        """Begin to send, once what was being sent when Avise ended is known to be unknown."""
        self._loop = asyncio.create_task(self._run(), name="outbox")

    async def _recover(self) -> None:
        """Turn what a process that ended left `sending` into what it is: unknown."""
        if self._recovered:
            return
        for item in self._book.items():
            if item.state is CommandState.SENDING:
                await self._book.apply(item.command_id, Interrupted())
        self._recovered = True

    async def aclose(self) -> None:
        """Send nothing more, and leave what is being sent a moment to be answered."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.gather(self._loop, return_exceptions=True)
            self._loop = None
        running = list(self._running.values())
        if running:
            await asyncio.wait(running, timeout=END_SECONDS)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @property
    def started(self) -> bool:
        """Whether commands leave from this process."""
        return self._loop is not None

    def forget_rest(self, command_id: CommandId) -> None:
        """Take a command's next step as soon as it is due, whatever stood in its way before."""
        self._resting.pop(command_id, None)

    def wake(self) -> None:
        """Look at once at what is due."""
        self._wake.set()

    async def _run(self) -> None:
        while True:
            try:
                await self._recover()
                await self._look_at_answers()
                await self._look_at_tools()
                self.take_due()
            except Exception as error:  # noqa: BLE001 - one look that fails must not be the last
                _log.error("outbox: a look ended on %s", type(error).__name__)
            await self._pause()

    async def _pause(self) -> None:
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._wake.wait())]
        if any(item.open for item in self._book.items()):
            waits.append(asyncio.ensure_future(self._env.sleep(LOOK_EVERY)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._wake.clear()

    # ---- what is due ---------------------------------------------------------------------------
    def take_due(self) -> tuple[asyncio.Task[None], ...]:
        """Start the step of every command that is due and has its turn; return what was started."""
        now = self._env.now()
        started = [self._started(item.command_id, item, Step.EXPIRE) for item in self._too_late(now)]
        for item in self._heads():
            step = next_step(item, now)
            if step not in (Step.NOTHING, Step.EXPIRE) and not self._rests(item):
                started.append(self._started(item.line, item, step))
        return tuple(task for task in started if task is not None)

    def _too_late(self, now: datetime) -> Iterator[OutboxItem]:
        """Yield what expires, whatever its turn: nothing is sent for that."""
        for item in self._book.items():
            if next_step(item, now) is Step.EXPIRE and not self._rests(item):
                yield item

    def _heads(self) -> Iterator[OutboxItem]:
        """Yield, for each tool and customer, the command whose turn it is."""
        seen: set[Hashable] = set()
        for item in self._book.items():
            if item.state not in IN_LINE or item.line in seen or self._waits_for_another(item):
                continue
            seen.add(item.line)
            yield item

    def _waits_for_another(self, item: OutboxItem) -> bool:
        """Say whether what a command depends on is still to come: it leaves its turn to the others."""
        if item.depends_on is None or item.state not in (CommandState.CONFIRMED, CommandState.WAITING):
            return False
        other = self._book.get(item.depends_on)
        return other is not None and other.open

    def _rests(self, item: OutboxItem) -> bool:
        return self._env.monotonic() < self._resting.get(item.command_id, 0.0)

    def _started(self, key: Hashable, item: OutboxItem, step: Step) -> asyncio.Task[None] | None:
        if key in self._running:
            return None
        task = asyncio.create_task(self._take(item, step), name=f"command {step}")
        self._running[key] = task
        task.add_done_callback(lambda _: self._ended(key))
        return task

    def _ended(self, key: Hashable) -> None:
        self._running.pop(key, None)
        self._wake.set()

    async def _take(self, item: OutboxItem, step: Step) -> None:
        try:
            if step is Step.SEND:
                await self._send(item)
            elif step is Step.VERIFY:
                await self._verify(item)
            else:
                event = Expired() if step is Step.EXPIRE else GivenToHuman()
                await self._book.apply(item.command_id, event)
        except (AviseError, ImpossibleTransitionError) as error:
            self._rest_after(item, step, error)

    def _rest_after(self, item: OutboxItem, step: str, error: Exception) -> None:
        """Look again after a while at a command: the disk is full, or its user was quicker."""
        self._resting[item.command_id] = self._env.monotonic() + REST
        reason = error.message_key if isinstance(error, AviseError) else "changed meanwhile"
        _log.warning("command %s, %s: %s", item.command_id, step, reason)

    # ---- colleagues ----------------------------------------------------------------------------
    async def _look_at_answers(self) -> None:
        """Release, or end, what a colleague has answered."""
        now = self._env.now()
        for item in self._book.items():
            waits = item.state is CommandState.AWAITING_SECOND and now < item.expires_at
            if not waits or self.answer_of is None or self._rests(item):
                continue
            event = _second_event(self.answer_of(item.command_id), self._session.user)
            if event is not None:
                await self._apply_or_rest(item, event)

    async def _apply_or_rest(self, item: OutboxItem, event: CommandEvent) -> None:
        try:
            await self._book.apply(item.command_id, event)
        except (AviseError, ImpossibleTransitionError) as error:
            self._rest_after(item, type(event).__name__, error)

    # ---- sending -------------------------------------------------------------------------------
    async def _send(self, item: OutboxItem) -> None:
        forbidding = await self._forbidding(item)
        if forbidding is not None:
            await self._book.apply(item.command_id, forbidding)
            if isinstance(forbidding, RightsLost):
                self.on_right_lost()
            return
        content = await self._commands.content(item.command_id)
        if content is None:
            raise AviseError("outbox.unknown")
        if self._comparing.looks_first(item, content, self._env.now()):
            looked = await self._look(item, content)
            if looked is None:
                return
            content = looked
        await self._book.apply(item.command_id, SendStarted())
        result: ActionResult | None = None
        event: CommandEvent
        try:
            result = await self._actions.execute_action(
                item.instance,
                command_of(item, content, self._session.user),
                agent=self._session.user,
                purpose=item.purpose,
            )
            event = Answered(result.outcome, presentable(result.reference))
        except ConnectorError as error:
            event = failure_of(error)
        except Exception as error:  # noqa: BLE001 - whatever broke, the request may have left
            _log.error("command %s: sending ended on %s", item.command_id, type(error).__name__)
            event = SendFailed(ErrorKind.BUG, outcome_unknown=True)
        await self._settle(item, event, result)

    async def _look(self, item: OutboxItem, content: CommandContent) -> CommandContent | None:
        """Return what a command is to send by what its tool holds now; None when it does not leave."""
        try:
            compared = await self._comparing.compared(item, content)
        except ConnectorError as error:
            await self._book.apply(item.command_id, _look_failure(error))
            return None
        except Exception as error:  # noqa: BLE001 - a defect of a connector proves nothing
            _log.error("command %s: looking ended on %s", item.command_id, type(error).__name__)
            await self._book.apply(item.command_id, LookFailed(ErrorKind.BUG))
            return None
        if compared.merge.differing:
            await self._book.apply(item.command_id, Differs())
            self.on_collision()
            _log.info("command %s: changed by somebody else too", item.command_id)
            return None
        rebased = compared.content(content, {})
        seal = fingerprint(item.instance, item.action, item.person, rebased)
        await self._book.apply(item.command_id, Rebased(seal), content=rebased)
        return rebased

    async def _forbidding(self, item: OutboxItem) -> CommandEvent | None:
        """Return why a command whose turn it is does not leave.

        Raises:
            AviseError: nobody can say now.
        """
        if item.depends_on is not None and not item.uncertain:
            other = self._book.get(item.depends_on)
            if other is None or other.state not in _ON_ITS_WAY:
                return DependencyFailed()
        right = await self._right(item)
        if right is Right.UNTOLD:
            raise AviseError("outbox.rights_untold")
        return RightsLost() if right is Right.LOST else None

    async def _settle(self, item: OutboxItem, event: CommandEvent, result: ActionResult | None) -> None:
        """Keep what came of a sending; a disk that takes nothing is tried again until it does."""
        document = result.document if result is not None else b""
        name = result.document_name if result is not None else ""
        kept: OutboxItem | None = None
        while kept is None:
            try:
                kept = await self._book.apply(
                    item.command_id, event, document=document, document_name=presentable(name)
                )
            except AviseError as error:
                _log.warning("command %s: %s", item.command_id, error.message_key)
                await self._env.sleep(WRITE_AGAIN)
        _log.info("command %s: %s %s", item.command_id, kept.state, kept.reason)
        if kept.state is CommandState.DONE:
            touched = result.touched_facets if result is not None else ()
            self._done(kept, touched or kept.touches)

    # ---- verifying -----------------------------------------------------------------------------
    async def verify_now(self, command_id: CommandId) -> OutboxItem:
        """Ask the tool what came of a command, whatever its turn; return what is known then.

        Raises:
            AviseError: `outbox.being_sent` while something is under way for the same tool and customer.
        """
        item = self._book.known(command_id)
        if item.line in self._running:
            raise AviseError("outbox.being_sent")
        task = self._started(item.line, item, Step.VERIFY)
        if task is not None:
            await asyncio.shield(task)
        return self._book.known(command_id)

    async def _verify(self, item: OutboxItem) -> None:
        content = await self._commands.content(item.command_id)
        if content is None:
            raise AviseError("outbox.unknown")
        result: ActionResult | None = None
        event: CommandEvent
        try:
            result = await self._actions.verify_action(
                item.instance,
                command_of(item, content, self._session.user),
                agent=self._session.user,
                purpose=item.purpose,
            )
            event = Verified(result.outcome, presentable(result.reference))
        except ConnectorError as error:
            event = VerifyFailed(error.kind)
        except Exception as error:  # noqa: BLE001 - a defect of a connector proves nothing
            _log.error("command %s: verifying ended on %s", item.command_id, type(error).__name__)
            event = VerifyFailed(ErrorKind.BUG)
        await self._settle(item, event, result)

    # ---- tools that are back -------------------------------------------------------------------
    async def _look_at_tools(self) -> None:
        waiting = [item for item in self._book.items() if _waits_for_tool(item, self._env.now())]
        if not waiting or self._env.monotonic() < self._looked_at_tools + STATUS_EVERY:
            return
        self._looked_at_tools = self._env.monotonic()
        back = {status.instance: status.last_success for status in await self._status()}
        for item in waiting:
            success, tried = back.get(item.instance), _last_tried(item)
            if success is not None and success > tried:
                await self._book.apply(item.command_id, ToolBack())

    async def tool_back(self, instance: str) -> None:
        """Stop waiting for a tool that somebody asks to be tried again."""
        for item in self._book.items():
            if item.instance == instance and item.state in (CommandState.WAITING, CommandState.UNKNOWN):
                await self._book.apply(item.command_id, ToolBack())
        self.wake()


def _second_event(answer: Confirmation | None, asker: str) -> CommandEvent | None:
    """Return what an answer makes of a command; nobody is their own second."""
    if answer is None or answer.asker != asker or answer.answered_by in ("", asker):
        return None
    if answer.state is ConfirmationState.GIVEN:
        return Seconded(answer.answered_by)
    if answer.state is ConfirmationState.REFUSED:
        return SecondRefused(answer.answered_by, presentable(answer.because))
    return None


def command_of(item: OutboxItem, content: CommandContent, user: str) -> ActionCommand:
    """Return what the tool is given: the same at each sending."""
    return ActionCommand(
        action=item.action,
        command_id=str(item.command_id),
        customer=CustomerKey(item.person, content.ids),
        input=content.input,
        precondition=content.precondition,
        requested_at=item.confirmed_at,
        requested_by=user,
    )


def failure_of(error: ConnectorError) -> SendFailed:
    """Return what the rules need to know of a failure; the tool's sentence is made fit to be shown."""
    return SendFailed(
        error.kind,
        outcome_unknown=error.outcome_unknown,
        by_host=error.origin is Origin.HOST,
        retry_after=error.retry_after,
        message=presentable(error.user_message),
    )


def _look_failure(error: ConnectorError) -> LookFailed:
    return LookFailed(
        error.kind,
        by_host=error.origin is Origin.HOST,
        retry_after=error.retry_after,
        message=presentable(error.user_message),
    )


def _last_tried(item: OutboxItem) -> datetime:
    return item.history[-1].at if item.history else item.confirmed_at


def _waits_for_tool(item: OutboxItem, now: datetime) -> bool:
    """Say whether a command waits, longer than a moment, for its tool to answer again."""
    soonest = _WAITS_FOR_TOOL.get(item.reason)
    if soonest is None or item.state not in (CommandState.WAITING, CommandState.UNKNOWN):
        return False
    return now >= _last_tried(item) + soonest and item.next_at is not None and item.next_at > now
