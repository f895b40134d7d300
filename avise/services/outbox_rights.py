"""Who may act for whom: asked when an action is planned, when it is confirmed and again when it leaves."""

from __future__ import annotations

from collections.abc import Iterable

from avise.models.customer import DirectoryEntry
from avise.models.facet_specs import FACETS
from avise.models.facets import Datum
from avise.models.masking import Access, access, may_open
from avise.models.roles import Role
from avise.services.customer_rights import reads_customers


def may_act(role: Role, entry: DirectoryEntry, touches: Iterable[str]) -> bool:
    """Say whether a role may change something of a person's file.

    Nobody changes what they may not read (`domain.md` 2.7): no role without customer data, no
    protected file that the role never opens, no facet that it does not see.
    """
    if not reads_customers(role):
        return False
    if entry.party.restricted and access(role, Datum.PROTECTED_FILE) is Access.ABSENT:
        return False
    return all(may_open(role, FACETS[facet]) for facet in touches if facet in FACETS)
