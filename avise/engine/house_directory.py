"""The house's directory, asked through the hub: people are looked for online, and nothing is carried."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import Protocol, TypeVar, runtime_checkable

from avise.hub.port import HubUnreachableError
from avise.models.customer import DirectoryEntry, PersonId, SearchAnswer

T = TypeVar("T")


@runtime_checkable
class HousePeople(Protocol):
    """What a hub of a house answers about people: `avise.hub.remote.RemoteHub` does."""

    async def search_people(self, words: str, limit: int) -> SearchAnswer:
        """Find people by any key in any form."""

    async def search_people_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer:
        """Find who else it may be when two letters are wrong."""

    async def find_people(self, **key: str) -> tuple[DirectoryEntry, ...]:
        """Find people by one exact key."""


class HouseDirectory:
    """Implements `avise.store.directory_questions.House`.

    Args:
        hub: returns the one that is signed in to now.
    """

    def __init__(self, hub: Callable[[], object]) -> None:
        self._hub = hub

    async def search(self, words: str, limit: int) -> SearchAnswer | None:
        """Find people; None while the house is out of reach."""
        return await self._asked(lambda people: people.search_people(words, limit))

    async def search_wider(self, words: str, known: Collection[PersonId], limit: int) -> SearchAnswer | None:
        """Find who else it may be; None while the house is out of reach."""
        return await self._asked(lambda people: people.search_people_wider(words, known, limit))

    async def find(self, **key: str) -> tuple[DirectoryEntry, ...] | None:
        """Find people by one exact key; None while the house is out of reach."""
        return await self._asked(lambda people: people.find_people(**key))

    async def _asked(self, ask: Callable[[HousePeople], Coroutine[object, object, T]]) -> T | None:
        try:
            hub = self._hub()
            return await ask(hub) if isinstance(hub, HousePeople) else None
        except HubUnreachableError:
            return None
