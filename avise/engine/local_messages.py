"""The part of the desk that writes to members, and keeps what they accept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from avise.engine.local_acting import LocalActing
from avise.engine.local_day import JOURNAL_SOURCE
from avise.models.acts import act_of
from avise.models.consent import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentMatrix,
    ConsentPurpose,
    ConsentQuestion,
)
from avise.models.customer import DirectoryEntry, PartyKind, PersonId, customer_stream
from avise.models.errors import AviseError
from avise.models.interaction import Channel, TimelineEntry
from avise.models.outgoing import (
    LetterPage,
    MessageContent,
    MessageDraft,
    MessageId,
    OutgoingMessage,
    TemplateChoice,
    plain,
)
from avise.services.consent_texts import shipped_consents
from avise.services.consents import Consents
from avise.services.customer_header import header_of
from avise.services.customer_rights import reads_customers, refuse_opening, refuse_without_right
from avise.services.facts import Facts
from avise.services.messages.drafting import Addressee, Wish, Writer, holds_restricted_number, make_draft
from avise.services.messages.history import KINDS, interactions_of
from avise.services.messages.outgoing import Outgoing
from avise.services.messages.spool_way import LetterWay
from avise.services.messages.templates import TemplateBook
from avise.services.open_customer import OpenDossier
from avise.services.ports import DirectoryPort
from avise.services.timeline import entry_of
from avise.texts import language
from avise.texts.formats import local

FOLLOW_PAUSE = 3600.0
"""Seconds after which a follower of messages is told again, should nothing happen."""


@dataclass(frozen=True, slots=True)
class MessageRoom:
    """What it takes to write to members.

    Args:
        consents: what members accept.
        outgoing: where messages go.
        templates: what can be written.
        mutual: the name that signs.
    """

    consents: Consents
    outgoing: Outgoing
    templates: TemplateBook
    mutual: str


class LocalMessages(LocalActing):
    """Implements `avise.services.message_desk.MessageDesk`; `LocalDesk` is one."""

    _room_kept: MessageRoom | None = None
    _consents_kept: Consents | None = None
    _telling: set[asyncio.Task[None]]

    def use_messages(self, room: MessageRoom) -> None:
        """Write through a room; until then nothing can be sent."""
        self._consents_kept, self._room_kept = room.consents, room
        self._telling = set()
        room.outgoing.on_change(self._tell_message)

    @property
    def everybody(self) -> DirectoryPort:
        """The directory, people added at this desk included."""
        return self._directory

    @property
    def _room(self) -> MessageRoom:
        if self._room_kept is None:
            raise AviseError("message.not_here")
        return self._room_kept

    @property
    def _consents(self) -> Consents:
        if self._consents_kept is None:
            self._consents_kept = Consents(
                self.session, self._journal, self._sources, shipped_consents(), self._env
            )
        return self._consents_kept

    # ---- messages ------------------------------------------------------------------------------
    async def message_templates(self, reason: str = "") -> tuple[TemplateChoice, ...]:
        """Return the templates, those of a reason for contact first."""
        refuse_without_right(self.session.role)
        return tuple(
            TemplateChoice(
                template.id,
                template.title_in(language()),
                template.purpose,
                template.channel_order(),
                proposed=bool(reason) and reason in template.reasons,
            )
            for template in self._room.templates.proposed(reason)
        )

    async def draft_message(
        self,
        person: PersonId,
        template: str,
        channel: ConsentChannel | None = None,
        language: str = "",
        filled: Mapping[str, str] | None = None,
        words: str = "",
    ) -> MessageDraft:
        """Return a message to read."""
        dossier = self._written_dossier(person)
        found = self._room.templates.get(template)
        if found is None:
            raise AviseError("message.no_template")
        if holds_restricted_number({**(filled or {}), "": words}):
            raise AviseError("message.restricted_number")
        facts = dossier.facts()
        header = header_of(dossier.entry, facts, self.session.role)
        matrix = await self._consents.known(dossier.entry.dossier, facts)
        writer = Writer(self.session.display_name, self._room.mutual, frozenset(self._room.outgoing.ways))
        wish = Wish(channel, language, filled, words)
        return make_draft(found, Addressee(header, facts, matrix), writer, self._consents.book, wish)

    def _written_dossier(self, person: PersonId) -> OpenDossier:
        refuse_without_right(self.session.role)
        dossier = self._dossiers.get(person)
        if dossier is None:
            raise AviseError("open.nobody")
        if dossier.entry.party.kind is PartyKind.COMPANY:
            raise AviseError("message.not_a_member")
        return dossier

    async def letter_pages(self, draft: MessageDraft) -> tuple[LetterPage, ...]:
        """Return a letter as it would be printed."""
        refuse_without_right(self.session.role)
        way = self._room.outgoing.ways.get(ConsentChannel.LETTER)
        if not isinstance(way, LetterWay):
            return ()
        content = MessageContent(draft.recipient, plain(draft.subject), plain(draft.body))
        return await way.pages(content, draft.language, self._env.now())

    async def send_message(self, draft: MessageDraft) -> OutgoingMessage:
        """Have a message leave in two minutes, exactly as it was read."""
        shown = [person for person, found in self._dossiers.items() if found.entry.dossier == draft.person]
        if not shown:
            raise AviseError("open.nobody")
        now = await self.draft_message(
            shown[0], draft.template, draft.channel, draft.language, draft.filled, draft.words
        )
        if draft.channel is not None and now.channel is None:
            reasons = (choice.reason for choice in now.choices if choice.channel is draft.channel)
            raise AviseError("message.no_channel", reason=next(reasons, now.chosen_because))
        if now.fingerprint != draft.fingerprint or now.template_version != draft.template_version:
            raise AviseError("message.changed")
        return await self._room.outgoing.plan(now)

    async def undo_message(self, message: MessageId) -> OutgoingMessage:
        """Keep a message from leaving."""
        refuse_without_right(self.session.role)
        return await self._room.outgoing.undo(message)

    async def messages(self) -> AsyncIterator[tuple[OutgoingMessage, ...]]:
        """Follow this desk's messages."""
        outgoing = self._room.outgoing
        told: tuple[OutgoingMessage, ...] | None = None
        while reads_customers(self.session.role):
            seen = outgoing.changes.count
            found = await outgoing.all()
            if found != told:
                told = found
                yield found
            await outgoing.changes.wait(seen, self._env, FOLLOW_PAUSE)

    def _tell_message(self, message: OutgoingMessage) -> None:
        """Tell open screens the line of a message again."""
        task = asyncio.ensure_future(self._tell_history(customer_stream(message.person)))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _own_entries(self, stream: str) -> tuple[TimelineEntry, ...]:
        """Return the exchanges of a stream, messages to the member among them."""
        written = await super()._own_entries(stream)
        events = await self._journal.stream(stream, KINDS)
        lines = interactions_of(events, self._name_of)
        told = tuple(entry_of(line, JOURNAL_SOURCE) for line in lines)
        return (*told, *written)

    # ---- consents ------------------------------------------------------------------------------
    async def consents(self, person: PersonId) -> tuple[Consent, ...]:
        """Return what a member accepts."""
        _, matrix = await self._matrix(person)
        return self._consents.cells(matrix)

    async def consent_questions(
        self, person: PersonId, *, every: bool = False
    ) -> tuple[ConsentQuestion, ...]:
        """Return the questions still to be asked of a member; with `every`, of all cells."""
        _, matrix = await self._matrix(person)
        if every:
            return self._consents.every_question()
        return self._consents.questions(matrix)

    async def give_consent(self, person: PersonId, act: ConsentAct) -> tuple[Consent, ...]:
        """Keep a positive act."""
        member, _ = await self._matrix(person)
        await self._consents.give(member.dossier, act)
        return await self._told_consents(person, member)

    async def withdraw_consent(
        self,
        person: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> tuple[Consent, ...]:
        """Keep a refusal or a withdrawal, which counts at once."""
        member, _ = await self._matrix(person)
        await self._consents.withdraw(member.dossier, purpose, channel, said_on=said_on, proof=proof)
        return await self._told_consents(person, member)

    async def undo_consent(
        self, person: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> tuple[Consent, ...]:
        """Take back what was just noted of one cell."""
        member, _ = await self._matrix(person)
        noted = await self._consents.last_act(member.dossier, purpose, channel)
        if noted is None:
            raise AviseError("undo.unknown")
        await self.undo(act_of((noted,)))
        return await self._told_consents(person, member)

    async def _told_consents(self, person: PersonId, member: DirectoryEntry) -> tuple[Consent, ...]:
        """Show a member's consents on open screens as they are now, and return them."""
        own = await self._consents.own(member.dossier)
        for dossier in self._shown(member):
            dossier.show_consents(own)
        return await self.consents(person)

    async def _matrix(self, person: PersonId) -> tuple[DirectoryEntry, ConsentMatrix]:
        """Return the member of a dossier and what is known of the consents."""
        refuse_without_right(self.session.role)
        entry = await self._entry(person)
        member = await self._member_of(entry)
        shown = self._shown(member)
        if not shown:
            refuse_opening(self.session.role, (entry, member), "")
        now = self._env.now()
        facts = shown[0].facts() if shown else Facts(local(now).date(), now)
        return member, await self._consents.known(member.dossier, facts)

    async def _own_consents(self, member: DirectoryEntry) -> ConsentMatrix:
        return await self._consents.own(member.dossier)
