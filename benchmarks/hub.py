"""The hub's own cost: pushes and pulls against the bare statements, long lists, and a poll.

A push is compared with a bare `executemany` of the very rows that it writes, on a twin database of the
same engine, key and durability, in rounds that alternate (decision 46: at most twice as slow). A pull is
compared with the bare `SELECT` of its page, fetched and thrown away, under the same bar.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from avise.env import FixedEnv
from avise.hub import dialect
from avise.hub.core import HubCore
from avise.hub.dialect import is_sqlite, postgres_engine
from avise.hub.journal_rows import COLUMNS as EVENT_COLUMNS
from avise.hub.migrating import migrate
from avise.hub.migrations.versions import v001_baseline
from avise.hub.port import PushedEvent, View
from avise.hub.request_rows import COLUMNS
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from benchmarks.measure import Measure, measure, percentile
from tests.hub_house import MANAGER, SOINS, TEAM, Desk, hire, opener, request_body
from tests.postgres_server import has_postgres, postgres_server

BATCH = 20
ROUNDS, QUICK_ROUNDS = 60, 15
ROWS, QUICK_ROWS = 1_000_000, 50_000
SHORT = 10_000
"""Events of the short journal with which the poll of the long one is compared."""
BAR_POLL_TIMES = 1.3
BAR_TIMES = 2.0
"""Decision 46: at least half of what the bare statements do."""
BAR_PAGE_MS = 50.0
"""At p95, for a corbeille of a million."""
_WRITES = ("INSERT", "UPDATE", "DELETE")


def run(*, quick: bool) -> list[Measure]:
    """Measure on SQLite, and on PostgreSQL where there is one."""
    rounds, rows = (QUICK_ROUNDS, QUICK_ROWS) if quick else (ROUNDS, ROWS)
    found: list[Measure] = []
    with tempfile.TemporaryDirectory() as folder:
        opened = [opener(Path(folder) / name)(False) for name in ("hub.db", "bare.db")]
        found += _measured("sqlite", opened[0], opened[1], rounds, rows)
        for connection in opened:
            connection.close()
            connection.engine.dispose()
    if has_postgres():
        with postgres_server(fsync=True) as server:
            engines = [postgres_engine(server.url(server.database()), 1) for _ in range(2)]
            connections = [engine.connect() for engine in engines]
            found += _measured("postgres", connections[0], connections[1], rounds, rows)
            for connection in connections:
                connection.close()
                connection.engine.dispose()
    return found


_raw_cursor = dialect.raw_cursor


class RecordingCursor:
    """A driver's cursor, and the list of what it ran."""

    def __init__(self, cursor: Any, made: list[tuple[str, Any]]) -> None:  # noqa: ANN401 - of either driver
        self._cursor = cursor
        self._made = made

    def execute(self, sql: str, values: object) -> None:
        """Run a statement."""
        self._made.append((sql, values))
        self._cursor.execute(sql, values)

    def executemany(self, sql: str, each: Sequence[object]) -> None:
        """Run a statement for each set of values."""
        self._made.append((sql, list(each)))
        self._cursor.executemany(sql, each)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the driver has
        return getattr(self._cursor, name)


@dataclass(slots=True)
class Recorder:
    """The statements of one push, to be made again on the twin."""

    made: list[tuple[str, Any]] = field(default_factory=list)

    def cursor(self, connection: Connection) -> RecordingCursor:
        """Return a cursor that records what it does."""
        return RecordingCursor(_raw_cursor(connection), self.made)

    def take(self) -> list[tuple[str, Any]]:
        """Return what was recorded, and begin again."""
        made, self.made = self.made, []
        return made


def _measured(engine: str, hub: Connection, bare: Connection, rounds: int, rows: int) -> list[Measure]:
    env = FixedEnv()
    core = HubCore(env)
    for connection in (hub, bare):
        with connection.begin():
            migrate(connection, FixedEnv())
            hire(connection)
            core.enrol(connection, MANAGER)
    pushes, bare_writes = _pushes(core, env, hub, bare, rounds)
    pulls, bare_reads = _pulls(core, hub)
    ratio = _ratio(pushes, bare_writes)
    found = [
        measure(f"hub.{engine}.push_times_bare", ratio, "×", BAR_TIMES),
        measure(f"hub.{engine}.push_of_20_p50", percentile(pushes, 0.5) * 1e3, "ms"),
        measure(f"hub.{engine}.push_of_20_p95", percentile(pushes, 0.95) * 1e3, "ms"),
        measure(f"hub.{engine}.pull_times_bare", _ratio(pulls, bare_reads), "×", BAR_TIMES),
        measure(f"hub.{engine}.pull_events_a_second", 500 / percentile(pulls, 0.5), "/s"),
    ]
    _lengthen(hub, SHORT)
    short = _poll(core, hub)
    _lengthen(hub, rows)
    long = _poll(core, hub)
    _fill(hub, rows)
    pages = _pages(core, hub)
    found += [
        measure(f"hub.{engine}.page_of_{rows}_p95", percentile(pages, 0.95) * 1e3, "ms", BAR_PAGE_MS),
        measure(f"hub.{engine}.counters_of_{rows}_p95", _counters(core, hub) * 1e3, "ms"),
        measure(f"hub.{engine}.poll_of_{rows}_p50", long * 1e3, "ms"),
        measure(f"hub.{engine}.poll_times_short", long / short, "×", BAR_POLL_TIMES),
    ]
    return found


class _Nobody:
    """A desk of this benchmark calls the core itself."""


def _batches(env: FixedEnv, rounds: int) -> Iterator[list[PushedEvent]]:
    """Yield pushes of a day: requests created, taken, answered, noted, resolved, twenty at a time."""
    at = Desk(_Nobody(), MANAGER, env)  # type: ignore[arg-type]  # it only numbers and seals
    life: tuple[tuple[EventKind, Mapping[str, JSON]], ...] = (
        (EventKind.REQUEST_CREATED, request_body(SOINS, TEAM, dossier=str(env.uuid7()))),
        (EventKind.REQUEST_CLAIMED, {}),
        (EventKind.REQUEST_REPLIED, {"words": "Bonjour, le décompte est en cours d’examen. " * 4}),
        (EventKind.REQUEST_NOTED, {"words": "Vu avec le gestionnaire des flux. " * 4}),
        (EventKind.REQUEST_RESOLVED, {"outcome": "done"}),
    )
    streams: list[str] = []
    for number in range(rounds):
        kind, body = life[number % len(life)]
        if kind is EventKind.REQUEST_CREATED:
            streams = [request_stream(env.uuid7()) for _ in range(BATCH)]
        yield [at.written(stream, kind, body) for stream in streams]


def _pushes(
    core: HubCore, env: FixedEnv, hub: Connection, bare: Connection, rounds: int
) -> tuple[list[float], list[float]]:
    recorder = Recorder()
    dialect.raw_cursor = recorder.cursor
    ours, theirs = [], []
    raw: Any = bare.connection.driver_connection
    for events in _batches(env, rounds):
        ours.append(_timed(lambda sent=events: _committed(hub, core, sent)))  # type: ignore[misc]  # bound now
        made = [told for told in recorder.take() if told[0].startswith(_WRITES)]
        theirs.append(_timed(lambda told=made: _written(raw, told, sqlite=is_sqlite(bare))))  # type: ignore[misc]  # bound now
    dialect.raw_cursor = _raw_cursor
    return ours, theirs


def _committed(hub: Connection, core: HubCore, events: Sequence[PushedEvent]) -> None:
    with hub.begin():
        core.push(hub, MANAGER, events)


def _written(raw: Any, made: Sequence[tuple[str, Any]], *, sqlite: bool) -> None:  # noqa: ANN401 - of either driver
    cursor = raw.cursor()
    cursor.execute("BEGIN IMMEDIATE" if sqlite else "SELECT 1")
    for sql, values in made:
        many = isinstance(values, list)
        (cursor.executemany if many else cursor.execute)(sql, values)
        if not many and " RETURNING " in sql:
            cursor.fetchall()
    raw.commit()
    cursor.close()


def _pulls(core: HubCore, hub: Connection) -> tuple[list[float], list[float]]:
    recorder = Recorder()
    dialect.raw_cursor = recorder.cursor
    with hub.begin():
        core.pull(hub, MANAGER, {f"queue/{SOINS}": 0}, 500)
    dialect.raw_cursor = _raw_cursor
    sql, values = next(told for told in recorder.take() if "FROM feed" in told[0])

    def bare() -> None:
        cursor = _raw_cursor(hub)
        cursor.execute(sql, values)
        cursor.fetchall()
        cursor.close()

    ours, theirs = [], []
    for _ in range(30):
        ours.append(_timed(lambda: _read(hub, lambda: core.pull(hub, MANAGER, {f"queue/{SOINS}": 0}, 500))))
        theirs.append(_timed(lambda: _read(hub, bare)))
    return ours, theirs


def _read(hub: Connection, work: Callable[[], object]) -> None:
    with hub.begin():
        work()


def _poll(core: HubCore, hub: Connection) -> float:
    def poll() -> None:
        head = core.head(hub, MANAGER)
        core.pull(hub, MANAGER, head.positions)

    return percentile([_timed(lambda: _read(hub, poll)) for _ in range(300)], 0.5)


def _pages(core: HubCore, hub: Connection) -> list[float]:
    """Return the times of pages in order of due date: the first ones, and those of other filters."""
    times = []
    asked: tuple[dict[str, JSON], ...] = (
        {"status": "open", "queue": SOINS}, {"queue": SOINS}, {}, {"status": "open", "late": True},
        {"queue": SOINS, "sort": "created"}, {"team": TEAM, "status": "open"},
    )  # fmt: skip
    for filters in asked:
        cursor = ""
        for _ in range(10):
            with hub.begin():
                begins = time.perf_counter()
                page = core.query(hub, MANAGER, View.REQUESTS, filters, cursor, 50)
                times.append(time.perf_counter() - begins)
            cursor = page.cursor
    return times


def _counters(core: HubCore, hub: Connection) -> float:
    times = [_timed(lambda: _read(hub, lambda: core.query(hub, MANAGER, View.QUEUES, {}))) for _ in range(50)]
    return percentile(times, 0.95)


def _lengthen(hub: Connection, wanted: int) -> None:
    """Lengthen the journal and one corbeille's feed to so many events, by copying one of them."""
    perimeter = f"queue/{SOINS}"
    with hub.begin():
        there = hub.execute(text("SELECT count(*) FROM event")).scalar_one()
        last = hub.execute(text("SELECT pos FROM head WHERE perimeter = :p"), {"p": perimeter}).scalar_one()
        series = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT"
            if is_sqlite(hub)
            else "WITH n AS (SELECT generate_series(1, {rows}) AS i) SELECT"
        ).format(rows=wanted - there)
        own = ("event_id", "device_seq", "ver")
        names = [name for name in EVENT_COLUMNS if name not in own]
        copied = ", ".join(f"e.{name}" for name in names)
        told = (
            f"{series} 'l{there}-' || i, {there} + 1000000000 + i, {there} + 1000000000 + i, {copied} FROM n"
        )
        hub.exec_driver_sql(
            f"INSERT INTO event ({', '.join((*own, *names))}) {told}, (SELECT * FROM event LIMIT 1) AS e"  # noqa: S608 - our own names
        )
        fed = f"{series} '{perimeter}', {last} + i, 'l{there}-' || i, f.chain FROM n"
        hub.exec_driver_sql(
            f"INSERT INTO feed (perimeter, pos, event_id, chain) {fed}, (SELECT * FROM feed LIMIT 1) AS f"  # noqa: S608 - our own names
        )
        hub.execute(
            text("UPDATE head SET pos = :pos WHERE perimeter = :p"),
            {"pos": last + wanted - there, "p": perimeter},
        )
    with hub.begin():
        hub.exec_driver_sql("ANALYZE")


def _fill(hub: Connection, rows: int) -> None:
    """Fill one corbeille by copying its first request, each with its own due time."""
    kept = ", ".join(name for name in COLUMNS if name not in _OWN)
    own = ", ".join(_OWN)
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT"
        if is_sqlite(hub)
        else "WITH n AS (SELECT generate_series(1, {rows}) AS i) SELECT"
    ).format(rows=rows)
    copied = ", ".join(f"r.{name}" for name in COLUMNS if name not in _OWN)
    later = "CAST((CAST(i AS BIGINT) * 7919) % 1000003 AS BIGINT) * 60000000"
    told = f"r.due_at + {later}, r.late_at + {later}, r.created_at + i, r.changed_at + i, 1, 'sent', ''"
    filled = f"{series} 'request/f' || i, 'f' || i, 'F-' || i, {told}, {copied} FROM n"
    indexes = [made for made in v001_baseline.TABLES if " ON request (" in made]
    with hub.begin():
        for made in indexes:
            hub.exec_driver_sql(f"DROP INDEX {made.split(' INDEX ')[1].split()[0]}")
        hub.execute(
            text(f"INSERT INTO request ({own}, {kept}) {filled}, (SELECT * FROM request LIMIT 1) AS r")  # noqa: S608 - our own names
        )
        for made in indexes:
            hub.exec_driver_sql(made)
    with hub.begin():
        hub.exec_driver_sql("ANALYZE")


_OWN = (
    "stream",
    "id",
    "number",
    "due_at",
    "late_at",
    "created_at",
    "changed_at",
    "is_open",
    "status",
    "holder",
)


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the rounds' own ratios: each round met the same machine."""
    return percentile([one / other for one, other in zip(ours, theirs, strict=True)], 0.5)


def _timed(work: Callable[[], object]) -> float:
    begins = time.perf_counter()
    work()
    return time.perf_counter() - begins
