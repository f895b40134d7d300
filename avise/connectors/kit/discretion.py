"""Gold, what gets out: long answers, a loop that stays free, and canaries that nobody may hear."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress

from avise.connectors import direct_calls
from avise.connectors.contract import Completeness, ConnectorError, LiveQuery
from avise.connectors.heartbeat import LONGEST_GAP_S
from avise.connectors.kit import faults
from avise.connectors.kit.bench import CALLER, Bench, kind_of, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import WORKING, Fault, Way, changing, instead
from avise.connectors.kit.known_records import found
from avise.connectors.kit.loop_watch import Watch, watched_loop
from avise.connectors.kit.messages import Answer, Request, json_answer
from avise.connectors.kit.overheard import Overheard, listening
from avise.connectors.kit.pages import ROWS, Prepared, SamePage, multiplied, place_of
from avise.connectors.kit.scenarios import Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.source_rows import diagnostic_of
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

MOST_REPEATED = 5
"""Requests for a page that has come before, after which nobody will notice any more."""
LOOKS = 3
"""A loop is blocked when it is each time: a busy machine may hold it once."""

PLANTED: Mapping[str, str] = {
    "nir": "284059999900177",
    "iban": "FR7699999000070000000424242",
    "token": "canari-jeton-4f6b2c91d0",
    "name": "KERCANARI",
}
"""Put in what the tool answers; of nobody (`domain.md` 7)."""
_TOLD = json.dumps(PLANTED, ensure_ascii=False)
_SPEAKS = frozenset({ErrorKind.REJECTED, ErrorKind.INVALID, ErrorKind.CONFLICT})


async def repeated_page_is_noticed(trial: Trial) -> None:
    """A tool that gives the same page for ever is noticed: the answer is no whole one."""
    many = trial.scenarios.many
    paged = False
    async with open_bench(trial) as bench:
        need_http(bench)
        for reading in trial.readings():
            await bench.fail(WORKING)
            known: Known = (
                many if many is not None and many.reading == reading else (await found(bench, reading))[0]
            )
            await bench.fail(WORKING)
            await bench.raw(reading, known.ids)
            places = [place_of(one.request) for one in bench.seen]
            if len(places) == len(set(places)):
                continue
            paged = True
            await bench.fail(changing(SamePage()))
            await _repeated(bench, reading, known)
    if not paged:
        raise NotApplicable("one_page", reading=", ".join(trial.readings()))


async def _repeated(bench: Bench, reading: str, known: Known) -> None:
    try:
        answer = await bench.raw(reading, known.ids)
    except ConnectorError as error:
        if error.kind is not ErrorKind.BAD_DATA:
            raise
    else:
        if answer.completeness is not Completeness.TRUNCATED:
            raise FailedCheck("same_page_believed", reading=reading)
    places = [place_of(one.request) for one in bench.seen]
    most = max((places.count(place) for place in set(places)), default=0)
    if most > MOST_REPEATED:
        raise FailedCheck("pages_for_ever", reading=reading, count=most)


async def ten_thousand_rows(trial: Trial) -> None:
    """Ten thousand rows come in time, all of them or said to be cut, and hold up nobody else's reading."""
    lists, tried = 0, 0
    for reading in trial.readings():
        async with open_bench(trial) as bench:
            known, count, rows = await _many_rows(bench, reading)
            lists += count > 1
            if rows is None or count < 2 or (tried >= 2 and not trial.severity.every_reading):
                continue
            tried += 1
            bench.be_patient()
            await bench.fail(changing(rows))
            async with watched_loop(trial.env, LONGEST_GAP_S) as watch:
                answer = await bench.read(reading, known)
            if watch.blocked:
                raise FailedCheck("loop_blocked", milliseconds=watch.milliseconds, place=watch.place)
            if kind_of(answer) == ErrorKind.TIMEOUT:
                raise FailedCheck("too_late", reading=reading, seconds=f"{bench.seconds(reading):.0f}")
            if answer is None or answer.error is not None:
                raise FailedCheck("kind_is", reading=reading, kind=kind_of(answer), expected="truncated")
            if answer.completeness is not Completeness.TRUNCATED and len(answer.records) < ROWS:
                raise FailedCheck("rows_lost", reading=reading, count=len(answer.records))
    if lists and not tried:
        raise NotExercised("not_multiplied")
    if not lists:
        raise NotApplicable("no_list")


async def _many_rows(bench: Bench, reading: str) -> tuple[Known, int, Prepared | None]:
    """Return a customer, how many records there are, and the same answer with ten thousand."""
    need_http(bench)
    known, _ = await found(bench, reading)
    await bench.fail(WORKING)
    answer = await bench.raw(reading, known.ids)
    rows = multiplied(bench.seen, {str(item.id) for item in answer.items})
    return known, len(answer.items), rows


async def loop_stays_free(trial: Trial) -> None:
    """Whatever it reads, it never holds the event loop for more than fifty milliseconds."""
    for reading in trial.readings():
        watches = []
        for _ in range(LOOKS):
            watches.append(await _watched(trial, reading))
            if not watches[-1].blocked:
                break
        else:
            worst = watches[-1]
            raise FailedCheck("loop_blocked", milliseconds=worst.milliseconds, place=worst.place)


async def _watched(trial: Trial, reading: str) -> Watch:
    async with open_bench(trial) as bench:
        known, _ = await found(bench, reading)
        async with watched_loop(trial.env) as watch:
            await bench.check()
            await bench.raw(reading, known.ids)
            await bench.read(reading, known)
            await bench.fail(instead(faults.server_error()))
            with suppress(ConnectorError):  # other checks judge how it is told
                await bench.raw(reading, known.ids)
    return watch


# ---- canaries ------------------------------------------------------------------------------------


async def canaries_stay_inside(trial: Trial) -> None:
    """No number, name, token or identifier gets into a log, an error, a diagnostic or a file's name."""
    bodies: list[bytes] = []
    with listening() as heard:
        async with open_bench(trial) as bench:
            for reading in trial.readings():
                known, _ = await found(bench, reading)
                await _all_that_fails(bench, reading, known, heard, bodies)
                await _given_up(bench, reading, known)
                await _of_nobody(bench, reading, heard)
            heard.note("diagnostic", _diagnostic(bench))
        await _live_values(trial, heard, bodies)
    told = heard.find(_canaries(trial))
    if told is not None:
        raise FailedCheck("heard", name=told[0], where=told[1])
    met = b"".join(bodies)
    for name, value in trial.scenarios.canaries.items():
        if bodies and value.encode() not in met and json.dumps(value)[1:-1].encode() not in met:
            raise NotExercised("canary_not_met", name=name)


async def _given_up(bench: Bench, reading: str, known: Known) -> None:
    """Give up a reading that the tool does not answer: by its deadline, and by whoever asked."""
    await bench.fail(Fault(Way.HOLD))
    bench.hurry()
    await bench.read(reading, known)
    task = asyncio.create_task(bench.raw(reading, known.ids), name="kit given up")
    await bench.trial.env.sleep(bench.seconds(reading) / 4)
    task.cancel()
    await asyncio.wait([task])
    if not task.cancelled():
        task.exception()  # another check tells of it
    bench.deadline = None
    await bench.fail(WORKING)


async def _of_nobody(bench: Bench, reading: str, heard: Overheard) -> None:
    """Ask about somebody whom the tool does not know, and note the error."""
    unknown = bench.trial.scenarios.unknown
    if unknown is None:
        return
    try:
        await bench.raw(reading, unknown.ids)
    except ConnectorError as error:
        _note(error, heard)


def _note(error: ConnectorError, heard: Overheard) -> None:
    heard.note("error", f"{error} {error!r} {error.detail} {error.source_code}")
    if error.kind not in _SPEAKS:
        heard.note("error", error.user_message)


def _canaries(trial: Trial) -> Mapping[str, str]:
    ids = {
        f"{scheme} {number}": value
        for number, known in enumerate(trial.scenarios.known)
        for scheme, value in known.ids.items()
    }
    if trial.scenarios.unknown is not None:
        ids |= {f"{scheme} unknown": value for scheme, value in trial.scenarios.unknown.ids.items()}
    names = {f"name {number}": known.last_name for number, known in enumerate(trial.scenarios.known)}
    return {**PLANTED, **trial.scenarios.canaries, **trial.secrets(), **ids, **names}


async def _all_that_fails(
    bench: Bench, reading: str, known: Known, heard: Overheard, bodies: list[bytes]
) -> None:
    """Read while all is well and while the tool says too much, and note every error."""
    told = json.loads(_TOLD)
    ways = (
        WORKING,
        instead(faults.server_error(_TOLD)),
        instead(json_answer(told, 400)),
        instead(json_answer(told)),
        instead(Answer(200, {"content-type": "application/json"}, _TOLD.encode()[:-3])),
        changing(_planted),
    )
    for way in ways:
        await bench.fail(way)
        try:
            answer = await bench.raw(reading, known.ids)
        except ConnectorError as error:
            _note(error, heard)
        else:
            heard.note("answer's reason", " ".join(batch.truncated_because for batch in answer.batches))
        await bench.read(reading, known)
        bodies += [one.answer.body for one in bench.seen if one.answer is not None]
    await bench.fail(WORKING)


def _planted(_: Request, answer: Answer) -> Answer:
    """Return the answer with every number of it made a canary: nothing fits any more."""
    if not answer.is_json:
        return answer.with_body(answer.body.replace(b"</", _TOLD.encode() + b"</"))
    try:
        value = json.loads(answer.body)
    except ValueError:
        return answer
    return answer.with_body(json.dumps(_everywhere(value), ensure_ascii=False).encode())


def _everywhere(value: object) -> object:
    if isinstance(value, dict):
        return {name: _everywhere(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_everywhere(inner) for inner in value]
    return PLANTED["nir"] if isinstance(value, str) else PLANTED["iban"]


async def _live_values(trial: Trial, heard: Overheard, bodies: list[bytes]) -> None:
    for name in trial.manifest.live_fields:
        async with open_bench(trial) as bench:
            query = LiveQuery(name, bench.customer(trial.scenarios.known[0].ids))
            try:
                await direct_calls.live_value(bench.instance, query, CALLER, trial.env.token()[:8])
            except ConnectorError as error:
                heard.note("error", f"{error} {error.detail}")
            heard.note("diagnostic", _diagnostic(bench))
            bodies += [one.answer.body for one in bench.seen if one.answer is not None]


def _diagnostic(bench: Bench) -> str:
    return json.dumps(diagnostic_of(bench.instance), ensure_ascii=False, default=str)


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.GOLD, run)
    for run in (repeated_page_is_noticed, ten_thousand_rows, loop_stays_free, canaries_stay_inside)
)
