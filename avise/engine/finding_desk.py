"""What a desk answers from the directory and its own memory alone: who exists, and how the desk was left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from avise.models.customer import MatchedOn, PersonId, SearchAnswer, SearchHit
from avise.models.desk_memory import SavedTab
from avise.models.roles import Session
from avise.services.customer_rights import listed, refuse_without_right
from avise.services.ports import DeskMemoryPort, DirectoryPort
from avise.services.search_words import refuse_unsearchable


class FindingDesk:
    """The part of `avise.services.desk.Desk` that needs neither tools nor rules.

    Args:
        session: who works here.
        directory: who exists.
        memory: what this desk keeps for itself.
    """

    def __init__(self, session: Session, directory: DirectoryPort, memory: DeskMemoryPort) -> None:
        self.session = session
        self._directory = directory
        self._memory = memory

    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """Find parties by any key in any form.

        Raises:
            RefusedSearchError: a NIR or a whole text was typed; nothing is looked for, here or at the house.
        """
        refuse_without_right(self.session.role)
        refuse_unsearchable(words)
        found = await self._directory.search(words, limit)
        return replace(found, hits=listed(found.hits, self.session.role))

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int = 20) -> SearchAnswer:
        """Find who else it may be when two letters of a name are wrong; raises as `search`."""
        refuse_without_right(self.session.role)
        refuse_unsearchable(words)
        found = await self._directory.search_wider(words, known, limit)
        return replace(found, hits=listed(found.hits, self.session.role))

    async def recents(self) -> tuple[SearchHit, ...]:
        """Return the customers opened last, newest first."""
        found = [await self._directory.by_person(person) for person in await self._memory.recents()]
        hits = (SearchHit(entry, 1.0, (MatchedOn.NAME,)) for entry in found if entry is not None)
        return listed(hits, self.session.role)

    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Return the person who bears an identifier."""
        refuse_without_right(self.session.role)
        entry = await self._directory.by_identifier(scheme, value)
        return entry.person if entry is not None else None

    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """Keep the open tabs."""
        await self._memory.save_tabs(tabs)

    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """Return the tabs that were open."""
        return await self._memory.saved_tabs()

    async def setting(self, key: str) -> str:
        """Return a setting's value."""
        return await self._memory.setting(key)

    async def change_setting(self, key: str, value: str) -> None:
        """Change a setting."""
        await self._memory.change_setting(key, value)
