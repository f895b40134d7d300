"""What a workstation asks every few seconds: where the hub is, and what is new in its perimeters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from avise.hub.check_outs import standing
from avise.hub.dialect import Statement, change, change_each, confine, row, rows, tuples
from avise.hub.journal_rows import PULLED
from avise.hub.moments import microseconds, moment
from avise.hub.port import PRESENCE_SECONDS, Actor, Head, HubError, Presence, Pulled, PulledEvent
from avise.hub.rights import Rights, rights_of
from avise.hub.withheld import Place, told

CLOSED_FOR = timedelta(days=30)
"""Requests that ended longer ago are not pulled (decision 19)."""

SCANNED = 5_000
"""Positions looked at in one perimeter by one pull, whatever is passed over."""

MOST_PULLED = 2_000
"""Events in one page, whatever is asked."""

_META = Statement("SELECT name, value FROM meta")
_DEVICE = Statement(
    "SELECT d.last_seq, d.login, d.wipe_requested_at, d.wiped_at, c.ends_at, c.renewed_at, c.ended_why"
    " FROM device d LEFT JOIN check_out c ON c.device = d.device AND c.login = d.login"
    " WHERE d.device = :device"
)
_POSITIONS = Statement("SELECT perimeter, pos, backed_up FROM head WHERE perimeter IN [names]")
_PRESENCES = Statement(
    "SELECT p.login, p.request, p.writing, p.since, r.queue, r.team FROM presence p"
    " JOIN request r ON r.stream = 'request/' || p.request WHERE p.seen_at > :since AND p.login <> :login"
)
_FORGET_PRESENCES = Statement(
    "DELETE FROM presence WHERE (login = :login AND device = :device) OR seen_at < :old"
)
_TELL_PRESENCE = Statement(
    "INSERT INTO presence (login, device, request, writing, since, seen_at)"
    " VALUES (:login, :device, :request, :writing, :since, :now) ON CONFLICT DO NOTHING"
)
_PAGE = Statement(
    f"SELECT f.perimeter, f.pos, {', '.join(f'e.{name}' for name in PULLED)}, f.chain,"  # noqa: S608 - our own names
    " coalesce(r.queue, '') AS now_in, coalesce(r.requester, '') AS requester,"
    " coalesce(r.confidential, 0) AS confidential"
    " FROM feed f JOIN event e ON e.event_id = f.event_id LEFT JOIN request r ON r.stream = e.stream"
    " WHERE f.perimeter = :perimeter AND f.pos > :after AND f.pos <= :through"
    " AND (r.is_open IS NULL OR r.is_open = 1 OR coalesce(r.ended_at, r.resolved_at) > :ended_after)"
    " ORDER BY f.pos LIMIT :limit"
)
_FIELDS = len(PulledEvent._fields)
_MOST_PRESENCES = 20


def head(connection: Connection, actor: Actor, now: datetime) -> Head:
    """Return where the hub is.

    Raises:
        HubError: `hub.unknown_device`.
    """
    at = microseconds(now)
    meta = {found.name: found.value for found in rows(connection, _META)}
    device = row(connection, _DEVICE, device=actor.device)
    if device is None or device.login != actor.login:
        raise HubError("hub.unknown_device")
    rights = rights_of(connection, actor, at)
    found = rows(connection, _POSITIONS, names=sorted(rights.readable)) if rights.readable else ()
    positions = dict.fromkeys(rights.readable, 0) | {line.perimeter: line.pos for line in found}
    return Head(
        hub_id=uuid.UUID(meta["hub_id"]),
        epoch=int(meta["epoch"]),
        min_version=meta["min_version"],
        now=now,
        perimeters=rights.perimeters(),
        positions=positions,
        last_seq=device.last_seq,
        wipe=device.wipe_requested_at is not None and device.wiped_at is None,
        backed_up={line.perimeter: line.backed_up for line in found if line.backed_up},
        presences=_presences(connection, actor, rights, at),
        colleagues_version=int(meta["colleagues_version"]),
        check_out=standing(device),
    )


def _presences(connection: Connection, actor: Actor, rights: Rights, at: int) -> tuple[Presence, ...]:
    since = at - PRESENCE_SECONDS * 1_000_000
    return tuple(
        Presence(found.login, uuid.UUID(found.request), bool(found.writing), moment(found.since))
        for found in rows(connection, _PRESENCES, since=since, login=actor.login)
        if rights.reads(found.queue, found.team)
    )


def tell_presences(
    connection: Connection, actor: Actor, presences: Sequence[Presence], now: datetime
) -> None:
    """Keep what a station looks at, in place of what it said before."""
    at = microseconds(now)
    old = at - 4 * PRESENCE_SECONDS * 1_000_000
    change(connection, _FORGET_PRESENCES, login=actor.login, device=actor.device, old=old)
    told = [
        {
            "login": actor.login, "device": actor.device, "request": str(presence.request),
            "writing": int(presence.writing), "since": min(microseconds(presence.since), at), "now": at,
        }
        for presence in presences[:_MOST_PRESENCES]
    ]  # fmt: skip
    change_each(connection, _TELL_PRESENCE, told)


def positions(connection: Connection, names: Sequence[str]) -> Mapping[str, int]:
    """Return how far some perimeters are."""
    return {found.perimeter: found.pos for found in rows(connection, _POSITIONS, names=sorted(names))}


def pull(
    connection: Connection, actor: Actor, cursors: Mapping[str, int], limit: int, now: datetime
) -> Pulled:
    """Return what follows each cursor in the perimeters that the actor may read now."""
    at = microseconds(now)
    rights = rights_of(connection, actor, at)
    names = sorted(rights.readable.intersection(cursors))
    confine(connection, names)
    ends = positions(connection, names) if names else {}
    left = min(max(limit, 1), MOST_PULLED)
    events: list[PulledEvent] = []
    through: dict[str, int] = {}
    skipped: dict[str, int] = {}
    more = False
    for name in names:
        after, end = max(cursors[name], 0), ends.get(name, 0)
        reached = after
        if left and after < end:
            page, reached = _page(connection, rights, actor.login, name, after, end, left, at)
            events.extend(page)
            left -= len(page)
            if passed := reached - after - len(page):
                skipped[name] = passed
        through[name] = reached
        more = more or reached < end
    return Pulled(tuple(events), through, skipped, more)


def _page(
    connection: Connection, rights: Rights, login: str, name: str, after: int, end: int, limit: int, now: int
) -> tuple[list[PulledEvent], int]:
    """Return events of one perimeter after a position, and the position reached."""
    through = min(end, after + SCANNED)
    ended_after = now - CLOSED_FOR // timedelta(microseconds=1)
    found = tuples(
        connection, _PAGE, perimeter=name, after=after, through=through, ended_after=ended_after, limit=limit
    )
    page = [_event(rights, login, line) for line in found]
    return page, (page[-1].pos if len(page) == limit else through)


def _event(rights: Rights, login: str, line: tuple[Any, ...]) -> PulledEvent:
    """Return one line of a page as this actor may read it."""
    event = PulledEvent._make(line[:_FIELDS])
    now_in, requester, confidential = line[_FIELDS:]
    if not now_in or rights.reads_queue(now_in):
        return event
    body, salt = told(rights, login, event, Place(now_in, requester, bool(confidential)))
    return event._replace(body=body, salt=salt)
