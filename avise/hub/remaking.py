"""Everything that can be made again from the events alone: states, lists, counters, timelines.

An audit compares it with what is kept, a rebuild puts it there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from avise.hub.contact_rows import dossier_of, line_of
from avise.hub.dialect import Statement, rows
from avise.hub.journal_rows import COLUMNS
from avise.hub.read_models import Counts
from avise.hub.received_event import body_of
from avise.hub.refolding import judged
from avise.hub.request_rows import Row, folded_row
from avise.hub.stream_state import StreamState
from avise.models.event_fold import identity_of
from avise.models.journal import EventKind
from avise.models.request_bodies import attachments_of
from avise.models.request_rules import Deed, RequestState, state_after
from avise.models.requests import request_of_stream
from avise.models.roles import Role

_PAGE = 2_000

_EVENTS = Statement(
    f"SELECT {', '.join(COLUMNS)} FROM event"  # noqa: S608 - our own names
    " WHERE stream >= :stream AND (stream > :stream OR ver > :ver) ORDER BY stream, ver LIMIT :limit"
)

Event = Mapping[str, Any]


def streams(connection: Connection) -> Iterator[tuple[str, list[Event]]]:
    """Return the events of each stream, in order, stream after stream."""
    for stream, events in groupby(_events(connection), lambda event: str(event["stream"])):
        yield stream, list(events)


def _events(connection: Connection) -> Iterator[Event]:
    stream, ver = "", 0
    while True:
        page = rows(connection, _EVENTS, stream=stream, ver=ver, limit=_PAGE)
        for row in page:
            yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        if len(page) < _PAGE:
            return
        stream, ver = page[-1].stream, page[-1].ver


def replayed(events: Sequence[Event]) -> Iterator[tuple[Event, RequestState | None, RequestState | None]]:
    """Return each event of a request with its state before and after, by the verdicts that were given."""
    state: RequestState | None = None
    for row in events:
        event = judged(row)
        before = state
        if event.known and event.effective:
            told = event.event
            role = Role(told.role) if told.role in set(Role) else Role.AUDITOR
            deed = Deed(told.kind, told.event_id, told.author, role, event.at, told.body, stream=told.stream)
            state = state_after(state, deed)
        yield row, before, state


@dataclass(slots=True)
class Remade:
    """What the events of a hub make."""

    counts: Counts = field(default_factory=Counts.none)
    contacts: Counter[str] = field(default_factory=Counter)
    open_requests: Counter[str] = field(default_factory=Counter)
    open_complaints: Counter[str] = field(default_factory=Counter)
    taken_back: dict[str, str] = field(default_factory=dict)
    lines: dict[str, Row] = field(default_factory=dict)
    """Of timelines, by event."""
    uses: set[tuple[str, str]] = field(default_factory=set)
    _recorded: dict[str, Event] = field(default_factory=dict)
    _attached: list[tuple[str, str]] = field(default_factory=list)

    def take(self, stream: str, events: Sequence[Event]) -> tuple[StreamState, Row | None]:
        """Bring a whole stream in; return its state and, of a request, its row."""
        for event in events:
            if event["kind"] == EventKind.UNDONE.value and event["effective"] and event["body"]:
                target = identity_of((body_of(event["body"]) or {}).get("event"))
                self.taken_back[str(target)] = event["event_id"]
        if request_of_stream(stream) is None:
            self._take_contacts(stream, events)
            return StreamState(stream, events[-1]["ver"]), None
        return self._take_request(stream, events)

    def _take_request(self, stream: str, events: Sequence[Event]) -> tuple[StreamState, Row | None]:
        state: RequestState | None = None
        for event, before, after in replayed(events):
            state = after
            if before is not after:
                self.counts.take(before, after, event["received_at"])
            if event["effective"]:
                joined = attachments_of((body_of(event["body"]) or {}).get("attachments"))
                self.uses.update((file.blob, stream) for file in joined)
        row = folded_row(events)
        if row is not None and row["is_open"] and row["dossier"]:
            self.open_requests[row["dossier"]] += 1
            self.open_complaints[row["dossier"]] += int(row["legal_due"] is not None)
        return StreamState(stream, events[-1]["ver"], state=state), row

    def _take_contacts(self, stream: str, events: Sequence[Event]) -> None:
        dossier = dossier_of(stream)
        for event in events:
            erased = event["body"] is None
            if erased or not event["effective"] or event["event_id"] in self.taken_back:
                continue
            if event["kind"] == EventKind.INTERACTION_RECORDED.value:
                body = body_of(event["body"]) or {}
                self._recorded[event["event_id"]] = {"occurred_at": event["occurred_at"], "body": body}
                if dossier:
                    self._line(dossier, event["event_id"])
            elif event["kind"] == EventKind.INTERACTION_ATTACHED.value and dossier:
                attached = identity_of((body_of(event["body"]) or {}).get("event"))
                self._attached.append((dossier, str(attached)))

    def finish(self) -> None:
        """Give customers the exchanges that their streams attach, once all streams were brought in."""
        for dossier, event_id in self._attached:
            if event_id in self._recorded and event_id not in self.lines:
                self._line(dossier, event_id)

    def _line(self, dossier: str, event_id: str) -> None:
        told = self._recorded[event_id]
        event = {"event_id": event_id, "occurred_at": told["occurred_at"]}
        self.lines[event_id] = line_of(dossier, event, told["body"])
        self.contacts[dossier] += 1
