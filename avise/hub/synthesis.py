"""What other applications read of a customer: a few facts, from the journal alone (decision 26)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from avise.hub.accesses import log_access
from avise.hub.dialect import Statement, row, rows
from avise.hub.due_times import NEVER
from avise.hub.journal_rows import COLUMNS
from avise.hub.moments import microseconds
from avise.hub.port import Actor, HubError
from avise.hub.received_event import body_of
from avise.hub.refolding import judged
from avise.hub.request_rows import shown
from avise.hub.rights import Rights, rights_of
from avise.models.consent import ConsentState, matrix_of
from avise.models.customer import customer_stream
from avise.models.json_types import JSON
from avise.texts.formats import local

READ_SCOPE = "v360:read"
REPEATED_WITHIN = timedelta(days=7)
"""Contacts for the same reason within that time are one repeated contact (`domain.md` 3.3, behaviour e)."""
_MOST_REQUESTS = 20

_FIGURES = Statement(
    "SELECT contacts, open_requests, open_complaints FROM synthesis WHERE dossier = :dossier"
)
_LATEST = Statement(
    "SELECT t.at, t.channel, e.body FROM timeline t JOIN event e ON e.event_id = t.event_id"
    " WHERE t.dossier = :dossier ORDER BY t.at DESC, t.event_id DESC LIMIT 20"
)
_REQUESTS = Statement(
    "SELECT number, type, status, due_at, created_at, legal_due FROM request WHERE dossier = :dossier"
    " AND is_open = 1 AND confidential = 0 ORDER BY created_at DESC LIMIT :limit"
)
_CONFIDENTIAL = Statement(
    "SELECT queue, team, requester, legal_due FROM request WHERE dossier = :dossier AND is_open = 1"
    " AND confidential = 1"
)
_CONSENTS = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM event WHERE stream = :stream"  # noqa: S608 - our own names
    " AND kind IN ('consent_given', 'consent_withdrawn', 'undone') AND effective = 1 ORDER BY ver"
)


def synthesis(connection: Connection, actor: Actor, dossier: uuid.UUID, now: datetime) -> Mapping[str, JSON]:
    """Return a customer's synthesis, and log that it was read: figures and codes, no words of anybody.

    Raises:
        HubError: `hub.no_right`, for an application without the scope, or a role without customer data.
    """
    at = microseconds(now)
    rights = rights_of(connection, actor, at)
    if READ_SCOPE not in actor.scopes and not rights.of_customers:
        raise HubError("hub.no_right")
    log_access(connection, actor, at, "synthesis", dossier=str(dossier))
    figures = row(connection, _FIGURES, dossier=str(dossier))
    latest = rows(connection, _LATEST, dossier=str(dossier))
    since = at - REPEATED_WITHIN // timedelta(microseconds=1)
    reasons = Counter(
        reason
        for line in latest
        if line.at > since and isinstance(reason := (body_of(line.body) or {}).get("reason"), str) and reason
    )
    told = rows(connection, _REQUESTS, dossier=str(dossier), limit=_MOST_REQUESTS)
    hidden = _hidden(connection, rights, actor.login, dossier)
    return {
        "dossier": str(dossier),
        "as_of": now.isoformat(),
        "contacts": {
            "count": 0 if figures is None else figures.contacts,
            "last_at": shown(latest[0].at) if latest else None,
            "last_channel": latest[0].channel if latest else "",
            "repeated_reasons": sorted(reason for reason, count in reasons.items() if count > 1),
        },
        "requests": {
            "open": 0 if figures is None else figures.open_requests - len(hidden),
            "complaints": 0 if figures is None else figures.open_complaints - sum(hidden),
            "latest": [
                {
                    "number": line.number,
                    "type": line.type,
                    "status": line.status,
                    "created_at": shown(line.created_at),
                    "due_at": None if line.due_at == NEVER else shown(line.due_at),
                    "legal_due": shown(line.legal_due),
                }
                for line in told
            ],
        },
        "consents": _consents(connection, dossier, now),
    }


def _hidden(connection: Connection, rights: Rights, login: str, dossier: uuid.UUID) -> list[bool]:
    """Return, for each open request that is not this actor's to know of, whether it is a complaint.

    That a confidential request exists is told to its corbeille, its team and its requester.
    """
    return [
        line.legal_due is not None
        for line in rows(connection, _CONFIDENTIAL, dossier=str(dossier))
        if line.requester != login and not rights.reads(line.queue, line.team)
    ]


def _consents(connection: Connection, dossier: uuid.UUID, now: datetime) -> list[Mapping[str, JSON]]:
    found = rows(connection, _CONSENTS, stream=customer_stream(dossier))
    events = [judged(dict(line._mapping)).event for line in found]  # noqa: SLF001 - SQLAlchemy's public name
    matrix = matrix_of(events, local(now).date())
    return [
        {
            "purpose": purpose.value,
            "channel": channel.value,
            "state": consent.state.value,
            "since": None if consent.since is None else consent.since.isoformat(),
        }
        for (purpose, channel), consent in sorted(matrix.cells.items())
        if consent.state is not ConsentState.UNKNOWN
    ]
