"""The journal's tables: events, and the feeds that give each perimeter its events in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row

from avise.hub.chain import FIRST, SEPARATOR, link
from avise.hub.dialect import Bound, Statement, change_each, rows
from avise.hub.moments import microseconds
from avise.hub.port import Ack, Outcome, PulledEvent, PushedEvent

HEADER = (
    "event_id", "device", "device_seq", "stream", "kind", "schema_v", "author", "role", "occurred_at",
    "clock_offset_ms", "effective", "refusal", "ver", "number", "received_at",
)  # fmt: skip
"""Columns that the chain covers, in its order."""

COLUMNS = (*HEADER, "body", "salt", "content_sha", "queue", "clock_doubtful")

PULLED = (
    "event_id", "device", "device_seq", "stream", "kind", "schema_v", "author", "role", "occurred_at",
    "clock_offset_ms", "body", "salt", "content_sha", "effective", "refusal", "ver", "number", "received_at",
)  # fmt: skip
"""Columns of an event in the order of `PulledEvent`, between its place in the feed and its link."""

INSERT_EVENT = Statement(
    f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"  # noqa: S608 - our own names
)
INSERT_FEED = Statement(
    "INSERT INTO feed (perimeter, pos, event_id, chain) VALUES (:perimeter, :pos, :event_id, :chain)"
)
_LOCK_HEADS = Statement(
    "SELECT perimeter, pos, chain FROM head WHERE perimeter IN [names] ORDER BY perimeter FOR NO KEY UPDATE"
)
_MAKE_HEAD = Statement(
    "INSERT INTO head (perimeter, chain) VALUES (:perimeter, :chain) ON CONFLICT (perimeter) DO NOTHING"
)
SAVE_HEAD = Statement("UPDATE head SET pos = :pos, chain = :chain WHERE perimeter = :perimeter")

_SENT = "event_id, device_seq, stream, kind, schema_v, author, occurred_at, clock_offset_ms, content_sha"
_RESENT = Statement(
    f"SELECT {_SENT}, effective, refusal, ver, number, 'accepted' AS outcome FROM event"  # noqa: S608 - our own names
    " WHERE device = :device AND device_seq BETWEEN :first AND :last"
    f" UNION ALL SELECT {_SENT}, 0, reason, 0, '', 'quarantined' FROM quarantine"
    " WHERE device = :device AND device_seq BETWEEN :first AND :last AND settled <> 'adopted'"
)
_TAKEN = Statement(
    "SELECT event_id FROM event WHERE event_id IN [ids]"
    " UNION ALL SELECT event_id FROM quarantine WHERE event_id IN [ids]"
)
_OF_STREAM = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM event WHERE stream = :stream AND ver > :after ORDER BY ver"  # noqa: S608 - our own names
)


_values_of_header = itemgetter(*HEADER)


def header_of_row(event: Mapping[str, Any]) -> str:
    """Return the header of an event, as the chain covers it."""
    return SEPARATOR.join(map(str, _values_of_header(event)))


@dataclass(slots=True)
class Position:
    """How far a perimeter is, while its row is locked."""

    perimeter: str
    pos: int
    chain: bytes

    def append(self, event: Mapping[str, Any], header: str) -> Mapping[str, Bound]:
        """Give an event the next position; return its row of the feed.

        Args:
            event: as it is written.
            header: of it, the same in every feed.
        """
        self.pos += 1
        self.chain = link(self.chain, header, event["content_sha"])
        return {
            "perimeter": self.perimeter, "pos": self.pos, "event_id": event["event_id"], "chain": self.chain,
        }  # fmt: skip


def lock_heads(connection: Connection, perimeters: Iterable[str]) -> dict[str, Position]:
    """Lock the counters of some perimeters, made when they are not there, in the order of their names."""
    names = sorted(set(perimeters))
    if not names:
        return {}
    found = rows(connection, _LOCK_HEADS, names=names)
    there = {row.perimeter for row in found}
    if len(there) < len(names):
        make_heads(connection, [name for name in names if name not in there])
        found = rows(connection, _LOCK_HEADS, names=names)
    return {row.perimeter: Position(row.perimeter, row.pos, row.chain) for row in found}


def make_heads(connection: Connection, perimeters: Sequence[str]) -> None:
    """Make the counters of perimeters that have none: before anybody writes there, so that pushes do not."""
    made = [{"perimeter": name, "chain": FIRST} for name in sorted(perimeters)]
    change_each(connection, _MAKE_HEAD, made)


def resent(connection: Connection, device: str, first: int, last: int) -> dict[int, Row[Any]]:
    """Return what is kept under sequence numbers of a device that were received before."""
    found = rows(connection, _RESENT, device=device, first=first, last=last)
    return {row.device_seq: row for row in found}


def is_same(kept: Row[Any], event: PushedEvent) -> bool:
    """Say whether an event is the one that is kept."""
    return tuple(kept[:9]) == (
        str(event.event_id), event.device_seq, event.stream, event.kind, event.schema_v, event.author,
        microseconds(event.occurred_at), event.clock_offset_ms, event.content_sha,
    )  # fmt: skip


def ack_again(kept: Row[Any]) -> Ack:
    """Return the answer of the first time."""
    outcome = Outcome.QUARANTINED if kept.outcome == "quarantined" else Outcome.DUPLICATE
    return Ack(kept.device_seq, outcome, bool(kept.effective), kept.refusal, kept.ver, kept.number)


def known_ids(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Return those of some events' identities that the hub has already."""
    return frozenset(row.event_id for row in rows(connection, _TAKEN, ids=ids))


def stream_rows(connection: Connection, stream: str, after: int = 0) -> list[dict[str, Any]]:
    """Return the events of a stream, in order, as rows."""
    return [dict(row._mapping) for row in rows(connection, _OF_STREAM, stream=stream, after=after)]  # noqa: SLF001 - SQLAlchemy's public name


def pulled(
    row: Row[Any], perimeter: str, pos: int, chain: bytes, content: tuple[bytes | None, bytes | None]
) -> PulledEvent:
    """Return an event as it crosses.

    Args:
        row: with every column of `COLUMNS`.
        perimeter: whose feed it was read in, "" for none.
        pos: in that feed.
        chain: there.
        content: its body and its salt, as the actor may read them.
    """
    return PulledEvent(
        perimeter=perimeter,
        pos=pos,
        identity=row.event_id,
        device=row.device,
        device_seq=row.device_seq,
        stream=row.stream,
        kind=row.kind,
        schema_v=row.schema_v,
        author=row.author,
        role=row.role,
        occurred=row.occurred_at,
        clock_offset_ms=row.clock_offset_ms,
        body=content[0],
        salt=content[1],
        content_sha=row.content_sha,
        counted=row.effective,
        refusal=row.refusal,
        ver=row.ver,
        number=row.number,
        received=row.received_at,
        chain=chain,
    )
