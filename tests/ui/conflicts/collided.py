"""A command that met another change, and the two side by side."""

from __future__ import annotations

from avise.models.commands import CommandReason, CommandState
from avise.models.merging import Keep, Side
from avise.services.comparison_values import ComparedField, Comparison
from tests.ui.outbox.outbox_items import item

COLLIDED = item(
    7, CommandState.CONFLICT, CommandReason.CONFLICT, source_name="Relation adhérent",
    action="change_address", label="Changer l’adresse postale", whom="LE GALL Mathis",
)  # fmt: skip
LINE, POSTCODE = "contact_points.value", "contact_points.postcode"
BOTH = Comparison(
    "Changer l’adresse postale",
    "LE GALL Mathis",
    "Relation adhérent",
    (
        ComparedField(
            LINE,
            "Valeur",
            "4 rue Basse",
            "8 rue du Moulin",
            "1 place Graslin",
            Side.BOTH,
            None,
            "1 place Graslin",
        ),
        ComparedField(POSTCODE, "Code postal", "44000", "44350", "44100", Side.BOTH, None, "44100"),
        ComparedField(
            "contact_points.city", "Ville", "Nantes", "Nantes", "Rezé", Side.THEIRS, Keep.THEIRS, "Rezé"
        ),
    ),
)
