"""Who may read what: the masking matrix of `domain.md` 2.7, applied once, by services.

The matrix's columns map to roles by decision 2: AD is the agent; GP and GC meet in the case manager
until perimeters tell them apart; FR is the rep, TL the team lead. The auditor reads the access log
only, the administrator no customer data.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from avise.models.facets import Datum, FacetRecord, FacetSpec, FieldKind, FieldSpec
from avise.models.json_types import JSON
from avise.models.roles import Role


class Access(StrEnum):
    """What a role may do with a datum."""

    CLEAR = "clear"
    MASKED = "masked"
    """Shown masked; a stated reason reveals it, and is logged."""
    COMPARE = "compare"
    """Never shown; what the caller says is compared."""
    ABSENT = "absent"


_C, _M, _X, _A = Access.CLEAR, Access.MASKED, Access.COMPARE, Access.ABSENT
_ROLES = (Role.AGENT, Role.CASE_MANAGER, Role.REP, Role.TEAM_LEAD)

_MATRIX: Mapping[Datum, tuple[Access, Access, Access, Access]] = {
    Datum.NAME: (_C, _C, _C, _C),
    Datum.BIRTH_DATE: (_C, _C, _C, _C),
    Datum.NIR: (_M, _M, _X, _M),
    Datum.IBAN: (_X, _M, _X, _M),
    Datum.CONTACT: (_C, _C, _C, _C),
    Datum.BENEFIT_LINE: (_C, _C, _A, _C),
    Datum.ACT_LABEL: (_M, _C, _A, _M),
    Datum.MEDICAL_DOCUMENT: (_M, _C, _A, _M),
    Datum.CONTRIBUTIONS: (_C, _C, _C, _C),
    Datum.COMPLAINTS: (_C, _C, _C, _C),
    Datum.PROTECTED_FILE: (_M, _M, _A, _C),
    Datum.NEUTRAL: (_C, _C, _C, _C),
}

MASK = "•••"
"""What stands for a value that is not shown."""

REVEAL_SECONDS = 20
"""How long a revealed value stays on screen (decision 3)."""


def access(role: Role, datum: Datum) -> Access:
    """Return what a role may do with a datum; ABSENT for roles that read no customer data."""
    if role not in _ROLES:
        return Access.ABSENT
    return _MATRIX[datum][_ROLES.index(role)]


def may_open(role: Role, spec: FacetSpec) -> bool:
    """Say whether a role sees a facet at all."""
    return access(role, spec.datum) is not Access.ABSENT


def may_read_bodies(role: Role) -> bool:
    """Say whether a role may open the text of an exchange.

    No tool says whether somebody wrote of their health: it is held to be a medical document.
    """
    return access(role, Datum.MEDICAL_DOCUMENT) is not Access.ABSENT


def mask_record(spec: FacetSpec, record: FacetRecord, role: Role) -> FacetRecord:
    """Return the record as a role may read it; names of masked fields go to `masked`.

    NIR and IBAN arrive masked from the connector and stay so, whatever the role: their clear form
    is a live, logged call.
    """
    data: dict[str, JSON] = {}
    masked = set(record.masked)
    for name, value in record.data.items():
        field = next((field for field in spec.fields if field.name == name), None)
        if field is None:
            continue
        allowed = access(role, _datum_of(field, record))
        if field.kind in (FieldKind.NIR, FieldKind.IBAN):
            masked.add(name)
            data[name] = value if allowed is not Access.ABSENT else None
        elif allowed is Access.CLEAR or value in (None, ""):
            data[name] = value
        elif allowed is Access.ABSENT:
            data[name] = None
        else:
            masked.add(name)
            data[name] = MASK
    return FacetRecord(record.id, data, record.as_of, frozenset(masked), _extra(spec, record, role))


def _extra(spec: FacetSpec, record: FacetRecord, role: Role) -> Mapping[str, JSON]:
    """Return the fields that nobody mapped: they may hold what any field of the facet holds."""
    data = (spec.datum, *(_datum_of(field, record) for field in spec.fields))
    return record.extra if all(access(role, datum) is Access.CLEAR for datum in data) else {}


def _datum_of(field: FieldSpec, record: FacetRecord) -> Datum:
    """A document's title is plain unless the document is medical."""
    if field.name == "title" and record.data.get("medical") is True:
        return Datum.MEDICAL_DOCUMENT
    return field.datum
