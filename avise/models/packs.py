"""The packs that a laptop carries, and what each of their readings may hold."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from avise.models.facets import FacetRecord, FacetSpec, FieldKind
from avise.models.json_types import JSON
from avise.models.masking import mask_record
from avise.models.roles import Role


class PackKind(StrEnum):
    """What a pack holds."""

    PORTFOLIO = "portfolio"
    """Every customer of the representative: who they are, and a synthesis of each."""
    VISITS = "visits"
    """The customers to be visited: every facet."""
    DOCUMENTS = "documents"
    """Documents of those customers, at most 40."""


SYNTHESIS = frozenset(
    {
        "identity", "contact_points", "contracts", "contributions", "beneficiaries", "rights",
        "appointments", "consents", "member_space", "company", "establishments",
    }
)  # fmt: skip
"""Facets of a customer of the portfolio (`domain.md` 5.1); the lines of care are carried as totals."""

MOST_DOCUMENTS = 40
"""Of all visits together (`domain.md` 5.1)."""


def carried_record(spec: FacetSpec, record: FacetRecord, role: Role) -> FacetRecord:
    """Return a record as it may leave the office: what the role may read, and no NIR, masked or not.

    Source: `domain.md` 5.1, "no NIR in packs"; decision 4.
    """
    shown = mask_record(spec, record, role)
    return FacetRecord(shown.id, _without_nir(spec, shown.data), shown.as_of, shown.masked, shown.extra)


def _without_nir(spec: FacetSpec, data: Mapping[str, JSON]) -> Mapping[str, JSON]:
    numbers = {field.name for field in spec.fields if field.kind is FieldKind.NIR}
    return {name: value for name, value in data.items() if name not in numbers}
