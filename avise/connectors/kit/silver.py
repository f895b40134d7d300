"""Silver: what it says of a customer is true, and what it does not know it does not say."""

from __future__ import annotations

from avise.connectors.contract import Completeness
from avise.connectors.kit.bench import Bench, RawAnswer, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.faults import FORBIDDEN, WORKING, changing, instead, server_error
from avise.connectors.kit.known_records import every, found
from avise.connectors.kit.new_codes import a_new_code_survives
from avise.connectors.kit.overheard import connections
from avise.connectors.kit.pages import multiplied
from avise.connectors.kit.pieces import kind_raised
from avise.connectors.kit.records import (
    amounts_are_exact,
    answers_have_an_end,
    dates_have_a_zone,
    ids_are_lasting,
    newest_comes_first,
    records_fit,
)
from avise.connectors.kit.scenarios import MANY, Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.kit.whom import about_the_customer, two_at_once_stay_apart
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind

SHORT_LIMIT = 50
"""Records asked of a customer who has more than two hundred."""


# ---- nobody, nothing, failure ---------------------------------------------------------------------


async def unknown_is_not_empty(trial: Trial) -> None:
    """A customer whom the tool does not know is not one without records."""
    unknown = trial.scenarios.unknown
    if unknown is None:
        raise NotExercised("no_unknown")
    async with open_bench(trial) as bench:
        for reading in trial.readings():
            kind = await kind_raised(bench.raw(reading, unknown.ids))
            if reading in unknown.empty_for:
                if kind is not None:
                    raise FailedCheck("unknown_fails", reading=reading, kind=str(kind))
                if (await bench.raw(reading, unknown.ids)).items:
                    raise FailedCheck("unknown_has_records", reading=reading)
            elif kind is not ErrorKind.NOT_FOUND:
                raise FailedCheck("unknown_is", reading=reading, kind=str(kind or "empty"))


async def without_id_nobody_is_asked(trial: Trial) -> None:
    """Without the identifier that it needs, it says so and asks the tool nothing."""
    readings = [
        reading for reading in trial.readings() if trial.offer(reading).needs_ids or trial.manifest.needs_ids
    ]
    if not readings:
        raise NotApplicable("no_identifier")
    async with open_bench(trial) as bench:
        for reading in readings:
            await bench.fail(WORKING)
            kind = await kind_raised(bench.raw(reading, {}))
            if kind in {None, ErrorKind.BUG, ErrorKind.NOT_FOUND}:
                raise FailedCheck("without_id", reading=reading, kind=str(kind or "empty"))
            if bench.seen:
                raise FailedCheck("asked_without_id", reading=reading)


async def failure_is_not_empty(trial: Trial) -> None:
    """A refusal and an error of the tool are told as such, never as "nothing"."""
    async with open_bench(trial) as bench:
        need_http(bench)
        for reading in trial.readings():
            known = await _warmed(bench, reading)
            for answer, expected in (
                (FORBIDDEN, {ErrorKind.FORBIDDEN}),
                (server_error(), {ErrorKind.UNAVAILABLE}),
            ):
                await bench.fail(instead(answer))
                kind = await kind_raised(bench.raw(reading, known.ids))
                if kind not in expected:
                    raise FailedCheck(
                        "status_is", reading=reading, status=answer.status, kind=str(kind or "empty")
                    )
            await bench.fail(WORKING)


async def _warmed(bench: Bench, reading: str) -> Known:
    """Return a customer who was read once, so that sessions and tokens are there."""
    known, _ = await found(bench, reading)
    return known


# ---- how much, since when --------------------------------------------------------------------------


async def a_cut_is_told(trial: Trial) -> None:
    """Asked for fewer records than there are, it does not say that these are all."""
    async with open_bench(trial) as bench:
        reading, known = await _many(trial, bench)
        cut = await bench.raw(reading, known.ids, limit=SHORT_LIMIT)
        if cut.completeness is not Completeness.TRUNCATED and len(cut.items) <= SHORT_LIMIT:
            raise FailedCheck("cut_untold", reading=reading)


async def _many(trial: Trial, bench: Bench) -> tuple[str, Known]:
    """Return a reading with more than 200 records: the scenarios' own, or one whose answer is multiplied.

    Only the tool's own pages tell whether they are all read: it is multiplied where it has nobody with many.

    Raises:
        NotExercised: there is neither.
    """
    many = trial.scenarios.many
    if many is not None:
        whole = await bench.raw(many.reading, many.ids)
        if len(whole.items) < MANY:
            raise _too_few(whole)
        return many.reading, many
    multiplies = bench.proxy is not None and trial.scenarios.few_because.strip()
    for reading in trial.readings() if multiplies else ():
        await bench.fail(WORKING)
        known, answer = await found(bench, reading)
        rows = multiplied(bench.seen, {str(item.id) for item in answer.items})
        if rows is not None:
            bench.be_patient()
            await bench.fail(changing(rows))
            return reading, known
    raise NotExercised("no_many")


def _too_few(whole: RawAnswer) -> NotExercised:
    """Return why an answer shows nothing: the tool has no more, or the connector asks for no more."""
    count, because = len(whole.items), whole.batches[-1].truncated_because if whole.batches else ""
    if because:
        return NotExercised("stopped_before_many", count=count, most=MANY, because=because)
    return NotExercised("not_many", count=count, most=MANY)


async def a_validator_is_used(trial: Trial) -> None:
    """Where it gives a validator, what has not changed is not sent again, and what has is."""
    met = False
    async with open_bench(trial) as bench:
        for reading, known, answer in await every(trial, bench):
            if not answer.validator:
                continue
            met = True
            same = await bench.raw(reading, known.ids, validator=answer.validator)
            if not any(batch.not_modified for batch in same.batches) or same.items:
                raise FailedCheck("validator_ignored", reading=reading)
            other = await bench.raw(reading, known.ids, validator='"another"')
            if any(batch.not_modified for batch in other.batches):
                raise FailedCheck("validator_believed", reading=reading)
    if not met:
        raise NotApplicable("no_validator")


# ---- what it does to the tool ----------------------------------------------------------------------


async def reading_writes_nothing(trial: Trial) -> None:
    """A reading sends only requests that read."""
    async with open_bench(trial) as bench:
        for reading, _, answer in await every(trial, bench):
            if answer.sent.writes:
                raise FailedCheck("reading_writes", reading=reading)
        writing = [
            one.request.method for one in bench.seen if one.request.method in {"PUT", "PATCH", "DELETE"}
        ]
        if writing:
            raise FailedCheck("reading_sends", method=writing[0])


async def it_asks_its_tool_alone(trial: Trial) -> None:
    """It connects to its tool and to nothing else, by the gateway that it was lent."""
    with connections() as made:
        async with open_bench(trial) as bench:
            proxy = need_http(bench)
            await bench.check()
            for reading in trial.readings():
                known = await _warmed(bench, reading)
                await bench.fail(WORKING)
                bench.instance.statistics.attempts.clear()
                await bench.raw(reading, known.ids)
                if address := made.beside(proxy.port):
                    raise FailedCheck("connects_elsewhere", address=address)
                if len(bench.seen) > len(bench.instance.statistics.attempts):
                    raise FailedCheck("beside_the_gateway")


CHECKS = tuple(
    Check(run.__name__, ConformanceLevel.SILVER, run)
    for run in (
        about_the_customer,
        two_at_once_stay_apart,
        answers_have_an_end,
        records_fit,
        amounts_are_exact,
        dates_have_a_zone,
        ids_are_lasting,
        newest_comes_first,
        unknown_is_not_empty,
        without_id_nobody_is_asked,
        failure_is_not_empty,
        a_cut_is_told,
        a_new_code_survives,
        a_validator_is_used,
        reading_writes_nothing,
        it_asks_its_tool_alone,
    )
)
