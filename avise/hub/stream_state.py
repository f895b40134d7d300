"""The row of a stream: its last place, and what decides of a request's next exclusive event."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from avise.hub.dialect import Bound, Statement, change_each, rows
from avise.hub.moments import microseconds, moment
from avise.models.request_rules import RequestState
from avise.models.requests import Priority, RequestStatus

CUSTOMERS = "customers"
"""The perimeter of everything that belongs to a person, which no workstation pulls."""

HOUSE = "house"
"""The perimeter of what every desk that reads customers is told: which records are one person's."""

COLUMNS = (
    "stream", "ver", "team", "queue", "status", "requester", "type", "priority", "holder", "questions",
    "paused_at", "resolved_at", "confidential", "merged_into", "moved_by", "moved_from", "moved_at",
)  # fmt: skip

_LOCK = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM stream WHERE stream IN [streams] ORDER BY stream FOR NO KEY UPDATE"  # noqa: S608 - our own names
)
_MAKE = Statement("INSERT INTO stream (stream) VALUES (:stream) ON CONFLICT (stream) DO NOTHING")
_SAVE = Statement(
    "UPDATE stream SET "  # noqa: S608 - our own names
    + ", ".join(f"{name} = :{name}" for name in COLUMNS[1:])
    + " WHERE stream = :stream"
)


@dataclass(slots=True)
class StreamState:
    """One stream, as it is while its row is locked."""

    stream: str
    ver: int = 0
    team: str = ""
    """Perimeter of the team whose stream it is, "" for none."""
    state: RequestState | None = None
    """Of a request that was created."""


def queue_perimeter(queue: str) -> str:
    """Return the perimeter of a corbeille."""
    return f"queue/{queue}"


def team_perimeter(team: str) -> str:
    """Return the perimeter of a team, whether the team was named alone or with its kind."""
    return team if team.startswith("team/") else f"team/{team}"


def lock_streams(
    connection: Connection, streams: Iterable[str], beside: Iterable[str] = ()
) -> dict[str, StreamState]:
    """Lock the rows of some streams, made when they are not there, in the order of their names.

    Args:
        connection: in the transaction of a push.
        streams: that are written.
        beside: that are looked at, where they are there.
    """
    written = set(streams)
    wanted = sorted(written.union(beside))
    found = rows(connection, _LOCK, streams=wanted)
    states = {row.stream: _read(row) for row in found}
    missing = sorted(written - states.keys())
    if not missing:
        return states
    if change_each(connection, _MAKE, [{"stream": name} for name in missing]) == len(missing):
        # All of them are this transaction's own, and empty.
        return states | {name: StreamState(name) for name in missing}
    return {row.stream: _read(row) for row in rows(connection, _LOCK, streams=wanted)}


def save_streams(connection: Connection, states: Iterable[StreamState]) -> None:
    """Write the rows of the streams that were locked."""
    change_each(connection, _SAVE, [columns_of(state) for state in states])


def _read(row: Row[Any]) -> StreamState:
    return StreamState(row.stream, row.ver, row.team, state_of(row) if row.status else None)


def state_of(row: Row[Any]) -> RequestState:
    """Return what a row keeps of a request."""
    return RequestState(
        status=RequestStatus(row.status),
        queue=row.queue,
        team=row.team,
        requester=row.requester,
        type=row.type,
        priority=Priority(row.priority),
        holder=row.holder,
        questions=tuple(uuid.UUID(text) for text in row.questions.split()),
        paused_at=None if row.paused_at is None else moment(row.paused_at),
        resolved_at=None if row.resolved_at is None else moment(row.resolved_at),
        confidential=bool(row.confidential),
        merged_into=uuid.UUID(row.merged_into) if row.merged_into else None,
        moved_by=row.moved_by,
        moved_from=row.moved_from,
        moved_at=None if row.moved_at is None else moment(row.moved_at),
    )


def columns_of(stream: StreamState) -> Mapping[str, Bound]:
    """Return the row of a stream."""
    state = stream.state
    values: dict[str, Bound] = dict.fromkeys(COLUMNS, "")
    values |= {"stream": stream.stream, "ver": stream.ver, "team": stream.team, "confidential": 0}
    values |= {"paused_at": None, "resolved_at": None, "moved_at": None}
    if state is None:
        return values
    return values | {
        "queue": state.queue,
        "team": state.team,
        "status": state.status.value,
        "requester": state.requester,
        "type": state.type,
        "priority": state.priority.value,
        "holder": state.holder,
        "questions": " ".join(str(question) for question in state.questions),
        "paused_at": None if state.paused_at is None else microseconds(state.paused_at),
        "resolved_at": None if state.resolved_at is None else microseconds(state.resolved_at),
        "confidential": int(state.confidential),
        "merged_into": "" if state.merged_into is None else str(state.merged_into),
        "moved_by": state.moved_by,
        "moved_from": state.moved_from,
        "moved_at": None if state.moved_at is None else microseconds(state.moved_at),
    }
