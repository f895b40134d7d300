"""The list's row of each request: what `View.REQUESTS` shows, filters and sorts, kept with each event.

Two ways make the same row, and tests hold them together: one event at a time under the stream's lock, and
from the whole fold of the stream, which a rebuild, an audit and `undone` use.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from avise.hub.dialect import Statement, change_each, rows
from avise.hub.due_times import due_time, late_time, legal_due
from avise.hub.journal_rows import stream_rows
from avise.hub.moments import microseconds, moment
from avise.hub.received_event import Received
from avise.hub.refolding import judged
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_bodies import attachments_of, day_of
from avise.models.request_fold import fold_request
from avise.models.request_rules import RequestState
from avise.models.requests import CLOCK_STOPS, ENDED, OPEN, PREFIX, Request, request_of_stream

COLUMNS = (
    "stream", "id", "number", "type", "title", "queue", "team", "requester", "holder", "status", "is_open",
    "priority", "channel", "person", "dossier", "due_at", "late_at", "legal_due", "created_at", "changed_at",
    "changed_by", "resolved_at", "ended_at", "escalated_at", "acknowledged_at", "received_on", "outcome",
    "merged_into", "confidential", "open_questions", "attachments", "pauses", "terms", "newer", "ver",
)  # fmt: skip

LONGEST_TITLE = 200
"""Characters of a title in a list."""

_SELECT = Statement(f"SELECT {', '.join(COLUMNS)} FROM request WHERE stream IN [streams]")  # noqa: S608 - our own names
_FIXED = frozenset(("stream", "id", "type", "title", "team", "requester", "channel", "person", "dossier",
                    "created_at", "received_on", "confidential", "terms", "legal_due", "number"))  # fmt: skip
_CHANGING = tuple(name for name in COLUMNS if name not in _FIXED)
INSERT_ROW = Statement(
    f"INSERT INTO request ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"  # noqa: S608 - our own names
)
_UPDATE = Statement(
    f"UPDATE request SET {', '.join(f'{name} = :{name}' for name in _CHANGING)} WHERE stream = :stream"  # noqa: S608 - our own names
)

_NO_PAUSE = "[]"

Row = dict[str, Any]


class RequestRows:
    """The rows of the requests that one push touches.

    Args:
        connection: in the transaction that holds their streams, whose events are written already.
        streams: those that it touches.
    """

    def __init__(self, connection: Connection, streams: Iterable[str]) -> None:
        self._connection = connection
        wanted = sorted(name for name in streams if name.startswith(PREFIX))
        found = rows(connection, _SELECT, streams=wanted) if wanted else ()
        self.before: dict[str, Row] = {row.stream: row._asdict() for row in found}
        self.rows: dict[str, Row] = {stream: row.copy() for stream, row in self.before.items()}
        self._refolded: set[str] = set()

    def take(
        self, received: Received, event: Mapping[str, Any], before: RequestState | None,
        after: RequestState | None,
    ) -> None:  # fmt: skip
        """Bring one event into its request's row."""
        stream = event["stream"]
        row = self.rows.get(stream)
        if row is None:
            if before is None and after is not None:
                self.rows[stream] = created_row(received, event, after)
            return
        row["ver"] = event["ver"]
        if received.kind is None:
            row["newer"] = 1
        elif event["effective"] and before is not None and after is not None:
            if _is_simple(row, received.kind, event, before, after):
                _apply(row, received, event, before, after)
            else:
                self._refolded.add(stream)

    def fold(self) -> None:
        """Make again, from all their events, the rows that one event cannot be brought into."""
        for stream in sorted(self._refolded):
            row = folded_row(stream_rows(self._connection, stream))
            if row is not None:
                self.rows[stream] = row

    def save(self) -> None:
        """Write the rows."""
        made = [row for stream, row in sorted(self.rows.items()) if stream not in self.before]
        change_each(self._connection, INSERT_ROW, made)
        # A statement takes from a row the columns that it names.
        change_each(self._connection, _UPDATE, [self.rows[stream] for stream in sorted(self.before)])


_ALWAYS_FOLDED = frozenset(
    (
        EventKind.UNDONE,
        EventKind.REQUEST_ASKED,
        EventKind.REQUEST_ANSWERED,
        EventKind.REQUEST_TRANSFERRED,
        EventKind.REQUEST_REOPENED,
        EventKind.REQUEST_MERGED,
    )
)
"""Rare kinds that change much: their request is folded whole instead."""


def _is_simple(
    row: Row, kind: EventKind, event: Mapping[str, Any], before: RequestState, after: RequestState
) -> bool:
    """Say whether an event can be brought into a row without folding the others again."""
    asked = bool(row["open_questions"]) and before is not after
    return kind not in _ALWAYS_FOLDED and not asked and event["received_at"] >= row["changed_at"]


def created_row(received: Received, event: Mapping[str, Any], state: RequestState) -> Row:
    """Return the row of a request that has just been created."""
    body = received.body
    terms, at = body.get("terms"), event["received_at"]
    row: Row = dict.fromkeys(COLUMNS)
    row |= _fixed(received.event.stream, body, event["author"], state.team, at)
    row |= {
        "number": event["number"],
        "changed_at": at,
        "changed_by": event["author"],
        "outcome": "",
        "open_questions": "",
        "attachments": len(attachments_of(body.get("attachments"))),
        "pauses": _NO_PAUSE,
        "newer": 0,
        "ver": event["ver"],
        "due_at": due_time(terms, at, (), at),
    }
    _as_state(row, state)
    return row


def _fixed(stream: str, body: Mapping[str, JSON], author: str, team: str, at: int) -> Row:
    identity = request_of_stream(stream)
    terms, day = body.get("terms"), day_of(body.get("received_on"))
    received_on = "" if day is None else day.isoformat()
    return {
        "stream": stream,
        "id": str(identity),
        "type": _text(body, "type"),
        "title": _text(body, "title")[:LONGEST_TITLE],
        "team": team,
        "requester": author,
        "channel": _text(body, "channel"),
        "person": _identity(body, "person"),
        "dossier": _identity(body, "dossier") or _identity(body, "person"),
        "created_at": at,
        "received_on": received_on,
        "confidential": int(body.get("confidential") is True),
        "terms": json.dumps(terms if isinstance(terms, Mapping) else {}, sort_keys=True),
        "legal_due": legal_due(terms, received_on),
    }


def _as_state(row: Row, state: RequestState) -> None:
    row["queue"], row["holder"], row["priority"] = state.queue, state.holder, state.priority.value
    row["status"], row["is_open"] = state.status.value, int(state.status in OPEN)
    row["merged_into"] = "" if state.merged_into is None else str(state.merged_into)
    row["resolved_at"] = None if state.resolved_at is None else microseconds(state.resolved_at)
    pauses = json.loads(row["pauses"]) if row["pauses"] != _NO_PAUSE else ()
    lasting = pauses[-1][0] if pauses and pauses[-1][1] is None else None
    row["late_at"] = late_time(row["due_at"], lasting)


def _apply(
    row: Row, received: Received, event: Mapping[str, Any], before: RequestState, after: RequestState
) -> None:
    """Bring an event that counts into a row, as `request_fold` does into a request."""
    at, body = event["received_at"], received.body
    row["changed_at"], row["changed_by"] = at, event["author"]
    match received.kind:
        case EventKind.REQUEST_COMPLETED | EventKind.REQUEST_ATTACHED | EventKind.REQUEST_REPLIED:
            row["attachments"] += len(attachments_of(body.get("attachments")))
        case EventKind.REQUEST_RESOLVED:
            row["outcome"] = _text(body, "outcome")
        case EventKind.REQUEST_ESCALATED:
            row["escalated_at"] = row["escalated_at"] or at
        case EventKind.REQUEST_MEMBER_WRITTEN:
            row["acknowledged_at"] = row["acknowledged_at"] or at
        case _:
            pass
    _count_pauses(row, before, after, at)
    _as_state(row, after)
    row["outcome"] = row["outcome"] if after.resolved_at is not None else ""
    row["ended_at"] = (row["ended_at"] or at) if after.status in ENDED else None


def _count_pauses(row: Row, before: RequestState, after: RequestState, at: int) -> None:
    """Keep the ledger of what does not count: waiting for the member or a third party, and being resolved."""
    stops = before.status in CLOCK_STOPS or after.status in CLOCK_STOPS
    reopened = before.resolved_at is not None and after.resolved_at is None
    if before.status is after.status or not (stops or reopened):
        return
    pauses = json.loads(row["pauses"])
    if before.status in CLOCK_STOPS and pauses and pauses[-1][1] is None:
        pauses[-1][1] = at
    if after.status in CLOCK_STOPS:
        pauses.append([at, None])
    if reopened and before.resolved_at is not None:
        pauses.append([microseconds(before.resolved_at), at])
    row["pauses"] = json.dumps(pauses)
    row["due_at"] = due_time(json.loads(row["terms"]), row["created_at"], pauses, at)


# ---- from the whole fold ---------------------------------------------------------------------------


def folded_row(events: Sequence[Mapping[str, Any]]) -> Row | None:
    """Return the row of a request from all the events of its stream; None when none created it."""
    request = fold_request([judged(event) for event in events])
    if request is None:
        return None
    created = next(event for event in events if event["kind"] == "request_created" and event["effective"])
    body = judged(created).event.body
    row: Row = dict.fromkeys(COLUMNS)
    row |= _fixed(created["stream"], body, request.requester, request.team, created["received_at"])
    pauses = _pauses_of(request)
    lasting = next((begins for begins, ends in pauses if ends is None), None)
    # The due time was last computed when a pause began or ended.
    measured = max([created["received_at"], *(at for pause in pauses for at in pause if at is not None)])
    due = due_time(body.get("terms"), created["received_at"], pauses, measured)
    return row | {
        "number": request.number,
        "queue": request.queue,
        "holder": request.holder,
        "status": request.status.value,
        "is_open": int(request.is_open),
        "priority": request.priority.value,
        "due_at": due,
        "late_at": late_time(due, lasting),
        "changed_at": _maybe(request.changed_at),
        "changed_by": request.changed_by,
        "resolved_at": _maybe(request.resolved_at),
        "ended_at": _maybe(request.ended_at),
        "escalated_at": _maybe(request.escalated_at),
        "acknowledged_at": _maybe(request.acknowledged_at),
        "outcome": request.outcome,
        "merged_into": "" if request.merged_into is None else str(request.merged_into),
        "open_questions": " ".join(str(question.event) for question in request.open_questions),
        "attachments": len(request.attachments),
        "pauses": json.dumps(pauses),
        "newer": int(request.newer),
        "ver": events[-1]["ver"],
    }


def _pauses_of(request: Request) -> list[list[int | None]]:
    """Return the ledger of pauses, in the order in which each was added."""
    added: list[tuple[int, list[int | None]]] = [
        (microseconds(waiting.starts), [microseconds(waiting.starts), _maybe(waiting.ends)])
        for waiting in request.waitings
    ]
    resolved: int | None = None
    for line in request.exchanges:
        if line.refused:
            continue
        if line.what in {"request_resolved", "request_merged"}:
            resolved = microseconds(line.at)
        elif line.what == "request_reopened" and resolved is not None:
            added.append((microseconds(line.at), [resolved, microseconds(line.at)]))
            resolved = None
    return [pause for _, pause in sorted(added, key=lambda entry: entry[0])]


def _maybe(at: datetime | None) -> int | None:
    return None if at is None else microseconds(at)


def shown(value: int | None) -> str | None:
    """Return a kept time as JSON tells it."""
    return None if value is None else moment(value).isoformat()


def _identity(body: Mapping[str, JSON], name: str) -> str:
    found = identity_of(body.get(name))
    return "" if found is None else str(found)


def _text(body: Mapping[str, JSON], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
