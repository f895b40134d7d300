"""Reading the access log, which is itself written there: who audits is seen to audit (`hub.md` 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from avise.hub.accesses import log_access
from avise.hub.dialect import Bound, Statement, rows
from avise.hub.port import Actor
from avise.hub.request_rows import shown
from avise.models.json_types import JSON

LAST = 2**62
"""A place after every line of the log."""
READING = "access_log"
"""What somebody looked at, when it was the log."""

_COLUMNS = "n, at, login, role, device, what, dossier, request, purpose, reason, granted"


@dataclass(frozen=True, slots=True)
class AskedAccesses:
    """Which lines of the log are wanted.

    Args:
        login: of one member of staff, "" for all.
        dossier: of one person, "" for all.
        since: microseconds; 0 for all.
    """

    login: str = ""
    dossier: str = ""
    since: int = 0


@lru_cache
def _statement(*, login: bool, dossier: bool) -> Statement:
    """Return the statement of a page: a condition that is not asked for would keep an index from use."""
    narrowed = f"{' AND login = :login' if login else ''}{' AND dossier = :dossier' if dossier else ''}"
    return Statement(
        f"SELECT {_COLUMNS} FROM access_log WHERE n < :before AND at >= :since{narrowed}"  # noqa: S608 - our own names
        " ORDER BY n DESC LIMIT :limit"
    )


def read_accesses(
    connection: Connection, reader: Actor, asked: AskedAccesses, before: int, limit: int, at: int
) -> Sequence[Row[Any]]:
    """Return lines of the access log, the newest first, then write that they were read.

    Args:
        connection: in a transaction that writes.
        reader: who reads, and may.
        asked: which lines.
        before: place of the line before which to go on.
        limit: lines.
        at: the present, in microseconds.
    """
    values: dict[str, Bound] = {"login": asked.login, "dossier": asked.dossier}
    values = {name: value for name, value in values.items() if value}
    statement = _statement(login="login" in values, dossier="dossier" in values)
    found = rows(connection, statement, before=before, since=asked.since, limit=limit, **values)
    whose = f"login {asked.login}" if asked.login else ""
    log_access(connection, reader, at, READING, dossier=asked.dossier, reason=whose)
    return found


def shown_access(line: Row[Any]) -> Mapping[str, JSON]:
    """Return a line of the log as it is told: people by login and identity, never by name."""
    return {
        "at": shown(line.at), "login": line.login, "role": line.role, "device": line.device,
        "what": line.what, "dossier": line.dossier, "request": line.request, "purpose": line.purpose,
        "reason": line.reason, "granted": bool(line.granted),
    }  # fmt: skip
