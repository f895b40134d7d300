"""The requests of the scripted people, whose screens the guide shows."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from avise.demo.population.external_ids import external_ids
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import demo_person
from avise.demo.requests.past import PastEvent, Story
from avise.demo.requests.staff import BY_LOGIN, PLATEAU
from avise.models.business_hours import DEFAULT_HOURS
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.requests import request_stream
from avise.models.working_days import working_day_before
from avise.texts.formats import PARIS, local

LEAD_REQUEST = uuid.UUID("0e5c3c5e-0a52-4b54-9d0e-2f6f4c1b0187")
"""Hélène Marchand's glasses: the request that the guide's pictures show."""


def scripted_events(spec: WorldSpec, namespace: uuid.UUID, now: datetime) -> Sequence[PastEvent]:
    """Return the story of the lead persona's request, up to now."""
    lead = demo_person(namespace, external_ids(0, 0).party)
    story = Story(random.Random(spec.seed), request_stream(LEAD_REQUEST), now, now)
    for days, hour, minute, author, kind, body in _LEAD:
        story.at = _at(now, days, hour, minute)
        story.tell(BY_LOGIN[author], kind, _about(body, str(lead), now) if kind in _FIRST else body)
    return story.events


def _about(body: Mapping[str, JSON], lead: str, now: datetime) -> Mapping[str, JSON]:
    received = (local(now) - timedelta(days=12)).date()
    return {**body, "person": lead, "dossier": lead, "received_on": received.isoformat()}


def _at(now: datetime, working_days: int, hour: int, minute: int) -> datetime:
    """Return a moment so many working days before now; for today, so many minutes before it."""
    if working_days == 0:
        return now - timedelta(minutes=minute)
    day = local(now).date()
    for _ in range(working_days):
        day = working_day_before(day)
    return DEFAULT_HOURS.next_opening(datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS))


_FIRST = (EventKind.REQUEST_CREATED,)

_CREATED: Mapping[str, JSON] = {
    "type": "REIMB_SEARCH",
    "title": "Remboursement optique non reçu",
    "priority": "P2",
    "queue": "COTIS_ENC",
    "team": PLATEAU,
    "channel": "email",
    "words": "Bonjour, j’ai envoyé ma facture d’optique il y a plus d’une semaine. Où en est mon dossier ?",
    "fields": {"amount_spent": "250.15", "provider": "Optique du Port, Nantes"},
    "documents": [{"id": "paid_invoice", "required": True, "received": True}],
    "terms": {"target_minutes": 27 * 60, "soon_at": 0.8, "escalate_at": 1.2, "legal": False},
    "confidential": False,
}

_LEAD: Sequence[tuple[int, int, int, str, EventKind, Mapping[str, JSON]]] = (
    (4, 11, 48, "tom.riou", EventKind.REQUEST_CREATED, _CREATED),
    (3, 9, 5, "nora.haddouche", EventKind.REQUEST_CLAIMED, {}),
    (3, 9, 6, "nora.haddouche", EventKind.REQUEST_TRANSFERRED,
     {"queue": "PREST_SOINS", "reason": "misdirected"}),
    (1, 16, 20, "tom.riou", EventKind.REQUEST_REPLIED,
     {"words": "L’adhérente rappelle. Le décompte apparaît liquidé mais elle n’a rien reçu."
               " Le virement est-il parti ?"}),
    (1, 17, 10, "karim.benali", EventKind.REQUEST_NOTED,
     {"words": "Virement dans le lot de 18:02. Je vérifie la date de valeur demain matin."}),
    (0, 0, 6, "tom.riou", EventKind.REQUEST_REPLIED,
     {"words": "Adhérente en ligne, informée du virement. Merci de confirmer la date de valeur."}),
)  # fmt: skip
"""Working days before, hour, minute (for today: minutes before), author, kind, body."""
