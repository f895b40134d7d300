"""The desk's part on records that may be one person's: what is decided shows at once on open screens.

What colleagues decided comes from the hub. Of a record that the directory does not list, its own stream
tells, which the hub gives to whoever opens it: it is asked for when a linked file, or a pair, is looked at.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from uuid import UUID

from typing_extensions import override

from avise.engine.local_requests import LocalRequests
from avise.hub.port import HubUnreachableError
from avise.models.acts import Act
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.fed_events import judged
from avise.models.journal import EventEnvelope
from avise.models.request_fold import JudgedEvent
from avise.models.roles import Purpose
from avise.services.customer_rights import refuse_without_right
from avise.services.identity.same_person import SamePerson
from avise.services.identity.values import RecordLink, RecordPair
from avise.services.open_customer import OpenDossier
from avise.services.ports import CopiesPort
from avise.services.sync import fed_event

_log = logging.getLogger(__name__)


class LocalIdentity(LocalRequests):
    """Implements `avise.services.identity_desk.IdentityDesk`; `LocalDesk` is one."""

    _copies: CopiesPort
    _same_person_kept: SamePerson | None = None

    @property
    def same_person(self) -> SamePerson:
        """What was decided of pairs of records."""
        if self._same_person_kept is None:
            self._same_person_kept = SamePerson(
                self.session, self._journal, self._directory, self._env, self._changes, self._name_of,
                self._copies,
            )  # fmt: skip
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
        await self._ask_about(await self.same_person.untold_pair(one, other))
        return await self.same_person.compare(one, other)

    async def link_records(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are one person's, or propose it."""
        refuse_without_right(self.session.role)
        await self._ask_about(await self.same_person.untold_pair(one, other))
        for person in (one, other):
            # What contradicts is looked for in all that would be joined.
            await self._ask_about(await self.same_person.untold_links(person))
        act = await self.same_person.link(one, other)
        await self._tell_links()
        return act

    async def keep_records_apart(self, one: PersonId, other: PersonId) -> Act:
        """Say that two records are two persons'."""
        refuse_without_right(self.session.role)
        await self._ask_about(await self.same_person.untold_pair(one, other))
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

    # ---- what colleagues decided ---------------------------------------------------------------
    async def take_links(self, events: Sequence[JudgedEvent]) -> None:
        """Take what the hub gave of pairs of records."""
        if self.same_person.take_fed(events):
            await self._tell_links()

    async def put_links_aside(self, events: Iterable[UUID]) -> None:
        """Take that what was decided here does not count at the hub."""
        if self.same_person.put_aside(events):
            await self._tell_links()

    async def forget_links(self) -> None:
        """Forget what the hub gave: it comes again, or may be read no more."""
        self.same_person.forget_fed()
        await self._tell_links()

    async def _ask_about(self, persons: Iterable[PersonId]) -> None:
        """Have the hub tell of records that only their own streams describe; it logs each.

        Raises:
            AviseError: `identity.hub_needed`, or the hub's refusal.
        """
        for person in persons:
            try:
                await self._ask_hub_about(person, Purpose.CONTROL, "")
            except HubUnreachableError:
                raise AviseError("identity.hub_needed") from None

    async def _ask_hub_about(self, person: PersonId, purpose: Purpose, reason: str) -> None:
        office = self._middle_office
        if office is None:
            raise HubUnreachableError("hub.unreachable")
        opened = await office.hub().open_subject(person, purpose, reason)
        told = (judged(fed_event(event)) for event in opened.events)
        if self.same_person.take_told(found.event for found in told if found.known and found.effective):
            await self._tell_links()

    @override
    async def _show_hub(self, dossier: OpenDossier, reason: str) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(super()._show_hub(dossier, reason), name="show the hub's part")
            both.create_task(self._ask_about_linked(dossier, reason), name="ask about linked records")

    async def _ask_about_linked(self, dossier: OpenDossier, reason: str) -> None:
        """Have an open file's linked records told by the hub, as soon as it is there, once each."""
        asked: set[PersonId] = set()
        office = self._middle_office
        if office is None:
            return
        async for _ in office.beats():
            for person in await self.same_person.untold_links(dossier.entry.person):
                if person in asked:
                    continue
                try:
                    await self._ask_hub_about(person, dossier.purpose, reason)
                except HubUnreachableError:
                    continue
                except AviseError as error:
                    _log.info("a linked record was not told: %s", error.message_key)
                asked.add(person)

    @override
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
