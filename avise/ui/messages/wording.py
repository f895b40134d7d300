"""How messages are told on screen: channels, whom they go to, where they stand, when they leave.

Pure functions of values; every sentence comes from the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from avise.models.consent import ConsentChannel
from avise.models.names import fold, fold_words
from avise.models.outgoing import ChannelChoice, MessageDraft, MessageStatus, OutgoingMessage, TemplateChoice
from avise.services.customer_updates import Header
from avise.texts import plural, text
from avise.texts.formats import format_phone
from avise.ui.widgets.chip import ChipSpec, Tone

CHANNEL_ICONS: Mapping[ConsentChannel, str] = {
    ConsentChannel.PHONE: "phone",
    ConsentChannel.EMAIL: "mail",
    ConsentChannel.SMS: "message-square",
    ConsentChannel.LETTER: "file-text",
}

_CHIPS: Mapping[MessageStatus, tuple[Tone, str]] = {
    MessageStatus.PLANNED: (Tone.INFO, "cloud-upload"),
    MessageStatus.SENDING: (Tone.ACCENT, "loader-circle"),
    MessageStatus.SENT: (Tone.OK, "circle-check"),
    MessageStatus.DELIVERED: (Tone.OK, "circle-check"),
    MessageStatus.RETURNED: (Tone.DANGER, "circle-x"),
    MessageStatus.FAILED: (Tone.DANGER, "circle-x"),
    MessageStatus.UNDONE: (Tone.OUTLINE, "rotate-cw"),
    MessageStatus.STOPPED: (Tone.DANGER, "ban"),
    MessageStatus.UNKNOWN: (Tone.WARN, "circle-help"),
}

TROUBLED = frozenset(
    {MessageStatus.FAILED, MessageStatus.RETURNED, MessageStatus.STOPPED, MessageStatus.UNKNOWN}
)
"""Nothing reached the member, or nobody knows: something is to be done."""


# ---- who is written to -----------------------------------------------------------------------------


def short_name(header: Header | None) -> str:
    """Return whom a button names: Mme H. MARCHAND; "" before the header is read."""
    if header is None:
        return ""
    title = text(f"message.title.{header.title}") if header.title in ("mr", "mrs") else ""
    initial = f"{header.first_name[:1].upper()}." if header.first_name else ""
    return " ".join(part for part in (title, initial, header.last_name.upper()) if part)


def recipient_line(draft: MessageDraft) -> str:
    """Return where a message goes, on one line; "" when no channel can be used."""
    if draft.channel is ConsentChannel.SMS:
        return format_phone(draft.recipient)
    return ", ".join(line for line in draft.recipient.split("\n") if line)


def send_words(channel: ConsentChannel | None, name: str) -> str:
    """Return the words of the button, which repeat whom the message goes to (`ui.md` 5.11)."""
    return text(f"composer.send.{channel}", name=name) if channel is not None else text("composer.send")


# ---- channels --------------------------------------------------------------------------------------


def channel_word(channel: ConsentChannel) -> str:
    """Return the name of a channel as a heading."""
    word = text(f"consent.channel.{channel}")
    return word[:1].upper() + word[1:]


def refusals(choices: Iterable[ChannelChoice]) -> tuple[str, ...]:
    """Return one sentence a channel that cannot be used: which, and why."""
    return tuple(
        text("composer.refused", channel=channel_word(choice.channel), reason=_inside(choice.reason))
        for choice in choices
        if not choice.allowed
    )


def _inside(sentence: str) -> str:
    """Return a sentence as it stands after a colon."""
    first, second = sentence[:1], sentence[1:2]
    return sentence if second.isupper() else first.lower() + sentence[1:]


def chosen_because(draft: MessageDraft) -> str:
    """Return why the channel in force is the one, and why it may be used."""
    permission = next((one.reason for one in draft.choices if one.channel is draft.channel), "")
    return text("composer.because", choice=draft.chosen_because, permission=permission) if permission else ""


# ---- templates -------------------------------------------------------------------------------------


def matching(
    templates: Iterable[TemplateChoice], words: str, channel: ConsentChannel | None
) -> tuple[TemplateChoice, ...]:
    """Return the templates that hold every word and can leave by a channel, those proposed first."""
    wanted = fold_words(words)
    found = (
        template
        for template in templates
        if (channel is None or channel in template.channels)
        and all(word in fold(template.title) for word in wanted)
    )
    return tuple(sorted(found, key=lambda template: not template.proposed))


def template_words(template: TemplateChoice) -> str:
    """Return what stands under the title of a template: why one writes, and by which channels."""
    channels = ", ".join(text(f"consent.channel.{channel}") for channel in template.channels)
    return f"{text(f'consent.purpose.{template.purpose}')} · {channels}"


# ---- where a message stands ------------------------------------------------------------------------


def seconds_left(message: OutgoingMessage, now: datetime) -> int:
    """Return how many seconds a message still waits; 0 once its time has come."""
    return max(0, -int(-(message.departs_at - now).total_seconds() // 1))


def countdown(message: OutgoingMessage, now: datetime) -> str:
    """Return when a planned message leaves: "part dans 1 min 40"; "" for one that no longer waits."""
    if message.status is not MessageStatus.PLANNED:
        return ""
    left = seconds_left(message, now)
    key = "message.again" if message.reason else "message.departs"
    if left == 0:
        return text(f"{key}.now")
    minutes, seconds = divmod(left, 60)
    if not minutes:
        return plural(f"{key}.seconds", seconds)
    if minutes < 10:
        return text(f"{key}.minutes", minutes=minutes, seconds=f"{seconds:02}")
    return text(f"{key}.long", minutes=minutes)


def status_chip(message: OutgoingMessage) -> ChipSpec:
    """Return the state of a message as an icon and a word."""
    tone, icon = _CHIPS[message.status]
    return ChipSpec(text(f"message.status.{message.status}"), tone, icon, small=True)


def status_sentence(message: OutgoingMessage, now: datetime) -> str:
    """Return what became of a message, and why."""
    waits = countdown(message, now)
    because = text(f"message.reason.{message.reason}") if message.reason else ""
    if waits:
        sentence = waits[:1].upper() + waits[1:]
        return (
            text("message_panel.again_because", countdown=sentence, reason=because) if because else sentence
        )
    return because[:1].upper() + because[1:]


def what_to_do(message: OutgoingMessage) -> str:
    """Return what the agent can do about a message; "" when nothing is to be done."""
    if message.status in TROUBLED or message.status is MessageStatus.PLANNED:
        return text(f"message_panel.do.{message.status}")
    return ""


def message_icon(message: OutgoingMessage) -> str:
    """Return the icon of the channel."""
    return CHANNEL_ICONS[message.channel]


# ---- the timeline ----------------------------------------------------------------------------------

_OWN = "journal/"
"""Before the identifier of an exchange that our own journal tells."""


def entry_id(message: OutgoingMessage) -> str:
    """Return the identity of a message's line in the history."""
    return f"{_OWN}{message.id}"


def message_of_entry(identity: str) -> UUID | None:
    """Return which message a line of the history may be of, None when it is of none."""
    if not identity.startswith(_OWN):
        return None
    try:
        return UUID(identity.removeprefix(_OWN))
    except ValueError:
        return None


def fallen(
    before: Iterable[OutgoingMessage], after: Iterable[OutgoingMessage]
) -> tuple[OutgoingMessage, ...]:
    """Return which messages fell into trouble between two looks; one never seen before is not told."""
    known = {message.id: message.status for message in before}
    return tuple(
        message
        for message in after
        if message.status in TROUBLED and known.get(message.id, message.status) not in TROUBLED
    )
