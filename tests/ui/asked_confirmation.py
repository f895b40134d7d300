"""A question of a colleague's, in a full day of the scripted agent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from avise.models.confirmations import Confirmation
from avise.services.day_values import AskedConfirmation
from tests.ui.home_day import FULL_DAY
from tests.ui.persona import NOW
from tests.ui.scripted_desk import DIRECTORY, hit_of

ASKED = AskedConfirmation(
    Confirmation(
        UUID(int=77), "tom.riou", DIRECTORY[0].person, "Contrats", "Changer l’adresse e-mail", "",
        (("contact_points.value", "h.marchand@example.org", "helene.m@example.net"),),
        ("Appelant identifié au niveau simple.",), ("contact_points",), "call",
        NOW - timedelta(minutes=6), NOW + timedelta(hours=3, minutes=54),
    ),
    hit_of(DIRECTORY[0]),
    "Tom Riou",
)  # fmt: skip
ASKED_DAY = replace(FULL_DAY, confirmations=(ASKED,))
