"""Silver: what it says of a customer is true, and what it does not know it does not say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from avise.connectors.contract import Batch, Completeness, Record
from avise.connectors.kit.bench import Bench, RawAnswer, need_http, open_bench
from avise.connectors.kit.check import Check
from avise.connectors.kit.database_rows import RecodedRows
from avise.connectors.kit.faults import FORBIDDEN, WORKING, changing, instead, recoded, server_error
from avise.connectors.kit.local_source import NEW_CODE, Nature, Spoiled, source_of, spoiled
from avise.connectors.kit.overheard import connections
from avise.connectors.kit.pages import multiplied
from avise.connectors.kit.pieces import kind_raised
from avise.connectors.kit.record_faults import fault_of, holds_float, naive_date
from avise.connectors.kit.scenarios import MANY, Known
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.unread import unread, unread_in
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.kit.whom import about_the_customer, two_at_once_stay_apart
from avise.connectors.readings import TIMELINE
from avise.connectors.validation import check_of
from avise.models.conformance import ConformanceLevel
from avise.models.errors import ErrorKind
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind
from avise.models.interaction import Interaction

SHORT_LIMIT = 50
"""Records asked of a customer who has more than two hundred."""


async def found(bench: Bench, reading: str) -> tuple[Known, RawAnswer]:
    """Return a known customer with records in a reading, and the connector's answer.

    Raises:
        NotExercised: none of the scenarios' customers has any.
    """
    count = 0
    for known in bench.trial.known_for(reading):
        answer = await bench.raw(reading, known.ids)
        if answer.items:
            return known, answer
        count += unread_in(answer)
    if count:
        raise NotExercised("none_readable", reading=reading)
    raise NotExercised("no_record", reading=reading)


async def every(trial: Trial, bench: Bench) -> Sequence[tuple[str, Known, RawAnswer]]:
    """Return each reading with records.

    Raises:
        NotExercised: a reading has none, or there is none at all.
    """
    if not trial.readings():
        raise NotExercised("no_reading")
    return [(reading, *await found(bench, reading)) for reading in trial.readings()]


# ---- records -------------------------------------------------------------------------------------


async def answers_have_an_end(trial: Trial) -> None:
    """The last batch, and no other, says that it is the last."""
    async with open_bench(trial) as bench:
        for reading, _, answer in await every(trial, bench):
            if any(not isinstance(batch, Batch) for batch in answer.batches):
                raise FailedCheck("no_batch", reading=reading)
            *earlier, last = answer.batches
            if last.completeness is Completeness.MORE:
                raise FailedCheck("no_end", reading=reading)
            if any(batch.completeness is not Completeness.MORE for batch in earlier):
                raise FailedCheck("page_after_the_end", reading=reading)


async def amounts_are_exact(trial: Trial) -> None:
    """No number is a float: amounts are decimals written as text."""
    async with open_bench(trial) as bench:
        for reading, _, answer in await every(trial, bench):
            for item in answer.items:
                if name := holds_float(item):
                    raise FailedCheck("float", reading=reading, field=name)


async def dates_have_a_zone(trial: Trial) -> None:
    """Every moment has its zone."""
    async with open_bench(trial) as bench:
        for reading, _, answer in await every(trial, bench):
            if any(batch.as_of is not None and batch.as_of.tzinfo is None for batch in answer.batches):
                raise FailedCheck("naive", reading=reading, field="as_of")
            for item in answer.items:
                if name := naive_date(reading, item):
                    raise FailedCheck("naive", reading=reading, field=name)


async def records_fit(trial: Trial) -> None:
    """Every record can be read, and has the fields and the types of its facet."""
    async with open_bench(trial) as bench:
        for reading in trial.readings():
            for known in trial.known_for(reading):
                answer = await bench.raw(reading, known.ids)
                if unread_in(answer):
                    raise await unread(bench, reading, known.ids, answer)
        for reading, _, answer in await every(trial, bench):
            check = check_of(reading)
            for item in answer.items:
                if check(item) is None:
                    raise FailedCheck("unfit_record", reading=reading, field=fault_of(reading, item))
                strangers = _strangers(reading, item)
                if strangers:
                    raise FailedCheck("stranger", reading=reading, field=strangers[0])


def _strangers(reading: str, item: object) -> Sequence[str]:
    """Return the names of a record that its facet does not have: they belong in `extra`."""
    if reading == TIMELINE or not isinstance(item, Record):
        return ()
    names = {field.name for field in FACETS[reading].fields}
    return [name for name in item.data if name not in names]


async def ids_are_lasting(trial: Trial) -> None:
    """Identifiers are unique, and the same records have the same ones, in the same order, when read again."""
    async with open_bench(trial) as bench:
        for reading, known, answer in await every(trial, bench):
            ids = _ids(answer)
            if not all(one.strip() for one in ids):
                raise FailedCheck("no_id", reading=reading)
            if len(set(ids)) != len(ids):
                raise FailedCheck("same_id", reading=reading)
            again = _ids(await bench.raw(reading, known.ids))
            if set(again) != set(ids):
                raise FailedCheck("other_ids", reading=reading)
            if again != ids:
                raise FailedCheck("other_order", reading=reading)


def _ids(answer: RawAnswer) -> Sequence[str]:
    return [str(getattr(item, "id", None) or "") for item in answer.items]


async def newest_comes_first(trial: Trial) -> None:
    """Exchanges come newest first, as their contract says."""
    if not trial.manifest.timeline:
        raise NotApplicable("no_timeline")
    async with open_bench(trial) as bench:
        _, answer = await found(bench, TIMELINE)
    moments = [item.at for item in answer.items if isinstance(item, Interaction)]
    by_channel: dict[str, datetime] = {}
    for item in answer.items:
        if not isinstance(item, Interaction):
            continue
        last = by_channel.setdefault(str(item.channel), item.at)
        if item.at > last:
            raise FailedCheck("not_newest_first")
        by_channel[str(item.channel)] = item.at
    if len(moments) < 2:
        raise NotExercised("no_record", reading=TIMELINE)


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


async def a_new_code_survives(trial: Trial) -> None:
    """A code that it does not know is shown as it is, and takes no record with it."""
    enums = [
        reading
        for reading in trial.readings()
        if reading != TIMELINE and any(field.kind is FieldKind.ENUM for field in FACETS[reading].fields)
    ]
    if not enums:
        raise NotApplicable("no_code_field")
    codes = trial.known_codes()
    if not codes:
        raise NotExercised("no_codes")
    met = False
    for reading in enums:
        before, after = await _with_new_codes(trial, reading, codes)
        if _ids(after) != _ids(before):
            raise FailedCheck("code_takes_record", reading=reading)
        pairs = zip(before.items, after.items, strict=True)
        lost = [name for old, new in pairs for name in _lost(reading, old, new)]
        if lost:
            raise FailedCheck("code_lost", reading=reading, field=lost[0])
        met = met or any(NEW_CODE in _enum_values(reading, item) for item in after.items)
    if not met:
        raise NotExercised("no_code_met")


async def _with_new_codes(trial: Trial, reading: str, codes: Sequence[str]) -> tuple[RawAnswer, RawAnswer]:
    """Return a reading as it is, and as it will be once the tool has codes that nobody knows."""
    source = source_of(trial)
    new = dict.fromkeys(codes, NEW_CODE)
    async with open_bench(trial) as bench:
        known, before = await found(bench, reading)
        if _ids(await bench.raw(reading, known.ids)) != _ids(before):
            # A record that comes under another identifier each time cannot be found again.
            raise NotExercised("needs_lasting_ids", reading=reading)
        if bench.proxy is not None:
            await bench.fail(changing(recoded(new)))
            return before, await bench.raw(reading, known.ids)
        if source is None:
            raise NotExercised("no_way_between")
        if source.nature in {Nature.BASE, Nature.SERVER}:
            bench.rows = partial(RecodedRows, codes=new)
            return before, await bench.raw(reading, known.ids)
    async with spoiled(trial, source, Spoiled.RECODED, codes) as later, open_bench(later) as bench:
        return before, await bench.raw(reading, known.ids)


def _enum_values(reading: str, item: object) -> set[object]:
    if not isinstance(item, Record):
        return set()
    return {item.data.get(field.name) for field in FACETS[reading].fields if field.kind is FieldKind.ENUM}


def _lost(reading: str, old: object, new: object) -> Sequence[str]:
    """Return the code fields that had a value, and have none once the tool's code is new."""
    if not (isinstance(old, Record) and isinstance(new, Record)):
        return ()
    names = [field.name for field in FACETS[reading].fields if field.kind is FieldKind.ENUM]
    return [name for name in names if old.data.get(name) and not new.data.get(name)]


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
