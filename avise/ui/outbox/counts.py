"""Commands counted and ordered by what they need: the same for the rail, the bars and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from avise.models.commands import CommandReason, CommandState, OutboxItem
from avise.ui.outbox.situation import OutboxCounts

TO_SEND = frozenset(
    {CommandState.CONFIRMED, CommandState.WAITING, CommandState.SENDING, CommandState.UNKNOWN}
)
"""Avise goes on by itself."""

_REFUSED = frozenset({CommandState.REJECTED, CommandState.EXPIRED})


def is_refused(item: OutboxItem) -> bool:
    """Say whether a command was not done, without its owner having wished it, and will not be."""
    if item.state in _REFUSED:
        return True
    return item.state is CommandState.CANCELLED and item.reason is not CommandReason.BY_USER


def needs_person(item: OutboxItem) -> bool:
    """Say whether only a person can go on with a command, or must know how it ended."""
    return item.state in (CommandState.NEEDS_HUMAN, CommandState.CONFLICT) or is_refused(item)


def counted(items: Iterable[OutboxItem]) -> OutboxCounts:
    """Return the counts of a list of commands."""
    found = [item for item in items if not item.acknowledged]
    return OutboxCounts(
        to_send=sum(item.state in TO_SEND for item in found),
        refused=sum(map(is_refused, found)),
        to_compare=sum(item.state is CommandState.CONFLICT for item in found),
        to_handle=sum(item.state is CommandState.NEEDS_HUMAN for item in found),
    )


def _rank(item: OutboxItem) -> int:
    if needs_person(item):
        return 0
    if item.state is CommandState.UNKNOWN:
        return 1
    if item.state in TO_SEND or item.state is CommandState.AWAITING_SECOND:
        return 2
    return 3 if item.state is CommandState.ACCEPTED else 4


def ordered(items: Iterable[OutboxItem]) -> Sequence[OutboxItem]:
    """Return commands as the page lists them: what needs a person first, then the newest."""
    newest = sorted(items, key=lambda item: (item.confirmed_at, item.position), reverse=True)
    return tuple(sorted(newest, key=_rank))
