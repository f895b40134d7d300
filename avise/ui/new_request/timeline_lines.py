"""Requests as lines of a customer's history, among the exchanges of every channel."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from operator import attrgetter

from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.models.requests import OPEN, RequestId
from avise.services.request_values import RequestRow
from avise.texts import text
from avise.ui.requests.wording import short_number

VARIANT = "request"
_SOURCE = "journal"
_START, _END = "request", "request_end"
"""Begin the identity of a line: how a request began, and how it ended."""


def request_lines(rows: Sequence[RequestRow]) -> list[TimelineEntry]:
    """Return the lines of some requests, newest first: one when it was sent, one when it ended."""
    lines = [_sent(found) for found in rows]
    lines += [_ended(found) for found in rows if found.status not in OPEN]
    return sorted(lines, key=attrgetter("at"), reverse=True)


def _sent(found: RequestRow) -> TimelineEntry:
    title = text("request_line.sent", number=short_number(found.number))
    about = " · ".join(filter(None, (found.title, found.queue_label, found.requester_name)))
    status = "to_send" if found.tentative else ""
    return TimelineEntry(
        f"{_START}/{found.id}", found.created_at, TimelineGroup.ACT, VARIANT, title, about, _SOURCE, status
    )


def _ended(found: RequestRow) -> TimelineEntry:
    words = text(f"request.status.{found.status}").lower()
    title = text("request_line.ended", number=short_number(found.number), status=words)
    about = " · ".join(filter(None, (found.title, found.holder_name)))
    return TimelineEntry(
        f"{_END}/{found.id}", found.changed_at, TimelineGroup.ACT, VARIANT, title, about, _SOURCE
    )


def joined(entries: Sequence[TimelineEntry], rows: Sequence[RequestRow]) -> tuple[TimelineEntry, ...]:
    """Return a history with the lines of requests at their place, newest first."""
    if not rows:
        return tuple(entries)
    return tuple(heapq.merge(entries, request_lines(rows), key=attrgetter("at"), reverse=True))


def request_of_line(entry: TimelineEntry) -> RequestId | None:
    """Return the request that a line tells of, None for any other line."""
    beginning, _, identity = entry.id.partition("/")
    if entry.variant != VARIANT or beginning not in (_START, _END):
        return None
    return RequestId(identity)
