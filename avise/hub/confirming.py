"""What the hub decides of the confirmations that one agent asks of another: four eyes, one answer, in time.

The author of an event is whoever signed in; a stream is held locked while its next event is judged.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from avise.hub.dialect import Statement, rows
from avise.hub.moments import moment
from avise.hub.received_event import Received, body_of
from avise.models.confirmations import Standing, command_of_stream, judged_next
from avise.models.journal import EventKind
from avise.models.request_rules import Refusal

_EVENTS = Statement(
    "SELECT kind, author, body, received_at FROM event WHERE stream = :stream AND effective = 1 ORDER BY ver"
)
_KINDS = {kind.value: kind for kind in EventKind}


class Confirming:
    """Judges the confirmations of one push.

    Args:
        connection: in its transaction.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._standings: dict[str, Standing | None] = {}

    def refusal(self, received: Received, login: str, now: datetime) -> str:
        """Return why an event does not count, "" when it does.

        Args:
            received: the event.
            login: of whoever sends it.
            now: by the hub's clock.
        """
        stream = received.event.stream
        if command_of_stream(stream) is None:
            return Refusal.MALFORMED.value
        if received.kind is None:
            # Of a newer version: kept, and nothing follows from it here.
            return ""
        after = judged_next(self._standing(stream), received.kind, login, received.body, now)
        if isinstance(after, Refusal):
            return after.value
        self._standings[stream] = after
        return ""

    def _standing(self, stream: str) -> Standing | None:
        if stream not in self._standings:
            self._standings[stream] = self._kept(stream)
        return self._standings[stream]

    def _kept(self, stream: str) -> Standing | None:
        standing: Standing | None = None
        for row in rows(self._connection, _EVENTS, stream=stream):
            kind, body = _KINDS.get(row.kind), body_of(row.body)
            if kind is None or body is None:
                continue
            after = judged_next(standing, kind, row.author, body, moment(row.received_at))
            standing = standing if isinstance(after, Refusal) else after
        return standing
