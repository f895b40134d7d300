"""Who has which customers along, as a push judges it: looked at for claims and for representatives only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from avise.hub.dialect import Statement, row, rows
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
_HELD = Statement(HOLDER.replace("SELECT", "SELECT p.person,", 1).removesuffix(" LIMIT 1"))
_ABOUT = Statement("SELECT stream, person, dossier FROM request WHERE stream IN [streams]")


@dataclass(slots=True)
class CheckedOutCustomers:
    """What one push asks about portfolios on the road.

    Args:
        connection: in its transaction.
        now: in microseconds, by the hub's clock.
        streams: that the push holds locked: all their customers are looked up at once.
    """

    connection: Connection
    now: int
    streams: Collection[str] = ()
    _created: dict[str, Mapping[str, JSON]] = field(default_factory=dict)
    _holders: dict[str, str] | None = None

    def created(self, stream: str, body: Mapping[str, JSON]) -> None:
        """Know whom a request of this very push is about."""
        self._created[stream] = body

    def holder(self, stream: str, kind: EventKind, actor: Actor) -> str:
        """Return who has the customer of a request along, "" for nobody, or where it changes nothing."""
        if kind is not EventKind.REQUEST_CLAIMED and (kind not in HANDLING or actor.role is not Role.REP):
            return ""
        if stream not in self._created:
            if self._holders is None:
                self._holders = self._known_holders()
            return self._holders.get(stream, "")
        named = (identity_of(self._created[stream].get(name)) for name in ("person", "dossier"))
        persons = [str(found) for found in named if found is not None]
        held = row(self.connection, _HOLDER, persons=persons, now=self.now) if persons else None
        return "" if held is None else str(held.login)

    def _known_holders(self) -> dict[str, str]:
        """Return who has the customer of each request along, whose request was there before this push."""
        about = rows(self.connection, _ABOUT, streams=[*self.streams])
        wanted = {line.stream: {told for told in (line.person, line.dossier) if told} for line in about}
        persons = sorted(set().union(*wanted.values()))
        held = rows(self.connection, _HELD, persons=persons, now=self.now) if persons else ()
        first = {stream: [line.login for line in held if line.person in of] for stream, of in wanted.items()}
        return {stream: str(logins[0]) for stream, logins in first.items() if logins}
