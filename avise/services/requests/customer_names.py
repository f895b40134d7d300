"""The customers that lists of requests are about, as this role may see people in a list."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from avise.env import Env
from avise.models.customer import MatchedOn, PersonId, SearchHit
from avise.models.roles import Role
from avise.services.customer_rights import listed
from avise.services.ports import DirectoryPort
from avise.texts.formats import format_list_name

KEPT_SECONDS = 600.0
"""How long a name is believed without asking the directory again."""

BATCH = 50
"""Names asked for together: the directory answers others in between."""


class CustomerNames:
    """Asks the directory for names, each once in a while.

    Args:
        directory: who exists.
        role: of whoever reads.
        env: the clock.
    """

    def __init__(self, directory: DirectoryPort, role: Role, env: Env) -> None:
        self._directory = directory
        self._role = role
        self._env = env
        self._known: dict[PersonId, SearchHit | None] = {}
        self._since = env.monotonic()

    async def of(self, people: Iterable[PersonId | None]) -> Mapping[PersonId, SearchHit]:
        """Return those that are known of some people."""
        if self._env.monotonic() - self._since > KEPT_SECONDS:
            self._known, self._since = {}, self._env.monotonic()
        wanted = {person for person in people if person is not None}
        missing = sorted(wanted - self._known.keys())
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            hits = await asyncio.gather(*(self._hit(person) for person in batch))
            self._known.update(zip(batch, hits, strict=True))
        return {person: hit for person in wanted if (hit := self._known[person]) is not None}

    async def _hit(self, person: PersonId) -> SearchHit | None:
        entry = await self._directory.by_person(person)
        hits = listed((SearchHit(entry, 1.0, (MatchedOn.NAME,)),), self._role) if entry is not None else ()
        return hits[0] if hits else None


def list_name(hit: SearchHit | None) -> str:
    """Return a name as lists show it, "" for nobody."""
    if hit is None:
        return ""
    party = hit.entry.party
    return format_list_name(party.last_name, party.first_name) or party.company_name
