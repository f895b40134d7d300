"""Types and forms of requests that the tests of the sheet play with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.models.sla import legal_clock
from avise.services.request_values import FormField, RequestForm, RequestTypeRow
from tests.ui.persona import HELENE
from tests.ui.scripted_requests import NOW

TYPES = tuple(
    RequestTypeRow(code, label, queue, (reason,), "réponse sous 3 jours ouvrés")
    for code, label, queue, reason in (
        ("REIMB_SEARCH", "Rechercher un remboursement", "Prestations soins", "R01"),
        ("QUOTE_OPTIC", "Demander une PEC optique", "Prestations optique", "R06"),
        ("COMPLAINT", "Réclamation", "Réclamations", "R21"),
        ("CARD", "Envoyer une carte", "Tiers payant", "R09"),
        ("ADDRESS", "Corriger des coordonnées", "Contrats individuels", "R12"),
    )
)
"""The likeliest first."""

FORM = RequestForm(
    "REIMB_SEARCH",
    "Rechercher un remboursement",
    HELENE,
    (
        FormField(
            "person", "Bénéficiaire", "person", required=True, value=str(HELENE), source="Contrats",
            as_of=NOW, choices=((str(HELENE), "Hélène Marchand"), ("2", "Lou Marchand")),
        ),
        FormField(
            "care_date", "Date des soins", "date", required=True, value="02/03/2026", source="Prestations",
            as_of=NOW - timedelta(minutes=5),
        ),
        FormField("provider", "Professionnel", "provider", required=True),
        FormField(
            "third_party", "Tiers payant", "yes_no", required=False,
            choices=(("yes", "Oui"), ("no", "Non")),
        ),
        FormField("note", "Précisions", "note", required=False, visible=False),
    ),
    (("invoice", "Facture acquittée", True), ("statement", "Décompte", False)),
    "Prestations soins",
    NOW + timedelta(days=3),
    "Vous aurez une réponse avant vendredi.",
)  # fmt: skip

COMPLAINT = replace(
    FORM,
    type="COMPLAINT",
    label="Réclamation",
    fields=(FormField("words", "Ce que la personne a dit", "note", required=True),),
    documents=(),
    queue_label="Réclamations",
    legal=legal_clock(NOW, 10, 2),
)
