"""Facets that a company alone has, or that tell a person’s employer.

Part of the catalogue: `avise.models.facet_specs` names every facet.
"""

from __future__ import annotations

from avise.models.facet_fields import MINUTES, date_field, enum_field, text_field
from avise.models.facets import Datum, FacetSpec, FieldKind, FieldSpec, Sensitivity, Shape

COMPANY = FacetSpec(
    "company",
    "store",
    Shape.CARD,
    Sensitivity.NONE,
    240 * MINUTES,
    Datum.NEUTRAL,
    (
        text_field("name"),
        text_field("siren"),
        text_field("siret"),
        text_field("collective_agreement"),
        FieldSpec("headcount", FieldKind.INTEGER),
        text_field("colleges"),
        text_field("contract"),
        text_field("plan"),
        FieldSpec("employer_share", FieldKind.INTEGER),
        FieldSpec("affiliated", FieldKind.INTEGER),
        FieldSpec("portability", FieldKind.INTEGER),
        text_field("hr_contact"),
        text_field("hr_phone", Datum.CONTACT),
        text_field("hr_email", Datum.CONTACT),
        text_field("payroll_agent"),
        text_field("declaration_month"),
        enum_field("declaration_state", "ok", "anomaly", "missing"),
        text_field("declaration_anomaly"),
    ),
)

ESTABLISHMENTS = FacetSpec(
    "establishments",
    "map-pin",
    Shape.LIST,
    Sensitivity.NONE,
    240 * MINUTES,
    Datum.NEUTRAL,
    (
        text_field("name"),
        text_field("siret"),
        text_field("postcode"),
        text_field("city"),
        FieldSpec("headcount", FieldKind.INTEGER),
        FieldSpec("head_office", FieldKind.BOOL),
    ),
)

EMPLOYEES = FacetSpec(
    "employees",
    "users",
    Shape.LIST,
    Sensitivity.PERSONAL,
    240 * MINUTES,
    Datum.NAME,
    (
        text_field("last_name", Datum.NAME),
        text_field("first_name", Datum.NAME),
        text_field("member_number", Datum.NAME),
        text_field("college"),
        enum_field(
            "kind", "individual", "group_mandatory", "group_voluntary", "portability", "evin", "self_employed"
        ),
        enum_field("status", "active", "suspended", "terminated", "future", "ending"),
        date_field("joined_on"),
        date_field("left_on"),
    ),
)
"""Who is covered by a company's contract: the affiliation alone, never what was reimbursed."""
