"""Gold for what is not read by HTTP: files and databases that are gone, half-written, silent or very long."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

from avise.connectors.contract import Completeness, ConnectorError, HealthReport
from avise.connectors.kit.bench import Bench, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.database_rows import ManyRows
from avise.connectors.kit.gold import GRACE_S
from avise.connectors.kit.known_records import found
from avise.connectors.kit.local_source import Nature, Source, Spoiled, source_of, spoiled
from avise.connectors.kit.pages import ROWS
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised, require_kind
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

_ABSENT = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.CONFIG})
_UNREADABLE = frozenset({ErrorKind.BAD_DATA, ErrorKind.UNAVAILABLE, ErrorKind.CONFIG})
_SILENT = frozenset({ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE})
WAYS: Mapping[str, tuple[Spoiled, frozenset[ErrorKind]]] = {
    "source_gone": (Spoiled.GONE, _ABSENT),
    "source_cut_short": (Spoiled.CUT, _UNREADABLE),
    "source_silent": (Spoiled.HANGS, _SILENT),
    "source_dripping": (Spoiled.DRIPS, _SILENT),
    "source_in_another_encoding": (Spoiled.ENCODED, _UNREADABLE),
}


async def _source(trial: Trial) -> tuple[Source, str, Collection[str]]:
    """Return the source, a reading, and the identifiers of its records while all is well.

    Raises:
        NotApplicable: it is read by HTTP, where other checks make the tool fail.
    """
    source = source_of(trial)
    async with open_bench(trial) as bench:
        if bench.proxy is not None:
            raise NotApplicable("by_http")
        if source is None:
            raise NotExercised("no_way_between")
        if not trial.readings():
            raise NotExercised("no_reading")
        reading = trial.readings()[0]
        _, answer = await found(bench, reading)
    return source, reading, {str(item.id) for item in answer.items}


async def from_a_spoiled_source(name: str, trial: Trial) -> None:
    """What it reads fails in one way: it says so in time, and never says "nothing".

    Nothing tells of the lines that a file cut short lacks: then the Sources page tells of the broken one.
    """
    way, kinds = WAYS[name]
    source, reading, _ = await _source(trial)
    well = await _told_by_check(trial)
    if way is Spoiled.ENCODED and source.nature not in {Nature.FILE, Nature.FOLDER}:
        raise NotApplicable("not_a_text_file")
    clock = trial.env.monotonic
    async with spoiled(trial, source, way) as broken:
        try:
            async with open_bench(broken) as bench:
                bench.hurry()
                started = clock()
                kind, lost = await _outcome(bench, reading)
                took, limit = clock() - started, bench.seconds(reading) + GRACE_S
                told = lost or (kind is None and await bench.check() != well)
        except FailedCheck as refused:
            if refused.why != "not_opened" or refused.params["kind"] not in kinds:
                raise
            return
    if took > limit:
        raise FailedCheck("too_late", reading=reading, seconds=f"{took:.1f}")
    if kind in kinds or (way is Spoiled.CUT and told):
        return
    if way is Spoiled.HANGS and kind is None and source.nature is Nature.BASE:
        raise NotApplicable("waits_for_no_lock")
    require_kind(reading, kind, kinds)


async def _told_by_check(trial: Trial) -> HealthReport:
    async with open_bench(trial) as bench:
        return await bench.check()


async def _outcome(bench: Bench, reading: str) -> tuple[ErrorKind | None, bool]:
    """Return why a reading failed, and whether it says that something of it could not be read."""
    try:
        answer = await bench.raw(reading, bench.trial.scenarios.known[0].ids)
    except ConnectorError as error:
        return error.kind, False
    return None, any(batch.unreadable for batch in answer.batches)


async def ten_thousand_lines(trial: Trial) -> None:
    """Ten thousand rows of one customer come in time: all of them, or said to be cut."""
    source, reading, ids = await _source(trial)
    if source.nature in {Nature.BASE, Nature.SERVER}:
        async with open_bench(trial) as bench:
            bench.rows = partial(ManyRows, ids=ids)
            await _judge_many(bench, reading)
        return
    async with spoiled(trial, source, Spoiled.MANY, ids) as many, open_bench(many) as bench:
        await _judge_many(bench, reading)


async def _judge_many(bench: Bench, reading: str) -> None:
    bench.be_patient()
    answer = await bench.raw(reading, bench.trial.scenarios.known[0].ids)
    count = len(answer.items)
    if answer.completeness is not Completeness.TRUNCATED and count < ROWS:
        raise FailedCheck("rows_lost", reading=reading, count=count)


CHECKS = (
    *(Check(name, ConformanceLevel.GOLD, partial(from_a_spoiled_source, name)) for name in WAYS),
    Check("ten_thousand_lines", ConformanceLevel.GOLD, ten_thousand_lines),
)
