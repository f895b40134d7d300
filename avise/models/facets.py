"""The canonical facets of a customer: what a block of the screen holds, whichever tool feeds it.

Connectors map their tool's fields to these names and put the rest in `extra` (decision 12).
Values in a record are JSON: text, int, bool, None; amounts are decimal text ("1234.56"), dates
ISO ("2026-03-24"), datetimes ISO and aware. Enumerations hold the canonical English codes listed
here; an unknown code is kept as it is and shown as "? CODE".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.errors import Failure
from avise.models.json_types import JSON


class FieldKind(StrEnum):
    """How a value is written on screen."""

    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    AMOUNT = "amount"
    INTEGER = "integer"
    BOOL = "bool"
    ENUM = "enum"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    NIR = "nir"


class Datum(StrEnum):
    """Rows of the masking matrix (`domain.md` 2.7)."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    NIR = "nir"
    IBAN = "iban"
    CONTACT = "contact"
    BENEFIT_LINE = "benefit_line"
    ACT_LABEL = "act_label"
    MEDICAL_DOCUMENT = "medical_document"
    CONTRIBUTIONS = "contributions"
    COMPLAINTS = "complaints"
    PROTECTED_FILE = "protected_file"
    NEUTRAL = "neutral"
    """Everything that every role may read."""


class Sensitivity(StrEnum):
    """What a facet holds; `health` is purged at log-off."""

    NONE = "none"
    PERSONAL = "personal"
    FINANCIAL = "financial"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a facet's records. Label: catalogue key `field.<facet>.<name>`."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    datum: Datum = Datum.NEUTRAL
    values: tuple[str, ...] = ()
    """Canonical codes of an ENUM; label: catalogue key `enum.<facet>.<name>.<code>`."""


class Shape(StrEnum):
    """How a block is laid out."""

    CARD = "card"
    """Label and value, one record at a time."""
    LIST = "list"
    """One row a record."""


@dataclass(frozen=True, slots=True)
class FacetSpec:
    """What is common to a facet, whatever tool feeds it. Title: catalogue key `facet.<id>`."""

    id: str
    icon: str
    shape: Shape
    sensitivity: Sensitivity
    fresh_for: timedelta
    """Younger: no call to the tool."""
    usable_for: timedelta
    """Older: not shown as data, and purged."""
    deadline: timedelta
    datum: Datum
    """The row of the masking matrix that decides who sees the facet at all."""
    fields: tuple[FieldSpec, ...]
    live_fields: tuple[str, ...] = ()
    """Fields that may be revealed or compared by a live, logged call ("nir", "iban")."""

    def field(self, name: str) -> FieldSpec:
        """Return the field of that name; KeyError when the facet has none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


def _text(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    return FieldSpec(name, FieldKind.TEXT, datum)


def _date(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    return FieldSpec(name, FieldKind.DATE, datum)


def _amount(name: str) -> FieldSpec:
    return FieldSpec(name, FieldKind.AMOUNT)


def _enum(name: str, *values: str) -> FieldSpec:
    return FieldSpec(name, FieldKind.ENUM, values=values)


_MINUTES = timedelta(minutes=1)
_HOURS = timedelta(hours=1)
_DEADLINE = timedelta(seconds=4)

_PURGE_AT_THE_LATEST = 72 * _HOURS
"""Decision 14: nothing stays longer on a workstation unless it was taken on board."""

IDENTITY = FacetSpec(
    "identity",
    "id-card",
    Shape.CARD,
    Sensitivity.PERSONAL,
    2 * _MINUTES,
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    24 * _HOURS,
    _DEADLINE,
    Datum.NEUTRAL,
    (
        _enum("purpose", "commercial", "satisfaction", "prevention"),
        _enum("channel", "phone", "email", "sms", "letter"),
        _enum("state", "yes", "no", "unknown"),
        _date("since"),
        _text("proof"),
    ),
)

CONTRACTS = FacetSpec(
    "contracts",
    "file-check",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * _MINUTES,
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
    Datum.NEUTRAL,
    (
        _enum(
            "category",
            "consultations",
            "pharmacy",
            "laboratory",
            "paramedical",
            "dental",
            "optics",
            "audiology",
            "hospital",
            "soft_medicine",
            "other",
        ),
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    24 * _HOURS,
    _DEADLINE,
    Datum.BENEFIT_LINE,
    (
        _date("paid_on"),
        _date("care_date"),
        _text("person", Datum.NAME),
        _enum(
            "category",
            "consultations",
            "pharmacy",
            "laboratory",
            "paramedical",
            "dental",
            "optics",
            "audiology",
            "hospital",
            "soft_medicine",
            "other",
        ),
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
)

AUTHORIZATIONS = FacetSpec(
    "authorizations",
    "file-clock",
    Shape.LIST,
    Sensitivity.HEALTH,
    10 * _MINUTES,
    24 * _HOURS,
    _DEADLINE,
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
)

CONTRIBUTIONS = FacetSpec(
    "contributions",
    "euro",
    Shape.LIST,
    Sensitivity.FINANCIAL,
    10 * _MINUTES,
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
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
    72 * _HOURS,
    _DEADLINE,
    Datum.NEUTRAL,
    (
        _text("name"),
        _text("siren"),
        _text("siret"),
        _text("collective_agreement"),
        FieldSpec("headcount", FieldKind.INTEGER),
        _text("colleges"),
        _text("contract"),
        _text("hr_contact"),
        _text("payroll_agent"),
        _text("declaration_month"),
        _enum("declaration_state", "ok", "anomaly", "missing"),
        _text("declaration_anomaly"),
    ),
)

FACETS: Mapping[str, FacetSpec] = {
    spec.id: spec
    for spec in (
        IDENTITY, CONTACT_POINTS, CONTRACTS, GUARANTEES, BENEFITS, AUTHORIZATIONS, CONTRIBUTIONS, BANK,
        NOEMIE, RIGHTS, DOCUMENTS, BENEFICIARIES, APPOINTMENTS, COMPLAINTS, MEMBER_SPACE, COMPANY, CONSENTS,
    )
}  # fmt: skip
"""Every facet, in the default order of the screen."""


class FacetState(StrEnum):
    """Decision 13; one pure function (`avise.models.freshness`) gives it."""

    WAITING = "waiting"
    PARTIAL = "partial"
    FRESH = "fresh"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    STALE = "stale"
    FAILED = "failed"
    FORBIDDEN = "forbidden"
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not_applicable"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class FacetRecord:
    """One record of a facet, masked for the reader."""

    id: str
    """Stable within (source, facet)."""
    data: Mapping[str, JSON]
    as_of: datetime | None = None
    masked: frozenset[str] = frozenset()
    """Fields whose value is a masked form."""
    extra: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetView:
    """One block of the customer screen at one moment, from one tool."""

    facet: str
    source: str
    """Instance of the connector."""
    source_name: str
    """What staff call the tool."""
    state: FacetState
    records: Sequence[FacetRecord] = ()
    as_of: datetime | None = None
    """When the source says that it was true, else when it was read. Aware."""
    fetched_at: datetime | None = None
    total: int | None = None
    """How many records the source says there are, when it is more than shown."""
    truncated_because: str = ""
    error: Failure | None = None
    """With STALE: why the copy is shown. With FAILED: why nothing is."""
    refreshing: bool = False
    changed: bool = False
    """The source announced a change since this reading."""
    unreadable: int = 0
    """Records that did not fit the facet's schema and were left out."""
