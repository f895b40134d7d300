"""Calls that no copy answers: a restricted value, a check, the directory's changes, a content, the phone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any, TypeVar

from avise.connectors.bulkhead import Ticket
from avise.connectors.context import Caller
from avise.connectors.contract import (
    Batch,
    CallContext,
    CallEvent,
    Completeness,
    ConnectorError,
    FetchesContent,
    Health,
    HealthReport,
    LiveQuery,
    PublishesDirectory,
    RevealsFields,
    StreamsCalls,
)
from avise.connectors.deadline import Deadline, within
from avise.connectors.instance import Instance
from avise.connectors.watched_call import watched
from avise.models.customer import Party
from avise.models.errors import ErrorKind, Origin

T = TypeVar("T")

LIVE_S = 5.0
CHECK_S = 3.0
PAGE_S = 8.0
"""A page of the directory's changes, or the next bytes of a content."""
LARGEST_CONTENT = 64 * 1024 * 1024
FIRST_RECONNECTION_S = 1.0
LONGEST_RECONNECTION_S = 30.0

_HEALTH = {
    ErrorKind.AUTH: Health.NEEDS_AUTH,
    ErrorKind.CONFIG: Health.MISCONFIGURED,
    ErrorKind.BUG: Health.MISCONFIGURED,
    ErrorKind.UNAVAILABLE: Health.DOWN,
    ErrorKind.TIMEOUT: Health.DOWN,
    ErrorKind.OFFLINE: Health.DOWN,
}


async def live_value(instance: Instance, query: LiveQuery, caller: Caller, reference: str) -> str:
    """Return one restricted value; neither kept nor logged.

    Raises:
        ConnectorError: why the tool did not say.
    """
    connector = instance.connector
    if not isinstance(connector, RevealsFields) or query.field not in instance.manifest.live_fields:
        raise ConnectorError(ErrorKind.UNSUPPORTED, "no such live field", origin=Origin.HOST)
    value = await _call(instance, caller, reference, LIVE_S, lambda ctx: connector.live_value(query, ctx))
    if not isinstance(value, str):
        raise ConnectorError(ErrorKind.BUG, "live value is no text", origin=Origin.CONNECTOR)
    return value


async def _call(
    instance: Instance,
    caller: Caller,
    reference: str,
    seconds: float,
    work: Callable[[CallContext], Awaitable[T]],
) -> T:
    await instance.ready(seconds)
    started = instance.env.monotonic()

    def milliseconds() -> int:
        return round((instance.env.monotonic() - started) * 1000)

    try:
        async with instance.bulkhead.place(Ticket(caller.priority), seconds):
            with instance.breaker.guard() as probe:
                async with within(seconds):
                    deadline = Deadline(seconds)
                    answer = await work(instance.context(caller, reference, deadline, may_retry=not probe))
    except ConnectorError as error:
        instance.statistics.note_failure(instance.failure(error, reference), milliseconds())
        raise
    instance.statistics.note_success(milliseconds())
    return answer


async def check(instance: Instance, reference: str) -> HealthReport:
    """Ask a tool whether it answers, whatever its breaker says; a good answer closes the breaker.

    A connector that asks nothing says nothing of its tool, even when it says that it is well: breaker and
    statistics stay as they are.
    """
    try:
        await instance.ready(CHECK_S)
        instance.breaker.allow_probe()
        with instance.in_use(), instance.breaker.guard():
            async with within(CHECK_S):
                call = watched(instance.context(Caller(), reference, Deadline(CHECK_S), may_retry=False))
                report = await instance.connector.check(call)
                if report.health is Health.OK and not call.asked:
                    report = replace(report, health=Health.UNVERIFIED)
                _refuse_down(report)
            _refuse_unasked(report)
    except _UnaskedError as unasked:
        return unasked.report
    except ConnectorError as error:
        failure = instance.failure(error, reference)
        if error.origin is not Origin.HOST:
            instance.statistics.note_failure(failure, 0)
        return HealthReport(_HEALTH.get(error.kind, Health.DEGRADED), error.detail)
    instance.statistics.note_answer()
    return report


class _UnaskedError(Exception):
    """A check that asked nothing: no error of the tool's, and no answer of it either."""

    def __init__(self, report: HealthReport) -> None:
        super().__init__()
        self.report = report


def _refuse_unasked(report: HealthReport) -> None:
    """Leave the breaker's block otherwise than by a success, which would close it."""
    if report.health is Health.UNVERIFIED:
        raise _UnaskedError(report)


def _refuse_down(report: HealthReport) -> None:
    """Let the breaker count a tool that says itself that it is down."""
    if report.health is Health.DOWN:
        raise ConnectorError(ErrorKind.UNAVAILABLE, report.detail)


async def changes(
    instance: Instance, since: str, caller: Caller, reference: str
) -> AsyncGenerator[Batch[Party], None]:
    """Yield the parties changed since a cursor; each page has a deadline of its own.

    Raises:
        ConnectorError: why the directory could not be read to its end; BAD_DATA when it has none or
            when its cursor does not move.
    """
    connector = instance.connector
    if not isinstance(connector, PublishesDirectory):
        raise ConnectorError(ErrorKind.UNSUPPORTED, "no directory", origin=Origin.HOST)
    await instance.ready(PAGE_S)
    ended = False
    with instance.in_use(), instance.breaker.guard():
        deadline = Deadline(PAGE_S)
        context = instance.context(caller, reference, deadline, may_retry=True)
        cursor = ""
        async with aclosing(by_page(connector.changes(since, context), deadline)) as batches:
            async for batch in batches:
                if batch.completeness is Completeness.MORE and batch.cursor and batch.cursor == cursor:
                    raise ConnectorError(ErrorKind.BAD_DATA, "cursor does not move")
                cursor = batch.cursor
                ended = batch.completeness is not Completeness.MORE
                yield batch
        if not ended:
            raise ConnectorError(ErrorKind.BAD_DATA, "directory without an end", origin=Origin.CONNECTOR)


async def content(
    instance: Instance, ref: str, caller: Caller, reference: str
) -> AsyncGenerator[bytes, None]:
    """Yield the bytes behind a reference; each piece has a deadline of its own.

    Raises:
        ConnectorError: why it could not be opened; BAD_DATA when it is larger than 64 MiB.
    """
    connector = instance.connector
    if not isinstance(connector, FetchesContent):
        raise ConnectorError(ErrorKind.UNSUPPORTED, "no content", origin=Origin.HOST)
    await instance.ready(PAGE_S)
    size = 0
    async with AsyncExitStack() as scope:
        await scope.enter_async_context(instance.bulkhead.place(Ticket(caller.priority), PAGE_S))
        probe = scope.enter_context(instance.breaker.guard())
        deadline = Deadline(PAGE_S)
        context = instance.context(caller, reference, deadline, may_retry=not probe)
        pieces = await scope.enter_async_context(aclosing(by_page(connector.content(ref, context), deadline)))
        async for piece in pieces:
            size += len(piece)
            if size > LARGEST_CONTENT:
                raise ConnectorError(ErrorKind.BAD_DATA, "content too large")
            yield piece


async def by_page(stream: AsyncIterator[T], deadline: Deadline | None) -> AsyncGenerator[T, None]:
    """Yield what a connector gives, each piece within the deadline, which then starts anew.

    Without a deadline the next piece may take for ever. The time that our own reader takes between
    two pieces counts for nobody.
    """
    try:
        while True:
            if deadline is not None:
                deadline.renew()
            async with within(None if deadline is None else deadline.seconds):
                try:
                    item: Any = await anext(stream)
                except StopAsyncIteration:
                    return
            yield item
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()


async def call_events(
    instance: Instance, make_caller: Callable[[], tuple[Caller, str]]
) -> AsyncGenerator[CallEvent, None]:
    """Yield the telephony's events for ever; a broken stream is opened again, later each time.

    Args:
        instance: an instance whose connector streams calls.
        make_caller: gives who asks and a reference, for each connection.
    """
    pause = FIRST_RECONNECTION_S
    while True:
        opened = instance.env.monotonic()
        try:
            async with aclosing(_call_stream(instance, *make_caller())) as events:
                async for event in events:
                    pause = FIRST_RECONNECTION_S
                    yield event
            error = ConnectorError(ErrorKind.UNAVAILABLE, "stream ended")
        except ConnectorError as broken:
            error = broken
        lasted_ms = round((instance.env.monotonic() - opened) * 1000)
        instance.statistics.note_failure(instance.failure(error, ""), lasted_ms)
        instance.log.warning("call stream broken", kind=str(error.kind), detail=error.detail)
        await instance.env.sleep(pause * (1 + 0.2 * instance.env.random()))
        pause = min(pause * 2, LONGEST_RECONNECTION_S)


async def _call_stream(instance: Instance, caller: Caller, reference: str) -> AsyncGenerator[CallEvent, None]:
    connector = instance.connector
    if not isinstance(connector, StreamsCalls):
        raise ConnectorError(ErrorKind.UNSUPPORTED, "no call events", origin=Origin.HOST)
    await instance.ready(PAGE_S)
    # No deadline: the stream is silent for as long as nobody calls.
    context = instance.context(caller, reference, Deadline(PAGE_S), may_retry=False)
    async with aclosing(by_page(connector.call_events(context), None)) as events:
        async for event in events:
            yield event
