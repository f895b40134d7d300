"""How this workstation stands with its hub: what its user may read and write, who works with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from avise.hub.port import Colleague, Perimeter, Presence
from avise.models.customer import PersonId
from avise.models.json_types import JSON
from avise.models.request_rules import RequestState
from avise.models.requests import Request
from avise.models.roles import Role, Session
from avise.services.request_values import HubState, HubStatus


def _nobody(_person: PersonId | None) -> bool:
    return False


QUEUES, TEAMS = "queue/", "team/"
"""Begin the perimeters of corbeilles and of teams."""


@dataclass(slots=True)
class Standing:
    """What the hub last said of this user, kept for the time that it cannot be reached.

    Args:
        session: who works here.
        team: of this user, as the profile says; "" for the first that the hub gives.
    """

    session: Session
    team: str = ""
    status: HubStatus = field(default_factory=lambda: HubStatus(HubState.STARTING))
    perimeters: tuple[Perimeter, ...] = ()
    colleagues: tuple[Colleague, ...] = ()
    presences: tuple[Presence, ...] = ()
    """Of others, told for 15 seconds."""
    carries: Callable[[PersonId | None], bool] = _nobody
    """Says whether a customer is in the portfolio that this user took along on the road."""

    # ---- rights --------------------------------------------------------------------------------
    @property
    def readable_queues(self) -> tuple[str, ...]:
        """Codes of the corbeilles that this user reads."""
        return self._named(QUEUES)

    @property
    def own_queues(self) -> tuple[str, ...]:
        """Codes of the corbeilles in which this user works."""
        return self._named(QUEUES, writing=True)

    @property
    def own_teams(self) -> tuple[str, ...]:
        """Codes of the teams that this user writes for."""
        return self._named(TEAMS, writing=True)

    @property
    def own_team(self) -> str:
        """The team that this user's requests come from; "" when the hub gives none."""
        teams = self.own_teams
        return self.team if self.team in teams or not teams else teams[0]

    def _named(self, prefix: str, *, writing: bool = False) -> tuple[str, ...]:
        return tuple(
            found.id.removeprefix(prefix)
            for found in self.perimeters
            if found.id.startswith(prefix) and (found.can_write or not writing)
        )

    def handles(self, state: RequestState) -> bool:
        """Say whether this user works in a request's corbeille."""
        return state.queue in self.own_queues

    def requests(self, state: RequestState) -> bool:
        """Say whether this user writes for the team that a request comes from."""
        return state.team in self.own_teams

    def follows(self, request: Request) -> bool:
        """Say whether the hub tells this station what becomes of a request."""
        mine = request.tentative or request.requester == self.session.user
        return mine or request.queue in self.readable_queues or request.team in self._named(TEAMS)

    @property
    def leads(self) -> bool:
        """Whether this user leads a team."""
        return self.session.role is Role.TEAM_LEAD

    # ---- people --------------------------------------------------------------------------------
    def name_of(self, login: str) -> str:
        """Return the name of a member of staff, their login when nobody knows it."""
        if login == self.session.user:
            return self.session.display_name
        return next((found.name for found in self.colleagues if found.login == login), login)

    def colleague(self, login: str) -> Colleague | None:
        """Return a member of staff."""
        return next((found for found in self.colleagues if found.login == login), None)

    # ---- kept from one start to the next -------------------------------------------------------
    def written(self) -> str:
        """Return what is kept of it, as text."""
        told: Mapping[str, JSON] = {
            "perimeters": [[found.id, found.kind, found.can_write] for found in self.perimeters],
            "colleagues": [
                [found.login, found.name, found.role.value, list(found.perimeters)]
                for found in self.colleagues
            ],
        }
        return json.dumps(told, ensure_ascii=False)

    def read(self, kept: str) -> None:
        """Take what `written` returned; anything else is left."""
        try:
            told = json.loads(kept) if kept else {}
            self.perimeters = tuple(Perimeter(*found) for found in told.get("perimeters", ()))
            self.colleagues = tuple(
                Colleague(login, name, Role(role), tuple(perimeters))
                for login, name, role, perimeters in told.get("colleagues", ())
            )
        except (ValueError, TypeError, AttributeError):
            return


def initials(name: str) -> str:
    """Return the initials of somebody's name, two letters at most."""
    words = [word for word in name.replace("-", " ").replace(".", " ").split() if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()
