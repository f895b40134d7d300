"""The part of the bridge on records that may be one person's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from avise.models.customer import PersonId
from avise.ui.crossing import Crossing

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.services.identity.values import RecordLink, RecordPair


class IdentityBridge(Crossing):
    """The intentions of `avise.services.identity_desk.IdentityDesk`, as the window calls them."""

    async def same_person_proposals(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """Return the pairs of which somebody has to decide, the likeliest first."""
        return await self._call(self._desk.same_person_proposals(person))

    async def record_links(self, person: PersonId) -> tuple[RecordLink, ...]:
        """Return the links of a person with other records."""
        return await self._call(self._desk.record_links(person))

    async def compare_records(self, one: PersonId, other: PersonId) -> RecordPair:
        """Return two records side by side."""
        return await self._call(self._desk.compare_records(one, other))

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are one person's, or propose it."""
        return await self._call(self._desk.link_records(one, other))

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are two persons'."""
        return await self._call(self._desk.keep_records_apart(one, other))

    async def put_off_records(self, pair: UUID) -> None:
        """Show a pair after the others until this desk is closed."""
        await self._call(self._desk.put_off_records(pair))

    async def unlink_records(self, link: UUID, reason: str) -> Act:
        """End a link, for a reason."""
        return await self._call(self._desk.unlink_records(link, reason))
