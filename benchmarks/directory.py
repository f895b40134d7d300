"""Finding anybody among a whole mutual: time, recall and cost over the bare statements, on both databases.

`dev.py bench --full` (or `python -m benchmarks.directory`) builds 4.3 million persons: some minutes
and 6 GB of disk. For each kind of query: p50 and p95 in milliseconds, the share that finds the person (see
`typed_queries.py`), and the time of the whole over that of its own SQL, run again bare in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from avise.directory.reading import DirectoryReader, Words
from avise.directory.search import DirectorySearch
from avise.directory.search_answer import answer, wider_answer
from avise.directory.search_query import parse_search
from avise.directory.statements import Bound, Line, Row, Statement
from avise.directory.wide_search import Lexicon, WideSearch
from avise.env import SystemEnv
from avise.hub.dialect import postgres_engine
from avise.hub.directory import AS_WRITTEN, SCHEMA, HouseLoading
from avise.hub.directory_line import ServerLine
from avise.models.customer import Party, PartyKind, SearchAnswer
from avise.store.connections import READER_PRAGMAS, close_quietly, open_encrypted
from avise.store.directory import READER_CACHE_KIB, Directory
from avise.store.directory_line import FileLine
from benchmarks.harness.population import FULL, Crowd
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


class RememberingLine:
    """A line that remembers what it was asked, so that the same may be asked again bare."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.asked: list[tuple[Statement, dict[str, Bound]]] = []
        self.is_postgres = line.is_postgres

    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement and return its rows."""
        self.asked.append((statement, values))
        return self._line.rows(statement, **values)

    def run(self, statement: Statement, **values: Bound) -> None:
        """Refuse: a search writes nothing."""
        raise NotImplementedError

    def script(self, statement: str) -> None:
        """Refuse, as `run`."""
        raise NotImplementedError

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
        """Refuse, as `run`."""
        raise NotImplementedError

    def again(self) -> float:
        """Run them again; return how long that took, in milliseconds."""
        started = time.perf_counter()
        for statement, values in self.asked:
            self._line.rows(statement, **values)
        return (time.perf_counter() - started) * 1000


Run = Callable[[str], tuple[SearchAnswer, RememberingLine]]


@dataclass(slots=True)
class Searching:
    """Searches through one line, in this thread: what a thread of the workstation or the hub does."""

    line: Line
    words: Words = field(default_factory=Words)
    lexicon: Lexicon | None = None

    def quick(self, typed: str) -> tuple[SearchAnswer, RememberingLine]:
        """Return the first part of an answer."""
        line = RememberingLine(self.line)
        reader = DirectoryReader(line, MINTER, self.words)
        return answer(DirectorySearch(reader, TODAY, LIMIT), parse_search(typed, TODAY), LIMIT), line

    def wide(self, typed: str) -> tuple[SearchAnswer, RememberingLine]:
        """Return both parts as one answer; the time is that of the second."""
        line = RememberingLine(self.line)
        reader = DirectoryReader(line, MINTER, self.words)
        if self.lexicon is None:
            self.lexicon = Lexicon(DirectoryReader(self.line, MINTER))
        found = wider_answer(WideSearch(reader, self.lexicon), parse_search(typed, TODAY), (), LIMIT)
        return found, line


def _measured(
    place: str, run: Run, kind: str, queries: Sequence[Typed], bar_ms: float,
    earlier: Callable[[Typed], bool] = lambda _typed: False, *, whole: bool,
) -> list[Measure]:  # fmt: skip
    spent, lines, found = [], [], 0
    for typed in queries[: len(queries) // 4]:
        run(typed.words)
    for typed in queries:
        started = time.perf_counter()
        answered, line = run(typed.words)
        spent.append((time.perf_counter() - started) * 1000)
        lines.append(line)
        hits = [hit.entry.party for hit in answered.hits]
        cut = answered.more or answered.total > len(hits)
        found += is_found(typed, hits, cut=cut) or earlier(typed)
    # Apart, for a statement asked again at once finds its pages deciphered, which no search does.
    bare = [line.again() for line in lines]
    ratio = percentile(spent, 0.5) / max(percentile(bare, 0.5), 0.001)
    name = f"{place}: {kind}"
    return [
        measure(f"{name}, p50", percentile(spent, 0.5), "ms"),
        measure(f"{name}, p95", percentile(spent, 0.95), "ms", bar_ms),
        # Few queries among few people tell no 99 % from 97 %, nor what SQL costs at full size.
        at_least(f"{name}, recall", found / len(queries), "", RECALL.get(kind, 1.0) if whole else 0.0),
        measure(f"{name}, over its SQL", ratio, "×", RATIO if whole else None),
    ]


def searched(place: str, line: Line, kept: Kept, samples: int) -> list[Measure]:
    """Time every kind of query, and judge what it finds."""
    people, whole = kept.people, kept.seen >= FULL
    searching = Searching(line)
    chance = random.Random(7)
    persons = [party for party in people if party.kind is not PartyKind.COMPANY]
    companies = [party for party in people if party.kind is PartyKind.COMPANY]
    figures: list[Measure] = []
    for kind, maker in (*QUICK.items(), *OF_COMPANIES.items()):
        among = companies if kind in OF_COMPANIES else persons
        if queries := draw(among, maker, samples, chance):
            figures += _measured(place, searching.quick, kind, queries, QUICK_MS, whole=whole)

    def is_there_already(typed: Typed) -> bool:
        answered, _line = searching.quick(typed.words)
        return is_found(typed, [hit.entry.party for hit in answered.hits], cut=False)

    for kind, maker in WIDE.items():
        queries = draw(persons, maker, samples, chance)
        figures += _measured(place, searching.wide, kind, queries, WIDE_MS, is_there_already, whole=whole)
    return figures


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
        pragmas = (*READER_PRAGMAS, f"cache_size=-{READER_CACHE_KIB}")
        connection = open_encrypted(path, KEY, read_only=True, pragmas=pragmas)
        try:
            with connection.begin():
                return figures + searched("SQLCipher", FileLine(connection), kept, samples)
        finally:
            close_quietly(connection)


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


def on_server(persons: int, samples: int) -> list[Measure]:
    """Measure the hub's database."""
    with ExitStack() as stack:
        server = stack.enter_context(_big_server())
        engine = postgres_engine(server.url(server.database()), 1)
        stack.callback(engine.dispose)
        kept, spent = Kept(), 0.0
        connection = stack.enter_context(engine.connect())
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
        figures = _built_measures("PostgreSQL", spent, float(size), kept.seen)
        connection.exec_driver_sql(f"SET search_path = {SCHEMA}")
        connection.commit()
        connection.exec_driver_sql(AS_WRITTEN)
        return figures + searched("PostgreSQL", ServerLine(connection), kept, samples)


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
