"""The list of requests, page by page: each page is a few short walks of an index, merged."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from avise.hub.dialect import Bound, Statement, row, rows
from avise.hub.due_times import NEVER
from avise.hub.moments import microseconds
from avise.hub.port import HubError, Page
from avise.hub.request_rows import COLUMNS, shown
from avise.hub.rights import Rights, require_customers
from avise.hub.stream_state import team_perimeter
from avise.models.json_types import JSON
from avise.models.requests import CLOCK_STOPS, OPEN, RequestStatus

MOST_ROWS = 200
"""Rows of one page, whatever is asked."""

_SORTS = {
    "due": ("due_at", ">", "ASC"),
    "created": ("created_at", "<", "DESC"),
    "changed": ("changed_at", "<", "DESC"),
}
_OPEN = frozenset(status.value for status in OPEN)
_STATUSES = frozenset(status.value for status in RequestStatus)
_STOPPED = frozenset(status.value for status in CLOCK_STOPS)
_EXACT = ("queue", "team", "holder", "requester", "type", "person", "dossier", "number")
_NARROW = ("number", "dossier", "person", "holder", "requester")
"""Filters that find few rows by an index of their own, the narrowest first."""

_COUNTS = Statement("SELECT open_count, unheld_count FROM queue_count WHERE queue = :queue")


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk of an index: its column, and whether open requests are walked, or ended ones, or both."""

    column: str
    is_open: int | None


def list_requests(
    connection: Connection,
    rights: Rights,
    filters: Mapping[str, JSON],
    cursor: str,
    limit: int,
    now: datetime,
) -> Page:
    """Return one page of the requests that somebody may see.

    Raises:
        HubError: `hub.no_right`; `hub.bad_filter` when filters or cursor cannot be read.
    """
    require_customers(rights)
    at = microseconds(now)
    sort = _SORTS.get(str(filters.get("sort") or "due"))
    if sort is None:
        raise HubError("hub.bad_filter")
    wanted = min(max(limit, 1), MOST_ROWS)
    values = _values(rights, filters, at)
    after = _read_cursor(cursor)
    values |= {"limit": wanted + 1, "after_key": after[0], "after_id": after[1]}
    found: dict[str, Row[Any]] = {}
    walks = []
    for walk, value in _walks(rights, filters):
        statement = _statement(walk, sort, frozenset(_asked(filters)), bool(cursor))
        walks.append(
            rows(connection, statement, **(values | {"walked": value, "is_open": walk.is_open or 0}))
        )
    for line in heapq.merge(*walks, key=lambda line: _key(line, sort), reverse=sort[2] == "DESC"):
        found.setdefault(line.id, line)
        if len(found) > wanted:
            break
    page = list(found.values())[:wanted]
    end = len(found) <= wanted
    shown_rows = tuple(told for line in page if (told := shown_row(line, rights, at)) is not None)
    return Page(
        shown_rows,
        "" if end or not page else _write_cursor(getattr(page[-1], sort[0]), page[-1].id),
        _total(connection, rights, filters),
        as_of=now,
    )


def _key(line: Row[Any], sort: tuple[str, str, str]) -> tuple[int, str]:
    return getattr(line, sort[0]), line.id


def shown_row(line: Row[Any], rights: Rights, now: int) -> Mapping[str, JSON] | None:
    """Return a row as somebody may read it; None when it is not theirs to know that it exists."""
    private = bool(line.confidential) and not rights.reads_queue(line.queue)
    if private and team_perimeter(line.team) not in rights.readable:
        return None
    return {
        "id": line.id,
        "number": line.number,
        "type": line.type,
        "title": "" if private else line.title,
        "queue": line.queue,
        "team": line.team,
        "requester": line.requester,
        "holder": line.holder,
        "status": line.status,
        "priority": line.priority,
        "due_at": None if line.due_at == NEVER else shown(line.due_at),
        "legal_due": shown(line.legal_due),
        "person": line.person,
        "dossier": line.dossier,
        "created_at": shown(line.created_at),
        "changed_at": shown(line.changed_at),
        "changed_by": line.changed_by,
        "channel": line.channel,
        "resolved_at": shown(line.resolved_at),
        "ended_at": shown(line.ended_at),
        "escalated_at": shown(line.escalated_at),
        "acknowledged_at": shown(line.acknowledged_at),
        "received_on": line.received_on,
        "outcome": "" if private else line.outcome,
        "open_questions": len(line.open_questions.split()),
        "attachments": 0 if private else line.attachments,
        "paused": line.status in _STOPPED,
        "late": bool(line.is_open) and line.late_at <= now,
        "confidential": bool(line.confidential),
        "readable": not private,
        "terms": json.loads(line.terms),
        "pauses": [[shown(begins), shown(ends)] for begins, ends in json.loads(line.pauses)],
        "newer": bool(line.newer),
        "ver": line.ver,
    }


# ---- the statement ---------------------------------------------------------------------------------


def _asked(filters: Mapping[str, JSON]) -> Sequence[str]:
    """Return the conditions that filters ask for."""
    found = [name for name in _EXACT if filters.get(name) is not None]
    status = filters.get("status")
    if status is not None and status not in ("open", "closed"):
        found.append("status")
    if filters.get("late"):
        found.append("late")
    if filters.get("words"):
        found.append("words")
    return found


_CONDITIONS = {
    **{name: f"{name} = :{name}" for name in (*_EXACT, "status")},
    "late": "is_open = 1 AND late_at <= :now",
    "words": "lower(title) LIKE :words AND (confidential = 0 OR queue IN [queues])",
}


@lru_cache(maxsize=512)
def _statement(walk: _Walk, sort: tuple[str, str, str], asked: frozenset[str], later: bool) -> Statement:
    column, sign, order = sort
    conditions = [f"{walk.column} = :walked", "(queue IN [queues] OR team IN [teams])"]
    if walk.is_open is not None:
        conditions.append("is_open = :is_open")
    if later:
        conditions.append(
            f"{column} {sign}= :after_key AND ({column} {sign} :after_key OR id {sign} :after_id)"
        )
    conditions.extend(_CONDITIONS[name] for name in sorted(asked))
    return Statement(
        f"SELECT {', '.join(COLUMNS)} FROM request WHERE {' AND '.join(conditions)}"  # noqa: S608 - our own names
        f" ORDER BY {column} {order}, id {order} LIMIT :limit"
    )


def _values(rights: Rights, filters: Mapping[str, JSON], now: int) -> dict[str, Bound]:
    values: dict[str, Bound] = {name: _word(filters, name) for name in (*_EXACT, "status")}
    if values["status"] not in {"", "open", "closed", *_STATUSES}:
        raise HubError("hub.bad_filter")
    words = _word(filters, "words").lower().replace("%", "").replace("_", " ")
    queues = [name.removeprefix("queue/") for name in sorted(rights.readable) if name.startswith("queue/")]
    teams = [name for name in sorted(rights.readable) if name.startswith("team/")]
    bare = [name.removeprefix("team/") for name in teams]
    return values | {"now": now, "words": f"%{words}%", "queues": queues, "teams": [*teams, *bare]}


def _walks(rights: Rights, filters: Mapping[str, JSON]) -> list[tuple[_Walk, str]]:
    """Return the walks that find the page: the narrowest there is, else one for each perimeter."""
    for name in _NARROW:
        if _word(filters, name):
            return [(_Walk(name, is_open), _word(filters, name)) for is_open in _opens(filters, name)]
    queue, team = _word(filters, "queue"), _word(filters, "team")
    if queue and rights.reads_queue(queue):
        return [(_Walk("queue", is_open), queue) for is_open in _opens(filters, "queue")]
    if team:
        chosen = [("team", team)] if team_perimeter(team) in rights.readable else []
    else:
        chosen = []
        for name in sorted(rights.readable):
            kind, _, rest = name.partition("/")
            chosen += [("queue", rest)] if kind == "queue" else [("team", name), ("team", rest)]
    if team and not chosen:
        chosen = [
            ("queue", name.removeprefix("queue/"))
            for name in sorted(rights.readable)
            if name.startswith("queue/")
        ]
    return [
        (_Walk(column, is_open), value) for column, value in chosen for is_open in _opens(filters, column)
    ]


def _opens(filters: Mapping[str, JSON], column: str) -> tuple[int | None, ...]:
    status = filters.get("status")
    if filters.get("late") or status == "open" or status in _OPEN:
        return (1,)
    if status is not None:
        return (0,)
    by_due = str(filters.get("sort") or "due") == "due" and column not in ("number", "dossier", "person")
    return (1, 0) if by_due else (None,)


def _total(connection: Connection, rights: Rights, filters: Mapping[str, JSON]) -> int | None:
    """Return how many there are, when a counter tells."""
    asked = {name for name, value in filters.items() if value is not None} - {"sort"}
    queue = _word(filters, "queue")
    if (
        not rights.reads_queue(queue)
        or filters.get("status") != "open"
        or not asked <= {"queue", "status", "holder"}
    ):
        return None
    if "holder" in asked and filters.get("holder") != "":
        return None
    counts = row(connection, _COUNTS, queue=queue)
    if counts is None:
        return 0
    return int(counts.unheld_count if "holder" in asked else counts.open_count)


def _word(filters: Mapping[str, JSON], name: str) -> str:
    value = filters.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > 200 or not value.isprintable():
        raise HubError("hub.bad_filter")
    return value


def _write_cursor(key: int, identity: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, identity]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[int, str]:
    if not cursor:
        return 0, ""
    try:
        key, identity = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise HubError("hub.bad_filter") from None
    if (
        type(key) is not int
        or abs(key) >= 2**62
        or not isinstance(identity, str)
        or not identity.isprintable()
    ):
        raise HubError("hub.bad_filter")
    return key, identity
