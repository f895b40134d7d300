"""Staff, their dated memberships, and their devices: written by the administrator or a fixture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.check_outs import REVOKED, end
from avise.hub.dialect import Statement, change, row, rows
from avise.hub.journal_rows import make_heads
from avise.hub.moments import microseconds
from avise.hub.port import Actor, Colleague, HubError
from avise.models.roles import Role

_DEVICE = re.compile(r"[\w.@:+-]{1,100}")

_ENROL = Statement(
    "INSERT INTO device (device, login, enrolled_at) VALUES (:device, :login, :now)"
    " ON CONFLICT (device) DO NOTHING"
)
_TAKE_OVER = Statement("UPDATE device SET login = :login WHERE device = :device AND login <> :login")
_SAVE_MEMBER = Statement(
    "INSERT INTO staff (login, name, role) VALUES (:login, :name, :role) ON CONFLICT (login)"
    " DO UPDATE SET name = excluded.name, role = excluded.role"
)
_JOIN = Statement(
    "INSERT INTO membership (login, perimeter, can_write, role, valid_from, valid_to)"
    " VALUES (:login, :perimeter, :can_write, :role, :valid_from, :valid_to)"
    " ON CONFLICT (login, perimeter, valid_from)"
    " DO UPDATE SET can_write = excluded.can_write, valid_to = excluded.valid_to, role = excluded.role"
)
_LEAVE = Statement(
    "UPDATE membership SET valid_to = :now WHERE login = :login AND perimeter = :perimeter"
    " AND (valid_to IS NULL OR valid_to > :now)"
)
_LOCK_OUT = Statement("UPDATE staff SET locked = :locked WHERE login = :login")
_RAISE = Statement("SELECT value FROM meta WHERE name = 'colleagues_version' FOR NO KEY UPDATE")
_RAISED = Statement("UPDATE meta SET value = :value WHERE name = 'colleagues_version'")
_REVOKE = Statement("UPDATE device SET revoked_at = coalesce(revoked_at, :now) WHERE device = :device")
_OWNER = Statement("SELECT login, revoked_at FROM device WHERE device = :device")
_WIPE = Statement(
    "UPDATE device SET wipe_requested_at = :now, revoked_at = coalesce(revoked_at, :now)"
    " WHERE device = :device"
)
_WIPED = Statement(
    "UPDATE device SET wiped_at = :now WHERE device = :device AND wipe_requested_at IS NOT NULL"
)
_COLLEAGUES = Statement(
    "SELECT s.login, s.name, s.role, m.perimeter FROM staff s LEFT JOIN membership m ON m.login = s.login"
    " AND m.valid_from <= :now AND (m.valid_to IS NULL OR m.valid_to > :now) WHERE s.locked = 0"
    " ORDER BY s.login, m.perimeter"
)
_ONE = Statement(
    "SELECT login, name, role, password_hash, locked, failures, last_failure_at FROM staff"
    " WHERE login = :login"
)
_SAVE_PASSWORD = Statement("UPDATE staff SET password_hash = :hash WHERE login = :login")
_SAVE_FAILURES = Statement(
    "UPDATE staff SET failures = :failures, last_failure_at = :last WHERE login = :login"
)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff, with what the local sign-in needs."""

    login: str
    name: str
    role: Role
    password_hash: str
    locked: bool
    failures: int
    last_failure_at: int | None
    """Microseconds."""


def save_member(connection: Connection, login: str, name: str, role: Role) -> None:
    """Add or rename a member of staff."""
    change(connection, _SAVE_MEMBER, login=login, name=name, role=role.value)
    _raise_version(connection)


def join(
    connection: Connection, login: str, perimeter: str, starts: datetime, ends: datetime | None = None, *,
    can_write: bool = True, role: str = "",
) -> None:  # fmt: skip
    """Let somebody read a perimeter, and write there, between two moments."""
    make_heads(connection, [perimeter])
    change(
        connection, _JOIN, login=login, perimeter=perimeter, can_write=int(can_write), role=role,
        valid_from=microseconds(starts), valid_to=None if ends is None else microseconds(ends),
    )  # fmt: skip
    _raise_version(connection)


def leave(connection: Connection, login: str, perimeter: str, at: datetime) -> None:
    """End somebody's right to a perimeter."""
    change(connection, _LEAVE, login=login, perimeter=perimeter, now=microseconds(at))
    _raise_version(connection)


def lock_out(connection: Connection, login: str, *, locked: bool) -> None:
    """Lock somebody out of the hub, or let them in again."""
    change(connection, _LOCK_OUT, login=login, locked=int(locked))
    _raise_version(connection)


def member(connection: Connection, login: str) -> StaffMember | None:
    """Return a member of staff, None when nobody has that login."""
    found = row(connection, _ONE, login=login)
    if found is None:
        return None
    return StaffMember(
        found.login, found.name, Role(found.role), found.password_hash, bool(found.locked), found.failures,
        found.last_failure_at,
    )  # fmt: skip


def keep_password(connection: Connection, login: str, password_hash: str) -> None:
    """Keep what is kept of a password (`avise.hub.passwords`)."""
    change(connection, _SAVE_PASSWORD, login=login, hash=password_hash)


def keep_failures(connection: Connection, login: str, failures: int, last: datetime | None) -> None:
    """Keep how often a wrong password was typed."""
    at = None if last is None else microseconds(last)
    change(connection, _SAVE_FAILURES, login=login, failures=failures, last=at)


def colleagues(connection: Connection, now: datetime) -> tuple[Colleague, ...]:
    """Return everybody who is not locked out, with their perimeters of the moment."""
    found: dict[str, tuple[str, str, list[str]]] = {}
    for line in rows(connection, _COLLEAGUES, now=microseconds(now)):
        entry = found.setdefault(line.login, (line.name, line.role, []))
        if line.perimeter is not None:
            entry[2].append(line.perimeter)
    return tuple(
        Colleague(login, name, Role(role), tuple(perimeters))
        for login, (name, role, perimeters) in found.items()
    )


def _raise_version(connection: Connection) -> None:
    found = row(connection, _RAISE)
    change(connection, _RAISED, value=str(int(found[0] if found is not None else 0) + 1))


# ---- devices ---------------------------------------------------------------------------------------


def enrol(connection: Connection, actor: Actor, now: datetime, *, take_over: bool = False) -> None:
    """Make a device known, once.

    Args:
        connection: in a transaction that writes.
        actor: whose device it is.
        now: by the hub's clock.
        take_over: give it to the actor when it was somebody else's: on one machine, whoever opens the
            file with its key is the same user of the system.

    Raises:
        HubError: `hub.device_name`, the identifier is not one.
    """
    if _DEVICE.fullmatch(actor.device) is None:
        raise HubError("hub.device_name")
    change(connection, _ENROL, device=actor.device, login=actor.login, now=microseconds(now))
    if take_over:
        change(connection, _TAKE_OVER, device=actor.device, login=actor.login)


def require_device(connection: Connection, actor: Actor) -> None:
    """Refuse whoever acts on a device that is not theirs, or that was revoked.

    Raises:
        HubError: `hub.unknown_device`, `hub.device_revoked`.
    """
    found = row(connection, _OWNER, device=actor.device)
    if found is None or found.login != actor.login:
        raise HubError("hub.unknown_device")
    if found.revoked_at is not None:
        raise HubError("hub.device_revoked")


def revoke(connection: Connection, device: str, now: datetime) -> None:
    """Let nothing of a device count any more: what it sends is put aside."""
    change(connection, _REVOKE, device=device, now=microseconds(now))
    end(connection, device, REVOKED, now)


def ask_wipe(connection: Connection, device: str, now: datetime) -> None:
    """Revoke a device, and ask it to destroy what it holds at its next contact."""
    change(connection, _WIPE, device=device, now=microseconds(now))
    end(connection, device, REVOKED, now)


def confirm_wipe(connection: Connection, device: str, now: datetime) -> None:
    """Keep that a device said it destroyed what it held."""
    change(connection, _WIPED, device=device, now=microseconds(now))
