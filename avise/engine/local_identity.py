"""The desk's part on records that may be one person's: what is decided shows at once on open screens."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from avise.engine.local_day import LocalDay
from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.journal import EventEnvelope
from avise.services.customer_rights import refuse_without_right
from avise.services.identity.same_person import SamePerson
from avise.services.identity.values import RecordLink, RecordPair
from avise.services.open_customer import OpenDossier


class LocalIdentity(LocalDay):
    """Implements `avise.services.identity_desk.IdentityDesk`; `LocalDesk` is one."""

    _same_person_kept: SamePerson | None = None

    @property
    def same_person(self) -> SamePerson:
        """What was decided of pairs of records."""
        if self._same_person_kept is None:
            made = SamePerson(
                self.session, self._journal, self._directory, self._env, self._changes, self._name_of
            )
            self._same_person_kept = made
        return self._same_person_kept

    async def same_person_proposals(self, person: PersonId | None = None) -> tuple[RecordPair, ...]:
        """Return the pairs of which somebody has to decide."""
        refuse_without_right(self.session.role)
        return await self.same_person.waiting(person)

    async def record_links(self, person: PersonId) -> tuple[RecordLink, ...]:
        """Return the links of a person with other records."""
        refuse_without_right(self.session.role)
        return await self.same_person.links_of(person)

    async def compare_records(self, one: PersonId, other: PersonId) -> RecordPair:
        """Return two records side by side."""
        refuse_without_right(self.session.role)
        return await self.same_person.compare(one, other)

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are one person's, or propose it."""
        refuse_without_right(self.session.role)
        act = await self.same_person.link(one, other)
        await self._tell_links()
        return act

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are two persons'."""
        refuse_without_right(self.session.role)
        act = await self.same_person.keep_apart(one, other)
        await self._tell_links()
        return act

    async def put_off_records(self, pair: UUID) -> None:
        """Show a pair after the others."""
        self.same_person.put_off(pair)

    async def unlink_records(self, link: UUID, reason: str) -> Act:
        """End a link."""
        refuse_without_right(self.session.role)
        act = await self.same_person.unlink(link, reason)
        await self._tell_links()
        return act

    async def _take(self, written: Iterable[EventEnvelope]) -> None:
        events = tuple(written)
        await super()._take(events)
        if self.same_person.take(events):
            await self._tell_links()

    async def _tell_links(self) -> None:
        """Show every open file with the records that are linked to it now, and no other."""
        for dossier in tuple(self._dossiers.values()):
            await self._show_links(dossier)

    async def _show_links(self, dossier: OpenDossier) -> None:
        person = dossier.entry.person
        dossier.show_links(await self.same_person.linked_to(person), await self.same_person.news(person))
