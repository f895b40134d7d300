"""Silver and gold of the telephony: calls come as they happen, and a stream that breaks is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

from avise.connectors.contract import CallEvent, CallEventKind, ConnectorError, StreamsCalls
from avise.connectors.kit import faults
from avise.connectors.kit.bench import Bench, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import Ending, Fault, instead, streaming
from avise.connectors.kit.gold import GRACE_S
from avise.connectors.kit.overheard import Overheard, listening
from avise.connectors.kit.pieces import calls_of, seconds_of
from avise.connectors.kit.scenarios import Calls
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised, require_kind
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

_LOST = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.BAD_DATA})


def _calls(trial: Trial, bench: Bench) -> Calls:
    """Return what the scenarios say of calls; the kit plays the telephone with it.

    Raises:
        NotApplicable: the connector hears no calls.
        NotExercised: the scenarios have none, or the connector does not listen by HTTP.
    """
    if not trial.manifest.call_events or not isinstance(bench.instance.connector, StreamsCalls):
        raise NotApplicable("no_calls")
    if trial.scenarios.calls is None:
        raise NotExercised("no_call_events")
    if bench.proxy is None:
        raise NotExercised("no_way_between")
    return trial.scenarios.calls


def _pieces(calls: Calls) -> Sequence[bytes]:
    return [event.encode() for event in calls.events]


async def _hear(bench: Bench, most: int, heard: list[CallEvent]) -> ErrorKind | None:
    """Listen until so many calls have come; return why the stream broke before, TIMEOUT when nothing came.

    Raises:
        FailedCheck: the stream ended as if there would be no more calls.
    """
    try:
        async with asyncio.timeout(seconds_of(bench)), calls_of(bench) as events:
            async for event in events:
                heard.append(event)
                if len(heard) >= most:
                    return None
    except ConnectorError as error:
        return error.kind
    except TimeoutError:
        return ErrorKind.TIMEOUT
    raise FailedCheck("calls_end_quietly", count=len(heard))


async def _all_heard(trial: Trial, bench: Bench) -> Sequence[CallEvent]:
    """Return the calls of the scenarios, over a stream that stays open.

    Raises:
        FailedCheck: one does not come while the line is open.
    """
    calls, heard = _calls(trial, bench), list[CallEvent]()
    bench.hurry()
    await bench.fail(streaming(calls.type, _pieces(calls), Ending.OPEN))
    kind = await _hear(bench, len(calls.events), heard)
    if kind is not None:
        raise FailedCheck("calls_do_not_come", count=len(heard), most=len(calls.events), kind=str(kind))
    return heard


async def calls_come_as_they_happen(trial: Trial) -> None:
    """Each call comes while the line stays open, in order, with its moment and who calls."""
    async with open_bench(trial) as bench:
        heard = await _all_heard(trial, bench)
    for event in heard:
        if field := _fault_of(event):
            raise FailedCheck("unfit_call", field=field)


def _fault_of(event: object) -> str:
    """Return the name of a field that does not fit, "" when all do."""
    if not isinstance(event, CallEvent):
        return type(event).__name__
    fits: Mapping[str, bool] = {
        "call_id": bool(event.call_id.strip()),
        "kind": isinstance(event.kind, CallEventKind),
        "at": event.at.tzinfo is not None,
        "number": not event.number or (event.number.startswith("+") and event.number[1:].isdigit()),
    }
    return next((name for name, good in fits.items() if not good), "")


async def a_broken_call_stream_is_told(trial: Trial) -> None:
    """A stream that ends, is reset or is refused is told, so that it is opened again; half a call is none."""
    async with open_bench(trial) as bench:
        calls = _calls(trial, bench)
        whole = await _all_heard(trial, bench)
        first, *_ = _pieces(calls)
        half = first[: len(first) * 2 // 3]
        broken: Sequence[tuple[Fault, frozenset[ErrorKind]]] = (
            (streaming(calls.type, (first, half), Ending.END), _LOST),
            (streaming(calls.type, (first, half), Ending.RESET), _LOST),
            (instead(faults.server_error()), frozenset({ErrorKind.UNAVAILABLE})),
            (instead(faults.FORBIDDEN), frozenset({ErrorKind.FORBIDDEN})),
        )
        for fault, kinds in broken:
            await bench.fail(fault)
            heard: list[CallEvent] = []
            kind = await _hear(bench, len(whole) + 2, heard)
            if len(heard) > 1:
                raise FailedCheck("half_a_call")
            require_kind("calls", kind, kinds)


async def an_unreadable_call_stops_no_other(trial: Trial) -> None:
    """A call that cannot be read hides none of those that follow."""
    async with open_bench(trial) as bench:
        calls = _calls(trial, bench)
        await _all_heard(trial, bench)
        first, *_ = _pieces(calls)
        await bench.fail(streaming(calls.type, (_spoiled(first), first), Ending.OPEN))
        heard: list[CallEvent] = []
        kind = await _hear(bench, 1, heard)
    # A stream that is given up is opened again by the host: nothing is lost for good.
    if not heard and kind not in _LOST:
        raise FailedCheck("calls_hidden", kind=str(kind))


def _spoiled(event: bytes) -> bytes:
    """Return an event of which every line has lost its second half."""
    return b"\n".join(line[: len(line) * 2 // 3] for line in event.rstrip().split(b"\n")) + b"\n\n"


async def a_given_up_call_stream_ends(trial: Trial) -> None:
    """While nobody calls the line stays open; given up, it ends at once."""
    async with open_bench(trial) as bench:
        calls = _calls(trial, bench)
        await bench.fail(streaming(calls.type, (), Ending.OPEN))
        task = asyncio.create_task(_first(bench), name="kit given up")
        await asyncio.wait([task], timeout=trial.scenarios.tool.deadline.total_seconds())
        if task.done():
            await task
            raise FailedCheck("calls_end_quietly", count=0)
        task.cancel()
        await asyncio.wait([task], timeout=GRACE_S)
        if not task.done():
            await asyncio.wait([task], timeout=GRACE_S * 10)
            raise FailedCheck("not_ended", reading="calls")
        if not task.cancelled():
            with suppress(ConnectorError):
                await task
            raise FailedCheck("cancellation_swallowed", reading="calls")


async def _first(bench: Bench) -> None:
    async with calls_of(bench) as events:
        async for _ in events:
            return


async def callers_stay_inside(trial: Trial) -> None:
    """The number of whoever calls gets into no log and no error."""
    with listening() as heard:
        async with open_bench(trial) as bench:
            calls = _calls(trial, bench)
            known = await _all_heard(trial, bench)
            first, *_ = _pieces(calls)
            ways = ((first, first[: len(first) * 2 // 3]), (_spoiled(first), first), (first, first))
            for way in ways:
                await bench.fail(streaming(calls.type, way, Ending.END))
                await _note(bench, heard)
    numbers = {event.number for event in known if event.number} | set(calls.numbers)
    if not numbers:
        raise NotExercised("no_number")
    told = heard.find({f"number {rank}": number for rank, number in enumerate(sorted(numbers))})
    if told is not None:
        raise FailedCheck("heard", name=told[0], where=told[1])


async def _note(bench: Bench, heard: Overheard) -> None:
    try:
        async with asyncio.timeout(seconds_of(bench)), calls_of(bench) as events:
            async for _ in events:
                pass
    except ConnectorError as error:
        heard.note("error", f"{error} {error!r} {error.detail} {error.source_code} {error.user_message}")
    except TimeoutError:
        return


CHECKS = (
    Check("calls_come_as_they_happen", ConformanceLevel.SILVER, calls_come_as_they_happen),
    *(
        Check(run.__name__, ConformanceLevel.GOLD, run)
        for run in (
            a_broken_call_stream_is_told,
            an_unreadable_call_stops_no_other,
            a_given_up_call_stream_ends,
            callers_stay_inside,
        )
    ),
)
