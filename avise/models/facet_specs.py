"""The canonical facets of a customer: what a block of the screen holds, whichever tool feeds it.

Connectors map their tool's fields to these names and put the rest in `extra` (decision 12).
Enumerations hold the canonical English codes listed here; an unknown code is kept as it is and shown
as "? CODE".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from avise.models.facets import Datum, FacetSpec, FieldKind, FieldSpec, Sensitivity, Shape

_MINUTES = timedelta(minutes=1)
_HOURS = timedelta(hours=1)


def _text(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    return FieldSpec(name, FieldKind.TEXT, datum)


def _date(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    return FieldSpec(name, FieldKind.DATE, datum)


def _amount(name: str) -> FieldSpec:
    return FieldSpec(name, FieldKind.AMOUNT)


def _enum(name: str, *values: str) -> FieldSpec:
    return FieldSpec(name, FieldKind.ENUM, values=values)


_CATEGORY = _enum(
    "category", "consultations", "pharmacy", "laboratory", "paramedical", "dental", "optics", "audiology",
    "hospital", "soft_medicine", "other",
)  # fmt: skip

IDENTITY = FacetSpec(
    "identity",
    "id-card",
    Shape.CARD,
    Sensitivity.PERSONAL,
    2 * _MINUTES,
    Datum.NAME,
    (
        _enum("title", "mr", "mrs"),
        _text("last_name", Datum.NAME),
        _text("birth_name", Datum.NAME),
        _text("first_name", Datum.NAME),
        _date("birth_date", Datum.BIRTH_DATE),
        _text("birth_place", Datum.BIRTH_DATE),
        FieldSpec("nir", FieldKind.NIR, Datum.NIR),
        FieldSpec("nir_certified", FieldKind.BOOL),
        _text("member_number", Datum.NAME),
        _date("member_since"),
        _enum("vital_status", "alive", "deceased"),
        _date("death_date"),
        FieldSpec("restricted", FieldKind.BOOL),
        FieldSpec("staff_member", FieldKind.BOOL),
        _enum("protection", "none", "guardianship", "curatorship", "safeguard"),
        _text("legal_representative"),
        _text("authorized_third_party"),
        _enum("authorized_scope", "all", "benefits", "contract", "contributions"),
        _date("authorized_until"),
        _enum("accessibility", "none", "deaf", "low_vision", "reading_difficulty"),
        _enum("rights_status", "open", "closed", "suspended"),
        _date("rights_until"),
        _text("advisor"),
        _text("agency"),
    ),
    live_fields=("nir",),
)

CONTACT_POINTS = FacetSpec(
    "contact_points",
    "map-pin",
    Shape.LIST,
    Sensitivity.PERSONAL,
    2 * _MINUTES,
    Datum.CONTACT,
    (
        _enum("kind", "address", "landline", "mobile", "email"),
        _text("value", Datum.CONTACT),
        _text("city", Datum.CONTACT),
        _text("postcode", Datum.CONTACT),
        _enum("status", "ok", "returned", "in_error", "unverified"),
        FieldSpec("preferred", FieldKind.BOOL),
        _date("since"),
    ),
)

CONSENTS = FacetSpec(
    "consents",
    "hand",
    Shape.LIST,
    Sensitivity.PERSONAL,
    timedelta(0),
    Datum.NEUTRAL,
    (
        _enum("purpose", "commercial", "satisfaction", "prevention", "partners"),
        _enum("channel", "phone", "email", "sms", "letter"),
        _enum("state", "yes", "no", "unknown"),
        _date("since"),
        _text("proof"),
    ),
    usable_for=24 * _HOURS,
)

CONTRACTS = FacetSpec(
    "contracts",
    "file-check",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    Datum.NEUTRAL,
    (
        _text("number"),
        _enum(
            "kind", "individual", "group_mandatory", "group_voluntary", "portability", "evin", "self_employed"
        ),
        _text("product"),
        _text("plan"),
        _text("options"),
        _date("effective_date"),
        _date("anniversary_date"),
        _date("end_date"),
        _enum("status", "active", "suspended", "terminated", "future", "ending"),
        _text("end_reason"),
        FieldSpec("responsible", FieldKind.BOOL),
        _text("company_name"),
        _text("company_siren"),
        _text("college"),
        _text("fund"),
    ),
)

GUARANTEES = FacetSpec(
    "guarantees",
    "list-checks",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * _MINUTES,
    Datum.NEUTRAL,
    (
        _CATEGORY,
        _text("label"),
        _text("rule"),
        _amount("ceiling"),
        _amount("used"),
        _amount("remaining"),
        _date("renews_on"),
        _date("waiting_until"),
        _text("person", Datum.NAME),
    ),
)

RIGHTS = FacetSpec(
    "rights",
    "credit-card",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    Datum.NEUTRAL,
    (
        _text("card_number"),
        _text("person", Datum.NAME),
        _text("amc_number"),
        _date("valid_from"),
        _date("valid_to"),
        _enum("edition", "paper", "digital"),
        _date("sent_on"),
        _enum("status", "active", "expired", "cancelled", "refused", "in_production"),
        _text("refusal"),
    ),
)

BENEFICIARIES = FacetSpec(
    "beneficiaries",
    "users",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    Datum.NAME,
    (
        _text("party"),
        _text("last_name", Datum.NAME),
        _text("first_name", Datum.NAME),
        _date("birth_date", Datum.BIRTH_DATE),
        _enum("relation", "spouse", "civil_partner", "cohabitant", "child", "ascendant"),
        FieldSpec("rank", FieldKind.INTEGER),
        _date("joined_on"),
        _date("left_on"),
        _date("rights_until"),
        _enum("awaited_document", "none", "school_certificate", "birth_certificate", "rights_certificate"),
        FieldSpec("own_statements", FieldKind.BOOL),
        FieldSpec("shared_custody", FieldKind.BOOL),
    ),
)

BENEFITS = FacetSpec(
    "benefits",
    "receipt-euro",
    Shape.LIST,
    Sensitivity.HEALTH,
    10 * _MINUTES,
    Datum.BENEFIT_LINE,
    (
        _date("paid_on"),
        _date("care_date"),
        _text("person", Datum.NAME),
        _CATEGORY,
        _text("label", Datum.ACT_LABEL),
        _text("provider", Datum.ACT_LABEL),
        _amount("spent"),
        _amount("base"),
        _amount("mandatory_amount"),
        _amount("amount"),
        _amount("out_of_pocket"),
        _enum("paid_to", "member", "provider"),
        _enum("status", "paid", "pending", "rejected", "adjusted", "reversed"),
        _text("reject_reason"),
        _text("statement"),
    ),
    usable_for=24 * _HOURS,
)

AUTHORIZATIONS = FacetSpec(
    "authorizations",
    "file-clock",
    Shape.LIST,
    Sensitivity.HEALTH,
    10 * _MINUTES,
    Datum.BENEFIT_LINE,
    (
        _text("number"),
        _enum("kind", "optics", "dental", "audiology", "hospital"),
        _text("person", Datum.NAME),
        _text("provider", Datum.ACT_LABEL),
        _date("requested_on"),
        _date("care_date"),
        _amount("quoted"),
        _amount("mandatory_amount"),
        _amount("amount"),
        _amount("out_of_pocket"),
        _enum(
            "status", "pending", "accepted", "partial", "refused", "expired", "missing_document", "cancelled"
        ),
        _date("valid_until"),
        _text("reason"),
    ),
    usable_for=24 * _HOURS,
)

CONTRIBUTIONS = FacetSpec(
    "contributions",
    "euro",
    Shape.LIST,
    Sensitivity.FINANCIAL,
    10 * _MINUTES,
    Datum.CONTRIBUTIONS,
    (
        _date("due_on"),
        _amount("amount"),
        _amount("employer_share"),
        _enum("status", "paid", "due", "rejected", "represented", "written_off", "refunded"),
        _enum("method", "direct_debit", "card", "cheque", "transfer", "payroll"),
        _date("paid_on"),
        _enum("reject_code", "AM04", "AC04", "MD01", "MS02"),
        _enum("stage", "none", "reminder", "formal_notice", "suspension", "termination", "instalment_plan"),
        _text("contract"),
    ),
)

BANK = FacetSpec(
    "bank",
    "banknote",
    Shape.LIST,
    Sensitivity.FINANCIAL,
    10 * _MINUTES,
    Datum.NEUTRAL,
    (
        _enum("usage", "benefits", "contributions", "both"),
        FieldSpec("iban", FieldKind.IBAN, Datum.IBAN),
        _text("holder", Datum.NAME),
        _text("bic"),
        _text("mandate"),
        _date("signed_on"),
        _date("changed_on"),
        _enum("status", "active", "closed", "pending", "suspect"),
        _enum("holder_check", "match", "close_match", "no_match", "not_checked"),
    ),
    live_fields=("iban",),
)

NOEMIE = FacetSpec(
    "noemie",
    "arrow-right-left",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    Datum.NEUTRAL,
    (
        _text("person", Datum.NAME),
        _enum("state", "none", "waiting", "acknowledged", "reported", "rejected", "conflict", "refused"),
        _text("code"),
        _text("fund"),
        _date("requested_on"),
        _date("changed_on"),
        _date("last_statement_on"),
        _text("other_insurer"),
    ),
)

DOCUMENTS = FacetSpec(
    "documents",
    "folder-open",
    Shape.LIST,
    Sensitivity.PERSONAL,
    24 * _HOURS,
    Datum.NEUTRAL,
    (
        _text("title"),
        _enum(
            "kind",
            "certificate",
            "invoice",
            "quote",
            "letter",
            "form",
            "bank_details",
            "identity",
            "statement",
            "other",
        ),
        FieldSpec("dated", FieldKind.DATETIME),
        _enum("direction", "in", "out"),
        _enum("status", "received", "checked", "rejected", "sent", "awaited"),
        FieldSpec("size", FieldKind.INTEGER),
        _text("media_type"),
        FieldSpec("medical", FieldKind.BOOL),
    ),
)

APPOINTMENTS = FacetSpec(
    "appointments",
    "calendar",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * _MINUTES,
    Datum.NEUTRAL,
    (
        FieldSpec("starts_at", FieldKind.DATETIME),
        FieldSpec("ends_at", FieldKind.DATETIME),
        _enum("kind", "agency", "home_visit", "phone", "video"),
        _text("subject"),
        _text("place"),
        _text("advisor"),
        _enum("status", "confirmed", "tentative", "cancelled", "done", "missed"),
    ),
)

COMPLAINTS = FacetSpec(
    "complaints",
    "flag",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * _MINUTES,
    Datum.COMPLAINTS,
    (
        _text("number"),
        _text("subject"),
        _enum("channel", "phone", "email", "letter", "member_space", "agency", "social"),
        _date("received_on"),
        _date("acknowledge_by"),
        _date("acknowledged_on"),
        _date("answer_by"),
        _enum("level", "first", "second", "mediation"),
        _enum("status", "open", "acknowledged", "answered", "closed"),
        _enum("outcome", "none", "upheld", "partly_upheld", "not_upheld", "goodwill"),
        _text("handler"),
    ),
)

MEMBER_SPACE = FacetSpec(
    "member_space",
    "globe",
    Shape.CARD,
    Sensitivity.PERSONAL,
    10 * _MINUTES,
    Datum.NEUTRAL,
    (
        _enum("account", "none", "active", "locked", "to_activate"),
        _date("created_on"),
        FieldSpec("last_login_at", FieldKind.DATETIME),
        _enum("device", "web", "mobile"),
        _text("last_page"),
        _text("last_search"),
        _enum("notifications", "none", "email", "sms", "email_and_sms"),
        FieldSpec("two_factor", FieldKind.BOOL),
    ),
)

COMPANY = FacetSpec(
    "company",
    "store",
    Shape.CARD,
    Sensitivity.NONE,
    240 * _MINUTES,
    Datum.NEUTRAL,
    (
        _text("name"),
        _text("siren"),
        _text("siret"),
        _text("collective_agreement"),
        FieldSpec("headcount", FieldKind.INTEGER),
        _text("colleges"),
        _text("contract"),
        _text("plan"),
        FieldSpec("employer_share", FieldKind.INTEGER),
        FieldSpec("affiliated", FieldKind.INTEGER),
        FieldSpec("portability", FieldKind.INTEGER),
        _text("hr_contact"),
        _text("hr_phone", Datum.CONTACT),
        _text("hr_email", Datum.CONTACT),
        _text("payroll_agent"),
        _text("declaration_month"),
        _enum("declaration_state", "ok", "anomaly", "missing"),
        _text("declaration_anomaly"),
    ),
)

ESTABLISHMENTS = FacetSpec(
    "establishments",
    "map-pin",
    Shape.LIST,
    Sensitivity.NONE,
    240 * _MINUTES,
    Datum.NEUTRAL,
    (
        _text("name"),
        _text("siret"),
        _text("postcode"),
        _text("city"),
        FieldSpec("headcount", FieldKind.INTEGER),
        FieldSpec("head_office", FieldKind.BOOL),
    ),
)

EMPLOYEES = FacetSpec(
    "employees",
    "users",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    Datum.NAME,
    (
        _text("last_name", Datum.NAME),
        _text("first_name", Datum.NAME),
        _text("member_number", Datum.NAME),
        _text("college"),
        _enum(
            "kind", "individual", "group_mandatory", "group_voluntary", "portability", "evin", "self_employed"
        ),
        _enum("status", "active", "suspended", "terminated", "future", "ending"),
        _date("joined_on"),
        _date("left_on"),
    ),
)
"""Who is covered by a company's contract: the affiliation alone, never what was reimbursed."""

FACETS: Mapping[str, FacetSpec] = {
    spec.id: spec
    for spec in (
        IDENTITY, CONTACT_POINTS, CONTRACTS, GUARANTEES, BENEFITS, AUTHORIZATIONS, CONTRIBUTIONS, BANK,
        NOEMIE, RIGHTS, DOCUMENTS, BENEFICIARIES, APPOINTMENTS, COMPLAINTS, MEMBER_SPACE, COMPANY,
        ESTABLISHMENTS, EMPLOYEES, CONSENTS,
    )
}  # fmt: skip
"""Every facet, in the default order of the screen."""
