"""How the fields of a facet are written in the catalogue (`avise.models.facet_specs`)."""

from __future__ import annotations

from datetime import timedelta

from avise.models.facets import Datum, FieldKind, FieldSpec

MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)


def text_field(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    """Return a field of words."""
    return FieldSpec(name, FieldKind.TEXT, datum)


def date_field(name: str, datum: Datum = Datum.NEUTRAL) -> FieldSpec:
    """Return a field that holds a day."""
    return FieldSpec(name, FieldKind.DATE, datum)


def amount_field(name: str) -> FieldSpec:
    """Return a field that holds an amount."""
    return FieldSpec(name, FieldKind.AMOUNT)


def enum_field(name: str, *values: str) -> FieldSpec:
    """Return a field that holds one of our codes."""
    return FieldSpec(name, FieldKind.ENUM, values=values)
