"""What a tool told of records that the directory does not list, kept in each record's own stream.

The hub gives that stream only to whoever opens the record's file, and logs it: the feed of pairs names
records and says nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from avise.models.customer import CUSTOMER_STREAMS, Party, PersonId, customer_stream
from avise.models.event_fold import identity_of
from avise.models.identity.link_bodies import party_body, party_in
from avise.models.identity.link_fold import counted
from avise.models.identity.links import PairId
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON


def described(person: PersonId, pair: PairId, party: Party) -> NewEvent:
    """Return the event that keeps what a tool told of a record of a pair."""
    return _about(person, {"pair": str(pair), "party": party_body(party)})


def reasoned(person: PersonId, pair: PairId, reason: str) -> NewEvent:
    """Return the event that keeps, in words, why a link ended."""
    return _about(person, {"pair": str(pair), "reason": reason})


def _about(person: PersonId, body: Mapping[str, JSON]) -> NewEvent:
    return NewEvent(customer_stream(person), EventKind.IDENTITY_DESCRIBED, body)


def parties_told(events: Iterable[EventEnvelope]) -> dict[PersonId, Party]:
    """Return what was told last of each record."""
    found: dict[PersonId, Party] = {}
    for event in counted(events):
        person = identity_of(event.stream.removeprefix(CUSTOMER_STREAMS))
        party = party_in(event.body.get("party"))
        if event.kind is EventKind.IDENTITY_DESCRIBED and person is not None and party is not None:
            found[person] = party
    return found
