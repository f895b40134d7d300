"""Erasing what the hub holds of a customer's own stream: contents go, headers and chains stay (decision 23).

What is erased are the words: bodies and salts of the events, those of the quarantine included, and the
lines of the timeline. Requests follow their own retention and are not touched here.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection

from avise.hub.accesses import log_access
from avise.hub.contact_rows import CUSTOMER
from avise.hub.dialect import Statement, change, rows
from avise.hub.moments import microseconds
from avise.hub.port import Actor
from avise.hub.received_event import body_of
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind

_ATTACHED = Statement(
    "SELECT body FROM event WHERE stream = :stream AND kind = :kind AND effective = 1 AND body IS NOT NULL"
)
_EVENTS = Statement(
    "UPDATE event SET body = NULL, salt = NULL WHERE (stream = :stream OR event_id IN [beside])"
    " AND body IS NOT NULL"
)
_PUT_ASIDE = Statement("UPDATE quarantine SET body = NULL, salt = NULL WHERE stream = :stream")
_LINES = Statement("DELETE FROM timeline WHERE dossier = :dossier")
_UNDONE = Statement(
    "DELETE FROM taken_back WHERE by_event IN (SELECT event_id FROM event WHERE stream = :stream)"
)
_FIGURES = Statement("UPDATE synthesis SET contacts = 0 WHERE dossier = :dossier")


def erase_customer(
    connection: Connection, actor: Actor, dossier: uuid.UUID, reason: str, now: datetime
) -> int:
    """Erase the contents of a customer's events; return how many had one. It is logged.

    Args:
        connection: in a transaction that writes; on PostgreSQL, of a member of `avise_hub_erasure`.
        actor: who does it.
        dossier: the customer.
        reason: of the erasure, kept in the access log.
        now: by the hub's clock.
    """
    stream = f"{CUSTOMER}{dossier}"
    found = rows(connection, _ATTACHED, stream=stream, kind=EventKind.INTERACTION_ATTACHED.value)
    beside = [str(identity_of((body_of(line.body) or {}).get("event"))) for line in found]
    erased = change(connection, _EVENTS, stream=stream, beside=beside)
    change(connection, _PUT_ASIDE, stream=stream)
    change(connection, _LINES, dossier=str(dossier))
    change(connection, _UNDONE, stream=stream)
    change(connection, _FIGURES, dossier=str(dossier))
    log_access(connection, actor, microseconds(now), "erasure", dossier=str(dossier), reason=reason)
    return erased
