"""What a role may see of people in a list (`domain.md` 2.7: names, and protected files)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from avise.models.customer import DirectoryEntry, SearchHit
from avise.models.facets import Datum
from avise.models.masking import Access, access
from avise.models.roles import Role

_WHERE = frozenset({"phones", "email", "city", "postcode"})
"""What a protected file may be protected for: where the person lives and how to reach them."""


def reads_customers(role: Role) -> bool:
    """Say whether a role reads customer data at all (decision 2: auditors and administrators do not)."""
    return access(role, Datum.NAME) is not Access.ABSENT


def listed(hits: Iterable[SearchHit], role: Role) -> tuple[SearchHit, ...]:
    """Return the hits as a role may see them in a list: a protected file tells no place and no contact."""
    if not reads_customers(role):
        return ()
    if access(role, Datum.PROTECTED_FILE) is Access.CLEAR:
        return tuple(hits)
    return tuple(_without_place(hit, role) if hit.entry.party.restricted else hit for hit in hits)


def without_place(entry: DirectoryEntry, role: Role) -> DirectoryEntry:
    """Return an entry as a role may see it: a protected file tells no place and no contact."""
    if not entry.party.restricted or access(role, Datum.PROTECTED_FILE) is Access.CLEAR:
        return entry
    return replace(entry, party=replace(entry.party, phones=(), email="", city="", postcode=""))


def _without_place(hit: SearchHit, role: Role) -> SearchHit:
    kept = tuple(mark for mark in hit.highlights if mark[0].partition(".")[0] not in _WHERE)
    return replace(hit, entry=without_place(hit.entry, role), highlights=kept)
