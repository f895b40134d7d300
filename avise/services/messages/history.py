"""Messages in a member's history: one line each, with what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from avise.models.consent import ConsentChannel
from avise.models.event_fold import effective, moment_in, text_in
from avise.models.interaction import Direction, Interaction
from avise.models.journal import EventEnvelope, EventKind
from avise.models.outgoing import TIMELINE_CHANNELS, MessageStatus
from avise.texts import text
from avise.texts.formats import format_date, format_time, local

_STATUSES = {
    EventKind.MESSAGE_PLANNED: MessageStatus.PLANNED,
    EventKind.MESSAGE_UNDONE: MessageStatus.UNDONE,
    EventKind.MESSAGE_STOPPED: MessageStatus.STOPPED,
    EventKind.MESSAGE_SENT: MessageStatus.SENT,
    EventKind.MESSAGE_FAILED: MessageStatus.FAILED,
    EventKind.MESSAGE_UNKNOWN: MessageStatus.UNKNOWN,
    EventKind.MESSAGE_DELIVERED: MessageStatus.DELIVERED,
    EventKind.MESSAGE_RETURNED: MessageStatus.RETURNED,
}
KINDS = tuple(_STATUSES)

_SHOWN_AS = {
    MessageStatus.PLANNED: "to_send",
    MessageStatus.FAILED: "failed",
    MessageStatus.RETURNED: "failed",
    MessageStatus.STOPPED: "failed",
    MessageStatus.UNKNOWN: "unknown",
}
"""Status of the line in the history (`avise.models.interaction`); a message sent or undone has none."""


def interactions_of(
    events: Iterable[EventEnvelope], name_of: Callable[[str], str] = str
) -> tuple[Interaction, ...]:
    """Return one line a message, from the events of a member's stream, newest first.

    Args:
        events: of the stream.
        name_of: gives the name of a member of staff by login.
    """
    by_message: dict[str, list[EventEnvelope]] = {}
    for event in effective(events):
        if event.kind in _STATUSES and (key := text_in(event, "message")):
            by_message.setdefault(key, []).append(event)
    told = [found for told in by_message.values() for found in _told(told, name_of)]
    return tuple(sorted(told, key=lambda line: line.at, reverse=True))


def _told(events: list[EventEnvelope], name_of: Callable[[str], str]) -> Iterator[Interaction]:
    first, last = events[0], events[-1]
    try:
        channel = ConsentChannel(text_in(first, "channel"))
        identity = uuid.UUID(text_in(first, "message"))
    except ValueError:
        # A later version's message: nothing of it can be told here.
        return
    if channel not in TIMELINE_CHANNELS:
        return
    status = _STATUSES[last.kind]
    yield Interaction(
        id=str(identity),
        at=first.occurred_at,
        channel=TIMELINE_CHANNELS[channel],
        direction=Direction.OUT,
        title=text_in(first, "title"),
        summary=_words(
            status,
            changed_at=last.occurred_at,
            departs_at=moment_in(last, "departs_at") or last.occurred_at,
            reason=text_in(last, "reason"),
            author=name_of(last.author),
        ),
        status=_SHOWN_AS.get(status, ""),
        author=name_of(first.author),
        links={"message": str(identity)},
    )


def _words(
    status: MessageStatus, *, changed_at: datetime, departs_at: datetime, reason: str, author: str
) -> str:
    told = text(f"message.reason.{reason}") if reason else ""
    if status is MessageStatus.PLANNED:
        key = "message.told.waiting" if reason else "message.told.planned"
        return text(key, time=format_time(departs_at), reason=told)
    return text(
        f"message.told.{status}",
        date=format_date(local(changed_at).date()),
        time=format_time(changed_at),
        reason=told,
        author=author,
    )
