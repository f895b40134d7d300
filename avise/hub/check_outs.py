"""Portfolios taken on the road: lent for some days with half of their key, renewed, given back, taken over.

A representative has one at a time, on one workstation. It is one access, approved and logged whole
(decision 28); what is then shown counts as it is shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from avise.env import Env
from avise.hub.accesses import log_access
from avise.hub.check_out_values import (
    HALF_BYTES,
    MOST_CHECKED_OUT,
    MOST_DAYS,
    CheckedOut,
    CheckOut,
    CheckOutStanding,
)
from avise.hub.checked_out import HOLDER
from avise.hub.dialect import Statement, change, change_each, row, rows
from avise.hub.moments import microseconds, moment
from avise.hub.port import Actor, HubError
from avise.hub.refusals import KeptRefusalError
from avise.hub.rights import rights_of
from avise.models.roles import Purpose, Role
from avise.texts.formats import format_date, local

GIVEN_BACK, TAKEN_OVER, REVOKED = "given_back", "taken_over", "revoked"

_DEVICE = Statement("SELECT login, revoked_at FROM device WHERE device = :device FOR NO KEY UPDATE")
_ONE_AT_A_TIME = Statement("SELECT value FROM meta WHERE name = 'check_outs' FOR NO KEY UPDATE")
_OF_DEVICE = Statement("SELECT * FROM check_out WHERE device = :device")
_OF_LOGIN = Statement(
    "SELECT device, taken_at, ends_at FROM check_out WHERE login = :login AND device <> :device"
    " AND ended_at IS NULL ORDER BY taken_at, device"
)
_HELD = Statement(
    "SELECT p.person FROM checked_out p JOIN check_out c ON c.device = p.device"
    " JOIN device d ON d.device = c.device WHERE p.person IN [persons] AND c.login <> :login"
    " AND c.ended_at IS NULL AND c.ends_at > :now AND d.revoked_at IS NULL"
)
_KEEP = Statement(
    "INSERT INTO check_out (device, login, half, days, taken_at, renewed_at, ends_at)"
    " VALUES (:device, :login, :half, :days, :now, :now, :ends_at) ON CONFLICT (device) DO UPDATE SET"
    " login = excluded.login, half = excluded.half, days = excluded.days, taken_at = excluded.taken_at,"
    " renewed_at = excluded.renewed_at, ends_at = excluded.ends_at, ended_at = NULL, ended_why = ''"
)
_RENEW = Statement("UPDATE check_out SET renewed_at = :now, ends_at = :ends_at WHERE device = :device")
_END = Statement(
    "UPDATE check_out SET ended_at = :now, ended_why = :why, half = :none"
    " WHERE device = :device AND ended_at IS NULL"
)
_PERSONS = Statement("SELECT person FROM checked_out WHERE device = :device ORDER BY person")
_PUT = Statement("INSERT INTO checked_out (person, device) VALUES (:person, :device)")
_DROP = Statement("DELETE FROM checked_out WHERE device = :device")
_DROP_SOME = Statement("DELETE FROM checked_out WHERE device = :device AND person IN [persons]")
_ABOUT = Statement("SELECT queue, team, person, dossier FROM request WHERE stream = :stream")
_HOLDER = Statement(HOLDER)


def check_out(connection: Connection, actor: Actor, wanted: CheckOut, env: Env) -> CheckedOut:
    """Lend a portfolio and half of its key; log it as one access.

    Asked again by the same workstation, it keeps its half, so that what is on board stays readable.

    Args:
        connection: in a transaction that writes.
        actor: who takes it along, and on which device.
        wanted: what they take.
        env: the hub's clock and chance.

    Raises:
        HubError: `hub.check_out_size`, `hub.check_out_days`, `hub.no_right`, `hub.unknown_device`,
            `hub.device_revoked`; `hub.checked_out_elsewhere` when another workstation of theirs has one.
    """
    persons = sorted({str(person) for person in wanted.persons})
    if not 1 <= len(persons) <= MOST_CHECKED_OUT:
        raise HubError("hub.check_out_size", most=str(MOST_CHECKED_OUT))
    if not 1 <= wanted.days <= MOST_DAYS:
        raise HubError("hub.check_out_days", most=str(MOST_DAYS))
    now = env.now()
    at = microseconds(now)
    granted = _may(connection, actor, at)
    reason = f"{len(persons)} / {wanted.days}"
    log_access(
        connection, actor, at, "check_out", purpose=Purpose.VISIT.value, reason=reason, granted=granted
    )
    if not granted:
        raise KeptRefusalError("hub.no_right")
    _require_device(connection, actor)
    row(connection, _ONE_AT_A_TIME)
    _one_workstation(connection, actor, at, take_over=wanted.take_over)
    elsewhere = _elsewhere(connection, actor, persons, at)
    kept = row(connection, _OF_DEVICE, device=actor.device)
    half = _half(kept, actor, env)
    ends = now + timedelta(days=wanted.days)
    change(
        connection, _KEEP, device=actor.device, login=actor.login, half=half, days=wanted.days, now=at,
        ends_at=microseconds(ends),
    )  # fmt: skip
    change(connection, _DROP, device=actor.device)
    taken = [person for person in persons if person not in elsewhere]
    change_each(connection, _PUT, [{"person": person, "device": actor.device} for person in taken])
    return CheckedOut(half, ends, now, len(taken), _identities(elsewhere))


def renew(connection: Connection, actor: Actor, now: datetime) -> CheckedOut:
    """Lend again what a workstation took along, for as many days, whether its lease has ended or not.

    Raises:
        HubError: `hub.no_check_out`, `hub.check_out_ended` (given back, or taken over by another
            workstation), `hub.no_right`, `hub.unknown_device`, `hub.device_revoked`.
    """
    at = microseconds(now)
    _require_device(connection, actor)
    if not _may(connection, actor, at):
        raise HubError("hub.no_right")
    row(connection, _ONE_AT_A_TIME)
    kept = row(connection, _OF_DEVICE, device=actor.device)
    if kept is None or kept.login != actor.login:
        raise HubError("hub.no_check_out")
    if kept.ended_at is not None:
        raise HubError("hub.check_out_ended")
    ends = now + timedelta(days=kept.days)
    change(connection, _RENEW, device=actor.device, now=at, ends_at=microseconds(ends))
    held = [line.person for line in rows(connection, _PERSONS, device=actor.device)]
    # While the lease was over, a colleague may have taken some of them along.
    elsewhere = _elsewhere(connection, actor, held, at) if kept.ends_at <= at else frozenset[str]()
    if elsewhere:
        change(connection, _DROP_SOME, device=actor.device, persons=sorted(elsewhere))
    return CheckedOut(bytes(kept.half), ends, now, len(held) - len(elsewhere), _identities(elsewhere))


def check_in(connection: Connection, actor: Actor, now: datetime) -> None:
    """Take a portfolio back; again is harmless."""
    _require_device(connection, actor, revoked_too=True)
    end(connection, actor.device, GIVEN_BACK, now)


def end(connection: Connection, device: str, why: str, now: datetime) -> None:
    """End what a workstation took along: its half of the key is forgotten."""
    change(connection, _END, device=device, now=microseconds(now), why=why, none=b"")
    change(connection, _DROP, device=device)


def standing(kept: Row[Any] | None) -> CheckOutStanding | None:
    """Return what a head says, from the columns `ends_at`, `renewed_at` and `ended_why` of a row."""
    if kept is None or kept.ends_at is None:
        return None
    return CheckOutStanding(moment(kept.ends_at), moment(kept.renewed_at), kept.ended_why)


def holder_of_request(
    connection: Connection, actor: Actor, request: str, now: datetime
) -> tuple[str, datetime] | None:
    """Return who has the customer of a request along, and until when; None for nobody.

    Raises:
        HubError: `hub.not_found`, no such request, or not for this reader.
    """
    at = microseconds(now)
    found = row(connection, _ABOUT, stream=f"request/{request}")
    if found is None or not rights_of(connection, actor, at).reads(found.queue, found.team):
        raise HubError("hub.not_found")
    persons = [told for told in (found.person, found.dossier) if told]
    held = row(connection, _HOLDER, persons=persons, now=at) if persons else None
    return None if held is None else (str(held.login), moment(held.ends_at))


def _may(connection: Connection, actor: Actor, at: int) -> bool:
    """Say whether somebody goes on the road now: the role, and a place of work that has not ended."""
    rights = rights_of(connection, actor, at)
    return rights.of_customers and rights.role is Role.REP and bool(rights.writable)


def _require_device(connection: Connection, actor: Actor, *, revoked_too: bool = False) -> None:
    found = row(connection, _DEVICE, device=actor.device)
    if found is None or found.login != actor.login:
        raise HubError("hub.unknown_device")
    if found.revoked_at is not None and not revoked_too:
        raise HubError("hub.device_revoked")


def _one_workstation(connection: Connection, actor: Actor, at: int, *, take_over: bool) -> None:
    others = rows(connection, _OF_LOGIN, login=actor.login, device=actor.device)
    lasting = [other for other in others if other.ends_at > at]
    if lasting and not take_over:
        since, until = (_day(value) for value in (lasting[0].taken_at, lasting[0].ends_at))
        raise HubError("hub.checked_out_elsewhere", since=since, until=until)
    for other in others:
        end(connection, other.device, TAKEN_OVER, moment(at))


def _elsewhere(connection: Connection, actor: Actor, persons: Sequence[str], at: int) -> frozenset[str]:
    found = rows(connection, _HELD, persons=persons, login=actor.login, now=at)
    return frozenset(line.person for line in found)


def _half(kept: Row[Any] | None, actor: Actor, env: Env) -> bytes:
    if kept is not None and kept.login == actor.login and kept.ended_at is None and len(kept.half):
        return bytes(kept.half)
    return bytes.fromhex(env.token() + env.token())[:HALF_BYTES]


def _identities(persons: Collection[str]) -> tuple[uuid.UUID, ...]:
    return tuple(uuid.UUID(person) for person in sorted(persons))


def _day(value: int) -> str:
    return format_date(local(moment(value)).date())
