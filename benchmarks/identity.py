"""The same person in several tables: precision, recall and F1, and how long a million pairs take.

On the demo's injected duplicates, within one table of families, twins and homonyms; and on a second set
that another generator made, so that the matcher is not tuned to one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from avise.models.identity.matching import Matching, Thresholds, Verdict, matched
from avise.models.identity.records import IdentityRecord, TableRow, prepared
from benchmarks.harness.corrupted_people import corrupted_tables
from benchmarks.harness.demo_duplicates import table_with_duplicates
from benchmarks.measure import Measure, at_least, measure

PERSONS, QUICK_PERSONS = 30_000, 6_000
PRECISION, RECALL = 0.99, 0.95
"""Of automatic links on the demo: twins of one first name and homonyms of one day wait for a person."""
PRECISION_APART, RECALL_APART = 0.995, 0.90
"""Of automatic links between two tables: those who moved and changed everything wait for a person."""

Truth = frozenset[tuple[str, str]]


def run(*, quick: bool = False) -> list[Measure]:
    """Measure both sets."""
    persons = QUICK_PERSONS if quick else PERSONS
    rows, truth = table_with_duplicates(persons, seed=7)
    demo = _table(rows)
    found, seconds = _timed(demo, demo)
    figures = _figures("demo duplicates", found, demo, demo, truth, PRECISION, RECALL)
    ours, theirs, pairs = corrupted_tables(persons)
    one, other = _table(ours), _table(theirs)
    apart, more = _timed(one, other)
    figures += _figures("corrupted table", apart, one, other, pairs, PRECISION_APART, RECALL_APART)
    compared = found.compared + apart.compared
    figures.append(measure("a million pairs, estimation included", (seconds + more) / compared * 1e6, "s"))
    return figures


def _table(rows: Sequence[TableRow]) -> list[IdentityRecord]:
    return [prepared(row) for row in rows]


def _timed(ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord]) -> tuple[Matching, float]:
    started = time.process_time()
    found = matched(ours, theirs)
    return found, time.process_time() - started


def _figures(
    name: str,
    found: Matching,
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
    truth: Truth,
    least_precision: float,
    least_recall: float,
) -> list[Measure]:
    figures: list[Measure] = []
    kinds = {"automatic": {Verdict.AUTOMATIC}, "with proposals": {Verdict.AUTOMATIC, Verdict.PROPOSED}}
    for label, verdicts in kinds.items():
        pairs = {
            _pair(ours[pair.ours].reference, theirs[pair.theirs].reference, within=ours is theirs)
            for pair in found.pairs
            if pair.verdict(Thresholds()) in verdicts
        }
        right = len(pairs & truth)
        precision, recall = right / max(len(pairs), 1), right / max(len(truth), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        told = f"{name}, {label}"
        if label == "automatic":
            figures.append(at_least(f"{told}: precision", precision, "share", least_precision))
            figures.append(at_least(f"{told}: recall", recall, "share", least_recall))
        else:
            figures.append(measure(f"{told}: precision", precision, "share"))
            figures.append(measure(f"{told}: recall", recall, "share"))
        figures.append(measure(f"{told}: F1", f1, "share"))
    return figures


def _pair(one: str, other: str, *, within: bool) -> tuple[str, str]:
    return (other, one) if within and other < one else (one, other)
