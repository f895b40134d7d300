"""Commands as tests want them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from avise.models.commands import CommandContent, Idempotency, OfflineRule, OutboxItem, fingerprint

NOW = datetime(2026, 3, 24, 9, 44, tzinfo=UTC)
PERSON = uuid.UUID("0192d1f0-0000-7000-8000-000000000001")
CONTENT = CommandContent({"benefits.insured": "4711"}, {"motive": "loss"}, {"card": "3"})


def item(number: int = 1, **fields: Any) -> OutboxItem:  # noqa: ANN401 - whatever a command holds
    """Return a command just confirmed; fields replace the usual values."""
    instance = fields.get("instance", "benefits")
    lifetime = fields.pop("lifetime", timedelta(hours=72))
    usual: dict[str, Any] = {
        "command_id": uuid.UUID(int=number),
        "group_id": uuid.UUID(int=1000 + number),
        "person": PERSON,
        "whom": "MARCHAND Hélène",
        "instance": instance,
        "source_name": "Prestations",
        "action": "card.reissue",
        "label": "Renvoyer la carte de tiers payant",
        "summary": "Une carte neuve part à l’adresse connue.",
        "changes": (("rights.card_sent_on", "2026-01-02", "2026-03-24"),),
        "idempotency": Idempotency.KEY,
        "offline": OfflineRule.QUEUE,
        "touches": ("rights",),
        "purpose": "call",
        "confirmed_at": NOW,
        "not_before": NOW,
        "expires_at": NOW + lifetime,
        "lifetime": lifetime,
        "fingerprint": fingerprint(instance, "card.reissue", PERSON, CONTENT),
    }
    return OutboxItem(**(usual | fields))
