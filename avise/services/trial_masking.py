"""A trial as a role may read it: the same matrix as everywhere, for what a tool wrote too.

What the tool answers was mapped by nobody yet: a value is shown only where it feeds a field that the role
reads in clear, and never when it holds a NIR. Of everything else the shape alone is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from avise.connectors.declarative.expressions import expression_of
from avise.connectors.readings import TIMELINE
from avise.connectors.trial import FieldTrial, ReadingTrial, RowTrial, Trial
from avise.models.facet_specs import FACETS
from avise.models.facets import FieldKind, FieldSpec
from avise.models.identifiers import check_iban, holds_nir, is_nir_with_wrong_key, is_nir_without_key
from avise.models.json_types import JSON
from avise.models.masking import MASK, Access, access, may_open
from avise.models.roles import Role
from avise.texts import text

_OWN = frozenset({"id", "version", "as_of"})
"""What every record has beside its facet's fields."""
_MASKED_BY_CONNECTORS = frozenset({FieldKind.NIR, FieldKind.IBAN})
_NAME = re.compile(r"[a-zà-ÿ_][A-Za-zÀ-ÿ_]*\d{0,2}")
_DOCUMENT_TITLE = ("documents", "title")
"""Plain unless the document is medical, which an author's file may get wrong."""


def masked_trial(trial: Trial, role: Role) -> Trial:
    """Return a trial without any value that the role may not read."""
    return replace(trial, readings=tuple(_masked_reading(reading, role) for reading in trial.readings))


def _masked_reading(reading: ReadingTrial, role: Role) -> ReadingTrial:
    return replace(reading, rows=tuple(_masked_row(reading.name, row, role) for row in reading.rows))


def _masked_row(facet: str, row: RowTrial, role: Role) -> RowTrial:
    fields = tuple(_masked_field(facet, one, role) for one in row.fields)
    shown = {one.origin: one.extracted for one in fields if one.extracted not in (None, MASK)}
    return replace(row, raw=_masked_raw(row.raw, shown), fields=fields)


def _masked_field(facet: str, one: FieldTrial, role: Role) -> FieldTrial:
    told = one.extracted in (None, "") or (_is_clear(facet, one.name, role) and _is_harmless(one.extracted))
    extracted = one.extracted if told else MASK
    spec = _spec(facet, one.name)
    # A converter has masked these: their masked form is what the screen shows too.
    hidden_form = spec is not None and spec.kind in _MASKED_BY_CONNECTORS and _is_harmless(one.mapped)
    mapped = one.mapped if told or hidden_form or one.mapped is None else MASK
    return replace(one, extracted=extracted, mapped=mapped)


def _is_clear(facet: str, name: str, role: Role) -> bool:
    if facet == TIMELINE:
        return access(role, FACETS["identity"].datum) is Access.CLEAR
    if facet not in FACETS or not may_open(role, FACETS[facet]) or (facet, name) == _DOCUMENT_TITLE:
        return False
    if name in _OWN:
        return True
    spec = _spec(facet, name)
    return (
        spec is not None
        and spec.kind not in _MASKED_BY_CONNECTORS
        and access(role, spec.datum) is Access.CLEAR
    )


def _spec(facet: str, name: str) -> FieldSpec | None:
    fields = FACETS[facet].fields if facet in FACETS else ()
    return next((field for field in fields if field.name == name), None)


def _is_harmless(value: JSON) -> bool:
    """Say whether a value holds no NIR and no IBAN, wherever an author's file has put it."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        written = str(value)
        looks_like_nir = is_nir_without_key(written) or is_nir_with_wrong_key(written)
        return not (looks_like_nir or holds_nir(written.encode()) or check_iban(written).valid)
    return value is None or isinstance(value, bool)


def _masked_raw(raw: JSON, shown: Mapping[str, JSON], path: tuple[str, ...] = ()) -> JSON:
    """Return a row with its values shown or by their shape, those of the objects within it by their place."""
    if isinstance(raw, Mapping) and (not path or (raw and all(map(_is_name, raw)))):
        return {name: _masked_raw(value, shown, (*path, name)) for name, value in raw.items()}
    place = expression_of(path)
    return shown[place] if path and place in shown else shape_of(raw)


def _is_name(key: str) -> bool:
    """Tell the name of a value from a value that a tool uses as a key: a number, a date, a person's name."""
    return _NAME.fullmatch(key) is not None


def shape_of(value: JSON) -> str:
    """Return what a value is like, without what it says: "text (12)", "list (3)"."""
    if value is None:
        return text("connector_try.shape.nothing")
    if isinstance(value, bool):
        return text("connector_try.shape.bool")
    if isinstance(value, int | float):
        return text("connector_try.shape.number")
    if isinstance(value, str):
        return text("connector_try.shape.text", count=str(len(value)))
    kind = "object" if isinstance(value, Mapping) else "list"
    return text(f"connector_try.shape.{kind}", count=str(len(value)))
