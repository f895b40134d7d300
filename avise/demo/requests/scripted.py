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
from avise.texts.formats import local

LEAD_REQUEST = uuid.UUID("0e5c3c5e-0a52-4b54-9d0e-2f6f4c1b0187")
"""Hélène Marchand's glasses: the request that the guide's pictures show."""


def scripted_events(spec: WorldSpec, namespace: uuid.UUID, now: datetime) -> Sequence[PastEvent]:
    """Return the story of the lead persona's request, up to now."""
    lead = demo_person(namespace, external_ids(0, 0).party)
    story = Story(random.Random(spec.seed), request_stream(LEAD_REQUEST), now, now)
    for minutes, author, kind, body in _LEAD:
        story.at = _before(now, minutes)
        created = kind is EventKind.REQUEST_CREATED
        story.tell(BY_LOGIN[author], kind, _about(body, str(lead), now) if created else body)
    return story.events


def _about(body: Mapping[str, JSON], lead: str, now: datetime) -> Mapping[str, JSON]:
    today = local(now).date()
    fields = {**_FIELDS, "person": lead, "care_date": (today - timedelta(days=22)).isoformat()}
    received = (today - timedelta(days=12)).isoformat()
    return {**body, "person": lead, "dossier": lead, "received_on": received, "fields": fields}


def _before(now: datetime, minutes: int) -> datetime:
    """Return the moment after which so many business minutes passed until now."""
    day = now
    while DEFAULT_HOURS.minutes_between(day, now) < minutes:
        day -= timedelta(days=1)
    return DEFAULT_HOURS.add(day, DEFAULT_HOURS.minutes_between(day, now) - minutes)


_PROMISED = 27 * 60
"""Business minutes of a search for a reimbursement (`domain.md` R01)."""
_LEFT = 122
"""« 2 h 02 » of them are left."""

_FIELDS: Mapping[str, JSON] = {
    "amount_spent": "250.15",
    "provider": "Optique du Port, Nantes",
    "paid_by": "member",
    "third_party_payment": False,
}
_CREATED: Mapping[str, JSON] = {
    "type": "REIMB_SEARCH",
    "title": "Remboursement optique non reçu",
    "priority": "P2",
    "queue": "COTIS_ENC",
    "team": PLATEAU,
    "channel": "email",
    "words": "Bonjour, j’ai envoyé ma facture d’optique il y a plus d’une semaine. Où en est mon dossier ?",
    "documents": [{"id": "paid_invoice", "required": True, "received": True}],
    "terms": {"target_minutes": _PROMISED, "soon_at": 0.8, "escalate_at": 1.2, "legal": False},
    "confidential": False,
}

_LEAD: Sequence[tuple[int, str, EventKind, Mapping[str, JSON]]] = (
    (_PROMISED - _LEFT, "tom.riou", EventKind.REQUEST_CREATED, _CREATED),
    (1_390, "nora.haddouche", EventKind.REQUEST_CLAIMED, {}),
    (1_388, "nora.haddouche", EventKind.REQUEST_TRANSFERRED,
     {"queue": "PREST_SOINS", "reason": "misrouted"}),
    (540, "tom.riou", EventKind.REQUEST_REPLIED,
     {"words": "L’adhérente rappelle. Le décompte apparaît liquidé mais elle n’a rien reçu."
               " Le virement est-il parti ?"}),
    (430, "karim.benali", EventKind.REQUEST_NOTED,
     {"words": "Virement dans le lot de 18:02. Je vérifie la date de valeur demain matin."}),
    (6, "tom.riou", EventKind.REQUEST_REPLIED,
     {"words": "Adhérente en ligne, informée du virement. Merci de confirmer la date de valeur."}),
)  # fmt: skip
"""Business minutes before now, author, kind, body."""
