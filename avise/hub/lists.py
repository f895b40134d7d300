"""The lists that the hub pages, but for that of requests: counters, one request, timeline, board, logs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from avise.hub import staff
from avise.hub.access_reading import LAST, AskedAccesses, read_accesses, shown_access
from avise.hub.accesses import count_opening, has_opened, has_seen, log_access, refuse_opening
from avise.hub.check_outs import holder_of_request
from avise.hub.dialect import Statement, row, rows
from avise.hub.journal_rows import COLUMNS, pulled
from avise.hub.moments import microseconds
from avise.hub.port import Actor, HubError, Page, View
from avise.hub.received_event import body_of
from avise.hub.request_list import list_requests
from avise.hub.request_rows import shown
from avise.hub.rights import Rights, require_customers, rights_of
from avise.hub.stream_state import team_perimeter
from avise.hub.withheld import Place, told, told_aside
from avise.models.event_fold import identity_of, moment_of
from avise.models.json_types import JSON
from avise.models.roles import Purpose, Role

MOST_LATE = 1_000
"""Late requests are counted up to so many: whoever has more does not need the figure."""
MOST_ROWS = 200
BOARD_HOURS = 24 * 3_600_000_000
BOARD_HOLDERS = 5_000
"""Requests that are in somebody's hands in one corbeille, counted by person."""

_COUNTS = Statement("SELECT queue, open_count, unheld_count FROM queue_count WHERE queue IN [queues]")
_LATE = Statement(
    "SELECT count(*) FROM (SELECT 1 FROM request WHERE queue = :queue AND is_open = 1"
    " AND late_at <= :now LIMIT :most) AS found"
)
_REQUEST = Statement(
    "SELECT queue, team, requester, dossier, person, confidential FROM request WHERE stream = :stream"
)
_EVENTS = Statement(f"SELECT {', '.join(COLUMNS)} FROM event WHERE stream = :stream ORDER BY ver")  # noqa: S608 - our own names
_TIMELINE = Statement(
    f"SELECT t.at, {', '.join(f'e.{name}' for name in COLUMNS)} FROM timeline t"  # noqa: S608 - our own names
    " JOIN event e ON e.event_id = t.event_id WHERE t.dossier = :dossier AND t.at <= :at"
    " AND (t.at < :at OR t.event_id < :event_id) ORDER BY t.at DESC, t.event_id DESC LIMIT :limit"
)
_HELD = Statement(
    "SELECT holder, late_at FROM request WHERE queue = :queue AND is_open = 1 AND holder <> '' LIMIT :limit"
)
_TEAM_OPEN = Statement(
    "SELECT holder, queue, late_at FROM request WHERE team IN [teams] AND is_open = 1 LIMIT :limit"
)
_HOURS = Statement(
    "SELECT hour, received, done FROM hour_count WHERE queue = :queue AND hour > :since ORDER BY hour"
)
_QUARANTINE = Statement(
    "SELECT q.event_id, q.stream, q.kind, q.author, q.login, q.device, q.reason, q.perimeter, q.received_at,"
    " q.occurred_at, q.body, q.salt, r.queue AS now_in, r.requester, r.confidential FROM quarantine q"
    " LEFT JOIN request r ON r.stream = q.stream WHERE q.perimeter IN [perimeters] AND q.settled = ''"
    " AND q.received_at >= :at AND (q.received_at > :at OR q.event_id > :event_id)"
    " ORDER BY q.received_at, q.event_id LIMIT :limit"
)


def query(
    connection: Connection, actor: Actor, view: View, filters: Mapping[str, JSON], cursor: str, limit: int,
    now: datetime, quota: int,
) -> Page:  # fmt: skip
    """Return one page of a list.

    Raises:
        HubError: `hub.no_right`, `hub.bad_filter`, `hub.quota`, `hub.not_found`.
    """
    at = microseconds(now)
    rights = rights_of(connection, actor, at)
    if not rights.active or rights.posts:
        raise HubError("hub.no_right")
    wanted = min(max(limit, 1), MOST_ROWS)
    asked = _Asked(connection, actor, rights, filters, cursor, wanted, now, quota)
    return _VIEWS[view](asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One page as it is asked for."""

    connection: Connection
    actor: Actor
    rights: Rights
    filters: Mapping[str, JSON]
    cursor: str
    limit: int
    now: datetime
    quota: int

    @property
    def at(self) -> int:
        """The present, in microseconds."""
        return microseconds(self.now)


def _identity(filters: Mapping[str, JSON], name: str) -> str:
    found = identity_of(filters.get(name))
    if found is None:
        raise HubError("hub.bad_filter")
    return str(found)


def _queues(asked: _Asked) -> Page:
    connection, rights, now = asked.connection, asked.rights, asked.now
    require_customers(rights)
    queues = [name.removeprefix("queue/") for name in sorted(rights.readable) if name.startswith("queue/")]
    found = {line.queue: line for line in rows(connection, _COUNTS, queues=queues)} if queues else {}
    shown_rows: list[Mapping[str, JSON]] = []
    for queue in queues:
        line = found.get(queue)
        shown_rows.append(
            {
                "queue": queue,
                "open": 0 if line is None else line.open_count,
                "unheld": 0 if line is None else line.unheld_count,
                "late": _late(connection, queue, microseconds(now)),
            }
        )
    return Page(tuple(shown_rows), as_of=now)


def _late(connection: Connection, queue: str, now: int) -> int:
    found = row(connection, _LATE, queue=queue, now=now, most=MOST_LATE)
    return int(found[0]) if found is not None else 0


def _request(asked: _Asked) -> Page:
    """Return the events of one request; when it names a person, it counts as an opening of their file."""
    connection, actor, rights, at = asked.connection, asked.actor, asked.rights, asked.at
    identity = _identity(asked.filters, "id")
    require_customers(rights)
    stream = f"request/{identity}"
    found = row(connection, _REQUEST, stream=stream)
    if found is None or not rights.reads(found.queue, found.team):
        # The same word for both: nobody learns that a request of others exists.
        raise HubError("hub.not_found")
    if (found.dossier or found.person) and not has_seen(connection, actor, identity, at):
        granted = count_opening(connection, actor, at, asked.quota)
        log_access(
            connection, actor, at, "request", dossier=found.dossier or found.person, request=identity,
            purpose=Purpose.REQUEST.value, granted=granted,
        )  # fmt: skip
        if not granted:
            raise refuse_opening(connection, actor, at)
    events = rows(connection, _EVENTS, stream=stream)
    place = Place(found.queue, found.requester, bool(found.confidential))
    given = tuple(pulled(line, "", 0, b"", told(rights, actor.login, line, place)) for line in events)
    return Page((), events=given, as_of=asked.now)


def _timeline(asked: _Asked) -> Page:
    connection, limit = asked.connection, asked.limit
    rights, dossier = asked.rights, _identity(asked.filters, "dossier")
    require_customers(rights)
    if not has_opened(connection, asked.actor, dossier, asked.at):
        raise HubError("hub.open_first")
    at, event_id = _place(asked.cursor, (LAST, ""))
    found = rows(connection, _TIMELINE, dossier=dossier, at=at, event_id=event_id, limit=limit + 1)
    page = found[:limit]
    lines = tuple(
        {
            "event": line.event_id, "at": shown(line.at), "author": line.author,
            "body": dict(body_of(line.body) or {}),
        }
        for line in page
    )  # fmt: skip
    last = _cursor(page[-1].at, page[-1].event_id) if len(found) > limit else ""
    return Page(
        lines,
        last,
        as_of=asked.now,
        events=tuple(pulled(line, "", 0, b"", (line.body, line.salt)) for line in page),
    )


def _colleagues(asked: _Asked) -> Page:
    return Page(
        tuple(
            {
                "login": colleague.login,
                "name": colleague.name,
                "role": colleague.role.value,
                "perimeters": list(colleague.perimeters),
            }
            for colleague in staff.colleagues(asked.connection, asked.now)
        ),
        as_of=asked.now,
    )


def _board(asked: _Asked) -> Page:
    """Return what a team lead watches: one row for a corbeille, or for a team."""
    connection, rights, now = asked.connection, asked.rights, asked.now
    require_customers(rights)
    queue, team = asked.filters.get("queue"), asked.filters.get("team")
    if isinstance(queue, str) and rights.reads_queue(queue):
        return Page((_queue_board(connection, queue, microseconds(now)),), as_of=now)
    if isinstance(team, str) and team_perimeter(team) in rights.readable:
        return Page((_team_board(connection, team, microseconds(now)),), as_of=now)
    raise HubError("hub.no_right")


def _queue_board(connection: Connection, queue: str, now: int) -> Mapping[str, JSON]:
    counts = row(connection, _COUNTS, queues=[queue])
    held = rows(connection, _HELD, queue=queue, limit=BOARD_HOLDERS)
    hours = rows(connection, _HOURS, queue=queue, since=now - BOARD_HOURS)
    return {
        "queue": queue,
        "open": 0 if counts is None else counts.open_count,
        "unheld": 0 if counts is None else counts.unheld_count,
        "late": _late(connection, queue, now),
        "holders": _holders(held, now),
        "hours": [{"hour": shown(line.hour), "received": line.received, "done": line.done} for line in hours],
    }


def _team_board(connection: Connection, team: str, now: int) -> Mapping[str, JSON]:
    full = team_perimeter(team)
    names = [full, full.removeprefix("team/")]
    found = rows(connection, _TEAM_OPEN, teams=names, limit=BOARD_HOLDERS)
    queues = Counter(line.queue for line in found)
    return {
        "team": team,
        "open": len(found),
        "unheld": sum(not line.holder for line in found),
        "late": sum(line.late_at <= now for line in found),
        "holders": _holders([line for line in found if line.holder], now),
        "queues": dict(sorted(queues.items())),
    }


def _holders(held: Any, now: int) -> list[Mapping[str, JSON]]:  # noqa: ANN401 - rows of several statements
    load, late = (
        Counter(line.holder for line in held),
        Counter(line.holder for line in held if line.late_at <= now),
    )
    return [{"holder": name, "open": load[name], "late": late[name]} for name in sorted(load)]


def _quarantine(asked: _Asked) -> Page:
    connection, rights, limit, now = asked.connection, asked.rights, asked.limit, asked.now
    if not rights.active or rights.role is not Role.TEAM_LEAD:
        raise HubError("hub.no_right")
    at, event_id = _place(asked.cursor, (0, ""))
    wanted = [*sorted(rights.readable), "customers"]
    found = rows(connection, _QUARANTINE, perimeters=wanted, at=at, event_id=event_id, limit=limit + 1)
    page = found[:limit]
    lines = tuple(
        {
            "event": line.event_id, "stream": line.stream, "kind": line.kind, "author": line.author,
            "sent_by": line.login, "device": line.device, "reason": line.reason,
            "perimeter": line.perimeter, "received_at": shown(line.received_at),
            "occurred_at": shown(line.occurred_at),
            "body": dict(body_of(told_aside(rights, asked.actor.login, line)) or {}),
        }
        for line in page
    )  # fmt: skip
    return Page(
        lines, _cursor(page[-1].received_at, page[-1].event_id) if len(found) > limit else "", as_of=now
    )


def _checked_out(asked: _Asked) -> Page:
    """Return who has the customer of a request along on the road."""
    require_customers(asked.rights)
    held = holder_of_request(asked.connection, asked.actor, _identity(asked.filters, "request"), asked.now)
    found: tuple[Mapping[str, JSON], ...] = ()
    if held is not None:
        login, until = held
        found = ({"login": login, "until": until.isoformat()},)
    return Page(found, as_of=asked.now)


def _accesses(asked: _Asked) -> Page:
    if not asked.rights.active or asked.rights.role is not Role.AUDITOR:
        raise HubError("hub.no_right")
    login = asked.filters.get("login")
    wanted = AskedAccesses(
        login=login if isinstance(login, str) and login.isprintable() else "",
        dossier=_identity(asked.filters, "dossier") if asked.filters.get("dossier") else "",
        since=_since(asked.filters.get("since")),
    )
    before, _ = _place(asked.cursor, (LAST, ""))
    found = read_accesses(asked.connection, asked.actor, wanted, before, asked.limit + 1, asked.at)
    page = found[: asked.limit]
    last = _cursor(page[-1].n, "") if len(found) > asked.limit else ""
    return Page(tuple(shown_access(line) for line in page), last, as_of=asked.now)


def _since(told: JSON) -> int:
    """Return a moment of a filter in microseconds, 0 for none."""
    if not told:
        return 0
    found = moment_of(told)
    if found is None:
        raise HubError("hub.bad_filter")
    return microseconds(found)


_VIEWS: Mapping[View, Callable[[_Asked], Page]] = {
    View.REQUESTS: lambda asked: list_requests(
        asked.connection, asked.rights, asked.filters, asked.cursor, asked.limit, asked.now
    ),
    View.QUEUES: _queues,
    View.REQUEST: _request,
    View.TIMELINE: _timeline,
    View.COLLEAGUES: _colleagues,
    View.BOARD: _board,
    View.QUARANTINE: _quarantine,
    View.CHECKED_OUT: _checked_out,
    View.ACCESSES: _accesses,
}


def _cursor(key: int, identity: str) -> str:
    return json.dumps([key, identity])


def _place(cursor: str, start: tuple[int, str]) -> tuple[int, str]:
    if not cursor:
        return start
    try:
        key, identity = json.loads(cursor)
    except (ValueError, TypeError):
        raise HubError("hub.bad_filter") from None
    if type(key) is not int or abs(key) > LAST or not isinstance(identity, str) or not identity.isprintable():
        raise HubError("hub.bad_filter")
    return key, identity
