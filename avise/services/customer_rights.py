"""Whom a role may find, see listed and open (`domain.md` 2.7: names, and protected files)."""

from __future__ import annotations

from collections.abc import Iterable

from avise.directory.listing import listed, reads_customers
from avise.models.customer import DirectoryEntry
from avise.models.errors import AviseError
from avise.models.facets import Datum
from avise.models.masking import Access, access
from avise.models.roles import Role

__all__ = ["listed", "reads_customers", "refuse_opening", "refuse_without_right"]


def refuse_without_right(role: Role) -> None:
    """Refuse roles that read no customer data.

    Raises:
        AviseError: `role.no_customers`.
    """
    if not reads_customers(role):
        raise AviseError("role.no_customers")


def refuse_opening(role: Role, entries: Iterable[DirectoryEntry], reason: str) -> None:
    """Refuse to open a dossier that the role may not open, or not without saying why.

    Args:
        role: who opens.
        entries: the person asked for, and the member whose dossier opens.
        reason: as told.

    Raises:
        AviseError: `role.no_customers`; for a protected file `open.not_allowed`, `open.reason_needed`.
    """
    refuse_without_right(role)
    if not any(entry.party.restricted for entry in entries):
        return
    allowed = access(role, Datum.PROTECTED_FILE)
    if allowed is Access.ABSENT:
        raise AviseError("open.not_allowed")
    if allowed is not Access.CLEAR and not reason.strip():
        raise AviseError("open.reason_needed")
