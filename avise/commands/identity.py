"""`avise identity evaluate A.csv B.csv --mapping M.toml --truth T.csv`: how well the matcher does.

JSON: `{"model", "households", "records": [a, b], "compared", "automatic": Q, "with_proposals": Q,
"proposed": Q, "thresholds": [{"from", …Q}], "missed": [M], "wrong": [M], "faults", "unknown_truth",
"unread_truth"}` where Q is `{"found", "right", "true", "precision", "recall", "f1"}` and M `{"lines",
"references", "probability", "compared", "why"}`, and `unused` `[{"file", "columns", "alone", "unread"}]`.
Values of the tables are printed only with `--clear`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table as Grid

from avise.models.identity.attributes import AttributeKind
from avise.models.identity.records import IdentityRecord
from avise.models.json_types import JSON
from avise.services.identity.evaluation import (
    Evaluation,
    MappingFileError,
    Miss,
    Quality,
    Unused,
    evaluated,
)
from avise.services.identity.wording import explanation_in_words
from avise.texts import plural, text
from avise.texts.formats import format_number

NEEDS_A_PERSON = 1
MOST_FAULTS = 20
"""Faulty rows that are told one by one."""


def evaluate(chosen: argparse.Namespace, console: Console) -> Callable[[], int]:
    """Bring two tables together and judge it; the result prints it and returns the exit status.

    Raises:
        AviseError: a file cannot be read.
    """
    try:
        found = evaluated(chosen.first, chosen.second, chosen.mapping, chosen.truth)
    except MappingFileError as error:
        refused = error

        def tell_refused() -> int:
            for problem in refused.problems:
                sys.stderr.write(f"{refused.path}:{problem.line}: {problem.sentence()}\n")
            sys.stderr.write(
                plural("connector.problems", len(refused.problems), file=refused.path.name) + "\n"
            )
            return NEEDS_A_PERSON

        return tell_refused

    def tell() -> int:
        if chosen.json:
            sys.stdout.write(json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n")
        else:
            print_evaluation(found, chosen.truth.name, console, clear=chosen.clear)
        return 0

    return tell


def as_json(found: Evaluation) -> dict[str, JSON]:
    """Return the evaluation as the module's docstring describes."""
    return {
        "model": found.matching.model.version,
        "households": found.matching.model.households,
        "records": list(found.sizes),
        "compared": found.matching.compared,
        "automatic": _quality_json(found.automatic),
        "with_proposals": _quality_json(found.with_proposals),
        "proposed": _quality_json(found.proposed),
        "thresholds": [{"from": step, **_quality_json(each)} for step, each in found.steps],
        "missed": [_miss_json(miss) for miss in found.missed],
        "wrong": [_miss_json(miss) for miss in found.wrong],
        "faults": len(found.faults),
        "unknown_truth": len(found.unknown_truth),
        "unread_truth": len(found.unread_truth),
        "unused": [
            {
                "file": each.file,
                "columns": list(each.columns),
                "alone": list(each.alone),
                "unread": dict(each.unread),
            }
            for each in found.unused
        ],
    }


def _quality_json(found: Quality) -> dict[str, JSON]:
    return {
        "found": found.found,
        "right": found.right,
        "true": found.true,
        "precision": round(found.precision, 6),
        "recall": round(found.recall, 6),
        "f1": round(found.f1, 6),
    }


def _miss_json(miss: Miss) -> dict[str, JSON]:
    return {
        "lines": list(miss.lines),
        "references": list(miss.references),
        "probability": round(miss.probability, 6),
        "compared": miss.compared,
        "why": explanation_in_words(miss.evidence),
    }


def print_evaluation(found: Evaluation, truth: str, console: Console, *, clear: bool = False) -> None:
    """Print the evaluation for a person at a terminal.

    Args:
        found: what came of it.
        truth: name of the file of true pairs.
        console: where.
        clear: with the values of the records that were decided wrongly.
    """
    for fault in found.faults[:MOST_FAULTS]:
        sentence = text(fault.message_key, **fault.params)
        console.print(f"{fault.file}:{fault.line}: {sentence}", highlight=False)
    if len(found.faults) > MOST_FAULTS:
        console.print(plural("identity.more_faults", len(found.faults) - MOST_FAULTS), highlight=False)
    _print_truth(found, truth, console)
    for unused in found.unused:
        _print_unused(unused, console)
    ours, theirs = (format_number(size) for size in found.sizes)
    key = "identity.read_within" if found.within else "identity.read"
    compared = found.matching.compared
    pairs = format_number(compared)
    console.print(plural(key, compared, ours=ours, theirs=theirs, pairs=pairs), highlight=False)
    model = found.matching.model
    homes = text("identity.with_households" if model.households else "identity.without_households")
    console.print(text("identity.model", version=model.version, homes=homes), highlight=False)
    console.print(_verdicts(found))
    console.print(text("identity.by_score"), highlight=False)
    console.print(_steps(found))
    _print_misses("identity.missed", found.missed, console, clear=clear)
    _print_misses("identity.wrong", found.wrong, console, clear=clear)


def _print_truth(found: Evaluation, truth: str, console: Console) -> None:
    if unread := found.unread_truth:
        told = plural("identity.unread_truth", len(unread), file=truth, lines=_first_lines(unread))
        console.print(told, highlight=False)
    if unknown := found.unknown_truth:
        told = plural("identity.unknown_truth", len(unknown), lines=_first_lines(unknown))
        console.print(told, highlight=False)
    if line := found.truth_line_without_zeros:
        console.print(text("identity.truth_zeros", file=truth, line=str(line)), highlight=False)
    if not found.automatic.true:
        console.print(text("identity.truth_no_pair", file=truth), highlight=False)


def _first_lines(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:MOST_FAULTS])) + ("…" if len(lines) > MOST_FAULTS else "")


def _print_unused(unused: Unused, console: Console) -> None:
    if unused.columns:
        columns = ", ".join(unused.columns)
        console.print(text("identity.unused", file=unused.file, columns=columns), highlight=False)
    if unused.alone:
        alone = ", ".join(unused.alone)
        console.print(text("identity.alone", file=unused.file, notions=alone), highlight=False)
    for name, count in unused.unread.items():
        told = plural("identity.unread", count, file=unused.file, name=name)
        console.print(f"{told} {_what_to_check(unused.kinds[name])}", highlight=False)


def _what_to_check(kind: AttributeKind) -> str:
    known = kind in {AttributeKind.DATE, AttributeKind.GEO}
    return text(f"identity.unread.{kind}" if known else "identity.unread.other")


def _columns(first: str) -> Grid:
    heads = ("pairs", "right", "precision", "recall", "f1")
    grid = Grid(first, *(text(f"identity.column.{head}") for head in heads), box=None, pad_edge=False)
    for column in grid.columns[1:]:
        column.justify = "right"
    return grid


def _cells(found: Quality) -> tuple[str, ...]:
    shares = [f"{share:.4f}" for share in (found.precision, found.recall, found.f1)]
    # A share of nothing would read as perfect.
    if not found.found:
        shares[0] = "–"
    if not found.true:
        shares[1:] = "–", "–"
    return (format_number(found.found), format_number(found.right), *shares)


def _verdicts(found: Evaluation) -> Grid:
    grid = _columns("")
    least = found.thresholds
    automatic = text("identity.row.automatic", probability=f"{least.automatic:g}")
    proposed = text("identity.row.proposed", probability=f"{least.proposed:g}")
    grid.add_row(automatic, *_cells(found.automatic))
    grid.add_row(text("identity.row.both"), *_cells(found.with_proposals))
    grid.add_row(proposed, *_cells(found.proposed))
    return grid


def _steps(found: Evaluation) -> Grid:
    grid = _columns(text("identity.column.from"))
    for step, each in found.steps:
        grid.add_row(f"{step:g}", *_cells(each))
    return grid


def _print_misses(key: str, misses: tuple[Miss, ...], console: Console, *, clear: bool) -> None:
    if not misses:
        return
    console.print(text(key), highlight=False)
    for miss in misses:
        ours, theirs = miss.lines
        why = explanation_in_words(miss.evidence)
        if not miss.compared:
            why = text("identity.not_compared", why=why)
        told = text(
            f"identity.miss.{miss.verdict}", ours=ours, theirs=theirs, probability=f"{miss.probability:.4f}"
        )
        console.print(f"  {told} {why}", highlight=False)
        if clear:
            for record in miss.records:
                console.print(f"    {_in_clear(record)}", highlight=False)


def _in_clear(record: IdentityRecord) -> str:
    told = (
        "/".join(record.last_names),
        record.first_name,
        record.birth,
        record.sex,
        record.postcode,
        record.city,
    )
    others = (record.street, "/".join(record.phones), record.email, record.member_number)
    attributes = (value.key for value in record.attributes if value is not None)
    return " · ".join(filter(None, (record.reference, *told, *others, *attributes)))
