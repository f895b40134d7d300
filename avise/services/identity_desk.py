"""What a desk offers of records that may be one person's.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from avise.models.customer import PersonId

if TYPE_CHECKING:
    # The window imports this before its first frame.
    from avise.models.acts import Act
    from avise.services.identity.values import RecordLink, RecordPair


class IdentityDesk(Protocol):
    """What the window asks of records that may be one person's."""

    async def same_person_proposals(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """Return the pairs of which somebody has to decide, the likeliest first.

        Args:
            person: only those that concern this person; None for all.
        """

    async def record_links(self, person: PersonId) -> tuple[RecordLink, ...]:
        """Return the links of a person with other records."""

    async def compare_records(self, one: PersonId, other: PersonId) -> RecordPair:
        """Return two records side by side.

        Raises:
            AviseError: `identity.same_record` or `identity.unknown`.
        """

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are one person's; from a role that does not decide, propose it.

        Raises:
            AviseError: `identity.already`, `identity.company`, `identity.unknown`, or what contradicts:
                `identity.refused.birth_date`, `identity.refused.sex`, `identity.refused.apart`.
        """

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are two persons'; not proposed again unless what they say changes.

        Raises:
            AviseError: `identity.not_allowed` or `identity.already`.
        """

    async def put_off_records(self, pair: UUID) -> None:
        """Show a pair after the others until this desk is closed."""

    async def unlink_records(self, link: UUID, reason: str) -> Act:
        """End a link, for a reason.

        Raises:
            AviseError: `identity.not_allowed`, `identity.reason_needed`, `identity.reason_long` or
                `identity.unknown`.
        """
