"""What the outbox says of a command: the look of its state, its age, its changes, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from avise.models.commands import (
    IN_LINE,
    TERMINAL,
    Attempt,
    Change,
    CommandReason,
    CommandState,
    Idempotency,
    OutboxItem,
)
from avise.models.facet_specs import FACETS
from avise.services.outbox_wording import reason_sentence, state_words
from avise.services.wording import field_label, value_text
from avise.texts import text
from avise.texts.formats import format_age, format_moment, format_time_with_seconds
from avise.ui.outbox.counts import is_refused
from avise.ui.widgets.chip import ChipSpec, Tone


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown: colour is never alone."""

    icon: str
    tone: Tone
    ink: str
    """Role of the icon's colour in a row."""


LOOKS = {
    CommandState.AWAITING_SECOND: StateLook("users", Tone.INFO, "info"),
    CommandState.CONFIRMED: StateLook("clock", Tone.INFO, "info"),
    CommandState.SENDING: StateLook("loader-circle", Tone.ACCENT, "accent-text"),
    CommandState.WAITING: StateLook("hourglass", Tone.INFO, "info"),
    CommandState.UNKNOWN: StateLook("circle-help", Tone.WARN, "warn"),
    CommandState.NEEDS_HUMAN: StateLook("hand", Tone.WARN, "warn"),
    CommandState.CONFLICT: StateLook("git-compare", Tone.WARN, "warn"),
    CommandState.REJECTED: StateLook("circle-x", Tone.DANGER, "danger"),
    CommandState.EXPIRED: StateLook("timer", Tone.DANGER, "danger"),
    CommandState.CANCELLED: StateLook("circle-slash", Tone.OUTLINE, "text-2"),
    CommandState.ACCEPTED: StateLook("hourglass", Tone.OK, "ok"),
    CommandState.DONE: StateLook("circle-check", Tone.OK, "ok"),
}
_WAITS_FOR_NETWORK = StateLook("cloud-off", Tone.OUTLINE, "text-2")
_NOT_BY_USER = StateLook("ban", Tone.DANGER, "danger")
_MAYBE_DONE = StateLook("circle-help", Tone.WARN, "warn")
_UNSURE = frozenset({CommandState.UNKNOWN, CommandState.NEEDS_HUMAN})
"""States whose short word needs a sentence."""


def look(item: OutboxItem) -> StateLook:
    """Return how a command's state is shown."""
    if item.state is CommandState.WAITING and item.reason is CommandReason.OFFLINE:
        return _WAITS_FOR_NETWORK
    if item.state is CommandState.CANCELLED and item.uncertain:
        return _MAYBE_DONE
    if item.state is CommandState.CANCELLED and is_refused(item):
        return _NOT_BY_USER
    return LOOKS[item.state]


def state_chip(item: OutboxItem) -> ChipSpec:
    """Return the chip of a command's state."""
    found = look(item)
    return ChipSpec(text(f"outbox.chip.{short_state(item)}"), found.tone, found.icon)


def short_state(item: OutboxItem) -> str:
    """Return the id of the short word of a state: what is uncertain is said first."""
    return "uncertain" if item.state is CommandState.CANCELLED and item.uncertain else str(item.state)


def explained(item: OutboxItem) -> str:
    """Return in a sentence where a command stands, and why."""
    return " ".join(part for part in (f"{state_words(item)}.", reason_sentence(item)) if part)


def reason(item: OutboxItem) -> str:
    """Return the one sentence of a row, "" when the state's word says it all."""
    found = reason_sentence(item)
    if not found and (item.state in _UNSURE or item.uncertain):
        return f"{state_words(item)}."
    return found


def age(item: OutboxItem, now: datetime) -> str:
    """Return since when a command has waited."""
    return format_age(now - item.confirmed_at)


def next_try(item: OutboxItem, now: datetime) -> str:
    """Return when something will be tried next, "" when nothing will or when it is now."""
    if item.state not in IN_LINE or item.state is CommandState.SENDING or item.due_at <= now:
        return ""
    key = "outbox.next_try" if item.sends else "outbox.leaves_at"
    return text(key, time=format_time_with_seconds(item.due_at))


def row_sentence(item: OutboxItem, now: datetime) -> str:
    """Return a row for people who hear the screen."""
    state = text(f"outbox.chip.{short_state(item)}")
    parts = (
        state,
        item.label,
        item.whom,
        item.source_name,
        age(item, now),
        reason(item),
        next_try(item, now),
    )
    return ", ".join(part.rstrip(".") for part in parts if part)


# ---- what can be done --------------------------------------------------------------------------------
def may_resend(item: OutboxItem) -> bool:
    """Say whether « Renvoyer » means something."""
    if item.state is CommandState.NEEDS_HUMAN:
        return item.idempotency is not Idempotency.NONE
    return item.state in (CommandState.CONFIRMED, CommandState.WAITING, CommandState.UNKNOWN)


def may_verify(item: OutboxItem) -> bool:
    """Say whether « Vérifier » means something."""
    return item.state in (CommandState.UNKNOWN, CommandState.NEEDS_HUMAN, CommandState.ACCEPTED)


def may_abandon(item: OutboxItem) -> bool:
    """Say whether « Abandonner » means something: it has not ended, and it is not on its way."""
    return item.open and item.state is not CommandState.SENDING


def may_put_away(item: OutboxItem) -> bool:
    """Say whether a command that has ended can leave the list."""
    return not item.open


def may_compare(item: OutboxItem) -> bool:
    """Say whether « Comparer les deux » means something: others changed the same, and nobody chose yet."""
    return item.state is CommandState.CONFLICT and not item.acknowledged and bool(item.changes)


def may_redo(item: OutboxItem) -> bool:
    """Say whether what a command asked can be planned anew: it surely was not done, and will not be."""
    return item.state in TERMINAL - {CommandState.DONE} and not item.uncertain


def may_undo(item: OutboxItem) -> bool:
    """Say whether a command can be taken back as if nothing had been asked: it never left."""
    unsent = (CommandState.AWAITING_SECOND, CommandState.CONFIRMED, CommandState.WAITING)
    return item.state in unsent and item.sends == 0


def action_words(item: OutboxItem, action: str) -> str:
    """Return what a button says: what never left is sent, not sent again."""
    return text("outbox.do.send_now" if action == "resend" and not item.sends else f"outbox.do.{action}")


def main_action(item: OutboxItem) -> str:
    """Return what Enter does with a row: "document", "verify", "resend", "compare", "redo" or ""."""
    if item.document_name and item.state is CommandState.DONE:
        return "document"
    if item.uncertain and may_verify(item):
        return "verify"
    if may_resend(item):
        return "resend"
    if may_compare(item):
        return "compare"
    return "redo" if may_redo(item) else ""


# ---- changes and history -----------------------------------------------------------------------------
def change_words(change: Change) -> tuple[str, str, str]:
    """Return a change as it is read: label of the field, value before, value after."""
    name, before, after = change
    facet, _, field = name.partition(".")
    known = facet in FACETS and any(spec.name == field for spec in FACETS[facet].fields)
    if not known:
        return name, before or text("outbox.nothing"), after or text("outbox.nothing")
    was, will = (value_text(facet, field, value) or text("outbox.nothing") for value in (before, after))
    return field_label(facet, field), was, will


def attempt_words(attempt: Attempt, item: OutboxItem, now: datetime) -> tuple[str, str]:
    """Return a line of the history: when, and what happened then."""
    words = text(f"command.state.{attempt.state}")
    if attempt.reason is not CommandReason.NONE:
        why = text(f"command.reason.{attempt.reason}", source=item.source_name)
        words = text("outbox.attempt", state=words, why=why)
    return format_moment(attempt.at, now), words
