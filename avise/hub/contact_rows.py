"""The line of each exchange in a customer's timeline, and the few figures of the customer's file.

A line holds no words: they stay in the event, which an erasure reaches at one place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from avise.hub.dialect import Statement, change, change_each, row
from avise.hub.moments import microseconds
from avise.hub.received_event import Received, body_of
from avise.hub.request_rows import Row
from avise.models.customer import CUSTOMER_STREAMS
from avise.models.event_fold import identity_of, moment_of
from avise.models.journal import EventKind

INSERT_LINE = Statement(
    "INSERT INTO timeline (dossier, at, event_id, channel) VALUES (:dossier, :at, :event_id, :channel)"
    " ON CONFLICT DO NOTHING"
)
_REMOVE_LINE = Statement("DELETE FROM timeline WHERE event_id = :event_id")
_LINES = Statement("SELECT dossier, at FROM timeline WHERE event_id = :event_id")
_TOLD = Statement("SELECT event_id, kind, body, occurred_at, effective FROM event WHERE event_id = :event_id")
ADD_FIGURES = Statement(
    "INSERT INTO synthesis (dossier, contacts, open_requests, open_complaints)"
    " VALUES (:dossier, :contacts, :requests, :complaints) ON CONFLICT (dossier) DO UPDATE SET"
    " contacts = synthesis.contacts + excluded.contacts,"
    " open_requests = synthesis.open_requests + excluded.open_requests,"
    " open_complaints = synthesis.open_complaints + excluded.open_complaints"
)


class ContactRows:
    """Lines and figures that one push changes.

    Args:
        connection: in its transaction, once its events are written.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._contacts: Counter[str] = Counter()
        self._lines: list[dict[str, Any]] = []

    def take(self, received: Received, event: Mapping[str, Any]) -> None:
        """Bring one event of no request in."""
        if not event["effective"]:
            return
        dossier = dossier_of(event["stream"])
        if received.kind is EventKind.INTERACTION_RECORDED and dossier:
            self._lines.append(line_of(dossier, event, received.body))
            self._contacts[dossier] += 1
        elif received.kind is EventKind.INTERACTION_ATTACHED and dossier:
            self._attach(dossier, str(identity_of(received.body.get("event"))))
        elif received.kind is EventKind.UNDONE:
            self._take_back(str(identity_of(received.body.get("event"))))

    def _attach(self, dossier: str, event_id: str) -> None:
        """Give a customer the line of an exchange that belonged to nobody."""
        told = row(self._connection, _TOLD, event_id=event_id)
        if told is None or told.kind != EventKind.INTERACTION_RECORDED.value or not told.effective:
            return
        if any(line["event_id"] == event_id for line in self._lines):
            return
        if row(self._connection, _LINES, event_id=event_id) is not None:
            return
        event = {"event_id": told.event_id, "occurred_at": told.occurred_at}
        self._lines.append(line_of(dossier, event, body_of(told.body) or {}))
        self._contacts[dossier] += 1

    def _take_back(self, taken_back: str) -> None:
        told = row(self._connection, _TOLD, event_id=taken_back)
        attached = told is not None and told.kind == EventKind.INTERACTION_ATTACHED.value
        body = body_of(told.body) or {} if told is not None and attached else {}
        event_id = str(identity_of(body.get("event"))) if attached else taken_back
        kept = [line for line in self._lines if line["event_id"] != event_id]
        for line in self._lines:
            if line["event_id"] == event_id:
                self._contacts[line["dossier"]] -= 1
        self._lines = kept
        found = row(self._connection, _LINES, event_id=event_id)
        if found is not None:
            self._contacts[found.dossier] -= 1
            change(self._connection, _REMOVE_LINE, event_id=event_id)

    def save(self, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
        """Write the lines and figures; rows of requests tell how many are open."""
        change_each(self._connection, INSERT_LINE, self._lines)
        requests: Counter[str] = Counter()
        complaints: Counter[str] = Counter()
        for found, step in ((before, -1), (after, 1)):
            for row_of in found.values():
                if row_of["dossier"] and row_of["is_open"]:
                    requests[row_of["dossier"]] += step
                    complaints[row_of["dossier"]] += step * int(row_of["legal_due"] is not None)
        names = {*self._contacts, *requests, *complaints}
        figures = [
            {
                "dossier": name,
                "contacts": self._contacts[name],
                "requests": requests[name],
                "complaints": complaints[name],
            }
            for name in sorted(names)
            if self._contacts[name] or requests[name] or complaints[name]
        ]
        change_each(self._connection, ADD_FIGURES, figures)


def dossier_of(stream: str) -> str:
    """Return the customer whose stream it is, "" for any other stream."""
    identity = (
        identity_of(stream.removeprefix(CUSTOMER_STREAMS)) if stream.startswith(CUSTOMER_STREAMS) else None
    )
    return "" if identity is None else str(identity)


def line_of(dossier: str, event: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of an exchange in a customer's timeline."""
    at = moment_of(body.get("at"))
    channel = body.get("channel")
    return {
        "dossier": dossier,
        "at": event["occurred_at"] if at is None else microseconds(at),
        "event_id": event["event_id"],
        "channel": channel if isinstance(channel, str) else "",
    }
