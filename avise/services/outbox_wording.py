"""What a command's state and its reason say, in a sentence; the window and the command line share it."""

from __future__ import annotations

from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.texts import text

_MAYBE_DONE = (CommandState.NEEDS_HUMAN, CommandState.CANCELLED)


def state_words(item: OutboxItem) -> str:
    """Return where a command stands, its uncertainty first."""
    if item.uncertain and item.state in _MAYBE_DONE:
        return text("command.uncertain")
    return text(f"command.state.{item.state}")


def reason_sentence(item: OutboxItem) -> str:
    """Return why it is so and what to do about it; "" when there is nothing to say."""
    if item.message:
        return text("command.message", source=item.source_name, sentence=item.message)
    if item.reason is CommandReason.NONE:
        return ""
    if item.reason is CommandReason.SECOND_REFUSED and item.because:
        return text("command.reason.second_refused_because", because=item.because)
    return text(f"command.reason.{item.reason}", source=item.source_name)
