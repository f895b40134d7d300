"""The part of the scripted desk that writes to members: templates, drafts, and messages that a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from avise.models.consent import (
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentPurpose,
    ConsentQuestion,
    ConsentState,
)
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.interaction import Channel
from avise.models.outgoing import (
    DEPARTS_AFTER,
    ChannelChoice,
    Fragment,
    LetterLine,
    LetterPage,
    MessageDraft,
    MessageStatus,
    MissingFact,
    OutgoingMessage,
    TemplateChoice,
    plain,
)
from avise.services.messages.rewriting import rewritten
from tests.ui.persona import NOW
from tests.ui.stream import Stream

CARD = TemplateChoice(
    "card_available",
    "Carte de tiers payant disponible",
    ConsentPurpose.SERVICE,
    (ConsentChannel.EMAIL, ConsentChannel.LETTER),
    proposed=True,
)
QUESTION = ConsentQuestion(
    ConsentPurpose.COMMERCIAL,
    ConsentChannel.PHONE,
    "2026-08-11",
    "Puis-je vous rappeler à l’avenir pour vous parler de nos offres\u202f?",
    "fr",
)


@dataclass(kw_only=True)
class ScriptedMessages:
    """Implements `MessageDesk` from values; a test changes them and reads `written`."""

    written: list[tuple[object, ...]] = field(default_factory=list)
    templates: tuple[TemplateChoice, ...] = (CARD,)
    missing: tuple[MissingFact, ...] = ()
    """Gaps of every draft, until the agent fills them."""
    message_error: AviseError | None = None
    sent: tuple[OutgoingMessage, ...] = ()
    """The last planned first."""
    cells: tuple[Consent, ...] = ()
    to_ask: tuple[ConsentQuestion, ...] = (QUESTION,)
    questions: tuple[ConsentQuestion, ...] = (QUESTION,)
    """Of all cells."""
    message_stream: Stream = field(default_factory=Stream)

    # ---- what a test plays -------------------------------------------------------------------
    def show_messages(self, *messages: OutgoingMessage) -> None:
        """Change where messages stand, the last planned first."""
        self.sent = messages
        self.message_stream.tell(messages)

    # ---- messages ----------------------------------------------------------------------------
    async def message_templates(self, reason: str = "") -> tuple[TemplateChoice, ...]:
        """Return the scripted templates."""
        self.written.append(("templates", reason))
        return self.templates

    async def draft_message(
        self,
        person: PersonId,
        template: str,
        channel: ConsentChannel | None = None,
        language: str = "",
        filled: Mapping[str, str] | None = None,
        words: str = "",
    ) -> MessageDraft:
        """Return a draft with the scripted gaps."""
        self.written.append(("draft", person, template, channel, language, filled, words))
        if self.message_error is not None:
            raise self.message_error
        gaps = tuple(gap for gap in self.missing if gap.name not in (filled or {}))
        template_body = (
            Fragment("Madame,\n\nVotre carte est valable jusqu’au "),
            *(Fragment(value, name) for name, value in (filled or {}).items()),
            *(Fragment(f"[{gap.label}]", gap.name, missing=True) for gap in gaps),
            Fragment("."),
        )
        body = rewritten(template_body, words) if words else template_body
        return MessageDraft(
            person=person,
            template=template,
            template_version="1",
            title=CARD.title,
            purpose=CARD.purpose,
            channel=channel or ConsentChannel.EMAIL,
            chosen_because="Canal préféré de l’adhérent",
            choices=(
                ChannelChoice(
                    ConsentChannel.EMAIL, allowed=True, reason="Message lié au contrat", preferred=True
                ),
                ChannelChoice(ConsentChannel.LETTER, allowed=False, reason="Aucune adresse postale connue"),
            ),
            language=language or "fr",
            recipient="helene@exemple.invalid",
            subject=(Fragment("Votre carte"),),
            body=body,
            missing=tuple(gap for gap in gaps if any(run.fact == gap.name for run in body)),
            filled=dict(filled or {}),
            words=words,
        )

    async def letter_pages(self, draft: MessageDraft) -> tuple[LetterPage, ...]:
        """Return a page with a line a paragraph."""
        self.written.append(("letter", draft))
        words = plain(draft.body).split("\n")
        lines = (
            LetterLine(word, is_strong=False, size=11, left=57, base=300 + 15 * row)
            for row, word in enumerate(words)
        )
        return (LetterPage(595, 842, tuple(lines)),)

    async def send_message(self, draft: MessageDraft) -> OutgoingMessage:
        """Plan a message."""
        self.written.append(("send", draft))
        if self.message_error is not None:
            raise self.message_error
        assert draft.channel is not None
        planned = OutgoingMessage(
            UUID(int=len(self.sent) + 1), draft.person, draft.template, draft.template_version, draft.title,
            draft.purpose, draft.channel, draft.language, MessageStatus.PLANNED, NOW, NOW + DEPARTS_AFTER,
            NOW,
        )  # fmt: skip
        self.show_messages(planned, *self.sent)
        return planned

    async def undo_message(self, message: UUID) -> OutgoingMessage:
        """Undo a message."""
        self.written.append(("undo", message))
        found = [sent for sent in self.sent if sent.id == message]
        if not found:
            raise AviseError("message.not_found")
        undone = replace(found[0], status=MessageStatus.UNDONE)
        self.show_messages(*(undone if sent.id == message else sent for sent in self.sent))
        return undone

    async def messages(self) -> AsyncIterator[tuple[OutgoingMessage, ...]]:
        """Follow the scripted messages."""
        async for told in self.message_stream.follow(self.sent):
            yield told  # type: ignore[misc]  # what `show_messages` told

    # ---- consents ----------------------------------------------------------------------------
    async def consents(self, person: PersonId) -> tuple[Consent, ...]:
        """Return the scripted consents."""
        self.written.append(("consents", person))
        return self.cells

    async def consent_questions(
        self, person: PersonId, *, every: bool = False
    ) -> tuple[ConsentQuestion, ...]:
        """Return the scripted questions."""
        self.written.append(("questions", person))
        return self.questions if every else self.to_ask

    async def give_consent(self, person: PersonId, act: ConsentAct) -> tuple[Consent, ...]:
        """Keep a positive act."""
        self.written.append(("give", person, act))
        self._say(act.purpose, act.channel, ConsentState.YES)
        return self.cells

    async def withdraw_consent(
        self,
        person: PersonId,
        purpose: ConsentPurpose | None = None,
        channel: ConsentChannel | None = None,
        said_on: Channel = Channel.PHONE_IN,
        proof: str = "",
    ) -> tuple[Consent, ...]:
        """Keep a withdrawal."""
        self.written.append(("withdraw", person, purpose, channel, said_on, proof))
        if purpose is not None and channel is not None:
            self._say(purpose, channel, ConsentState.NO)
        return self.cells

    async def undo_consent(
        self, person: PersonId, purpose: ConsentPurpose, channel: ConsentChannel
    ) -> tuple[Consent, ...]:
        """Take back what was said of a cell."""
        self.written.append(("undo_consent", person, purpose, channel))
        self.cells = tuple(cell for cell in self.cells if (cell.purpose, cell.channel) != (purpose, channel))
        self.to_ask = tuple(q for q in self.questions if (q.purpose, q.channel) == (purpose, channel))
        return self.cells

    def _say(self, purpose: ConsentPurpose, channel: ConsentChannel, state: ConsentState) -> None:
        others = (cell for cell in self.cells if (cell.purpose, cell.channel) != (purpose, channel))
        self.cells = (*others, Consent(purpose, channel, state, NOW.date(), source="journal"))
        self.to_ask = tuple(q for q in self.to_ask if (q.purpose, q.channel) != (purpose, channel))
