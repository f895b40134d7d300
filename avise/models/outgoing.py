"""A message to a member: its draft with the facts in place, and its way once it is planned.

A planned message leaves two minutes later unless it is undone (decision 30). It is marked *sending* before
anything is asked of the outside, so that it leaves at most once: what was being sent when the machine
stopped is *unknown*, shown as such, and never sent again by itself.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.consent import ConsentChannel, ConsentPurpose
from avise.models.customer import PersonId
from avise.models.interaction import Channel

MessageId = uuid.UUID

DEPARTS_AFTER = timedelta(minutes=2)
"""Time to undo (decision 30)."""

TOO_LATE_AFTER = timedelta(hours=24)
"""A message that could not leave for so long (the machine was off) is stopped: its facts may be wrong."""


class MessageStatus(StrEnum):
    """Where a message stands. Word: catalogue key `message.status.<status>`."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    """Handed over: to the mail server, or to the folder from which others send."""
    DELIVERED = "delivered"
    """Whoever carried it says that it reached the member."""
    RETURNED = "returned"
    """Whoever carried it says that it did not."""
    FAILED = "failed"
    """Refused for good; nothing left."""
    UNDONE = "undone"
    STOPPED = "stopped"
    """A rule stopped it before it left: a consent withdrawn, a delay too long."""
    UNKNOWN = "unknown"
    """Nobody knows whether it left: never sent again by itself."""


ENDED = frozenset(MessageStatus) - {MessageStatus.PLANNED, MessageStatus.SENDING}

NEXT: Mapping[MessageStatus, frozenset[MessageStatus]] = {
    MessageStatus.PLANNED: frozenset({MessageStatus.SENDING, MessageStatus.UNDONE, MessageStatus.STOPPED}),
    MessageStatus.SENDING: frozenset(
        {
            MessageStatus.SENT, MessageStatus.FAILED, MessageStatus.UNKNOWN, MessageStatus.STOPPED,
            MessageStatus.PLANNED,
        }
    ),
    MessageStatus.SENT: frozenset({MessageStatus.DELIVERED, MessageStatus.RETURNED}),
    MessageStatus.UNKNOWN: frozenset({MessageStatus.DELIVERED, MessageStatus.RETURNED}),
    MessageStatus.DELIVERED: frozenset({MessageStatus.RETURNED}),
}  # fmt: skip
"""What may follow a status; *planned* again when it surely did not leave and another try may help."""

TIMELINE_CHANNELS: Mapping[ConsentChannel, Channel] = {
    ConsentChannel.EMAIL: Channel.EMAIL,
    ConsentChannel.SMS: Channel.SMS,
    ConsentChannel.LETTER: Channel.LETTER_OUT,
}
"""The channel of the history for each channel of a message."""


# ---- the draft ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of a draft's text: words of the template, a fact in place, or a gap to show in red."""

    text: str
    fact: str = ""
    """Name of the fact that stands here, "" for the template's own words."""
    missing: bool = False
    """The fact is not known: `text` is its label between brackets."""


Fragments = tuple[Fragment, ...]


def plain(fragments: Fragments) -> str:
    """Return the text of fragments, gaps included."""
    return "".join(fragment.text for fragment in fragments)


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A template that can be chosen, in the language of the desk."""

    id: str
    title: str
    purpose: ConsentPurpose
    channels: tuple[ConsentChannel, ...]
    proposed: bool = False
    """Goes with the reason for contact that was told."""


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that a draft needs and nobody knows; the agent may give it."""

    name: str
    label: str
    facet: str = ""
    """Where it is usually found, "" when no tool tells it."""


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """One channel of a template for one member: whether it can be used, and why.

    Sentence: catalogue key `channel_choice.<reason>`, or `permission.<reason>` when it is of consent.
    """

    channel: ConsentChannel
    allowed: bool
    reason: str
    """In words, in the language of the desk."""
    preferred: bool = False
    """The member prefers it."""


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """A message ready to be read before it is sent."""

    person: PersonId
    """The member."""
    template: str
    template_version: str
    title: str
    """Of the template, in the language of the desk."""
    purpose: ConsentPurpose
    channel: ConsentChannel | None
    """None when no channel can be used: `choices` say why."""
    chosen_because: str
    """Why this channel, in words."""
    choices: tuple[ChannelChoice, ...]
    language: str
    recipient: str
    """Address, number, or the lines of the postal address; "" without a channel."""
    subject: Fragments
    body: Fragments
    missing: tuple[MissingFact, ...] = ()
    """A message with a gap does not leave."""
    stale: tuple[str, ...] = ()
    """Labels of facts that rest on an old reading."""
    sms_parts: int = 0
    """How many text messages it takes; 0 on other channels."""
    filled: Mapping[str, str] | None = None
    """Facts that the agent gave."""
    words: str = ""
    """The body as the agent wrote it over, "" for the template's own."""

    @property
    def ready(self) -> bool:
        """Whether it can be sent."""
        return self.channel is not None and not self.missing

    @property
    def fingerprint(self) -> bytes:
        """What the agent read: a message is sent only while it still says the same."""
        parts = (str(self.channel), self.recipient, plain(self.subject), plain(self.body))
        return hashlib.sha256("\x00".join(parts).encode()).digest()


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One line of a letter; places and sizes are in points, from the upper left corner of the page."""

    text: str
    is_strong: bool
    size: float
    left: float
    base: float
    """Of its base line."""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One page of a letter, as it is printed."""

    width: float
    height: float
    lines: tuple[LetterLine, ...]


@dataclass(frozen=True, slots=True)
class MessageContent:
    """What leaves."""

    recipient: str
    subject: str
    body: str


# ---- the message ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message from its planning to its end, without its content."""

    id: MessageId
    person: PersonId
    template: str
    template_version: str
    title: str
    purpose: ConsentPurpose
    channel: ConsentChannel
    language: str
    status: MessageStatus
    planned_at: datetime
    departs_at: datetime
    changed_at: datetime
    attempts: int = 0
    reason: str = ""
    """Why it failed, was stopped or waits: last part of the catalogue key `message.reason.<reason>`."""
    detail: str = ""
    """The mail server's own code, for support."""

    def may_be_undone(self, now: datetime) -> bool:
        """Say whether it still waits here."""
        return self.status is MessageStatus.PLANNED and now < self.departs_at + TOO_LATE_AFTER
