"""Erasing what the hub holds of a customer: contents go, headers and chains stay (decision 23).

What is erased are the words: bodies and salts of the events of the customer's own stream, those of the
quarantine included, and the lines of the timeline; and all that was decided of the customer and another
record, which is fed to the house once more, without a body, so that each desk erases it too. Requests
follow their own retention and are not touched here.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from avise.hub.accesses import log_access
from avise.hub.dialect import Statement, change, change_each, confine, is_sqlite, lock_erasures, row, rows
from avise.hub.journal_rows import HEADER, INSERT_FEED, SAVE_HEAD, header_of_row, lock_heads
from avise.hub.moments import microseconds
from avise.hub.port import Actor
from avise.hub.received_event import body_of
from avise.hub.stream_state import HOUSE
from avise.models.customer import customer_stream
from avise.models.event_fold import identity_of
from avise.models.identity.links import PREFIX as IDENTITY
from avise.models.journal import EventKind

_ATTACHED = Statement(
    "SELECT body FROM event WHERE stream = :stream AND kind = :kind AND effective = 1 AND body IS NOT NULL"
)
_OF_STREAM = "(stream = :stream OR event_id IN [beside]) AND body IS NOT NULL"
_OF_PAIRS = "(stream IN [streams] OR event_id IN [beside]) AND body IS NOT NULL"
_ASIDE = "stream = :stream AND body IS NOT NULL"
_EVENTS = Statement(f"UPDATE event SET body = NULL, salt = NULL WHERE {_OF_STREAM}")  # noqa: S608 - our own names
_EVENTS_HELD = Statement(f"SELECT count(*) FROM event WHERE {_OF_STREAM}")  # noqa: S608 - our own names
_PUT_ASIDE = Statement(f"UPDATE quarantine SET body = NULL, salt = NULL WHERE {_ASIDE}")  # noqa: S608 - our own names
_PUT_ASIDE_HELD = Statement(f"SELECT count(*) FROM quarantine WHERE {_ASIDE}")  # noqa: S608 - our own names
_PAIRS = Statement(
    "SELECT stream, body FROM event WHERE stream LIKE 'identity/%' AND body IS NOT NULL"
    " UNION ALL SELECT stream, body FROM quarantine WHERE stream LIKE 'identity/%' AND body IS NOT NULL"
)
_DESCRIPTIONS = Statement(
    "SELECT event_id, body FROM event WHERE kind = 'identity_described' AND stream <> :own"
    " AND body IS NOT NULL"
    " UNION ALL SELECT event_id, body FROM quarantine WHERE kind = 'identity_described' AND stream <> :own"
    " AND body IS NOT NULL"
)
_FED = Statement(
    f"SELECT {', '.join(f'e.{name}' for name in HEADER)}, e.content_sha"  # noqa: S608 - our own names
    " FROM feed f JOIN event e ON e.event_id = f.event_id"
    " WHERE f.perimeter = :house AND e.stream IN [streams] AND e.body IS NOT NULL ORDER BY f.pos"
)
_EMPTY = Statement(f"UPDATE event SET body = NULL, salt = NULL WHERE {_OF_PAIRS}")  # noqa: S608 - our own names
_PAIRS_HELD = Statement(f"SELECT count(*) FROM event WHERE {_OF_PAIRS}")  # noqa: S608 - our own names
_EMPTY_ASIDE = Statement(f"UPDATE quarantine SET body = NULL, salt = NULL WHERE {_OF_PAIRS}")  # noqa: S608 - our own names
_PAIRS_ASIDE_HELD = Statement(f"SELECT count(*) FROM quarantine WHERE {_OF_PAIRS}")  # noqa: S608 - our own names
_LINES = Statement("DELETE FROM timeline WHERE dossier = :dossier")
_UNDONE = Statement(
    "DELETE FROM taken_back WHERE by_event IN (SELECT event_id FROM event WHERE stream = :stream)"
)
_MAY_ERASE = Statement("SELECT has_column_privilege('event', 'body', 'UPDATE')")
_FIGURES = Statement("UPDATE synthesis SET contacts = 0 WHERE dossier = :dossier")


@dataclass(frozen=True, slots=True)
class Erasable:
    """How much of a customer an erasure takes.

    Args:
        entries: of their own stream, and the exchanges that were attached to it later.
        put_aside: waiting in the quarantine.
        pairs: records that are or were compared with theirs.
        in_pairs: entries about these pairs.
    """

    entries: int = 0
    put_aside: int = 0
    pairs: int = 0
    in_pairs: int = 0

    @property
    def contents(self) -> int:
        """Everything that has words."""
        return self.entries + self.put_aside + self.in_pairs


def erasable(connection: Connection, dossier: uuid.UUID) -> Erasable:
    """Return how much there is to erase of a customer; nothing is changed, and no words are given.

    Args:
        connection: on PostgreSQL, of a member of `avise_hub_erasure`.
        dossier: the customer.
    """
    stream, pairs = customer_stream(dossier), _pairs_of(connection, dossier)
    beside = _attached_to(connection, stream)
    aside = _number(connection, _PUT_ASIDE_HELD, stream=stream)
    in_pairs = _number(connection, _PAIRS_HELD, streams=pairs.streams, beside=pairs.beside)
    in_pairs += _number(connection, _PAIRS_ASIDE_HELD, streams=pairs.streams, beside=pairs.beside)
    entries = _number(connection, _EVENTS_HELD, stream=stream, beside=beside)
    return Erasable(entries, aside, len(pairs.streams), in_pairs)


def may_erase(connection: Connection) -> bool:
    """Say whether whoever is connected may erase: on PostgreSQL the server itself may not."""
    if is_sqlite(connection):
        return True
    found = row(connection, _MAY_ERASE)
    return found is not None and bool(found[0])


def erase_customer(
    connection: Connection, actor: Actor, dossier: uuid.UUID, reason: str, now: datetime
) -> int:
    """Erase the contents of a customer's events; return how many had one. It is logged.

    Args:
        connection: in a transaction that writes; on PostgreSQL, of a member of `avise_hub_erasure`.
        actor: who does it.
        dossier: the customer.
        reason: of the erasure, kept in the access log.
        now: by the hub's clock.
    """
    lock_erasures(connection, erases=True)
    stream = customer_stream(dossier)
    beside = _attached_to(connection, stream)
    erased = change(connection, _EVENTS, stream=stream, beside=beside)
    erased += _erase_pairs(connection, _pairs_of(connection, dossier))
    erased += change(connection, _PUT_ASIDE, stream=stream)
    change(connection, _LINES, dossier=str(dossier))
    change(connection, _UNDONE, stream=stream)
    change(connection, _FIGURES, dossier=str(dossier))
    log_access(connection, actor, microseconds(now), "erasure", dossier=str(dossier), reason=reason)
    return erased


def _attached_to(connection: Connection, stream: str) -> Sequence[str]:
    """Return the exchanges that were attached to a customer's stream later."""
    found = rows(connection, _ATTACHED, stream=stream, kind=EventKind.INTERACTION_ATTACHED.value)
    return [str(identity_of((body_of(line.body) or {}).get("event"))) for line in found]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Where it stands what was decided of a person and other records.

    Args:
        streams: of the pairs.
        beside: events that describe the other records; what describes the person stands in their own stream.
    """

    streams: list[str]
    beside: list[str]


def _pairs_of(connection: Connection, person: uuid.UUID) -> _Pairs:
    # An erasure is rare: every pair is read, so that none needs an index by person.
    streams = sorted({line.stream for line in rows(connection, _PAIRS) if person in _persons(line.body)})
    if not streams:
        return _Pairs([], [])
    pairs = {stream.removeprefix(IDENTITY) for stream in streams}
    found = rows(connection, _DESCRIPTIONS, own=customer_stream(person))
    told = ((line.event_id, body_of(line.body) or {}) for line in found)
    return _Pairs(streams, [event for event, body in told if body.get("pair") in pairs])


def _erase_pairs(connection: Connection, pairs: _Pairs) -> int:
    """Erase what was decided of pairs and what describes their records; return how much."""
    if not pairs.streams:
        return 0
    again = [dict(line._mapping) for line in rows(connection, _FED, house=HOUSE, streams=pairs.streams)]  # noqa: SLF001 - SQLAlchemy's public name
    erased = change(connection, _EMPTY_ASIDE, streams=pairs.streams, beside=pairs.beside)
    erased += change(connection, _EMPTY, streams=pairs.streams, beside=pairs.beside)
    _feed_again(connection, again)
    return erased


def _number(connection: Connection, statement: Statement, **values: str | Sequence[str]) -> int:
    found = row(connection, statement, **values)
    return int(found[0]) if found is not None else 0


def _persons(body: bytes | None) -> frozenset[uuid.UUID | None]:
    sides = [(body_of(body) or {}).get(name) for name in ("one", "other")]
    return frozenset(identity_of(side.get("person")) for side in sides if isinstance(side, dict))


def _feed_again(connection: Connection, events: Sequence[Mapping[str, Any]]) -> None:
    """Give the house events that it had, which have no body any more: every desk erases its copies."""
    if not events:
        return
    head = lock_heads(connection, (HOUSE,))[HOUSE]
    confine(connection, (HOUSE,))
    change_each(connection, INSERT_FEED, [head.append(event, header_of_row(event)) for event in events])
    change(connection, SAVE_HEAD, perimeter=head.perimeter, pos=head.pos, chain=head.chain)
