"""Own events that the hub has: how long they stay on this workstation (`hub.md` 4, "Retention").

Counted from the hub's acknowledgement, by the hub's clock: that of this machine may be wrong by weeks. Kept
at least seven days, so that a restored hub can be given again what its backup lacked; after that they go
once a backup holds them, and at the latest after thirty days (data minimisation). What only this journal
tells here stays: prospects, consents, exchanges with unknown callers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from avise.models.journal import EventKind
from avise.models.own_history import UNLINKED
from avise.store.store import Store
from avise.store.times import to_microseconds

AT_LEAST = timedelta(days=7)
AT_MOST = timedelta(days=30)

GIVEN_BACK = ("request/", "task/", "absence/", "confirmation/", "visit/", "identity/")
"""Streams whose events the hub's feeds give back: their readers lose nothing."""

TRACES = (
    EventKind.CONSULTED, EventKind.REVEALED, EventKind.COMPARED, EventKind.CALLER_VERIFIED,
    EventKind.EXPORTED, EventKind.DATA_REPORTED, EventKind.COMMAND_CONFIRMED, EventKind.COMMAND_SETTLED,
    EventKind.MESSAGE_PLANNED, EventKind.MESSAGE_UNDONE, EventKind.MESSAGE_STOPPED, EventKind.MESSAGE_SENT,
    EventKind.MESSAGE_FAILED, EventKind.MESSAGE_UNKNOWN, EventKind.INTERACTION_RECORDED,
    EventKind.IDENTITY_DESCRIBED,
)  # fmt: skip
"""Kinds of customers' streams that the hub tells again when the file is opened."""

# The last event and the last acknowledgement stay: their numbers say what comes next.
_OLD = (
    "state = 'acked' AND device_seq < (SELECT max(device_seq) FROM event)"
    " AND coalesce((SELECT acked_at FROM event_ack WHERE event_ack.device_seq = event.device_seq),"
    # Of an earlier version: as the journal tells it.
    " occurred_at + clock_offset_ms * 1000) < ?"
)
_BACKED_UP = (
    " AND EXISTS (SELECT 1 FROM feed WHERE feed.event_id = event.event_id AND perimeter = ? AND pos <= ?)"
)
_AGAIN = (
    "((stream >= '{prefix}' AND stream < '{prefix}~'"
    " AND EXISTS (SELECT 1 FROM hub_event WHERE hub_event.event_id = event.event_id)))"
)
_TRACES = ", ".join(f"'{kind.value}'" for kind in TRACES)
_TOLD_AGAIN = " OR ".join(
    (
        *(_AGAIN.format(prefix=prefix) for prefix in GIVEN_BACK),
        f"(kind IN ({_TRACES}) AND stream <> '{UNLINKED}')",
    )
)
_PURGE = f"DELETE FROM event WHERE {_OLD} AND ({_TOLD_AGAIN})"  # noqa: S608 - our own words
_ACKS = (
    "DELETE FROM event_ack WHERE device_seq NOT IN (SELECT device_seq FROM event)"
    " AND device_seq < (SELECT max(device_seq) FROM event_ack)"
)

_NOTES = {
    "refusal_told/": ("event", "event_id"),
    "right_lost/": ("command", "command_id"),
    "collided/": ("command", "command_id"),
}
"""Beginnings of the notes that somebody was told of something, and where that something is."""

_FORGET_NOTES = (
    "DELETE FROM meta WHERE name LIKE '{prefix}%' AND NOT EXISTS (SELECT 1 FROM {table}"
    " WHERE lower(hex({column})) = replace(substr(meta.name, {start}, 36), '-', ''))"
)


async def purge_own(store: Store, now: datetime, backed_up: Mapping[str, int]) -> int:
    """Forget own events that are old enough and that the hub has; return how many.

    Notes that somebody was told of an event or a command go once that is no more.

    Args:
        store: the workstation's.
        now: by the hub's clock.
        backed_up: position of each perimeter that a backup of the hub holds.
    """
    old, older = to_microseconds(now - AT_LEAST), to_microseconds(now - AT_MOST)

    def change(connection: Connection) -> int:
        gone = connection.exec_driver_sql(_PURGE, (older,)).rowcount
        for perimeter, position in backed_up.items():
            gone += connection.exec_driver_sql(_PURGE + _BACKED_UP, (old, perimeter, position)).rowcount
        if gone:
            connection.exec_driver_sql(_ACKS)
        for prefix, (table, column) in _NOTES.items():
            statement = _FORGET_NOTES.format(prefix=prefix, table=table, column=column, start=len(prefix) + 1)
            connection.exec_driver_sql(statement)
        return gone

    return await store.write(change)
