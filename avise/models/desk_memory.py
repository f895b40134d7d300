"""What a desk finds again after a restart: session tabs and texts that were being typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from avise.models.customer import PersonId


@dataclass(frozen=True, slots=True)
class SavedTab:
    """One session tab, as it is found again after a restart."""

    person: PersonId
    label: str
    """NOM Prénom."""
    position: int
    active: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """Text that was being typed on a customer's screen."""

    person: PersonId
    text: str
    saved_at: datetime
