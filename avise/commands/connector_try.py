"""`avise connector try`: what a file makes of one customer, row by row, on a terminal or as JSON.

JSON, values masked for the role of the profile's user unless `masked` is false:

    {"connector", "masked", "known_ids": [scheme], "error": null | {"kind", "detail"},
     "readings": [{"name", "asked": [{"route", "outcome", "milliseconds"}], "milliseconds", "rows_found",
                   "kept", "missing_ids": [scheme], "truncated_because", "total", "withheld",
                   "silent_subject", "error",
                   "rows": [{"number", "raw", "dropped": null | reason, "because": field,
                             "fields": [{"name", "from", "as", "extracted", "mapped", "problem"}]}]}],
     "file": null | {"name", "waiting"},
     "lost_lines": [{"fault", "count", "first": [number]}],
     "misread_lines": [{"meant", "count", "first": [number]}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from avise.commands.aligned_lines import BETWEEN, aligned_lines
from avise.commands.trial_words import detail_words
from avise.connectors.declarative import ConnectorFileError
from avise.connectors.declarative.expressions import expression_of
from avise.connectors.trial import Asked, FieldTrial, LostLines, MisreadLines, ReadingTrial, RowTrial, Trial
from avise.models.errors import ErrorKind, Failure
from avise.models.json_types import JSON
from avise.services.support_words import meaning_of
from avise.texts import plural, text

NEEDS_A_PERSON = 1
_KINDS = frozenset(map(str, ErrorKind))
LONGEST_VALUE = 60
MOST_NUMBERS = 10
"""Of lines that are told for one reason; JSON tells more."""
LONGEST_ORIGIN = 30
"""Letters of an expression: its whole is in the file."""


def status(trial: Trial) -> int:
    """Return the exit status: 1 when a reading failed, something was dropped, or somebody must act."""
    waits = trial.file is not None and bool(trial.file.waiting)
    unread = trial.error is not None or trial.asked_nothing or bool(trial.lost) or bool(trial.misread)
    failed = (waits or unread) or any(
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
        "file": None if trial.file is None else {"name": trial.file.name, "waiting": trial.file.waiting},
        "lost_lines": [
            {"fault": str(lost.fault), "count": lost.count, "first": list(lost.first)} for lost in trial.lost
        ],
        "misread_lines": [
            {"meant": lines.meant, "count": lines.count, "first": list(lines.first)}
            for lines in trial.misread
        ],
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
        "total": reading.total,
        "withheld": reading.withheld,
        "silent_subject": reading.silent_subject,
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
    for line in _file_lines(trial):
        console.print(line, highlight=False, soft_wrap=True)
    for reading in trial.readings:
        for line in _reading_lines(trial, reading, console.width):
            console.print(line, highlight=False, soft_wrap=True)
    for line in (*_lost_lines(trial), *_misread_lines(trial)):
        console.print(line, highlight=False, soft_wrap=True)
    return status(trial)


def _file_lines(trial: Trial) -> Iterator[Text]:
    """Yield which file was read, and which newer one waits with how to decide."""
    if trial.file is None:
        return
    yield Text(text("connector_try.file", file=_short(trial.file.name)))
    if trial.file.waiting:
        waits = text("connector_try.waiting", file=_short(trial.file.waiting))
        yield Text(f"{waits} {text('bulk.how_to_decide', instance=trial.instance)}", style="bold red")


def _lost_lines(trial: Trial) -> Iterator[Text]:
    """Yield which lines of the file nobody is shown, why, and what to do; nothing of what they hold."""
    if not trial.lost:
        return
    yield Text(f"\n{plural('connector_try.lost', sum(lost.count for lost in trial.lost))}", style="bold red")
    for lost in trial.lost:
        where = _where(lost)
        yield Text(f"  {where} {text(f'connector_try.lost.{lost.fault}', encoding=trial.encoding)}")


def _misread_lines(trial: Trial) -> Iterator[Text]:
    """Yield which lines seem to be in another encoding, and what to write; nothing of what they hold."""
    if trial.misread:
        yield Text(f"\n{text('connector_try.misread', encoding=trial.encoding)}", style="bold red")
    for lines in trial.misread:
        yield Text(f"  {_where(lines)} {text('connector_try.misread_as', meant=lines.meant)}")


def _where(lines: LostLines | MisreadLines) -> str:
    numbers = ", ".join(map(str, lines.first[:MOST_NUMBERS]))
    shown = f"{numbers}…" if lines.count > MOST_NUMBERS else numbers
    return plural("connector_try.lost_at", lines.count, numbers=shown)


def _tool(trial: Trial) -> str:
    return trial.connector.partition(" ")[0]


def _failure_line(error: Failure, tool: str) -> str:
    if meaning := meaning_of(error.detail, tool):
        return meaning
    words = detail_words(error.detail)
    if error.kind is ErrorKind.BUG and not words:
        return text("connector_try.bug", detail=error.detail or "–")
    detail = words or error.detail or "–"
    return text("connector_try.failed", cause=text(f"attempt.{error.kind}"), detail=detail)


def _reading_lines(trial: Trial, reading: ReadingTrial, width: int) -> Iterator[Text]:
    title = text("connector_try.reading", name=reading.name, milliseconds=str(reading.milliseconds))
    yield Text(f"\n{title}", style="bold")
    if reading.missing_ids:
        missing, known = ", ".join(reading.missing_ids), ", ".join(trial.known_ids)
        yield Text(text("connector_try.missing_ids", schemes=missing, known=known), style="yellow")
        return
    for asked in reading.asked:
        yield Text(f"  {asked.route}  →  {_outcome(asked)}  ({asked.milliseconds} ms)", style="dim")
    if reading.error is not None:
        yield Text(f"  {_failure_line(reading.error, _tool(trial))}", style="red")
    if reading.withheld:
        yield Text(f"  {text('connector_try.withheld')}", style="red")
    if reading.silent_subject:
        yield Text(f"  {text('connector_try.silent_subject')}", style="yellow")
    if _is_short(reading):
        yield Text(f"  {plural('connector_try.total', reading.total or 0)}", style="yellow")
    if trial.shows_rows:
        yield Text(f"  {_counts(reading)}")
    else:
        yield Text(f"  {plural('connector_try.kept', reading.kept)}. {text('connector_try.code')}")
    for row in reading.rows:
        yield Text()
        yield _row_title(row)
        yield from (_row_lines(row, width) if trial.shows_rows else _given_lines(row))


def _outcome(asked: Asked) -> str:
    """Return a status or a number of rows as it is, and the kind of an error in words."""
    is_error = asked.outcome in _KINDS
    return text(f"attempt.{asked.outcome}") if is_error else asked.outcome


def _is_short(reading: ReadingTrial) -> bool:
    """Tell a reading that ended, by what its file says, before everything that the tool tells of was read."""
    ended = reading.error is None and not (reading.withheld or reading.truncated_because)
    return ended and reading.total is not None and reading.total > max(reading.rows_found, reading.kept)


def _counts(reading: ReadingTrial) -> str:
    kept = plural("connector_try.kept", reading.kept)
    found = f"{plural('connector_try.found', reading.rows_found)} · {kept}"
    if reading.truncated_because:
        found += f" · {text('connector_try.truncated', because=reading.truncated_because)}"
    return found


def _row_lines(row: RowTrial, width: int) -> Iterator[Text]:
    """Yield a row: what the tool wrote, then what is made of it, beside each other where there is room."""
    raw = [_title("connector_try.raw"), *_indented(aligned_lines(_raw_cells(row.raw)))]
    if not row.fields:
        yield from raw
        return
    made = [_title("connector_try.made"), *_indented(aligned_lines(_field_cells(row)))]
    left = max(line.cell_len for line in raw) + BETWEEN
    if left + max(line.cell_len for line in made) > width:
        yield from (*raw, *made)
        return
    for written, field in zip_longest(raw, made, fillvalue=Text()):
        beside = written.copy()
        beside.pad_right(left - written.cell_len)
        beside.append_text(field)
        beside.rstrip()
        yield beside


def _given_lines(row: RowTrial) -> Iterator[Text]:
    """Yield a record that code gave: what its tool wrote was seen by the code alone."""
    return _indented(aligned_lines([[Text(one.name), Text(_short(one.mapped))] for one in row.fields]))


def _row_title(row: RowTrial) -> Text:
    title = text("connector_try.row", number=str(row.number))
    if row.dropped is None:
        return Text(f"  {title}", style="green")
    because = row.because or "–"
    return Text(f"  {title} · {text(f'connector_try.dropped.{row.dropped}', field=because)}", style="red")


def _title(key: str) -> Text:
    return Text(f"    {text(key)}", style="bold")


def _indented(lines: Iterable[Text]) -> Iterator[Text]:
    return (Text("      ").append_text(line) for line in lines)


def _field_cells(row: RowTrial) -> list[Sequence[Text]]:
    columns = ("field", "from", "extracted", "mapped")
    cells = [[Text(text(f"connector_try.column.{column}"), style="dim") for column in columns]]
    for one in row.fields:
        origin, extracted = Text(_short(one.origin or "=", LONGEST_ORIGIN)), Text(_short(one.extracted))
        cells.append([Text(one.name), origin, extracted, _mapped(one)])
    return [
        [name, origin, extracted, Text("→ ").append_text(made)] for name, origin, extracted, made in cells
    ]


def _mapped(one: FieldTrial) -> Text:
    if one.problem == "required":
        return Text(text("connector_try.required"), style="red")
    if one.problem:
        return Text(text("connector_try.unreadable", converter=one.problem), style="red")
    converter = f"  ({one.conversion})" if one.conversion not in ("", "text", "id") else ""
    return Text(f"{_short(one.mapped)}{converter}")


def _short(value: JSON, longest: int = LONGEST_VALUE) -> str:
    """Return a value on one line: as JSON unless it is a plain text, and no sign that a terminal obeys."""
    plain = isinstance(value, str) and value.isprintable() and value.strip() == value != ""
    written = str(value) if plain else json.dumps(value, ensure_ascii=False)
    shown = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in written)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _raw_cells(raw: JSON) -> list[Sequence[Text]]:
    """Return each value with its place as a file writes it: "tarif.montant"."""
    placed = list(_placed(raw))
    return [[Text(place, style="dim"), Text(_short(value), style="dim")] for place, value in placed]


def _placed(value: JSON, place: str = "") -> Iterator[tuple[str, JSON]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            key = expression_of((name,))
            yield from _placed(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for number, inner in enumerate(value):
            yield from _placed(inner, f"{place}[{number}]")
    else:
        yield place, value
