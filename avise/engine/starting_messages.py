"""The part of a starting desk that writes to members: every intention waits for the engine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from avise.engine.awaited_desk import AwaitedDesk
from avise.models.customer import PersonId
from avise.models.interaction import Channel

if TYPE_CHECKING:
    from avise.models.consent import Consent, ConsentAct, ConsentChannel, ConsentPurpose, ConsentQuestion
    from avise.models.outgoing import LetterPage, MessageDraft, OutgoingMessage, TemplateChoice


class StartingMessages(AwaitedDesk):
    """Implements `avise.services.message_desk.MessageDesk` by waiting for the real desk."""

    async def message_templates(self, reason: str = "") -> tuple[TemplateChoice, ...]:
        """See `MessageDesk.message_templates`."""
        return await (await self._desk()).message_templates(reason)

    async def draft_message(
        self,
        person: PersonId,
        template: str,
        channel: ConsentChannel | None = None,
        language: str = "",
        filled: Mapping[str, str] | None = None,
        words: str = "",
    ) -> MessageDraft:
        """See `MessageDesk.draft_message`."""
        return await (await self._desk()).draft_message(person, template, channel, language, filled, words)

    async def letter_pages(self, draft: MessageDraft) -> tuple[LetterPage, ...]:
        """See `MessageDesk.letter_pages`."""
        return await (await self._desk()).letter_pages(draft)

    async def send_message(self, draft: MessageDraft) -> OutgoingMessage:
        """See `MessageDesk.send_message`."""
        return await (await self._desk()).send_message(draft)

    async def undo_message(self, message: UUID) -> OutgoingMessage:
        """See `MessageDesk.undo_message`."""
        return await (await self._desk()).undo_message(message)

    def messages(self) -> AsyncIterator[tuple[OutgoingMessage, ...]]:
        """See `MessageDesk.messages`."""
        return self._follow(lambda desk: desk.messages())

    async def consents(self, person: PersonId) -> tuple[Consent, ...]:
        """See `MessageDesk.consents`."""
        return await (await self._desk()).consents(person)

    async def consent_questions(
        self, person: PersonId, *, every: bool = False
    ) -> tuple[ConsentQuestion, ...]:
        """See `MessageDesk.consent_questions`."""
        return await (await self._desk()).consent_questions(person, every=every)

    async def give_consent(self, person: PersonId, act: ConsentAct) -> tuple[Consent, ...]:
        """See `MessageDesk.give_consent`."""
        return await (await self._desk()).give_consent(person, act)

    async def withdraw_consent(
        self,
        person: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> tuple[Consent, ...]:
        """See `MessageDesk.withdraw_consent`."""
        return await (await self._desk()).withdraw_consent(person, purpose, channel, said_on, proof)

    async def undo_consent(
        self, person: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> tuple[Consent, ...]:
        """See `MessageDesk.undo_consent`."""
        return await (await self._desk()).undo_consent(person, purpose, channel)
