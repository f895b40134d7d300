"""Facets of what is covered, reimbursed and paid.

Part of the catalogue: `avise.models.facet_specs` names every facet.
"""

from __future__ import annotations

from avise.models.facet_fields import HOURS, MINUTES, amount_field, date_field, enum_field, text_field
from avise.models.facets import Datum, FacetSpec, FieldKind, FieldSpec, Sensitivity, Shape

CATEGORY = enum_field(
    "category", "consultations", "pharmacy", "laboratory", "paramedical", "dental", "optics", "audiology",
    "hospital", "soft_medicine", "other",
)  # fmt: skip

CONTRACTS = FacetSpec(
    "contracts",
    "file-check",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * MINUTES,
    Datum.NEUTRAL,
    (
        text_field("number"),
        enum_field(
            "kind", "individual", "group_mandatory", "group_voluntary", "portability", "evin", "self_employed"
        ),
        text_field("product"),
        text_field("plan"),
        text_field("options"),
        date_field("effective_date"),
        date_field("anniversary_date"),
        date_field("end_date"),
        enum_field("status", "active", "suspended", "terminated", "future", "ending"),
        text_field("end_reason"),
        FieldSpec("responsible", FieldKind.BOOL),
        text_field("company_name"),
        text_field("company_siren"),
        text_field("college"),
        text_field("fund"),
    ),
)

GUARANTEES = FacetSpec(
    "guarantees",
    "list-checks",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * MINUTES,
    Datum.NEUTRAL,
    (
        CATEGORY,
        text_field("label"),
        text_field("rule"),
        amount_field("ceiling"),
        amount_field("used"),
        amount_field("remaining"),
        date_field("renews_on"),
        date_field("waiting_until"),
        text_field("person", Datum.NAME),
    ),
)

RIGHTS = FacetSpec(
    "rights",
    "credit-card",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * MINUTES,
    Datum.NEUTRAL,
    (
        text_field("card_number"),
        text_field("person", Datum.NAME),
        text_field("amc_number"),
        date_field("valid_from"),
        date_field("valid_to"),
        enum_field("edition", "paper", "digital"),
        date_field("sent_on"),
        enum_field("status", "active", "expired", "cancelled", "refused", "in_production"),
        text_field("refusal"),
    ),
)

BENEFITS = FacetSpec(
    "benefits",
    "receipt-euro",
    Shape.LIST,
    Sensitivity.HEALTH,
    10 * MINUTES,
    Datum.BENEFIT_LINE,
    (
        date_field("paid_on"),
        date_field("care_date"),
        text_field("person", Datum.NAME),
        CATEGORY,
        text_field("label", Datum.ACT_LABEL),
        text_field("provider", Datum.ACT_LABEL),
        amount_field("spent"),
        amount_field("base"),
        amount_field("mandatory_amount"),
        amount_field("amount"),
        amount_field("out_of_pocket"),
        enum_field("paid_to", "member", "provider"),
        enum_field("status", "paid", "pending", "rejected", "adjusted", "reversed"),
        text_field("reject_reason"),
        text_field("statement"),
    ),
    usable_for=24 * HOURS,
)

AUTHORIZATIONS = FacetSpec(
    "authorizations",
    "file-clock",
    Shape.LIST,
    Sensitivity.HEALTH,
    10 * MINUTES,
    Datum.BENEFIT_LINE,
    (
        text_field("number"),
        enum_field("kind", "optics", "dental", "audiology", "hospital"),
        text_field("person", Datum.NAME),
        text_field("provider", Datum.ACT_LABEL),
        date_field("requested_on"),
        date_field("care_date"),
        amount_field("quoted"),
        amount_field("mandatory_amount"),
        amount_field("amount"),
        amount_field("out_of_pocket"),
        enum_field(
            "status", "pending", "accepted", "partial", "refused", "expired", "missing_document", "cancelled"
        ),
        date_field("valid_until"),
        text_field("reason"),
    ),
    usable_for=24 * HOURS,
)

CONTRIBUTIONS = FacetSpec(
    "contributions",
    "euro",
    Shape.LIST,
    Sensitivity.FINANCIAL,
    10 * MINUTES,
    Datum.CONTRIBUTIONS,
    (
        date_field("due_on"),
        amount_field("amount"),
        amount_field("employer_share"),
        enum_field("status", "paid", "due", "rejected", "represented", "written_off", "refunded"),
        enum_field("method", "direct_debit", "card", "cheque", "transfer", "payroll"),
        date_field("paid_on"),
        enum_field("reject_code", "AM04", "AC04", "MD01", "MS02"),
        enum_field(
            "stage", "none", "reminder", "formal_notice", "suspension", "termination", "instalment_plan"
        ),
        text_field("contract"),
    ),
)

BANK = FacetSpec(
    "bank",
    "banknote",
    Shape.LIST,
    Sensitivity.FINANCIAL,
    10 * MINUTES,
    Datum.NEUTRAL,
    (
        enum_field("usage", "benefits", "contributions", "both"),
        FieldSpec("iban", FieldKind.IBAN, Datum.IBAN),
        text_field("holder", Datum.NAME),
        text_field("bic"),
        text_field("mandate"),
        date_field("signed_on"),
        date_field("changed_on"),
        enum_field("status", "active", "closed", "pending", "suspect"),
        enum_field("holder_check", "match", "close_match", "no_match", "not_checked"),
    ),
    live_fields=("iban",),
)

NOEMIE = FacetSpec(
    "noemie",
    "arrow-right-left",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * MINUTES,
    Datum.NEUTRAL,
    (
        text_field("person", Datum.NAME),
        enum_field("state", "none", "waiting", "acknowledged", "reported", "rejected", "conflict", "refused"),
        text_field("code"),
        text_field("fund"),
        date_field("requested_on"),
        date_field("changed_on"),
        date_field("last_statement_on"),
        text_field("other_insurer"),
    ),
)
