"""Which field of which row a connector file cannot read: it counts them, an author must know the field."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from avise.connectors.declarative.conversion import Reading, UnreadableValueError, convert
from avise.connectors.declarative.load import LoadedConnector
from avise.connectors.declarative.mapping import Conversion
from avise.connectors.kit.bench import Bench, RawAnswer
from avise.connectors.kit.verdicts import FailedCheck
from avise.connectors.trial.explaining import Explainer, sections_of
from avise.connectors.trial.recording import Noted
from avise.connectors.trial.values import Dropped, RowTrial

DECIMAL_MARKS = (",", ".")


def unread_in(answer: RawAnswer) -> int:
    """Return how many rows of an answer could not be read."""
    return sum(batch.unreadable for batch in answer.batches)


async def unread(bench: Bench, reading: str, ids: Mapping[str, str], answer: RawAnswer) -> FailedCheck:
    """Return what the check says of an answer with rows that could not be read."""
    count = unread_in(answer)
    row = await _first_dropped(bench, reading, ids)
    if row is not None and row.dropped is Dropped.TWICE:
        return FailedCheck("same_id", reading=reading)
    total = count + len(answer.items)
    if row is None or not row.because:
        return FailedCheck("unread", reading=reading, count=count, total=total)
    field, mark = row.because, _other_mark(row)
    if mark:
        return FailedCheck(
            "unread_decimal", reading=reading, count=count, total=total, field=field, mark=mark
        )
    return FailedCheck("unread_field", reading=reading, count=count, total=total, field=field)


def _other_mark(row: RowTrial) -> str:
    """Return the decimal mark with which the field that cannot be read is an amount, "" for none."""
    field = next((one for one in row.fields if one.name == row.because), None)
    if field is None or field.problem != Conversion.DECIMAL:
        return ""
    for mark in DECIMAL_MARKS:
        try:
            convert(Conversion.DECIMAL, field.extracted, Reading(ZoneInfo("UTC"), mark))
        except UnreadableValueError:
            continue
        return mark
    return ""


async def _first_dropped(bench: Bench, reading: str, ids: Mapping[str, str]) -> RowTrial | None:
    """Return the first row that a file leaves out; None when there is none, or when code reads them."""
    loaded = bench.trial.subject.load()
    sections = sections_of(loaded.file).get(reading, ()) if isinstance(loaded, LoadedConnector) else ()
    if not sections or not isinstance(loaded, LoadedConnector):
        return None
    noted = Noted(bench.trial.env)
    await bench.raw(reading, ids, noted=noted)
    for section in sections:
        explainer = Explainer(loaded.file, section)
        for number, row in enumerate(explainer.rows(noted), start=1):
            tried = explainer.explain(number, row)
            if tried.dropped is not None:
                return tried
    return None
