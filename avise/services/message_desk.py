"""What a desk offers to write to members, and to keep what they accept.

A part of `avise.services.desk.Desk`, which inherits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from avise.models.customer import PersonId
from avise.models.interaction import Channel

if TYPE_CHECKING:
    # The window imports this before its first frame; it needs none of these by then.
    from avise.models.consent import Consent, ConsentAct, ConsentChannel, ConsentPurpose, ConsentQuestion
    from avise.models.outgoing import LetterPage, MessageDraft, OutgoingMessage, TemplateChoice


class MessageDesk(Protocol):
    """What the window asks to write to a member."""

    # ---- messages ----------------------------------------------------------------------------
    async def message_templates(self, reason: str = "") -> tuple[TemplateChoice, ...]:
        """Return the templates, those of a reason for contact first."""

    async def draft_message(
        self,
        person: PersonId,
        template: str,
        channel: ConsentChannel | None = None,
        language: str = "",
        filled: Mapping[str, str] | None = None,
        words: str = "",
    ) -> MessageDraft:
        """Return a message to read: its channel and why, its facts in place, its gaps.

        Args:
            person: whose dossier is open; the message is for its member.
            template: identifier of the template.
            channel: chosen by the member's preference and consents when None.
            language: of the message ("fr", "en"); the desk's own unless told.
            filled: facts that the agent gives where nobody knows them.
            words: the body as the agent wrote it over; the template's own when "".

        Raises:
            AviseError: `message.no_template`, `message.not_a_member`, `message.restricted_number`,
                or `open.nobody` when the dossier is not open.
        """

    async def letter_pages(self, draft: MessageDraft) -> tuple[LetterPage, ...]:
        """Return a letter as it would be printed; nothing when this desk prints none."""

    async def send_message(self, draft: MessageDraft) -> OutgoingMessage:
        """Have a message leave in two minutes, exactly as it was read; it is on disk when this returns.

        Raises:
            AviseError: `message.changed` when it would say something else by now, `message.no_channel`,
                `message.missing_facts`, or as `draft_message`.
        """

    async def undo_message(self, message: UUID) -> OutgoingMessage:
        """Keep a message from leaving.

        Raises:
            AviseError: `message.too_late_to_undo` or `message.not_found`.
        """

    def messages(self) -> AsyncIterator[tuple[OutgoingMessage, ...]]:
        """Follow this desk's messages, the last planned first: at once, then at each change."""

    # ---- consents ----------------------------------------------------------------------------
    async def consents(self, person: PersonId) -> tuple[Consent, ...]:
        """Return what a member accepts, every purpose on every channel, what nobody said included."""

    async def consent_questions(
        self, person: PersonId, *, every: bool = False
    ) -> tuple[ConsentQuestion, ...]:
        """Return the questions still to be asked of a member, for the wrap-up; with `every`, of all cells."""

    async def give_consent(self, person: PersonId, act: ConsentAct) -> tuple[Consent, ...]:
        """Keep a positive act with its question and its proof; return what the member accepts now.

        Raises:
            AviseError: `consent.no_question`, `consent.future`, `consent.proof_number` or
                `consent.proof_long`.
        """

    async def withdraw_consent(
        self,
        person: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> tuple[Consent, ...]:
        """Keep a refusal or a withdrawal, for one cell, a purpose, a channel or everything.

        It counts at once: planned messages that rest on it are stopped.

        Raises:
            AviseError: `consent.service`, `consent.proof_number` or `consent.proof_long`.
        """

    async def undo_consent(
        self, person: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> tuple[Consent, ...]:
        """Take back what was just noted of one cell: a slip of the hand; return what the member accepts now.

        Raises:
            AviseError: `undo.unknown`, `undo.too_late` or `undo.already`.
        """
