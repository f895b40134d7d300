"""Finding anybody among a whole mutual: time, recall and cost over the bare statements, on both databases.

`dev.py bench --full` (or `python -m benchmarks.directory`) builds 4.3 million persons: some minutes
and 6 GB of disk. For each kind of query: p50 and p95 in milliseconds, the share that finds the person (see
`typed_queries.py`), and the time of the whole over that of its own statements, asked bare in the same run.

The bare statements are asked after all searches, in the same order, through a connection as new as the one
of the searches was. Both find the pages in the system's memory and none in the database's own: nobody waits
for the disk, everybody deciphers. Two mistakes are looked for in a dictionary in memory, which no statement
can do: the baseline of these kinds is the statements and the bare comparisons of words.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from avise.directory.reading import DirectoryReader, Words
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.statements import Line
from avise.directory.wide_search import Lexicon, WideSearch
from avise.env import SystemEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory import AS_WRITTEN, SCHEMA, HouseLoading
from avise.hub.directory_line import ServerLine
from avise.models.customer import Party, PartyKind, SearchAnswer
from avise.store.directory import Directory
from benchmarks.harness.bare_work import RememberingLexicon, RememberingLine, Work, again
from benchmarks.harness.directory_file import opened_file
from benchmarks.harness.population import FULL, Crowd
from benchmarks.harness.system_cache import read_once
from benchmarks.harness.typed_queries import OF_COMPANIES, QUICK, RECALL, WIDE, Typed, draw, is_found
from benchmarks.measure import Measure, at_least, measure, percentile
from benchmarks.search import KEY, MINTER
from tests.postgres_server import PostgresServer, has_postgres, postgres_server

SOME, FEW = 20_000, 4_000
"""Persons without `--full`, and in a quick run."""
SAMPLES, FEW_SAMPLES = 300, 40
KEPT = 6_000
QUICK_MS, WIDE_MS, RATIO = 20.0, 200.0, 1.5
BUILD_S, BUILD_MB = 180.0, 1_300.0
"""For 4.3 million persons, encrypted."""
LIMIT = 50
TODAY = date(2026, 3, 24)


Run = Callable[[str], tuple[SearchAnswer, Work]]


@dataclass(slots=True)
class Searching:
    """Searches through one line, in this thread: what a thread of the workstation or the hub does."""

    line: Line
    words: Words = field(default_factory=Words)
    lexicon: RememberingLexicon | None = None

    def quick(self, typed: str) -> tuple[SearchAnswer, Work]:
        """Return the first part of an answer."""
        line = RememberingLine(self.line)
        reader = DirectoryReader(line, MINTER, self.words)
        found = answer(DirectorySearch(reader, TODAY, LIMIT), parse_search(typed, TODAY), LIMIT)
        return found, Work(tuple(line.asked))

    def wide(self, typed: str) -> tuple[SearchAnswer, Work]:
        """Return the second part of an answer: its time is that part's alone."""
        line = RememberingLine(self.line)
        reader = DirectoryReader(line, MINTER, self.words)
        if self.lexicon is None:
            self.lexicon = RememberingLexicon(DirectoryReader(self.line, MINTER))
        self.lexicon.compared.clear()
        found = wider_answer(WideSearch(reader, self.lexicon), parse_search(typed, TODAY), (), LIMIT)
        return found, Work(tuple(line.asked), tuple(self.lexicon.compared))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of query, searched: what it took and found, and the work to be done again bare."""

    name: str
    spent: list[float]
    recall: float
    work: list[Work]
    """A quarter as many again in front, which warmed the caches."""

    @property
    def is_wide(self) -> bool:
        """Whether two mistakes were looked for."""
        return self.name in WIDE


def _timed(run: Run, queries: Sequence[Typed]) -> tuple[list[float], list[SearchAnswer], list[Work]]:
    work = [run(typed.words)[1] for typed in queries[: len(queries) // 4]]
    spent, answers = [], []
    for typed in queries:
        started = time.perf_counter()
        answered, done = run(typed.words)
        spent.append((time.perf_counter() - started) * 1000)
        answers.append(answered)
        work.append(done)
    return spent, answers, work


def _is_shown(typed: Typed, answered: SearchAnswer, *, wide: bool) -> bool:
    hits = [hit.entry.party for hit in answered.hits]
    return is_found(typed, hits, cut=not wide and (answered.more or answered.total > len(hits)))


def _searched(searching: Searching, kept: Kept, samples: int) -> list[Kind]:
    """Search for every kind of query, and judge what is found."""
    chance = random.Random(7)
    persons = [party for party in kept.people if party.kind is not PartyKind.COMPANY]
    companies = [party for party in kept.people if party.kind is PartyKind.COMPANY]
    kinds: list[Kind] = []
    for name, maker in (QUICK | OF_COMPANIES | WIDE).items():
        among = companies if name in OF_COMPANIES else persons
        queries = draw(among, maker, samples, chance)
        if not queries:
            continue
        wide = name in WIDE
        spent, answers, work = _timed(searching.wide if wide else searching.quick, queries)
        found = sum(
            _is_shown(typed, answered, wide=wide)
            or (wide and _is_shown(typed, searching.quick(typed.words)[0], wide=True))
            for typed, answered in zip(queries, answers, strict=True)
        )
        kinds.append(Kind(name, spent, found / len(queries), work))
        # The work that is remembered would be walked by each later collection, in the midst of a search.
        gc.freeze()
    return kinds


def _figures(place: str, line: Line, kind: Kind, lexicon: Lexicon | None, *, whole: bool) -> list[Measure]:
    name, bar_ms = f"{place}: {kind.name}", WIDE_MS if kind.is_wide else QUICK_MS
    spent = percentile(kind.spent, 0.5)
    done = [again(work, line, lexicon) for work in kind.work][-len(kind.spent) :]
    asking = [bare.asking for bare in done]
    baseline = [bare.asking + bare.comparing for bare in done]
    told = "its SQL and comparisons" if kind.is_wide else "its SQL"
    figures = [
        measure(f"{name}, p50", spent, "ms"),
        measure(f"{name}, p95", percentile(kind.spent, 0.95), "ms", bar_ms),
        # Few queries among few people tell no 99 % from 97 %, nor what SQL costs at full size.
        at_least(f"{name}, recall", kind.recall, "", RECALL.get(kind.name, 1.0) if whole else 0.0),
        measure(f"{name}, its SQL p50", percentile(asking, 0.5), "ms"),
        measure(f"{name}, over {told}", _ratio(spent, baseline), "×", RATIO if whole else None),
    ]
    if kind.is_wide:
        figures.append(measure(f"{name}, over its SQL alone", _ratio(spent, asking), "×"))
    return figures


def _ratio(spent: float, baseline: list[float]) -> float:
    return spent / max(percentile(baseline, 0.5), 0.001)


Opened = Callable[[], AbstractContextManager[Line]]


def searched(place: str, opened: Opened, kept: Kept, samples: int) -> list[Measure]:
    """Time every kind of query, then its statements bare; judge what it finds.

    Args:
        place: name of the database.
        opened: opens a line that finds no cache of an earlier one.
        kept: people to look for.
        samples: queries of each kind.
    """
    with opened() as line:
        searching = Searching(line)
        kinds = _searched(searching, kept, samples)
    whole = kept.seen >= FULL
    with opened() as line:
        return [
            figure for kind in kinds for figure in _figures(place, line, kind, searching.lexicon, whole=whole)
        ]


@dataclass(slots=True)
class Kept:
    """People drawn from all those that went by, each as likely as another."""

    people: list[Party] = field(default_factory=list)
    seen: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(3))

    def take(self, page: Sequence[Party]) -> None:
        """Look at a page."""
        for party in page:
            self.seen += 1
            if len(self.people) < KEPT:
                self.people.append(party)
            elif (place := self.chance.randrange(self.seen)) < KEPT:
                self.people[place] = party


def _built_measures(place: str, seconds: float, size: float, persons: int) -> list[Measure]:
    whole = persons >= FULL
    return [
        measure(f"{place}: persons", float(persons), ""),
        measure(f"{place}: loading", seconds, "s", BUILD_S if whole else None),
        measure(f"{place}: size", size / 1e6, "MB", BUILD_MB if whole and place == "SQLCipher" else None),
    ]


async def _build_file(path: Path, persons: int) -> tuple[float, Kept]:
    """Build a directory; return the seconds that it took, without those of inventing the people."""
    directory = await Directory.open(path, KEY, SystemEnv(), MINTER)
    kept, spent = Kept(), 0.0
    try:
        builder = directory.rebuild()
        for page in Crowd(persons).pages():
            started = time.perf_counter()
            await builder.add(page)
            spent += time.perf_counter() - started
            kept.take(page)
        started = time.perf_counter()
        await builder.finish("end")
        spent += time.perf_counter() - started
    finally:
        await directory.aclose()
    return spent, kept


def on_workstation(persons: int, samples: int) -> list[Measure]:
    """Measure the encrypted file."""
    with tempfile.TemporaryDirectory(prefix="avise-bench-") as folder:
        path = Path(folder) / "directory.db"
        spent, kept = asyncio.run(_build_file(path, persons))
        figures = _built_measures("SQLCipher", spent, path.stat().st_size, kept.seen)
        return figures + searched("SQLCipher", lambda: opened_file(path), kept, samples)


@contextmanager
def _big_server() -> Iterator[PostgresServer]:
    """Run a PostgreSQL with the memory that a house gives its own."""
    with postgres_server(fsync=True) as server:
        with psycopg.connect(server.url(), autocommit=True) as owner:
            for setting in ("shared_buffers = '1GB'", "max_wal_size = '8GB'", "checkpoint_timeout = '30min'"):
                owner.execute(f"ALTER SYSTEM SET {setting}".encode())
        server.stop()
        server.start()
        yield server


def _load_house(url: str, persons: int) -> tuple[float, float, Kept]:
    """Load the house's directory; return the seconds that it took, its bytes, and people to look for."""
    kept, spent = Kept(), 0.0
    engine = postgres_engine(url, 1)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE ROLE avise_hub_server NOLOGIN")
            loading = HouseLoading(connection, MINTER)
            loading.begin()
            for page in Crowd(persons).pages():
                started = time.perf_counter()
                loading.add(page, "")
                connection.commit()
                spent += time.perf_counter() - started
                kept.take(page)
            started = time.perf_counter()
            loading.finish("end", datetime(2026, 3, 24, tzinfo=UTC))
            connection.commit()
            spent += time.perf_counter() - started
            size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    finally:
        engine.dispose()
    return spent, float(size), kept


@contextmanager
def _opened_house(server: PostgresServer, database: str) -> Iterator[Line]:
    """Start the server anew: what it kept in memory is gone, what the system keeps of its files is not."""
    server.stop()
    read_once(server.folder / "data" / "base")
    server.start()
    engine = postgres_engine(server.url(database), 1)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET search_path = {SCHEMA}")
            connection.commit()
            connection.exec_driver_sql(AS_WRITTEN)
            yield ServerLine(connection)
    finally:
        engine.dispose()


def on_server(persons: int, samples: int) -> list[Measure]:
    """Measure the hub's database."""
    with _big_server() as server:
        database = server.database()
        spent, size, kept = _load_house(server.url(database), persons)
        figures = _built_measures("PostgreSQL", spent, size, kept.seen)
        return figures + searched("PostgreSQL", lambda: _opened_house(server, database), kept, samples)


def run(*, quick: bool, full: bool = False) -> list[Measure]:
    """Build and search on each database that this machine has."""
    persons = FULL if full else (FEW if quick else SOME)
    samples = FEW_SAMPLES if quick else SAMPLES
    figures = on_workstation(persons, samples)
    if has_postgres():
        figures += on_server(persons, samples)
    return figures


def main() -> None:
    """Measure as many persons as asked, on one database or both, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=FULL)
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--only", choices=("file", "server"))
    chosen = parser.parse_args()
    for place in (on_workstation, on_server):
        if chosen.only in (None, "file" if place is on_workstation else "server"):
            for figure in place(chosen.persons, chosen.samples):
                verdict = "" if figure["ok"] else "  PAST THE BAR"
                print(f"{figure['name']:56} {figure['value']:12.3f} {figure['unit']}{verdict}", flush=True)


if __name__ == "__main__":
    main()
