"""Checks what a connector gives against the canonical facets; a bad record is left out and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from avise.connectors.contract import Record
from avise.connectors.record_pages import record_of
from avise.models.facet_specs import FACETS
from avise.models.facets import FacetSpec, FieldKind, FieldSpec
from avise.models.identifiers import is_masked_nir
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON

IBAN_CHARACTERS = 8
"""A masked IBAN shows at most its country, its key and its last four characters (`domain.md` 2.7)."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A record that fits, and how many of its codes the facet does not know."""

    record: Record
    drift: int = 0


Check = Callable[[Any], Checked | None]
"""Checks one item of a facet, or of the timeline; None means that it cannot be read."""


def check_of(facet: str) -> Check:
    """Return what checks the items of a facet; a name that is no facet is the timeline's."""
    spec = FACETS.get(facet)
    if spec is None:
        return _checked_interaction

    def check(item: object) -> Checked | None:
        return check_record(spec, item) if isinstance(item, Record) else None

    return check


def _checked_interaction(item: object) -> Checked | None:
    if not isinstance(item, Interaction) or not check_interaction(item):
        return None
    return Checked(record_of(item))


def check_record(spec: FacetSpec, record: Record) -> Checked | None:
    """Return the record with the fields that the facet does not have moved to `extra`.

    Returns:
        None when it cannot be shown truthfully: no identifier, a value of the wrong type, a float
        anywhere, a date without its zone, a NIR or an IBAN in the clear.
    """
    if not _is_identifier(record.id) or not _is_aware(record.as_of) or _holds_float(record.extra):
        return None
    known = {field.name: field for field in spec.fields}
    drift = 0
    strangers: dict[str, JSON] = {}
    for name, value in record.data.items():
        field = known.get(name)
        if field is None:
            if _holds_float(value):
                return None
            strangers[name] = value
        elif value is not None and not _fits(field, value):
            return None
        elif field.kind is FieldKind.ENUM and value and value not in field.values:
            drift += 1
    if not strangers:
        return Checked(record, drift)
    data = {name: value for name, value in record.data.items() if name in known}
    return Checked(replace(record, data=data, extra={**strangers, **record.extra}), drift + len(strangers))


def misfit(facet: str, record: Record) -> str:
    """Return the field for which a record of a facet is refused, "" when none of them is at fault."""
    for field in FACETS[facet].fields:
        value = record.data.get(field.name)
        if value is not None and not _fits(field, value):
            return field.name
    return "" if _is_identifier(record.id) else "id"


def check_interaction(interaction: Interaction) -> bool:
    """Tell whether an exchange can be placed on the timeline."""
    return (
        _is_identifier(interaction.id)
        and _is_moment(interaction.at)
        and _is_a(Channel, interaction.channel)
        and _is_a(Direction, interaction.direction)
        and not isinstance(interaction.duration_s, float)
    )


def _is_a(kind: type, value: object) -> bool:
    # Connectors are code of others: their values may not be what the types promise.
    return isinstance(value, kind)


def _is_moment(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def _is_identifier(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_aware(moment: datetime | None) -> bool:
    return moment is None or moment.tzinfo is not None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _is_datetime(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _holds_float(value: JSON) -> bool:
    if isinstance(value, float):
        return True
    if isinstance(value, Mapping):
        return any(_holds_float(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_float(item) for item in value)
    return False


def _is_integer(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _of_text(fits: Callable[[str], bool]) -> Callable[[JSON], bool]:
    return lambda value: isinstance(value, str) and fits(value)


def _hides_iban(text: str) -> bool:
    return sum(character.isalnum() for character in text) <= IBAN_CHARACTERS


_FITS: Mapping[FieldKind, Callable[[JSON], bool]] = {
    FieldKind.INTEGER: _is_integer,
    FieldKind.BOOL: lambda value: isinstance(value, bool),
    FieldKind.DATE: _of_text(_is_date),
    FieldKind.DATETIME: _of_text(_is_datetime),
    FieldKind.AMOUNT: _of_text(_is_amount),
    FieldKind.NIR: _of_text(is_masked_nir),
    FieldKind.IBAN: _of_text(_hides_iban),
}


def _is_text(value: JSON) -> bool:
    return isinstance(value, str)


def _fits(field: FieldSpec, value: JSON) -> bool:
    return _FITS.get(field.kind, _is_text)(value)
