"""The events of pairs that this desk knows: its own, and those that the hub gives it.

What the hub gave counts as the hub judged it; what was written here counts until the hub says otherwise.
Nothing depends on the order in which events come, nor on how often they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from avise.models.customer import Party, PersonId, customer_stream
from avise.models.event_fold import corrected, identity_in
from avise.models.identity.descriptions import parties_told
from avise.models.identity.link_fold import book_of
from avise.models.identity.links import ERASED, PREFIX, LinkBook, PairId, pair_of_stream
from avise.models.journal import EventEnvelope, EventKind
from avise.models.request_fold import JudgedEvent


def is_erased(judged: JudgedEvent) -> bool:
    """Say whether the hub erased what an event of a pair said."""
    return not judged.event.body and (judged.effective or judged.refusal == ERASED)


class LinkEvents:
    """Keeps the events, and what they come to."""

    def __init__(self) -> None:
        self._own: dict[UUID, EventEnvelope] = {}
        self._fed: dict[UUID, JudgedEvent] = {}
        self._put_aside: set[UUID] = set()
        self._told: dict[UUID, EventEnvelope] = {}
        """What records' own streams tell of them."""
        self._book: LinkBook | None = None
        self._parties: Mapping[PersonId, Party] | None = None

    @property
    def book(self) -> LinkBook:
        """What stands between all records."""
        if self._book is None:
            fed = (judged.event for judged in self._fed.values() if judged.effective and judged.known)
            own = (
                event
                for event in self._own.values()
                if event.event_id not in self._fed and event.event_id not in self._put_aside
            )
            self._book = book_of((*fed, *own))
        return self._book

    def party_of(self, person: PersonId) -> Party | None:
        """Return what a tool told of a record that the directory does not list, if it is known here."""
        if self._parties is None:
            self._parties = parties_told(self._told.values())
        return self._parties.get(person)

    def described_at(self, person: PersonId) -> datetime | None:
        """Return when a tool last told of such a record, if it is known here."""
        stream = customer_stream(person)
        told = (event for event in self._told.values() if event.stream == stream and "party" in event.body)
        return max(map(corrected, told), default=None)

    def take_own(self, written: Iterable[EventEnvelope]) -> bool:
        """Take what was written here; say whether any of it is about a pair."""
        found = tuple(written)
        pairs = {event.event_id: event for event in found if event.stream.startswith(PREFIX)}
        self._own |= pairs
        return self.take_told(found) or self._changed(bool(pairs))

    def take_told(self, events: Iterable[EventEnvelope]) -> bool:
        """Take what records' own streams tell of them; say whether anything is new."""
        fresh = {
            event.event_id: event
            for event in events
            if event.kind is EventKind.IDENTITY_DESCRIBED and event.event_id not in self._told
        }
        self._told |= fresh
        return self._changed(bool(fresh))

    def take_fed(self, events: Iterable[JudgedEvent]) -> bool:
        """Take what the hub gave; say whether any of it is about a pair."""
        found = False
        for judged in events:
            pair = pair_of_stream(judged.event.stream)
            if pair is None:
                continue
            found = True
            known = self._fed.get(judged.event.event_id)
            if is_erased(judged):
                self._own.pop(judged.event.event_id, None)
                self._forget_told(pair)
            elif known is not None and is_erased(known):
                # What was erased stays so, whatever copy of it comes late.
                continue
            self._fed[judged.event.event_id] = judged
        return self._changed(found)

    def _forget_told(self, pair: PairId) -> None:
        gone = [identity for identity, event in self._told.items() if identity_in(event, "pair") == pair]
        for identity in gone:
            del self._told[identity]

    def put_aside(self, events: Iterable[UUID]) -> bool:
        """Take that some own events do not count at the hub; say whether any is told."""
        found = frozenset(events)
        self._put_aside |= found
        return self._changed(bool(found))

    def forget_fed(self) -> None:
        """Forget what the hub gave: it comes again, or may be read no more."""
        self._fed.clear()
        self._changed(True)

    def _changed(self, changed: bool) -> bool:
        if changed:
            self._book = self._parties = None
        return changed
