"""Whether the hub is what its events say: chains, densities, folds, counters; every difference is told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from avise.hub.chain import FIRST, SEPARATOR, content_hash, link
from avise.hub.dialect import Statement, rows
from avise.hub.journal_rows import HEADER
from avise.hub.remaking import Event, Remade, streams
from avise.hub.request_rows import COLUMNS as REQUEST_COLUMNS
from avise.hub.stream_state import COLUMNS as STREAM_COLUMNS
from avise.hub.stream_state import CUSTOMERS, StreamState, columns_of, queue_perimeter, team_perimeter

_PAGE = 2_000

_HEADS = Statement("SELECT perimeter, pos, chain FROM head ORDER BY perimeter")
_FEED = Statement(
    f"SELECT f.pos, f.chain, e.content_sha, {', '.join(f'e.{name}' for name in HEADER)}"  # noqa: S608 - our own names
    " FROM feed f LEFT JOIN event e ON e.event_id = f.event_id"
    " WHERE f.perimeter = :perimeter AND f.pos > :after ORDER BY f.pos LIMIT :limit"
)
_FED = Statement(
    "SELECT e.stream, f.perimeter, e.ver FROM feed f JOIN event e ON e.event_id = f.event_id"
    " WHERE e.stream IN [streams]"
)
_DEVICES = Statement(
    "SELECT d.device, d.last_seq, s.first, s.last, s.found FROM device d LEFT JOIN ("
    " SELECT device, min(device_seq) AS first, max(device_seq) AS last, count(*) AS found FROM ("
    " SELECT device, device_seq FROM event UNION SELECT device, device_seq FROM quarantine) AS taken"
    " GROUP BY device) AS s ON s.device = d.device ORDER BY d.device"
)
_STREAM = Statement(f"SELECT {', '.join(STREAM_COLUMNS)} FROM stream WHERE stream IN [streams]")  # noqa: S608 - our own names
_REQUEST = Statement(f"SELECT {', '.join(REQUEST_COLUMNS)} FROM request WHERE stream IN [streams]")  # noqa: S608 - our own names
_COUNTS = Statement("SELECT queue, open_count, unheld_count FROM queue_count")
_HOURS = Statement("SELECT queue, hour, received, done FROM hour_count")
_FIGURES = Statement("SELECT dossier, contacts, open_requests, open_complaints FROM synthesis")
_LINES = Statement("SELECT dossier, at, event_id, channel FROM timeline")
_TAKEN_BACK = Statement("SELECT event_id, by_event FROM taken_back")
_USES = Statement("SELECT name, stream FROM blob_use")
_ALL_ROWS = Statement("SELECT count(*) FROM request")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as the events say."""

    what: str
    """"chain", "position", "head", "content", "sequence", "version", "state", "request", "fed", "counter"…"""
    where: str
    """A perimeter, a device, a stream, a corbeille: no personal data."""
    detail: str = ""
    """Names of columns, or positions."""


def audit(connection: Connection) -> tuple[Difference, ...]:
    """Return every difference between what is kept and what the events make; none when all is well.

    Args:
        connection: in a transaction that reads everything (the owner's, on PostgreSQL).
    """
    return (*_chains(connection), *_sequences(connection), *_streams(connection))


def _chains(connection: Connection) -> Iterator[Difference]:
    for head in rows(connection, _HEADS):
        pos, chain = 0, FIRST
        for line in _feed(connection, head.perimeter):
            if line.pos != pos + 1:
                yield Difference("position", head.perimeter, f"{pos + 1}-{line.pos - 1}")
            pos = line.pos
            if line.event_id is None:
                yield Difference("event", head.perimeter, str(pos))
                chain = line.chain
                continue
            header = SEPARATOR.join(str(getattr(line, name)) for name in HEADER)
            if link(chain, header, line.content_sha) != line.chain:
                yield Difference("chain", head.perimeter, str(pos))
            chain = line.chain
        if (pos, chain) != (head.pos, head.chain):
            yield Difference("head", head.perimeter, f"{head.pos} != {pos}")


def _feed(connection: Connection, perimeter: str) -> Iterator[Any]:
    after = 0
    while True:
        page = rows(connection, _FEED, perimeter=perimeter, after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].pos


def _sequences(connection: Connection) -> Iterator[Difference]:
    for line in rows(connection, _DEVICES):
        found = (line.first, line.last, line.found)
        expected = (1, line.last_seq, line.last_seq) if line.last_seq else (None, None, None)
        if found != expected:
            yield Difference("sequence", line.device, f"{line.found} of {line.last_seq}")


def _streams(connection: Connection) -> Iterator[Difference]:
    remade = Remade()
    made = 0
    batch: dict[str, tuple[StreamState, Mapping[str, Any] | None]] = {}
    fed: dict[str, tuple[int, Mapping[str, frozenset[int]]]] = {}
    for stream, events in streams(connection):
        yield from _events(stream, events)
        state, row = remade.take(stream, events)
        made += row is not None
        batch[stream] = (state, row)
        if state.state is not None:
            fed[stream] = (created_at(events), expected_feeds(events, state.state.team))
        if len(batch) >= 200:
            yield from _compared(connection, batch, fed)
            batch, fed = {}, {}
    yield from _compared(connection, batch, fed)
    kept = rows(connection, _ALL_ROWS)[0][0]
    if kept != made:
        yield Difference("request", "request", f"{kept} != {made}")
    remade.finish()
    yield from _models(connection, remade)


def _events(stream: str, events: Sequence[Event]) -> Iterator[Difference]:
    for expected, event in enumerate(events, 1):
        if event["ver"] != expected:
            yield Difference("version", stream, str(event["ver"]))
        body, salt = event["body"], event["salt"]
        if body is not None and content_hash(salt or b"", body) != event["content_sha"]:
            yield Difference("content", stream, str(event["ver"]))


def _compared(
    connection: Connection,
    batch: Mapping[str, tuple[StreamState, Mapping[str, Any] | None]],
    fed: Mapping[str, tuple[int, Mapping[str, frozenset[int]]]],
) -> Iterator[Difference]:
    names = sorted(batch)
    kept, listed = _by_stream(connection, _STREAM, names), _by_stream(connection, _REQUEST, names)
    for name in names:
        state, row = batch[name]
        there = kept.get(name)
        # A stream of no request keeps its team, which no event tells.
        told = dict(columns_of(state))
        if state.state is None and there is not None:
            told["team"] = there["team"]
        yield from _column_differences("state", name, told, there)
        yield from _column_differences("request", name, row, listed.get(name))
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for line in rows(connection, _FED, streams=names):
        found[line.stream][line.perimeter].add(line.ver)
    for name, (created, expected) in fed.items():
        for perimeter in sorted({*expected, *found[name]}):
            fed_vers = {ver for ver in found[name][perimeter] if ver >= created}
            if set(expected.get(perimeter, ())) != fed_vers:
                yield Difference("fed", name, perimeter)


def _by_stream(
    connection: Connection, statement: Statement, names: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    found = rows(connection, statement, streams=names)
    return {line.stream: dict(line._mapping) for line in found}  # noqa: SLF001 - SQLAlchemy's public name


def expected_feeds(events: Sequence[Event], team: str) -> Mapping[str, frozenset[int]]:
    """Return which events of a request each perimeter must have had (decision 20)."""
    expected: dict[str, set[int]] = defaultdict(set)
    created = created_at(events)
    queue = ""
    for event in events:
        ver, now = event["ver"], event["queue"]
        if not now:
            # Before its creation counted, a request is of no corbeille.
            continue
        if queue and now != queue:
            expected[queue].add(ver)
        if queue and now != queue:
            expected[now].update(range(created, ver))
        expected[now].add(ver)
        queue = now
    told = {queue_perimeter(name): frozenset(vers) for name, vers in expected.items()}
    told[team_perimeter(team)] = frozenset(range(created, len(events) + 1))
    return told


def created_at(events: Sequence[Event]) -> int:
    """Return the place of the event that created a request; refused ones may come before it."""
    return min((event["ver"] for event in events if event["queue"]), default=1)


def _column_differences(
    what: str, where: str, expected: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> Iterator[Difference]:
    if expected is None or found is None:
        if expected is not found:
            yield Difference(what, where, "missing" if found is None else "not wanted")
        return
    columns = [name for name, value in expected.items() if found[name] != value]
    if columns:
        yield Difference(what, where, " ".join(columns))


def _models(connection: Connection, remade: Remade) -> Iterator[Difference]:
    counts = remade.counts
    kept = {line.queue: (line.open_count, line.unheld_count) for line in rows(connection, _COUNTS)}
    for queue in sorted({*kept, *counts.opened}):
        if kept.get(queue, (0, 0)) != (counts.opened[queue], counts.unheld[queue]):
            yield Difference("counter", queue)
    hours = {(line.queue, line.hour): (line.received, line.done) for line in rows(connection, _HOURS)}
    for place in sorted({*hours, *counts.received, *counts.done}):
        if hours.get(place, (0, 0)) != (counts.received[place], counts.done[place]):
            yield Difference("hour", place[0], str(place[1]))
    yield from _customers(connection, remade)
    if {line.event_id: line.by_event for line in rows(connection, _TAKEN_BACK)} != remade.taken_back:
        yield Difference("taken_back", "taken_back")
    if {(line.name, line.stream) for line in rows(connection, _USES)} != remade.uses:
        yield Difference("attachments", "blob_use")


def _customers(connection: Connection, remade: Remade) -> Iterator[Difference]:
    lines = {line.event_id: dict(line._mapping) for line in rows(connection, _LINES)}  # noqa: SLF001 - SQLAlchemy's public name
    if lines != remade.lines:
        wrong = [name for name in {*lines, *remade.lines} if lines.get(name) != remade.lines.get(name)]
        yield Difference("timeline", CUSTOMERS, f"{len(wrong)} lines")
    figures: Sequence[Counter[str]] = (remade.contacts, remade.open_requests, remade.open_complaints)
    kept: dict[str, tuple[int, ...]] = {line[0]: tuple(line[1:]) for line in rows(connection, _FIGURES)}
    names = {*kept, *(name for figure in figures for name in figure)}
    wrong_figures = [
        name for name in names if kept.get(name, (0, 0, 0)) != tuple(figure[name] for figure in figures)
    ]
    if wrong_figures:
        yield Difference("figures", CUSTOMERS, f"{len(wrong_figures)} customers")
