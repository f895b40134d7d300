"""One customer's file, as the journal alone tells it: opened, logged, then read."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.accesses import count_opening, log_access, refuse_opening
from avise.hub.dialect import Statement, rows
from avise.hub.journal_rows import COLUMNS, pulled
from avise.hub.moments import microseconds
from avise.hub.port import Actor, PulledEvent, SubjectOpened
from avise.hub.received_event import body_of
from avise.hub.refusals import KeptRefusalError
from avise.hub.request_list import shown_row
from avise.hub.request_rows import COLUMNS as REQUEST_COLUMNS
from avise.hub.rights import rights_of
from avise.models.customer import customer_stream
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.own_history import UNLINKED
from avise.models.roles import Purpose

LOOKED = (
    EventKind.CONSULTED,
    EventKind.REVEALED,
    EventKind.COMPARED,
    EventKind.CALLER_VERIFIED,
    EventKind.EXPORTED,
)
"""Who looked at what, and why: for whoever audits, not for each colleague who opens the file next."""

_EVENTS = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM event WHERE stream = :stream"  # noqa: S608 - our own names
    f" AND kind NOT IN ({', '.join(repr(kind.value) for kind in LOOKED)}) ORDER BY ver"
)
_BY_ID = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM event WHERE event_id IN [ids]"  # noqa: S608 - our own names
    f" AND stream = '{UNLINKED}' AND kind = '{EventKind.INTERACTION_RECORDED}' ORDER BY received_at, event_id"
)
"""Exchanges that belonged to nobody: what else somebody says to attach stays where it may be read."""
_REQUESTS = Statement(
    f"SELECT {', '.join(REQUEST_COLUMNS)} FROM request WHERE dossier = :dossier"  # noqa: S608 - our own names
    f" UNION SELECT {', '.join(REQUEST_COLUMNS)} FROM request WHERE person = :dossier"
    " ORDER BY created_at DESC, id"
)


def open_subject(
    connection: Connection, actor: Actor, dossier: uuid.UUID, purpose: Purpose, reason: str, now: datetime,
    quota: int,
) -> SubjectOpened:  # fmt: skip
    """Log that a customer's file is opened, then return what the hub holds of it.

    Raises:
        KeptRefusalError: `hub.no_right` or `hub.quota`; the attempt stays in the access log.
    """
    at = microseconds(now)
    rights = rights_of(connection, actor, at)
    granted = rights.of_customers and count_opening(connection, actor, at, quota)
    log_access(
        connection, actor, at, "dossier", dossier=str(dossier), purpose=purpose.value, reason=reason,
        granted=granted,
    )  # fmt: skip
    if not rights.of_customers:
        raise KeptRefusalError("hub.no_right")
    if not granted:
        raise refuse_opening(connection, actor, at)
    shown = (shown_row(line, rights, at) for line in rows(connection, _REQUESTS, dossier=str(dossier)))
    return SubjectOpened(_events(connection, dossier), tuple(line for line in shown if line is not None), now)


def _events(connection: Connection, dossier: uuid.UUID) -> tuple[PulledEvent, ...]:
    """Return the customer's events, and before them the exchanges that they attach."""
    own = rows(connection, _EVENTS, stream=customer_stream(dossier))
    attached = [
        str(identity_of((body_of(line.body) or {}).get("event")))
        for line in own
        if line.kind == EventKind.INTERACTION_ATTACHED.value and line.effective
    ]
    beside = rows(connection, _BY_ID, ids=attached) if attached else ()
    return tuple(pulled(line, "", 0, b"", (line.body, line.salt)) for line in (*beside, *own))
