"""What lists, counters and customer files read, kept in the transaction of the push that changes it.

All of it can be made again from the events (`avise.hub.rebuilding`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from avise.hub.contact_rows import ContactRows
from avise.hub.dialect import Statement, change_each
from avise.hub.received_event import Received
from avise.hub.request_rows import RequestRows
from avise.models.request_bodies import attachments_of
from avise.models.request_rules import RequestState
from avise.models.requests import OPEN

HOUR = 3_600_000_000
"""Microseconds."""

_COUNT = Statement(
    "INSERT INTO queue_count (queue, open_count, unheld_count) VALUES (:queue, :opened, :unheld)"
    " ON CONFLICT (queue) DO UPDATE SET open_count = queue_count.open_count + excluded.open_count,"
    " unheld_count = queue_count.unheld_count + excluded.unheld_count"
)
_HOUR = Statement(
    "INSERT INTO hour_count (queue, hour, received, done) VALUES (:queue, :hour, :received, :done)"
    " ON CONFLICT (queue, hour) DO UPDATE SET received = hour_count.received + excluded.received,"
    " done = hour_count.done + excluded.done"
)
INSERT_USE = Statement("INSERT INTO blob_use (name, stream) VALUES (:name, :stream) ON CONFLICT DO NOTHING")


@dataclass(slots=True)
class Counts:
    """What a push adds to the counters of the corbeilles."""

    opened: Counter[str]
    unheld: Counter[str]
    received: Counter[tuple[str, int]]
    done: Counter[tuple[str, int]]

    @classmethod
    def none(cls) -> Counts:
        """Return counts of nothing."""
        return cls(Counter(), Counter(), Counter(), Counter())

    def take(self, before: RequestState | None, after: RequestState | None, at: int) -> None:
        """Count what one event changes."""
        for state, step in ((before, -1), (after, 1)):
            if state is not None and state.status in OPEN:
                self.opened[state.queue] += step
                self.unheld[state.queue] += step * int(not state.holder)
        hour = at // HOUR * HOUR
        if after is None:
            return
        if before is None or before.queue != after.queue:
            self.received[after.queue, hour] += 1
        if before is not None and before.status in OPEN and after.status not in OPEN:
            self.done[after.queue, hour] += 1

    def save(self, connection: Connection) -> None:
        """Add them, in the order of their names."""
        changed = sorted(
            name for name in {*self.opened, *self.unheld} if self.opened[name] or self.unheld[name]
        )
        counted = [
            {"queue": name, "opened": self.opened[name], "unheld": self.unheld[name]} for name in changed
        ]
        change_each(connection, _COUNT, counted)
        hours = [
            {
                "queue": queue, "hour": hour, "received": self.received[queue, hour],
                "done": self.done[queue, hour],
            }
            for queue, hour in sorted({*self.received, *self.done})
        ]  # fmt: skip
        change_each(connection, _HOUR, hours)


class ReadModels:
    """The read models that one push changes.

    Args:
        connection: in its transaction, once its events are written.
        streams: those that it touches.
    """

    def __init__(self, connection: Connection, streams: Iterable[str]) -> None:
        self._connection = connection
        self._requests = RequestRows(connection, streams)
        self._contacts = ContactRows(connection)
        self._counts = Counts.none()
        self._uses: set[tuple[str, str]] = set()

    def take(
        self, received: Received, event: Mapping[str, Any], before: RequestState | None,
        after: RequestState | None,
    ) -> None:  # fmt: skip
        """Bring one event in, with its request's state before and after it."""
        if received.request is None:
            self._contacts.take(received, event)
            return
        self._requests.take(received, event, before, after)
        if event["effective"]:
            self._uses.update(
                (joined.blob, event["stream"]) for joined in attachments_of(received.body.get("attachments"))
            )
        if before is not after:
            self._counts.take(before, after, event["received_at"])

    def fold(self) -> None:
        """Make again from all their events the rows that need it: the last that is read before `save`."""
        self._requests.fold()

    def save(self) -> None:
        """Write what changed, reading nothing."""
        self._requests.save()
        self._counts.save(self._connection)
        self._contacts.save(self._requests.before, self._requests.rows)
        uses = [{"name": name, "stream": stream} for name, stream in sorted(self._uses)]
        change_each(self._connection, INSERT_USE, uses)
