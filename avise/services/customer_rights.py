"""Whom a role may find, see listed and open (`domain.md` 2.7: names, and protected files)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from avise.models.customer import DirectoryEntry, SearchHit
from avise.models.errors import AviseError
from avise.models.facets import Datum
from avise.models.masking import Access, access
from avise.models.roles import Role

_WHERE = frozenset({"phones", "email", "city", "postcode"})
"""What a protected file may be protected for: where the person lives and how to reach them."""


def reads_customers(role: Role) -> bool:
    """Say whether a role reads customer data at all (decision 2: auditors and administrators do not)."""
    return access(role, Datum.NAME) is not Access.ABSENT


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


def listed(hits: Iterable[SearchHit], role: Role) -> tuple[SearchHit, ...]:
    """Return the hits as a role may see them in a list: a protected file tells no place and no contact."""
    if not reads_customers(role):
        return ()
    if access(role, Datum.PROTECTED_FILE) is Access.CLEAR:
        return tuple(hits)
    return tuple(_without_place(hit) if hit.entry.party.restricted else hit for hit in hits)


def _without_place(hit: SearchHit) -> SearchHit:
    entry = replace(hit.entry, party=replace(hit.entry.party, phones=(), email="", city="", postcode=""))
    kept = tuple(mark for mark in hit.highlights if mark[0].partition(".")[0] not in _WHERE)
    return replace(hit, entry=entry, highlights=kept)
