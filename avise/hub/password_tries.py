"""Tries of a password, kept with the staff: counted before they are looked at, forgotten by the right one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from avise.hub import staff
from avise.hub.dialect import Statement, row
from avise.hub.moments import moment
from avise.hub.passwords import Attempts

_LOCK = Statement("SELECT login FROM staff WHERE login = :login FOR NO KEY UPDATE")


def begin_try(connection: Connection, login: str, now: datetime) -> staff.StaffMember | None:
    """Count a try, so that many at once are not more than many; return whose it is, None for nobody.

    Raises:
        LockedOutError: too many wrong ones.
    """
    if row(connection, _LOCK, login=login) is None:
        return None
    found = staff.member(connection, login)
    if found is None:
        return None
    last = None if found.last_failure_at is None else moment(found.last_failure_at)
    attempts = Attempts(found.failures, last)
    attempts.require_open(now)
    counted = attempts.after_failure(now)
    staff.keep_failures(connection, login, counted.failures, counted.last)
    return found


def kept_password(member: staff.StaffMember | None) -> str | None:
    """Return what a password is compared with; somebody locked, or without one, is refused as a wrong one."""
    return None if member is None or member.locked else member.password_hash or None


def end_try(connection: Connection, login: str, renewed: str = "") -> None:
    """Forget the tries before a right password.

    Args:
        connection: in a transaction.
        login: who signed in.
        renewed: what is kept of the password from now on; "" leaves it.
    """
    staff.keep_failures(connection, login, 0, None)
    if renewed:
        staff.keep_password(connection, login, renewed)
