"""`avise connector try`: what a file makes of one customer, row by row, on a terminal or as JSON.

JSON, values masked for the role of the profile's user unless `masked` is false:

    {"connector", "masked", "known_ids": [scheme], "error": null | {"kind", "detail"},
     "readings": [{"name", "asked": [{"route", "outcome", "milliseconds"}], "milliseconds", "rows_found",
                   "kept", "missing_ids": [scheme], "truncated_because", "withheld", "error",
                   "rows": [{"number", "raw", "dropped": null | reason, "because": field,
                             "fields": [{"name", "from", "as", "extracted", "mapped", "problem"}]}]}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from avise.connectors.declarative import ConnectorFileError
from avise.connectors.trial import FieldTrial, ReadingTrial, RowTrial, Trial
from avise.models.errors import Failure
from avise.models.json_types import JSON
from avise.services.support_words import meaning_of
from avise.texts import plural, text

NEEDS_A_PERSON = 1
SIDE_BY_SIDE = 110
"""Columns of a terminal from which the raw row stands beside what is made of it."""
LONGEST_VALUE = 60


def status(trial: Trial) -> int:
    """Return the exit status: 1 when a reading failed, a row was dropped, or nothing could be asked."""
    failed = (trial.error is not None or trial.asked_nothing) or any(
        reading.error is not None or reading.withheld or any(row.dropped for row in reading.rows)
        for reading in trial.readings
    )
    return NEEDS_A_PERSON if failed else 0


def as_json(trial: Trial, *, masked: bool) -> dict[str, JSON]:
    """Return a trial as the module's docstring describes."""
    return {
        "connector": trial.connector,
        "masked": masked,
        "known_ids": list(trial.known_ids),
        "error": _failure(trial.error),
        "readings": [_reading(reading) for reading in trial.readings],
    }


def _failure(error: Failure | None) -> JSON:
    return None if error is None else {"kind": str(error.kind), "detail": error.detail}


def _reading(reading: ReadingTrial) -> JSON:
    return {
        "name": reading.name,
        "asked": [
            {"route": asked.route, "outcome": asked.outcome, "milliseconds": asked.milliseconds}
            for asked in reading.asked
        ],
        "milliseconds": reading.milliseconds,
        "rows_found": reading.rows_found,
        "kept": reading.kept,
        "missing_ids": list(reading.missing_ids),
        "truncated_because": reading.truncated_because,
        "withheld": reading.withheld,
        "error": _failure(reading.error),
        "rows": [_row(row) for row in reading.rows],
    }


def _row(row: RowTrial) -> JSON:
    return {
        "number": row.number,
        "raw": row.raw,
        "dropped": None if row.dropped is None else str(row.dropped),
        "because": row.because,
        "fields": [
            {
                "name": one.name,
                "from": one.origin,
                "as": one.conversion,
                "extracted": one.extracted,
                "mapped": one.mapped,
                "problem": one.problem,
            }
            for one in row.fields
        ],
    }


# ---- on a terminal -------------------------------------------------------------------------------


def print_problems(error: ConnectorFileError, console: Console) -> int:
    """Print what keeps a file from being tried; return the exit status."""
    for problem in error.problems:
        console.print(f"{error.path}:{problem.line}: {problem.sentence()}", highlight=False, markup=False)
    return NEEDS_A_PERSON


def print_trial(trial: Trial, console: Console) -> int:
    """Print a trial for its author; return the exit status."""
    console.print(Text(trial.connector, style="bold"))
    if trial.error is not None:
        console.print(Text(_failure_line(trial.error, _tool(trial)), style="red"))
    for reading in trial.readings:
        for part in _reading_parts(trial, reading, console.width):
            console.print(part, highlight=False)
    return status(trial)


def _tool(trial: Trial) -> str:
    return trial.connector.partition(" ")[0]


def _failure_line(error: Failure, tool: str) -> str:
    if meaning := meaning_of(error.detail, tool):
        return meaning
    return text("connector_try.failed", cause=text(f"attempt.{error.kind}"), detail=error.detail or "–")


def _reading_parts(trial: Trial, reading: ReadingTrial, width: int) -> Iterator[RenderableType]:
    title = text("connector_try.reading", name=reading.name, milliseconds=str(reading.milliseconds))
    yield Text(f"\n{title}", style="bold")
    if reading.missing_ids:
        missing, known = ", ".join(reading.missing_ids), ", ".join(trial.known_ids)
        yield Text(text("connector_try.missing_ids", schemes=missing, known=known), style="yellow")
        return
    for asked in reading.asked:
        yield Text(f"  {asked.route}  →  {asked.outcome}  ({asked.milliseconds} ms)", style="dim")
    if reading.error is not None:
        yield Text(f"  {_failure_line(reading.error, _tool(trial))}", style="red")
    if reading.withheld:
        yield Text(f"  {text('connector_try.withheld')}", style="red")
    if trial.shows_rows:
        yield Text(f"  {_counts(reading)}")
        yield from (_row_part(row, width) for row in reading.rows)
    else:
        yield Text(f"  {plural('connector_try.kept', reading.kept)} {text('connector_try.code')}")


def _counts(reading: ReadingTrial) -> str:
    kept = plural("connector_try.kept", reading.kept)
    found = f"{plural('connector_try.found', reading.rows_found)} · {kept}"
    if reading.truncated_because:
        found += f" · {text('connector_try.truncated', because=reading.truncated_because)}"
    return found


def _row_part(row: RowTrial, width: int) -> RenderableType:
    fields = _fields_table(row)
    raw = Text(_raw_lines(row.raw), style="dim")
    if width < SIDE_BY_SIDE:
        outer = Table.grid(padding=(0, 1))
        outer.add_row(raw)
        outer.add_row(fields)
        return outer
    outer = Table.grid(padding=(0, 3))
    outer.add_column(ratio=1, overflow="fold")
    outer.add_column(ratio=2)
    outer.add_row(raw, fields)
    return outer


def _fields_table(row: RowTrial) -> Table:
    title = text("connector_try.row", number=str(row.number))
    if row.dropped is not None:
        because = row.because or "–"
        title = f"{title} · {text(f'connector_try.dropped.{row.dropped}', field=because)}"
    style = "green" if row.dropped is None else "red"
    table = Table(title=Text(title, style=style), title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("field", "from", "extracted", "mapped"):
        table.add_column(text(f"connector_try.column.{column}"), overflow="fold")
    for one in row.fields:
        table.add_row(one.name, one.origin or "=", _short(one.extracted), _mapped(one))
    return table


def _mapped(one: FieldTrial) -> Text:
    if one.problem == "required":
        return Text(text("connector_try.required"), style="red")
    if one.problem:
        return Text(text("connector_try.unreadable", converter=one.problem), style="red")
    converter = f"  ({one.conversion})" if one.conversion not in ("", "text", "id") else ""
    return Text(f"{_short(one.mapped)}{converter}")


def _short(value: JSON) -> str:
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written if len(written) <= LONGEST_VALUE else f"{written[: LONGEST_VALUE - 1]}…"


def _raw_lines(raw: JSON) -> str:
    if isinstance(raw, dict):
        return "\n".join(f"{name}: {_short(value)}" for name, value in raw.items())
    return _short(raw)
