"""The part of a starting desk on records that may be one person's: every intention waits for the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId

if TYPE_CHECKING:
    from avise.models.acts import Act
    from avise.services.identity.values import RecordLink, RecordPair


class StartingIdentity(AwaitedDesk):
    """Implements `avise.services.identity_desk.IdentityDesk` by waiting for the real desk."""

    async def same_person_proposals(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """See `IdentityDesk.same_person_proposals`."""
        return await (await self._desk()).same_person_proposals(person)

    async def record_links(self, person: PersonId) -> tuple[RecordLink, ...]:
        """See `IdentityDesk.record_links`."""
        return await (await self._desk()).record_links(person)

    async def compare_records(self, one: PersonId, other: PersonId) -> RecordPair:
        """See `IdentityDesk.compare_records`."""
        return await (await self._desk()).compare_records(one, other)

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """See `IdentityDesk.link_records`."""
        return await (await self._desk()).link_records(one, other)

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """See `IdentityDesk.keep_records_apart`."""
        return await (await self._desk()).keep_records_apart(one, other)

    async def put_off_records(self, pair: UUID) -> None:
        """See `IdentityDesk.put_off_records`."""
        await (await self._desk()).put_off_records(pair)

    async def unlink_records(self, link: UUID, reason: str) -> Act:
        """See `IdentityDesk.unlink_records`."""
        return await (await self._desk()).unlink_records(link, reason)
