"""Silver, about codes: one that the tool has since yesterday takes no record with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from avise.connectors.contract import Record
from avise.connectors.kit.bench import RawAnswer, open_bench
from avise.connectors.kit.database_rows import RecodedRows
from avise.connectors.kit.faults import changing, recoded
from avise.connectors.kit.known_records import found, ids_in
from avise.connectors.kit.local_source import NEW_CODE, Nature, Spoiled, source_of, spoiled
from avise.connectors.kit.trial import Trial
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable, NotExercised
from avise.connectors.readings import TIMELINE
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind


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
        if ids_in(after) != ids_in(before):
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
        if ids_in(await bench.raw(reading, known.ids)) != ids_in(before):
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
