"""Silver, about records: each has the shape, the identifier and the place that its facet promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from avise.connectors.contract import Batch, Completeness, Record
from avise.connectors.kit.bench import open_bench
from avise.connectors.kit.known_records import every, found, ids_in
from avise.connectors.kit.record_faults import fault_of, holds_float, naive_date
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.unread import unread, unread_in
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.readings import TIMELINE
from avise.connectors.validation import check_of
from avise.models.facet_specs import FACETS
from avise.models.interaction import Interaction


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
            ids = ids_in(answer)
            if not all(one.strip() for one in ids):
                raise FailedCheck("no_id", reading=reading)
            if len(set(ids)) != len(ids):
                raise FailedCheck("same_id", reading=reading)
            again = ids_in(await bench.raw(reading, known.ids))
            if set(again) != set(ids):
                raise FailedCheck("other_ids", reading=reading)
            if again != ids:
                raise FailedCheck("other_order", reading=reading)


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
