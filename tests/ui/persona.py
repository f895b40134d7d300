"""Hélène Marchand's file, as the design's mock-ups show it, in the updates that the services give."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.services.customer_updates import (
    Alert,
    AlertsChanged,
    CustomerUpdate,
    FacetChanged,
    Header,
    HeaderChanged,
    Likelihood,
    OpeningSettled,
    Severity,
    SuggestedAction,
    Suggestion,
    SuggestionsChanged,
    TimelineChanged,
    Verification,
    VerificationChanged,
    VerificationLevel,
)

HELENE = UUID(int=0x0482917350)
NOW = datetime(2026, 3, 24, 9, 44, 52, tzinfo=UTC)
"""10:44:52 in Paris."""


def _ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def _header() -> Header:
    return Header(
        person=HELENE,
        dossier=HELENE,
        title="mrs",
        last_name="MARCHAND",
        first_name="Hélène",
        birth_date=date(1968, 3, 12),
        age=58,
        member_number="0482917350",
        phone="+33639984127",
        email="helene.marchand@example.fr",
        address="14 rue des Tilleuls, 44000 Nantes",
        nir_masked="2 68 03 •• ••• ••• ••",
        plan="Sérénité 3",
        member_since=date(2014, 1, 1),
        company_name="",
        restricted=False,
        advisor="Marc Le Goff",
        identifiers={"parties.party": "PTY-0004829"},
    )


def _view(
    facet: str,
    source: str,
    source_name: str,
    *records: Mapping[str, object],
    state: FacetState = FacetState.FRESH,
    minutes: float = 0.5,
    **more: object,
) -> FacetChanged:
    rows = tuple(
        FacetRecord(f"{facet}-{index}", record)  # type: ignore[arg-type]  # JSON by construction
        for index, record in enumerate(records)
    )
    read = _ago(minutes=minutes)
    return FacetChanged(
        FacetView(facet, source, source_name, state, rows, read, read, **more)  # type: ignore[arg-type]  # test data
    )


def _facets() -> tuple[CustomerUpdate, ...]:
    down = Failure(ErrorKind.TIMEOUT, since=_ago(seconds=40), retry_at=NOW + timedelta(seconds=38))
    return (
        _view(
            "identity",
            "parties",
            "Contrats",
            {
                "title": "mrs",
                "last_name": "MARCHAND",
                "first_name": "Hélène",
                "birth_name": "GAUTIER",
                "birth_date": "1968-03-12",
                "birth_place": "Saint-Nazaire",
                "nir": "2 68 03 •• ••• ••• ••",
                "nir_certified": True,
                "member_number": "0482917350",
                "member_since": "2014-01-01",
                "vital_status": "alive",
                "restricted": False,
                "accessibility": "deaf",
                "rights_status": "open",
                "advisor": "Marc Le Goff",
                "agency": "Nantes Centre",
            },
        ),
        _view(
            "contracts",
            "parties",
            "Contrats",
            {
                "number": "C-2014-00871",
                "kind": "individual",
                "product": "Sérénité",
                "plan": "Sérénité 3",
                "options": "Médecines douces",
                "effective_date": "2014-01-01",
                "anniversary_date": "2026-12-31",
                "status": "active",
                "responsible": True,
                "fund": "CPAM 44",
            },
        ),
        _view(
            "guarantees",
            "benefits",
            "Prestations",
            {
                "category": "optics",
                "label": "Monture et verres",
                "ceiling": "450.00",
                "used": "214.00",
                "remaining": "236.00",
                "renews_on": "2028-03-02",
            },
            {
                "category": "paramedical",
                "label": "Médecines douces",
                "ceiling": "160.00",
                "used": "40.00",
                "remaining": "120.00",
                "renews_on": "2027-01-01",
            },
            {
                "category": "dental",
                "label": "Prothèses dentaires",
                "ceiling": "900.00",
                "used": "0.00",
                "remaining": "900.00",
                "renews_on": "2027-01-01",
            },
        ),
        _view(
            "benefits",
            "benefits",
            "Prestations",
            *(
                {
                    "paid_on": paid,
                    "care_date": paid,
                    "person": "Hélène",
                    "category": category,
                    "label": label,
                    "provider": provider,
                    "amount": amount,
                    "out_of_pocket": "0.00",
                    "paid_to": "member",
                    "status": "paid",
                    "statement": "26-0318-441",
                }
                for paid, category, label, provider, amount in (
                    ("2026-03-20", "optics", "Optique, monture et verres", "Optique du Port", "214.00"),
                    ("2026-03-02", "consultations", "Consultation spécialiste", "Dr Le Guen", "27.50"),
                    ("2026-02-18", "pharmacy", "Pharmacie (tiers payant)", "Pharmacie du Quai", "11.84"),
                    ("2026-02-03", "laboratory", "Analyses de biologie", "Labo Erdre", "19.62"),
                    ("2026-01-21", "paramedical", "Kinésithérapie, 6 séances", "M. Roussel", "58.08"),
                    ("2026-01-09", "consultations", "Consultation généraliste", "Dr Petit", "9.00"),
                )
            ),
            total=14,
        ),
        _view(
            "contributions",
            "contributions",
            "Cotisations",
            {
                "due_on": "2026-04-05",
                "amount": "84.20",
                "status": "due",
                "method": "direct_debit",
                "contract": "C-2014-00871",
            },
            {
                "due_on": "2026-03-05",
                "amount": "84.20",
                "status": "rejected",
                "method": "direct_debit",
                "reject_code": "AM04",
                "stage": "reminder",
            },
            {
                "due_on": "2026-02-05",
                "amount": "84.20",
                "status": "paid",
                "method": "direct_debit",
                "paid_on": "2026-02-05",
            },
            {
                "due_on": "2026-01-05",
                "amount": "84.20",
                "status": "paid",
                "method": "direct_debit",
                "paid_on": "2026-01-05",
            },
            state=FacetState.STALE,
            minutes=155,
            error=Failure(ErrorKind.UNAVAILABLE, since=_ago(minutes=50)),
        ),
        _view(
            "bank",
            "contributions",
            "Cotisations",
            {
                "usage": "both",
                "iban": "FR76 •••• •••• •••• •••• •••4 417",
                "holder": "MARCHAND Hélène",
                "mandate": "RUM-0482917",
                "signed_on": "2014-01-01",
                "status": "active",
                "holder_check": "match",
            },
        ),
        _view(
            "noemie",
            "noemie",
            "Flux NOÉMIE",
            {
                "person": "Hélène",
                "state": "acknowledged",
                "fund": "CPAM 44",
                "requested_on": "2014-01-03",
                "last_statement_on": "2026-03-09",
            },
        ),
        _view(
            "rights",
            "rights",
            "Tiers payant",
            {
                "card_number": "TP-2026-48291",
                "person": "Hélène",
                "valid_from": "2026-01-01",
                "valid_to": "2026-12-31",
                "edition": "paper",
                "sent_on": "2025-12-12",
                "status": "active",
            },
            minutes=1.5,
        ),
        _view(
            "beneficiaries",
            "parties",
            "Contrats",
            {"last_name": "MARCHAND", "first_name": "Yves", "birth_date": "1965-09-04", "relation": "spouse"},
            {
                "last_name": "MARCHAND",
                "first_name": "Lou",
                "birth_date": "2003-10-01",
                "relation": "child",
                "rights_until": "2026-09-30",
                "awaited_document": "school_certificate",
            },
        ),
        _view(
            "member_space",
            "relation",
            "Espace adhérent",
            {
                "account": "active",
                "created_on": "2016-02-11",
                "last_login_at": "2026-03-24T08:55:00+01:00",
                "device": "mobile",
                "last_page": "Mes remboursements",
                "last_search": "délai virement optique",
                "notifications": "email_and_sms",
                "two_factor": True,
            },
        ),
        _view(
            "appointments",
            "calendar",
            "Agences",
            {
                "starts_at": "2026-04-02T14:30:00+02:00",
                "ends_at": "2026-04-02T15:00:00+02:00",
                "kind": "agency",
                "subject": "Bilan de garanties",
                "place": "Nantes Centre",
                "advisor": "Marc Le Goff",
                "status": "confirmed",
            },
        ),
        _view(
            "complaints",
            "complaints",
            "Réclamations",
            {
                "number": "R-2291",
                "subject": "Délai de traitement optique",
                "channel": "member_space",
                "received_on": "2026-03-12",
                "acknowledged_on": "2026-03-13",
                "answer_by": "2026-03-27",
                "level": "first",
                "status": "acknowledged",
                "handler": "Karim Benali",
            },
        ),
        _view("documents", "documents", "GED", state=FacetState.FAILED, error=down),
        FacetChanged(
            FacetView("authorizations", "authorizations", "Devis et PEC", FacetState.WAITING, refreshing=True)
        ),
        _view(
            "consents",
            "parties",
            "Contrats",
            {"purpose": "commercial", "channel": "phone", "state": "no", "since": "2024-05-02"},
        ),
    )


_ENTRIES = (
    ("call", "call_in", "Appel entrant", "Remboursement optique non reçu", "relation", 5, "in_progress"),
    ("member_space", "member_space", "Consulte « Mes remboursements »", "3 pages", "relation", 110, ""),
    ("act", "payment", "Virement émis, 214,00 €", "Décompte 26-0318-441", "benefits", 1002, ""),
    ("message", "sms", "SMS envoyé : remboursement traité", "Remis à 09:12", "relation", 1532, ""),
    ("act", "statement", "Décompte liquidé, optique", "Payé 214,00 € · reste 36,00 €", "benefits", 5527, ""),
    ("call", "call_missed", "Appel sortant, sans réponse", "Message vocal laissé", "relation", 11140, ""),
    ("email", "email_in", "E-mail reçu : « Où en est-ce ? »", "Réponse", "relation", 17216, ""),
    ("act", "complaint", "Réclamation R-2291 ouverte", "Délai optique", "complaints", 17214, ""),
    ("letter", "letter_in", "Courrier reçu : facture", "Optique du Port, 250 €", "documents", 21734, ""),
    ("act", "rejection", "Prélèvement rejeté, 84,20 €", "Provision insuffisante", "contributions", 27644, ""),
    ("agency", "agency", "Rendez-vous en agence", "Nantes Centre, Marc Le Goff", "calendar", 70244, ""),
    ("letter", "letter_out", "Courrier envoyé : carte", "Carte 2026", "documents", 79232, ""),
)  # fmt: skip


def _timeline() -> TimelineChanged:
    entries = tuple(
        TimelineEntry(
            f"entry-{index}",
            _ago(minutes=age),
            TimelineGroup(group),
            variant,
            title,
            summary,
            source,
            status,
            has_body=variant == "email_in",
        )
        for index, (group, variant, title, summary, source, age, status) in enumerate(_ENTRIES)
    )
    return TimelineChanged(entries, ("GED",))


def _suggestions() -> SuggestionsChanged:
    act = SuggestedAction
    return SuggestionsChanged(
        (
            Suggestion(
                "payment",
                "Remboursement optique",
                "Reçue le 09/03, liquidée le 20/03. **Virement de 214,00 € émis hier**, "
                "sur le compte sous 48 h.",
                Likelihood.VERY_LIKELY,
                "R01",
                ("benefits",),
                actions=(act("insert", "pen-line"), act("show", "arrow-up-right", "benefits")),
            ),
            Suggestion(
                "complaint",
                "Réclamation R-2291",
                "Réponse écrite due le **27/03**. Le virement lève le motif.",
                Likelihood.LIKELY,
                "R21",
                ("complaints",),
                actions=(
                    act("insert", "pen-line"),
                    act("show", "arrow-up-right", "complaints"),
                    act("request", "list-plus", "COMPLAINT"),
                ),
            ),
            Suggestion(
                "debit",
                "Rejet du prélèvement de mars",
                "**84,20 €** rejetés le 05/03 (provision). Nouvelle présentation le 05/04.",
                Likelihood.POSSIBLE,
                "R15",
                ("contributions",),
                stale=True,
                actions=(act("insert", "pen-line"), act("show", "arrow-up-right", "contributions")),
            ),
        ),
        4,
    )


def _alerts() -> AlertsChanged:
    return AlertsChanged(
        (
            Alert(
                "complaint", Severity.DANGER, 1, "flag", {"number": "R-2291", "date": "27/03"}, "complaints"
            ),
            Alert(
                "arrears",
                Severity.WARN,
                7,
                "circle-alert",
                {"amount": "84,20 €", "date": "05/03"},
                "contributions",
            ),
            Alert("accessibility_deaf", Severity.NOTE, 4, "ear", {"title": "mrs"}, "identity"),
            Alert("commercial_refused", Severity.NEUTRAL, 9, "ban", {}, "consents"),
        )
    )


def helene_updates() -> tuple[CustomerUpdate, ...]:
    """Return everything that an opening of her file tells, in a plausible order."""
    return (
        HeaderChanged(_header()),
        VerificationChanged(Verification(VerificationLevel.STRONG, correct=3, needed=3, at=_ago(minutes=3))),
        *_facets(),
        _alerts(),
        _suggestions(),
        _timeline(),
        OpeningSettled(fresh=11, stale=1, failed=1, forbidden=0, elapsed_ms=1830),
    )
