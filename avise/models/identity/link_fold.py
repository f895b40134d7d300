"""What the events of pairs of records come to: a function of their set, in any order, however often."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from avise.models.customer import PersonId
from avise.models.event_fold import corrected, identity_in, text_in
from avise.models.identity.link_bodies import ids_in, link_in, proposal_in, sides_in
from avise.models.identity.links import How, Link, LinkBook, PairState, Proposal, pair_of_stream
from avise.models.journal import EventEnvelope, EventKind

_NOTHING = PairState()


def book_of(events: Iterable[EventEnvelope]) -> LinkBook:
    """Return what stands between all records.

    Args:
        events: of the streams of pairs; any other is left.
    """
    by_pair: dict[uuid.UUID, list[EventEnvelope]] = defaultdict(list)
    for event in events:
        pair = pair_of_stream(event.stream)
        if pair is not None:
            by_pair[pair].append(event)
    folded = ((pair, fold_pair(found)) for pair, found in sorted(by_pair.items()))
    return LinkBook({pair: state for pair, state in folded if state != _NOTHING})


def fold_pair(events: Iterable[EventEnvelope]) -> PairState:
    """Return what the events of one pair come to."""
    links: dict[uuid.UUID, tuple[Link, frozenset[uuid.UUID]]] = {}
    ended: set[uuid.UUID] = set()
    refusals: list[EventEnvelope] = []
    proposal: Proposal | None = None
    seen: set[str] = set()
    for event in counted(events):
        match event.kind:
            case EventKind.IDENTITY_LINKED if (link := link_in(event)) is not None:
                links[link.id] = link, ids_in(event, "over")
            case EventKind.IDENTITY_PROPOSED:
                proposal = proposal_in(event) or proposal
            case EventKind.IDENTITY_REFUSED if sides_in(event) is not None:
                refusals.append(event)
                seen.add(text_in(event, "seen"))
                ended |= ids_in(event, "against")
            case EventKind.IDENTITY_UNLINKED if ids_in(event, "link"):
                seen.add(text_in(event, "seen"))
                ended |= ids_in(event, "link") | ids_in(event, "others")
            case _:
                pass
    words = frozenset(event.event_id for event in refusals)
    still = [(link, over) for link, over in links.values() if link.id not in ended]
    standing = tuple(link for link, over in still if words <= over)
    waiting = None if standing or proposal is None or proposal.seen in seen else proposal
    if refusals and not standing:
        waiting = _contested([link for link, _ in still], refusals[-1]) or waiting
    return PairState(
        links=standing,
        proposal=waiting,
        refused=frozenset(seen),
        apart=frozenset() if standing else _persons(refusals),
        refusals=words,
        open_links=frozenset(link.id for link, _ in still),
    )


def counted(events: Iterable[EventEnvelope]) -> list[EventEnvelope]:
    """Return the events that count, each once, by the hub's clock; an erased one comes before its like."""
    found: dict[uuid.UUID, EventEnvelope] = {}
    for event in events:
        if event.event_id not in found or not event.body:
            found[event.event_id] = event
    undone = {identity_in(event, "event") for event in found.values() if event.kind is EventKind.UNDONE}
    left = (each for each in found.values() if each.kind is not EventKind.UNDONE)
    standing = [event for event in left if event.event_id not in undone]
    return sorted(standing, key=lambda event: (corrected(event), event.event_id))


def _contested(links: Iterable[Link], refusal: EventEnvelope) -> Proposal | None:
    """Return what somebody linked while somebody else held it for two persons', neither knowing of the other.

    A link that no person made yields at once.
    """
    link = next((link for link in links if link.reasoning.how is How.PERSON), None)
    if link is None:
        return None
    return Proposal(
        link.pair, link.one, link.other, link.reasoning, text_in(refusal, "seen"), link.author, link.at,
        refusal.author,
    )  # fmt: skip


def _persons(refusals: Iterable[EventEnvelope]) -> frozenset[PersonId]:
    return frozenset(side.person for event in refusals for side in sides_in(event) or ())
