"""The part of the bridge that writes to members, and keeps what they accept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from avise.models.customer import PersonId
from avise.models.interaction import Channel
from avise.ui.crossing import Crossing, Failed, Watch

if TYPE_CHECKING:
    from avise.models.consent import Consent, ConsentAct, ConsentChannel, ConsentPurpose, ConsentQuestion
    from avise.models.outgoing import LetterPage, MessageDraft, OutgoingMessage, TemplateChoice


class MessageBridge(Crossing):
    """The intentions of `avise.services.message_desk.MessageDesk`, called from Qt's loop."""

    def watch_messages(
        self, on_messages: Callable[[tuple[OutgoingMessage, ...]], None], on_failed: Failed | None = None
    ) -> Watch:
        """Follow this desk's messages, the last planned first."""
        return self._watch(self._desk.messages, lambda _messages: "messages", on_messages, on_failed)

    async def message_templates(self, reason: str = "") -> tuple[TemplateChoice, ...]:
        """Return the templates, those of a reason for contact first."""
        return await self._call(self._desk.message_templates(reason))

    async def draft_message(
        self,
        person: PersonId,
        template: str,
        channel: ConsentChannel | None = None,
        language: str = "",
        filled: Mapping[str, str] | None = None,
        words: str = "",
    ) -> MessageDraft:
        """Return a message to read: its channel and why, its facts in place, its gaps."""
        return await self._call(self._desk.draft_message(person, template, channel, language, filled, words))

    async def letter_pages(self, draft: MessageDraft) -> tuple[LetterPage, ...]:
        """Return a letter as it would be printed; nothing when this desk prints none."""
        return await self._call(self._desk.letter_pages(draft))

    async def send_message(self, draft: MessageDraft) -> OutgoingMessage:
        """Have a message leave in two minutes, exactly as it was read."""
        return await self._call(self._desk.send_message(draft))

    async def undo_message(self, message: UUID) -> OutgoingMessage:
        """Keep a message from leaving."""
        return await self._call(self._desk.undo_message(message))

    async def consents(self, person: PersonId) -> tuple[Consent, ...]:
        """Return what a member accepts."""
        return await self._call(self._desk.consents(person))

    async def consent_questions(
        self, person: PersonId, *, every: bool = False
    ) -> tuple[ConsentQuestion, ...]:
        """Return the questions still to be asked of a member; with `every`, of all cells."""
        return await self._call(self._desk.consent_questions(person, every=every))

    async def give_consent(self, person: PersonId, act: ConsentAct) -> tuple[Consent, ...]:
        """Keep a positive act; return what the member accepts now."""
        return await self._call(self._desk.give_consent(person, act))

    async def withdraw_consent(
        self,
        person: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> tuple[Consent, ...]:
        """Keep a refusal or a withdrawal, which counts at once."""
        return await self._call(self._desk.withdraw_consent(person, purpose, channel, said_on, proof))

    async def undo_consent(
        self, person: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> tuple[Consent, ...]:
        """Take back what was just noted of one cell; return what the member accepts now."""
        return await self._call(self._desk.undo_consent(person, purpose, channel))
