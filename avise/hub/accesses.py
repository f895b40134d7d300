"""Who looked at what, and why: written before anything is given, never changed (`hub.md` 8, S5 and S6)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from avise.hub.dialect import Statement, change, row
from avise.hub.port import Actor
from avise.hub.refusals import KeptRefusalError

OPENINGS_AN_HOUR = 150
"""Files that one person may open in an hour; the next is refused, and an alert is kept."""

HOUR = timedelta(hours=1) // timedelta(microseconds=1)
OPENED_FOR = timedelta(hours=12) // timedelta(microseconds=1)
"""How long an opening lets its author read the customer's timeline: a day of work."""
SEEN_FOR = timedelta(minutes=30) // timedelta(microseconds=1)
"""A request looked at again within that time is not logged, nor counted, once more."""

_LOG = Statement(
    "INSERT INTO access_log (at, login, role, device, what, dossier, request, purpose, reason, granted)"
    " VALUES (:at, :login, :role, :device, :what, :dossier, :request, :purpose, :reason, :granted)"
)
_ALERT = Statement("INSERT INTO alert (at, login, device, what) VALUES (:at, :login, :device, :what)")
_ONE_AT_A_TIME = Statement(
    "INSERT INTO opening (login, total) VALUES (:login, 1) ON CONFLICT (login)"
    " DO UPDATE SET total = opening.total + 1"
)
_COUNT = Statement(
    "SELECT count(*) FROM access_log WHERE login = :login AND at > :since AND granted = 1"
    " AND what IN ('dossier', 'request')"
)
_OPENED = Statement(
    "SELECT 1 FROM access_log WHERE login = :login AND at > :since AND granted = 1 AND what = 'dossier'"
    " AND dossier = :dossier LIMIT 1"
)
_SEEN = Statement(
    "SELECT 1 FROM access_log WHERE login = :login AND at > :since AND granted = 1 AND what = 'request'"
    " AND request = :request LIMIT 1"
)
_LONGEST_REASON = 500


def log_access(  # noqa: PLR0913 - each is a column of the log
    connection: Connection, actor: Actor, at: int, what: str, *, dossier: str = "", request: str = "",
    purpose: str = "", reason: str = "", granted: bool = True,
) -> None:  # fmt: skip
    """Keep that somebody asked for something about a customer.

    Args:
        connection: in a transaction that writes.
        actor: who.
        at: when, in microseconds.
        what: "dossier", "request", "attachment", "synthesis", "lookup", "search", "access_log".
        dossier: the customer.
        request: the request.
        purpose: `avise.models.roles.Purpose`.
        reason: in words.
        granted: whether it was given.
    """
    change(
        connection, _LOG, at=at, login=actor.login, role=actor.role.value, device=actor.device, what=what,
        dossier=dossier, request=request, purpose=purpose, reason=reason.replace("\0", "")[:_LONGEST_REASON],
        granted=int(granted),
    )  # fmt: skip


def count_opening(connection: Connection, actor: Actor, at: int, quota: int) -> bool:
    """Say whether somebody may open one more file; one of their own calls at a time."""
    change(connection, _ONE_AT_A_TIME, login=actor.login)
    found = row(connection, _COUNT, login=actor.login, since=at - HOUR)
    return found is None or found[0] < quota


def refuse_opening(connection: Connection, actor: Actor, at: int) -> KeptRefusalError:
    """Keep an alert, and return the refusal of one file too many."""
    change(connection, _ALERT, at=at, login=actor.login, device=actor.device, what="quota")
    return KeptRefusalError("hub.quota")


def has_opened(connection: Connection, actor: Actor, dossier: str, at: int) -> bool:
    """Say whether somebody opened a customer's file not long ago."""
    return row(connection, _OPENED, login=actor.login, dossier=dossier, since=at - OPENED_FOR) is not None


def has_seen(connection: Connection, actor: Actor, request: str, at: int) -> bool:
    """Say whether somebody looked at a request a moment ago."""
    return row(connection, _SEEN, login=actor.login, request=request, since=at - SEEN_FOR) is not None
