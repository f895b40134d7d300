"""Recall and time of every kind of query, among people whose names our generators do not have.

`python -m benchmarks.search_kinds --people 100000` prints what was not found, query by query. The people and
the queries are those of the tests (`tests/search_crowd.py`, `tests/search_kinds.py`), many more of each.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from avise.directory.reading import DirectoryReader, Words
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.wide_search import Lexicon, WideSearch
from avise.env import SystemEnv
from avise.models.customer import Party, PersonId, SearchAnswer
from avise.store.directory import Directory
from avise.store.directory_line import FileLine
from benchmarks.harness.directory_file import opened_file
from benchmarks.measure import Measure, at_least, measure, percentile
from benchmarks.search import KEY, MINTER
from tests.search_crowd import people
from tests.search_kinds import COMPANY_KINDS, KINDS, Kind, faults

PEOPLE, FEW_PEOPLE = 100_000, 3_000
SAMPLES, FEW_SAMPLES = 100, 20
QUICK_MS, WIDE_MS = 20.0, 200.0
SHOWN, WIDER_SHOWN = 50, 20
PAGE = 5_000
TODAY = date(2026, 3, 24)


@dataclass(slots=True)
class Timed:
    """Searches through one line, in this thread, and notes how long each takes."""

    line: FileLine
    words: Words = field(default_factory=Words)
    lexicon: Lexicon | None = None
    quick_ms: list[float] = field(default_factory=list)
    wide_ms: list[float] = field(default_factory=list)

    def quick(self, words: str) -> SearchAnswer:
        """Return the first part of an answer."""
        started = time.perf_counter()
        reader = DirectoryReader(self.line, MINTER, self.words)
        found = answer(DirectorySearch(reader, TODAY, SHOWN), parse_search(words, TODAY), SHOWN)
        self.quick_ms.append((time.perf_counter() - started) * 1000)
        return found

    def wide(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Return its second part."""
        if self.lexicon is None:
            self.lexicon = Lexicon(DirectoryReader(self.line, MINTER))
        started = time.perf_counter()
        wide = WideSearch(DirectoryReader(self.line, MINTER, self.words), self.lexicon)
        found = wider_answer(wide, parse_search(words, TODAY), known, WIDER_SHOWN)
        self.wide_ms.append((time.perf_counter() - started) * 1000)
        return found


async def _build(path: Path, everybody: Sequence[Party]) -> None:
    directory = await Directory.open(path, KEY, SystemEnv(), MINTER)
    try:
        builder = directory.rebuild()
        for start in range(0, len(everybody), PAGE):
            await builder.add(everybody[start : start + PAGE])
        await builder.finish("end")
    finally:
        await directory.aclose()


@contextmanager
def _line(everybody: Sequence[Party]) -> Iterator[FileLine]:
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        path = Path(folder) / "directory.db"
        asyncio.run(_build(path, everybody))
        with opened_file(path) as line:
            yield line


def judged(everybody: Sequence[Party], samples: int) -> Iterator[tuple[Kind, list[str], Timed]]:
    """Ask every kind of query; yield what was not answered as it should be, and the times."""
    with _line(everybody) as line:
        words, lexicon = Words(), None
        for kind in (*KINDS, *COMPANY_KINDS):
            timed = Timed(line, words, lexicon)
            yield kind, faults(everybody, kind, samples, timed), timed
            lexicon = timed.lexicon


def run(*, quick: bool) -> list[Measure]:
    """Judge every kind, and time it; few people and few queries tell no 99 % from 97 %."""
    everybody = tuple(people(FEW_PEOPLE if quick else PEOPLE))
    samples = FEW_SAMPLES if quick else SAMPLES
    figures: list[Measure] = []
    for kind, missed, timed in judged(everybody, samples):
        recall, bar = 1 - len(missed) / samples, None if quick else QUICK_MS
        figures.append(at_least(f"{kind.name}, recall", recall, "", 0.0 if quick else kind.recall))
        figures.append(measure(f"{kind.name}, p95", percentile(timed.quick_ms, 0.95), "ms", bar))
        if timed.wide_ms:
            bar = None if quick else WIDE_MS
            figures.append(
                measure(f"{kind.name}, p95 of the second part", percentile(timed.wide_ms, 0.95), "ms", bar)
            )
    return figures


def main() -> None:
    """Print each kind's recall and time, and each query that was not answered as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    chosen = parser.parse_args()
    for kind, missed, timed in judged(tuple(people(chosen.people)), chosen.samples):
        recall = 1 - len(missed) / chosen.samples
        slow = percentile(timed.quick_ms, 0.95)
        print(f"{kind.name:34} {recall:6.3f} (bar {kind.recall}) {slow:8.1f} ms", flush=True)
        for sentence in missed:
            print(f"    {sentence}")


if __name__ == "__main__":
    main()
