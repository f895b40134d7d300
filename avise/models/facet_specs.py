"""The canonical facets of a customer: what a block of the screen holds, whichever tool feeds it.

Connectors map their tool's fields to these names and put the rest in `extra` (decision 12).
Enumerations hold the canonical English codes listed here; an unknown code is kept as it is and shown
as "? CODE".

Their fields are listed in `facets_of_persons`, `facets_of_contracts` and `facets_of_companies`.
"""

from __future__ import annotations

from collections.abc import Mapping

from avise.models.facets import FacetSpec
from avise.models.facets_of_companies import COMPANY, EMPLOYEES, ESTABLISHMENTS
from avise.models.facets_of_contracts import (
    AUTHORIZATIONS,
    BANK,
    BENEFITS,
    CONTRACTS,
    CONTRIBUTIONS,
    GUARANTEES,
    NOEMIE,
    RIGHTS,
)
from avise.models.facets_of_persons import (
    APPOINTMENTS,
    BENEFICIARIES,
    COMPLAINTS,
    CONSENTS,
    CONTACT_POINTS,
    DOCUMENTS,
    IDENTITY,
    MEMBER_SPACE,
)

__all__ = [
    "APPOINTMENTS",
    "AUTHORIZATIONS",
    "BANK",
    "BENEFICIARIES",
    "BENEFITS",
    "COMPANY",
    "COMPLAINTS",
    "CONSENTS",
    "CONTACT_POINTS",
    "CONTRACTS",
    "CONTRIBUTIONS",
    "DOCUMENTS",
    "EMPLOYEES",
    "ESTABLISHMENTS",
    "FACETS",
    "GUARANTEES",
    "IDENTITY",
    "MEMBER_SPACE",
    "NOEMIE",
    "RIGHTS",
]

FACETS: Mapping[str, FacetSpec] = {
    spec.id: spec
    for spec in (
        IDENTITY, CONTACT_POINTS, CONTRACTS, GUARANTEES, BENEFITS, AUTHORIZATIONS, CONTRIBUTIONS, BANK,
        NOEMIE, RIGHTS, DOCUMENTS, BENEFICIARIES, APPOINTMENTS, COMPLAINTS, MEMBER_SPACE, COMPANY,
        ESTABLISHMENTS, EMPLOYEES, CONSENTS,
    )
}  # fmt: skip
"""Every facet, in the default order of the screen."""
