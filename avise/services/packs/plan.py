"""Whom an order takes on board, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from avise.models.customer import DirectoryEntry, PartyKind, PersonId
from avise.models.facets import Datum
from avise.models.masking import Access, access
from avise.models.roles import Role
from avise.services.pack_values import PackOrder
from avise.services.packs.visited import Visited
from avise.store.pack_rows import CarriedReading
from avise.texts.formats import PARIS

MOST_VISITS = 20
"""Customers whose whole file is taken along (`domain.md` 5.1)."""

FRESH_FOR = timedelta(hours=12)
"""What was read less long ago is not read again by another preparation: an interrupted one goes on."""

_TAKEN = frozenset({PartyKind.MEMBER, PartyKind.COMPANY, PartyKind.PROSPECT})


@dataclass(frozen=True, slots=True)
class PackPlan:
    """Whom to take on board, those to be visited in the order of their visits.

    Args:
        portfolio: whose synthesis is taken.
        visits: whose whole file is.
        ends_at: until when.
        diaries: that say who is visited.
    """

    portfolio: tuple[DirectoryEntry, ...]
    visits: tuple[DirectoryEntry, ...]
    ends_at: datetime
    diaries: tuple[CarriedReading, ...] = ()

    def persons(self) -> tuple[PersonId, ...]:
        """Return everybody, each once."""
        return tuple(dict.fromkeys(entry.person for entry in (*self.visits, *self.portfolio)))


def end_of(order: PackOrder, pack_days: int) -> datetime:
    """Return when the packs of an order end: the night that follows so many days after the last visit."""
    last = order.first_day + timedelta(days=max(order.days, 1) - 1 + pack_days + 1)
    return datetime.combine(last, time(), PARIS)


def may_be_taken(entry: DirectoryEntry, role: Role) -> bool:
    """Say whether somebody may be on board: a dossier's own person, whom the role opens without a reason."""
    if entry.party.kind not in _TAKEN or entry.person != entry.dossier or entry.party.deleted:
        return False
    return not entry.party.restricted or access(role, Datum.PROTECTED_FILE) is Access.CLEAR


def plan_of(
    order: PackOrder,
    portfolio: Iterable[DirectoryEntry],
    visited: Visited,
    role: Role,
    pack_days: int,
) -> PackPlan:
    """Return whom an order takes on board.

    Args:
        order: of the user.
        portfolio: every customer of the user.
        visited: the customers of the visits, in their order.
        role: of the user.
        pack_days: how long packs stay after the last day of visits.
    """
    visits = {entry.person: entry for entry in visited.entries if may_be_taken(entry, role)}
    mine = [entry for entry in portfolio if may_be_taken(entry, role)] if order.portfolio else []
    taken = tuple(visits.values())[:MOST_VISITS]
    return PackPlan(tuple(mine), taken, end_of(order, pack_days), visited.diaries)
