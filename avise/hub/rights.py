"""Who may read and write where, at this moment: staff, and their dated memberships of perimeters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from avise.hub.dialect import Statement, row, rows
from avise.hub.port import Actor, HubError, Perimeter
from avise.hub.stream_state import CUSTOMERS, HOUSE, queue_perimeter, team_perimeter
from avise.models.roles import Role

WRITERS = frozenset((Role.AGENT, Role.CASE_MANAGER, Role.TEAM_LEAD, Role.REP))
"""Roles that read and write about customers; the auditor reads the access log, the administrator neither."""

_RIGHTS = Statement(
    "SELECT s.locked, m.perimeter, m.can_write FROM staff s LEFT JOIN membership m ON m.login = s.login"
    " AND m.valid_from <= :now AND (m.valid_to IS NULL OR m.valid_to > :now) WHERE s.login = :login"
    " ORDER BY m.perimeter"
)
_MEMBER = Statement(
    "SELECT 1 FROM membership m JOIN staff s ON s.login = m.login AND s.locked = 0 WHERE m.login = :login"
    " AND m.perimeter = :perimeter AND m.can_write = 1 AND m.valid_from <= :now"
    " AND (m.valid_to IS NULL OR m.valid_to > :now)"
)


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do now."""

    active: bool
    """Known here, and not locked out."""
    role: Role
    readable: frozenset[str] = frozenset()
    writable: frozenset[str] = frozenset()
    posts: bool = False
    """Another application, which adds to customers' streams and reads none of this."""

    @property
    def of_customers(self) -> bool:
        """Whether they may read and write about customers at all."""
        return self.active and self.role in WRITERS

    def handles(self, queue: str) -> bool:
        """Say whether they may write in a corbeille."""
        return queue_perimeter(queue) in self.writable

    def requests(self, team: str) -> bool:
        """Say whether they may write for a team."""
        return team_perimeter(team) in self.writable

    def reads_queue(self, queue: str) -> bool:
        """Say whether they may read what a corbeille holds."""
        return queue_perimeter(queue) in self.readable

    def reads(self, queue: str, team: str) -> bool:
        """Say whether they see that a request exists."""
        return self.reads_queue(queue) or team_perimeter(team) in self.readable

    @property
    def own_team(self) -> str:
        """Perimeter where their own tasks and absences go."""
        return next((name for name in sorted(self.writable) if name.startswith("team/")), CUSTOMERS)

    def perimeters(self) -> tuple[Perimeter, ...]:
        """Return what they may pull."""
        return tuple(
            Perimeter(name, name.partition("/")[0], name in self.writable) for name in sorted(self.readable)
        )


def rights_of(connection: Connection, actor: Actor, now: int) -> Rights:
    """Return what an actor may do now.

    Args:
        connection: in a transaction.
        actor: authenticated.
        now: in microseconds.
    """
    if actor.scopes:
        # Another application of the house: it posts about customers, and is a member of nothing.
        posts = "v360:write" in actor.scopes
        return Rights(active=posts, role=Role.ADMINISTRATOR, posts=posts)
    found = rows(connection, _RIGHTS, login=actor.login, now=now)
    if not found or found[0].locked:
        return Rights(active=False, role=actor.role)
    if actor.role not in WRITERS:
        return Rights(active=True, role=actor.role)
    pulled = [row for row in found if row.perimeter is not None and row.perimeter != CUSTOMERS]
    # Whoever works for a team or in a corbeille works for the house.
    return Rights(
        active=True,
        role=actor.role,
        readable=_with_house(row.perimeter for row in pulled),
        writable=_with_house(row.perimeter for row in pulled if row.can_write),
    )


def _with_house(perimeters: Iterable[str]) -> frozenset[str]:
    found = frozenset(perimeters)
    return found | {HOUSE} if found else found


def require_customers(rights: Rights) -> None:
    """Refuse whoever may not read about customers.

    Raises:
        HubError: `hub.no_right`.
    """
    if not rights.of_customers:
        raise HubError("hub.no_right")


def is_writing_member(connection: Connection, login: str, perimeter: str, now: int) -> bool:
    """Say whether somebody may write in a perimeter now."""
    return row(connection, _MEMBER, login=login, perimeter=perimeter, now=now) is not None
