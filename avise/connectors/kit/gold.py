"""Gold: it stays true, and in time, when the tool or the network fails; and keeps what it reads to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus

from avise.connectors.contract import ConnectorError, Health
from avise.connectors.kit import faults
from avise.connectors.kit.bench import Bench, kind_of, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.expired import expired_certificate
from avise.connectors.kit.faults import WORKING, Fault, Way, changing, instead
from avise.connectors.kit.known_records import found
from avise.connectors.kit.messages import Answer
from avise.connectors.kit.proxy import FaultProxy, Seen, nobody
from avise.connectors.kit.scenarios import Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.upstream import mark_of
from avise.connectors.kit.verdicts import FailedCheck, NotExercised, require_kind
from avise.connectors.readings import FacetReading
from avise.env import Env
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

GRACE_S = 0.3
"""After its deadline a reading has that long to be told (`connectors.md` C14)."""


@dataclass(frozen=True, slots=True)
class FaultCase:
    """One way in which the tool fails, and what must come of a reading.

    Args:
        fault: given the clock.
        kinds: what the reading may fail with.
        times: how often the same request may be sent; one that the gateway may try again, twice.
    """

    fault: Callable[[Env], Fault]
    kinds: frozenset[ErrorKind]
    times: int = 1


def _case(fault: Fault, *kinds: ErrorKind, times: int = 1) -> FaultCase:
    return FaultCase(lambda _: fault, frozenset(kinds), times)


SOON = timedelta(minutes=2)

CASES: dict[str, FaultCase] = {
    "connection_refused": _case(Fault(Way.REFUSE), ErrorKind.UNAVAILABLE, times=2),
    "reset_in_the_body": _case(Fault(Way.RESET), ErrorKind.UNAVAILABLE, times=2),
    "dripping_answer": _case(Fault(Way.DRIP), ErrorKind.TIMEOUT),
    "black_hole": _case(Fault(Way.HOLD), ErrorKind.TIMEOUT),
    "burst_of_500": _case(instead(faults.server_error()), ErrorKind.UNAVAILABLE, times=2),
    "limited_in_seconds": _case(instead(faults.limited()), ErrorKind.RATE_LIMITED),
    "limited_until_a_date": FaultCase(
        lambda env: instead(faults.limited(env.now() + SOON)), frozenset({ErrorKind.RATE_LIMITED})
    ),
    "sign_in_page_in_200": _case(instead(faults.SIGN_IN_PAGE), ErrorKind.AUTH, ErrorKind.BAD_DATA),
    "truncated_answer": _case(changing(faults.cut), ErrorKind.BAD_DATA),
    "wrong_charset": _case(changing(faults.miswritten), ErrorKind.BAD_DATA),
}
_OF_THE_ANSWER = frozenset({"sign_in_page_in_200", "truncated_answer", "wrong_charset"})


async def under_fault(name: str, trial: Trial) -> None:
    """The tool fails in one way, and the reading says so in the right word, in time, without insisting."""
    case = CASES[name]
    # What spoils an answer's content meets the mapping of each reading; the rest, what they share.
    readings = trial.readings() if name in _OF_THE_ANSWER else _readings(trial, list(CASES).index(name))
    if not readings:
        raise NotExercised("no_reading")
    for reading in readings:
        async with open_bench(trial) as bench:
            known = await _ready(bench, reading)
            outcome = await failing(bench, reading, known, case.fault(trial.env))
            judge(reading, outcome, case)
            await _well_again(bench, reading, known)


def _readings(trial: Trial, turn: int = 0) -> Sequence[str]:
    readings = trial.under_faults(turn)
    if not readings:
        raise NotExercised("no_reading")
    return readings


async def _well_again(bench: Bench, reading: str, known: Known) -> None:
    """The tool works again: it is asked again, and its answer is shown."""
    await bench.fail(WORKING)
    bench.deadline = None
    try:
        kind = "" if (await bench.raw(reading, known.ids)).items else "empty"
    except ConnectorError as error:
        kind = str(error.kind)
    if kind:
        raise FailedCheck("stays_down", reading=reading, kind=kind)


async def _ready(bench: Bench, reading: str) -> Known:
    """Return a customer who was read while all was well; from now on the deadline is short."""
    need_http(bench)
    known, _ = await found(bench, reading)
    bench.hurry()
    return known


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a reading during which the tool failed."""

    reading: FacetReading | None
    seconds: float
    limit_s: float
    seen: Sequence[Seen]


async def failing(bench: Bench, reading: str, known: Known, fault: Fault) -> Outcome:
    """Read while the tool fails."""
    await bench.fail(fault)
    clock = bench.trial.env.monotonic
    started = clock()
    answer = await bench.read(reading, known)
    return Outcome(answer, clock() - started, bench.seconds(reading) + GRACE_S, tuple(bench.seen))


def judge(reading: str, outcome: Outcome, case: FaultCase) -> None:
    """Say what is wrong of a reading's end.

    Raises:
        FailedCheck: too late, in another word, or by too many requests.
    """
    if outcome.seconds > outcome.limit_s:
        raise FailedCheck("too_late", reading=reading, seconds=f"{outcome.seconds:.1f}")
    kind = kind_of(outcome.reading)
    if not kind and case.kinds >= frozenset(ErrorKind):
        raise FailedCheck("no_error", reading=reading)
    require_kind(reading, kind, case.kinds)
    if times := _insisted(outcome.seen, case.times):
        raise FailedCheck("insists", reading=reading, times=times, most=case.times)


def _insisted(seen: Sequence[Seen], times: int) -> int:
    """Return how often one request came when that is too often, 0 otherwise.

    A request that may write is never sent again by itself, whatever it does, unless it was refused for who
    asked: it did nothing.
    """
    counts: dict[str, int] = {}
    refused: set[str] = set()
    for one in seen:
        mark = mark_of(one.request)
        counts[mark] = counts.get(mark, 0) + 1
        if counts[mark] > (times if one.reads or mark in refused else 1):
            return counts[mark]
        if one.answer is not None and one.answer.status == HTTPStatus.UNAUTHORIZED:
            refused.add(mark)
    return 0


async def limit_is_passed_on(trial: Trial) -> None:
    """How long the tool asks to wait reaches the host: in seconds, and as a date."""
    waits = (
        (faults.limited(), timedelta(seconds=faults.RETRY_AFTER_S)),
        (faults.limited(trial.env.now() + SOON), SOON),
    )
    async with open_bench(trial) as bench:
        reading = _readings(trial)[0]
        known = await _ready(bench, reading)
        for answer, expected in waits:
            await bench.fail(instead(answer))
            try:
                await bench.raw(reading, known.ids)
            except ConnectorError as error:
                told = error.retry_after
            else:
                told = None
            if told is None or abs(told - expected) > timedelta(seconds=10):
                raise FailedCheck("wait_lost", reading=reading)


async def signed_out_once(trial: Trial) -> None:
    """Refused once with a 401, it signs in again where it can, and says so where it cannot."""
    for reading in _readings(trial):
        async with open_bench(trial) as bench:
            known = await _ready(bench, reading)
            outcome = await failing(bench, reading, known, instead(faults.UNAUTHORIZED, times=1))
            kind = kind_of(outcome.reading)
            if kind not in {"", ErrorKind.AUTH}:
                raise FailedCheck("kind_is", reading=reading, kind=kind, expected=str(ErrorKind.AUTH))
            if times := _insisted(outcome.seen, 2):
                raise FailedCheck("insists", reading=reading, times=times, most=2)


async def error_in_200(trial: Trial) -> None:
    """An error told with the status 200 is an error: never an empty answer."""
    told = trial.scenarios.error_in_200
    answer, kinds = faults.ERROR_IN_200, frozenset(ErrorKind)
    if told is not None:
        answer = Answer(answer.status, {"content-type": told.type}, told.body.encode())
        kinds = frozenset({ErrorKind(told.kind)})
    case = FaultCase(lambda _: instead(answer), kinds, times=2)
    if not trial.readings():
        raise NotExercised("no_reading")
    for reading in trial.readings():
        async with open_bench(trial) as bench:
            known = await _ready(bench, reading)
            outcome = await failing(bench, reading, known, case.fault(trial.env))
            judge(reading, outcome, case)


async def check_tells_a_fault(trial: Trial) -> None:
    """While the tool fails, `check` does not say that it is well; once it works again, it says so."""
    async with open_bench(trial) as bench:
        need_http(bench)
        for fault in (instead(faults.server_error()), instead(faults.FORBIDDEN), Fault(Way.REFUSE)):
            await bench.fail(fault)
            health = (await bench.check()).health
            if health not in {Health.OK, Health.UNVERIFIED}:
                continue
            unasked = health is Health.UNVERIFIED or (not bench.seen and fault.way is not Way.REFUSE)
            raise FailedCheck("well_unasked") if unasked else FailedCheck("well_in_spite")
        await bench.fail(WORKING)
        report = await bench.check()
        if report.health is not Health.OK:
            raise FailedCheck("check_unwell", health=str(report.health), detail=report.detail)


async def expired_certificate_is_refused(trial: Trial) -> None:
    """A tool whose certificate has ended is not read, and nothing is tried again."""
    reading = _readings(trial)[0]
    expired = expired_certificate(trial.env.now())
    known = (trial.known_for(reading) or trial.scenarios.known)[0]
    async with AsyncExitStack() as scope:
        try:
            bench = await scope.enter_async_context(open_bench(trial, expired=expired))
        except FailedCheck as refused:
            # A connector that signs in while it opens is refused there already.
            if refused.params.get("kind") != ErrorKind.CONFIG:
                raise
            return
        need_http(bench)
        bench.hurry()
        answer = await bench.read(reading, known)
        require_kind(reading, kind_of(answer), {ErrorKind.CONFIG})
        if bench.seen:
            raise FailedCheck("asked_in_spite", reading=reading)


async def no_other_host(trial: Trial) -> None:
    """Sent to another host, by a redirection or by an address in an answer, it does not go there."""
    async with nobody() as other:
        for reading in _readings(trial):
            async with open_bench(trial) as bench:
                known = await _ready(bench, reading)
                outcome = await failing(
                    bench, reading, known, instead(faults.elsewhere(f"{other.origin}/next"))
                )
                if not kind_of(outcome.reading):
                    raise FailedCheck("kind_is", reading=reading, kind="ok", expected=str(ErrorKind.BAD_DATA))
                await _sent_on(bench, reading, _fullest(trial, reading, known), other)
            if other.seen:
                raise FailedCheck("went_elsewhere", reading=reading)


async def _sent_on(bench: Bench, reading: str, known: Known, other: FaultProxy) -> None:
    """Read while every address that the tool gives, of the next page too, is another host's."""
    await bench.fail(WORKING)
    await bench.raw(reading, known.ids)
    following = {one.request.target for one in bench.seen[1:]}
    origin = need_http(bench).origin
    await bench.fail(changing(faults.with_host(origin, other.origin, following)))
    await bench.read(reading, known)


def _fullest(trial: Trial, reading: str, known: Known) -> Known:
    """Return the customer whose reading has the most pages, as far as the scenarios say."""
    many = trial.scenarios.many
    return many if many is not None and many.reading == reading else known


async def given_up_readings_end(trial: Trial) -> None:
    """Given up at random moments, a reading ends at once, and a plain one works afterwards."""
    for reading in _readings(trial):
        async with open_bench(trial) as bench:
            if bench.proxy is not None:
                await bench.fail(Fault(delay_s=0.02))
            known, _ = await found(bench, reading)
            clock = trial.env.monotonic
            started = clock()
            await bench.raw(reading, known.ids)
            usual_s = clock() - started
            for _ in range(trial.severity.cancellations):
                await _give_up(bench, reading, known, usual_s)
            answer = await bench.read(reading, known)
            if answer is None or kind_of(answer) or not answer.records:
                raise FailedCheck("worn_out", reading=reading, kind=kind_of(answer) or "empty")


async def _give_up(bench: Bench, reading: str, known: Known, usual_s: float) -> None:
    env = bench.trial.env
    task = asyncio.create_task(bench.raw(reading, known.ids), name="kit given up")
    await env.sleep(usual_s * env.random())
    if task.done():
        await task
        return
    task.cancel()
    await asyncio.wait([task], timeout=GRACE_S)
    if not task.done():
        await asyncio.wait([task])
        raise FailedCheck("not_ended", reading=reading)
    if not task.cancelled():
        raise FailedCheck("cancellation_swallowed", reading=reading)


CHECKS = (
    *(Check(name, ConformanceLevel.GOLD, partial(under_fault, name)) for name in CASES),
    *(
        Check(run.__name__, ConformanceLevel.GOLD, run)
        for run in (
            limit_is_passed_on,
            signed_out_once,
            error_in_200,
            check_tells_a_fault,
            expired_certificate_is_refused,
            no_other_host,
            given_up_readings_end,
        )
    ),
)
