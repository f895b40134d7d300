"""Facets of who somebody is and of what they exchange with the mutual.

Part of the catalogue: `avise.models.facet_specs` names every facet.
"""

from __future__ import annotations

from datetime import timedelta

from avise.models.facet_fields import HOURS, MINUTES, date_field, enum_field, text_field
from avise.models.facets import Datum, FacetSpec, FieldKind, FieldSpec, Sensitivity, Shape

IDENTITY = FacetSpec(
    "identity",
    "id-card",
    Shape.CARD,
    Sensitivity.PERSONAL,
    2 * MINUTES,
    Datum.NAME,
    (
        enum_field("title", "mr", "mrs"),
        text_field("last_name", Datum.NAME),
        text_field("birth_name", Datum.NAME),
        text_field("first_name", Datum.NAME),
        date_field("birth_date", Datum.BIRTH_DATE),
        text_field("birth_place", Datum.BIRTH_DATE),
        FieldSpec("nir", FieldKind.NIR, Datum.NIR),
        FieldSpec("nir_certified", FieldKind.BOOL),
        text_field("member_number", Datum.NAME),
        date_field("member_since"),
        enum_field("vital_status", "alive", "deceased"),
        date_field("death_date"),
        FieldSpec("restricted", FieldKind.BOOL),
        FieldSpec("staff_member", FieldKind.BOOL),
        enum_field("protection", "none", "guardianship", "curatorship", "safeguard"),
        text_field("legal_representative"),
        text_field("authorized_third_party"),
        enum_field("authorized_scope", "all", "benefits", "contract", "contributions"),
        date_field("authorized_until"),
        enum_field("accessibility", "none", "deaf", "low_vision", "reading_difficulty"),
        enum_field("rights_status", "open", "closed", "suspended"),
        date_field("rights_until"),
        text_field("advisor"),
        text_field("agency"),
    ),
    live_fields=("nir",),
)

CONTACT_POINTS = FacetSpec(
    "contact_points",
    "map-pin",
    Shape.LIST,
    Sensitivity.PERSONAL,
    2 * MINUTES,
    Datum.CONTACT,
    (
        enum_field("kind", "address", "landline", "mobile", "email"),
        text_field("value", Datum.CONTACT),
        text_field("city", Datum.CONTACT),
        text_field("postcode", Datum.CONTACT),
        enum_field("status", "ok", "returned", "in_error", "unverified"),
        FieldSpec("preferred", FieldKind.BOOL),
        date_field("since"),
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
        enum_field("purpose", "commercial", "satisfaction", "prevention", "partners"),
        enum_field("channel", "phone", "email", "sms", "letter"),
        enum_field("state", "yes", "no", "unknown"),
        date_field("since"),
        text_field("proof"),
    ),
    usable_for=24 * HOURS,
)

BENEFICIARIES = FacetSpec(
    "beneficiaries",
    "users",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * MINUTES,
    Datum.NAME,
    (
        text_field("party"),
        text_field("last_name", Datum.NAME),
        text_field("first_name", Datum.NAME),
        date_field("birth_date", Datum.BIRTH_DATE),
        enum_field("relation", "spouse", "civil_partner", "cohabitant", "child", "ascendant"),
        FieldSpec("rank", FieldKind.INTEGER),
        date_field("joined_on"),
        date_field("left_on"),
        date_field("rights_until"),
        enum_field(
            "awaited_document", "none", "school_certificate", "birth_certificate", "rights_certificate"
        ),
        FieldSpec("own_statements", FieldKind.BOOL),
        FieldSpec("shared_custody", FieldKind.BOOL),
    ),
)

DOCUMENTS = FacetSpec(
    "documents",
    "folder-open",
    Shape.LIST,
    Sensitivity.PERSONAL,
    24 * HOURS,
    Datum.NEUTRAL,
    (
        text_field("title"),
        enum_field(
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
        enum_field("direction", "in", "out"),
        enum_field("status", "received", "checked", "rejected", "sent", "awaited"),
        FieldSpec("size", FieldKind.INTEGER),
        text_field("media_type"),
        FieldSpec("medical", FieldKind.BOOL),
    ),
)

APPOINTMENTS = FacetSpec(
    "appointments",
    "calendar",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * MINUTES,
    Datum.NEUTRAL,
    (
        FieldSpec("starts_at", FieldKind.DATETIME),
        FieldSpec("ends_at", FieldKind.DATETIME),
        enum_field("kind", "agency", "home_visit", "phone", "video"),
        text_field("subject"),
        text_field("place"),
        text_field("advisor"),
        enum_field("status", "confirmed", "tentative", "cancelled", "done", "missed"),
        text_field("customer"),
        text_field("notes", Datum.CONTACT),
    ),
)

COMPLAINTS = FacetSpec(
    "complaints",
    "flag",
    Shape.LIST,
    Sensitivity.PERSONAL,
    10 * MINUTES,
    Datum.COMPLAINTS,
    (
        text_field("number"),
        text_field("subject"),
        enum_field("channel", "phone", "email", "letter", "member_space", "agency", "social"),
        date_field("received_on"),
        date_field("acknowledge_by"),
        date_field("acknowledged_on"),
        date_field("answer_by"),
        enum_field("level", "first", "second", "mediation"),
        enum_field("status", "open", "acknowledged", "answered", "closed"),
        enum_field("outcome", "none", "upheld", "partly_upheld", "not_upheld", "goodwill"),
        text_field("handler"),
    ),
)

MEMBER_SPACE = FacetSpec(
    "member_space",
    "globe",
    Shape.CARD,
    Sensitivity.PERSONAL,
    10 * MINUTES,
    Datum.NEUTRAL,
    (
        enum_field("account", "none", "active", "locked", "to_activate"),
        date_field("created_on"),
        FieldSpec("last_login_at", FieldKind.DATETIME),
        enum_field("device", "web", "mobile"),
        text_field("last_page"),
        text_field("last_search"),
        enum_field("notifications", "none", "email", "sms", "email_and_sms"),
        FieldSpec("two_factor", FieldKind.BOOL),
    ),
)
