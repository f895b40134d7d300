"""Who has which customers along, as a push judges it: looked at for claims and for representatives only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from avise.hub.dialect import Statement, row
from avise.hub.port import Actor
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import HANDLING
from avise.models.roles import Role

HOLDER = (
    "SELECT c.login, c.ends_at FROM checked_out p JOIN check_out c ON c.device = p.device"
    " JOIN device d ON d.device = c.device WHERE p.person IN [persons] AND c.ended_at IS NULL"
    " AND c.ends_at > :now AND d.revoked_at IS NULL ORDER BY c.taken_at, c.device LIMIT 1"
)
_HOLDER = Statement(HOLDER)
_ABOUT = Statement("SELECT person, dossier FROM request WHERE stream = :stream")


@dataclass(slots=True)
class CheckedOutCustomers:
    """What one push asks about portfolios on the road.

    Args:
        connection: in its transaction.
        now: in microseconds, by the hub's clock.
    """

    connection: Connection
    now: int
    _created: dict[str, list[str]] = field(default_factory=dict)

    def created(self, stream: str, body: Mapping[str, JSON]) -> None:
        """Know whom a request of this very push is about."""
        named = (identity_of(body.get(name)) for name in ("person", "dossier"))
        self._created[stream] = [str(found) for found in named if found is not None]

    def holder(self, stream: str, kind: EventKind, actor: Actor) -> str:
        """Return who has the customer of a request along, "" for nobody, or where it changes nothing."""
        if kind is not EventKind.REQUEST_CLAIMED and (kind not in HANDLING or actor.role is not Role.REP):
            return ""
        persons = self._created.get(stream)
        if persons is None:
            found = row(self.connection, _ABOUT, stream=stream)
            persons = [] if found is None else [told for told in (found.person, found.dossier) if told]
        held = row(self.connection, _HOLDER, persons=persons, now=self.now) if persons else None
        return "" if held is None else str(held.login)
