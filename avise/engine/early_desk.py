"""The desk of an engine that is still being built: it finds people already, the rest waits."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from typing_extensions import override

from avise.engine.finding_desk import FindingDesk
from avise.engine.starting_desk import StartingDesk
from avise.models.customer import PersonId, SearchAnswer, SearchHit
from avise.models.desk_memory import SavedTab
from avise.models.errors import AviseError

T = TypeVar("T")


class EarlyDesk(StartingDesk):
    """Implements `avise.services.desk.Desk`; answers at once what the directory and the memory can.

    Somebody who is not in the directory may have been added at this desk: only the whole engine says
    that nobody was found.

    Args:
        finding: what is there already.
        loop: the engine's.
    """

    def __init__(self, finding: FindingDesk, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(finding.session, loop)
        self._finding = finding

    @override
    async def search(self, words: str, limit: int = 50) -> SearchAnswer:
        """See `Desk.search`."""
        if not self.is_ready:
            found = await _known(self._finding.search(words, limit))
            if found is not None and found.hits:
                return found
        return await super().search(words, limit)

    @override
    async def recents(self) -> tuple[SearchHit, ...]:
        """See `Desk.recents`."""
        if not self.is_ready:
            found = await self._finding.recents()
            if found:
                return found
        return await super().recents()

    @override
    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """See `Desk.find_by_identifier`."""
        if not self.is_ready:
            found = await _known(self._finding.find_by_identifier(scheme, value))
            if found is not None:
                return found
        return await super().find_by_identifier(scheme, value)

    @override
    async def save_tabs(self, tabs: tuple[SavedTab, ...]) -> None:
        """See `Desk.save_tabs`."""
        await self._finding.save_tabs(tabs)

    @override
    async def saved_tabs(self) -> tuple[SavedTab, ...]:
        """See `Desk.saved_tabs`."""
        return await self._finding.saved_tabs()

    @override
    async def setting(self, key: str) -> str:
        """See `Desk.setting`."""
        return await self._finding.setting(key)

    @override
    async def change_setting(self, key: str, value: str) -> None:
        """See `Desk.change_setting`."""
        await self._finding.change_setting(key, value)


async def _known(asked: Coroutine[object, object, T]) -> T | None:
    """Return what the directory answers; None when it is not filled yet, which the whole engine tells."""
    try:
        return await asked
    except AviseError as error:
        if error.message_key.startswith("directory."):
            return None
        raise
