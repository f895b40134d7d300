"""Which records are held to be one person's: what events of the journal say of each pair.

Each pair of records has a stream of its own. A link stands while an event makes it and none ends it;
an event that was taken back never was. The set of events alone decides, whatever the order in which
they come, so that after any links and unlinks nothing is left but what stands.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from avise.models.customer import Party, PartyKind, PersonId
from avise.models.event_fold import effective, identity_in, identity_of, text_in
from avise.models.identity.comparison import Feature, Level
from avise.models.identity.explanation import Evidence
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON

PREFIX = "identity/"
"""Begins the stream of every pair of records."""

KINDS = (
    EventKind.IDENTITY_PROPOSED,
    EventKind.IDENTITY_REFUSED,
    EventKind.IDENTITY_LINKED,
    EventKind.IDENTITY_UNLINKED,
    EventKind.UNDONE,
)

_PAIRS = uuid.UUID("5b0c8f0e-7f0a-5d3e-9a53-0b6f2f6f6a01")
"""Under which the identities of pairs are minted."""

PairId = uuid.UUID


def pair_of(one: PersonId, other: PersonId) -> PairId:
    """Return the identity of a pair of records, whichever is named first."""
    first, second = sorted((one.hex, other.hex))
    return uuid.uuid5(_PAIRS, f"{first}|{second}")


def pair_stream(one: PersonId, other: PersonId) -> str:
    """Return the stream of a pair of records."""
    return f"{PREFIX}{pair_of(one, other)}"


class How(StrEnum):
    """Who decided that two records are one person's."""

    RULE = "rule"
    SCORE = "score"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Side:
    """One record of a pair."""

    person: PersonId
    """Under which its readings are kept."""
    party: Party | None = field(default=None, repr=False)
    """What a tool told of it, where the directory does not list it."""


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Why two records are taken for one person's."""

    how: How
    rule: str = ""
    probability: float | None = None
    model: str = ""
    """Short name of the weights; "" where no score was computed."""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Two records held to be one person's."""

    id: uuid.UUID
    pair: PairId
    one: Side
    other: Side
    reasoning: Reasoning
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records of which somebody has to say whether they are one person's."""

    pair: PairId
    one: Side
    other: Side
    reasoning: Reasoning
    seen: str
    """What both said when they were proposed (`parties.data_seen`)."""
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PairState:
    """What the events of one pair come to."""

    links: tuple[Link, ...] = ()
    proposal: Proposal | None = None
    refused: frozenset[str] = frozenset()
    """What both records said each time when somebody decided that they are two persons'."""
    apart: frozenset[PersonId] = frozenset()
    """Both records, when the last word is that they are two persons'."""


def fold_pair(events: Iterable[EventEnvelope]) -> PairState:
    """Return what the events of one pair come to."""
    links: dict[uuid.UUID, Link] = {}
    proposal: Proposal | None = None
    refused: set[str] = set()
    apart: frozenset[PersonId] = frozenset()
    for event in effective(events):
        sides = _sides_in(event)
        match event.kind:
            case EventKind.IDENTITY_LINKED if sides and (link := identity_in(event, "link")) is not None:
                links[link] = _link(event, link, *sides)
                apart = frozenset()
            case EventKind.IDENTITY_PROPOSED if sides:
                proposal = _proposal(event, *sides)
            case EventKind.IDENTITY_REFUSED if sides:
                refused.add(text_in(event, "seen"))
                apart = frozenset(side.person for side in sides)
            case EventKind.IDENTITY_UNLINKED:
                refused.add(text_in(event, "seen"))
            case _:
                pass
    ended = {identity_in(e, "link") for e in effective(events) if e.kind is EventKind.IDENTITY_UNLINKED}
    standing = tuple(link for identity, link in links.items() if identity not in ended)
    open_proposal = proposal if proposal and not standing and proposal.seen not in refused else None
    return PairState(standing, open_proposal, frozenset(refused), apart if not standing else frozenset())


class LinkBook:
    """What stands between all records.

    Args:
        events: of the streams of pairs.
    """

    def __init__(self, events: Iterable[EventEnvelope]) -> None:
        by_stream: dict[str, list[EventEnvelope]] = defaultdict(list)
        for event in events:
            by_stream[event.stream].append(event)
        self.pairs: Mapping[PairId, PairState] = {
            pair: fold_pair(found)
            for stream, found in sorted(by_stream.items())
            if (pair := identity_of(stream.removeprefix(PREFIX))) is not None
        }
        self._links: dict[PersonId, list[Link]] = defaultdict(list)
        for state in self.pairs.values():
            # Two desks may have made one link each before they knew of the other: one is enough.
            for link in state.links[:1]:
                self._links[link.one.person].append(link)
                self._links[link.other.person].append(link)

    def links_of(self, person: PersonId) -> tuple[Link, ...]:
        """Return the links that name a record."""
        return tuple(sorted(self._links.get(person, ()), key=lambda link: (link.at, link.id)))

    def linked_to(self, person: PersonId) -> tuple[Side, ...]:
        """Return the other records of the same person, the nearest first; never the record itself."""
        found: dict[PersonId, Side] = {}
        waiting = [person]
        while waiting:
            here = waiting.pop(0)
            for link in self.links_of(here):
                far = link.other if link.one.person == here else link.one
                if far.person != person and far.person not in found:
                    found[far.person] = far
                    waiting.append(far.person)
        return tuple(found.values())

    def proposals(self) -> tuple[Proposal, ...]:
        """Return the pairs of which somebody has to decide, the likeliest first."""
        found = [state.proposal for state in self.pairs.values() if state.proposal is not None]
        return tuple(
            sorted(found, key=lambda each: (-(each.reasoning.probability or 0.0), each.at, each.pair))
        )

    def is_refused(self, one: PersonId, other: PersonId, seen: str) -> bool:
        """Say whether somebody decided that two records are two persons' when they said what they say."""
        state = self.pairs.get(pair_of(one, other))
        return state is not None and seen in state.refused

    def kept_apart(
        self, ours: Iterable[PersonId], theirs: Sequence[PersonId], but: PairId | None = None
    ) -> bool:
        """Say whether somebody decided that a record of one group is not the person of the other group.

        Args:
            ours: one group.
            theirs: the other.
            but: a pair that is being decided anew.
        """
        pairs = {pair_of(one, other) for one in ours for other in theirs} - {but}
        return any(pair in self.pairs and self.pairs[pair].apart for pair in pairs)


# ---- bodies --------------------------------------------------------------------------------------


def side_body(side: Side) -> dict[str, JSON]:
    """Return one record of a pair as a body holds it."""
    written: dict[str, JSON] = {"person": str(side.person)}
    if side.party is not None:
        written["party"] = _party_body(side.party)
    return written


def reasoning_body(reasoning: Reasoning) -> dict[str, JSON]:
    """Return the reasons of a link or a proposal as a body holds them."""
    written: dict[str, JSON] = {"how": reasoning.how.value}
    if reasoning.rule:
        written["rule"] = reasoning.rule
    if reasoning.probability is not None:
        written["probability"] = round(reasoning.probability, 6)
    if reasoning.model:
        written["model"] = reasoning.model
    if reasoning.evidence:
        written["why"] = [[e.feature.value, e.level.value, e.bits] for e in reasoning.evidence]
    return written


_TEXTS = ("last_name", "first_name", "birth_name", "title", "member_number", "email", "city", "postcode")


def _party_body(party: Party) -> dict[str, JSON]:
    written: dict[str, JSON] = {"native_id": party.native_id, "kind": party.kind.value}
    written |= {name: value for name in _TEXTS if (value := getattr(party, name))}
    if party.birth_date is not None:
        written["birth_date"] = party.birth_date.isoformat()
    if party.phones:
        written["phones"] = list(party.phones)
    if party.ids:
        written["ids"] = dict(party.ids)
    return written


def _party_in(value: JSON) -> Party | None:
    if not isinstance(value, Mapping):
        return None
    phones, ids, kind = value.get("phones"), value.get("ids"), value.get("kind")
    return Party(
        native_id=_word(value, "native_id"),
        kind=PartyKind(kind) if kind in tuple(PartyKind) else PartyKind.MEMBER,
        last_name=_word(value, "last_name"),
        first_name=_word(value, "first_name"),
        birth_name=_word(value, "birth_name"),
        title=_word(value, "title"),
        birth_date=_day(value.get("birth_date")),
        member_number=_word(value, "member_number"),
        phones=tuple(map(str, phones)) if isinstance(phones, list) else (),
        email=_word(value, "email"),
        city=_word(value, "city"),
        postcode=_word(value, "postcode"),
        ids={str(scheme): str(found) for scheme, found in ids.items()} if isinstance(ids, Mapping) else {},
    )


def _word(value: Mapping[str, JSON], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _day(value: JSON) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _sides_in(event: EventEnvelope) -> tuple[Side, Side] | None:
    one, other = _side(event.body.get("one")), _side(event.body.get("other"))
    return (one, other) if one is not None and other is not None else None


def _side(value: JSON) -> Side | None:
    if not isinstance(value, Mapping):
        return None
    person = identity_of(value.get("person"))
    return Side(person, _party_in(value.get("party"))) if person is not None else None


def _link(event: EventEnvelope, link: uuid.UUID, one: Side, other: Side) -> Link:
    pair = pair_of(one.person, other.person)
    return Link(link, pair, one, other, _reasoning_in(event), event.author, event.occurred_at)


def _proposal(event: EventEnvelope, one: Side, other: Side) -> Proposal:
    pair, seen = pair_of(one.person, other.person), text_in(event, "seen")
    return Proposal(pair, one, other, _reasoning_in(event), seen, event.author, event.occurred_at)


def _reasoning_in(event: EventEnvelope) -> Reasoning:
    how, probability = text_in(event, "how"), event.body.get("probability")
    return Reasoning(
        How(how) if how in tuple(How) else How.PERSON,
        text_in(event, "rule"),
        float(probability) if isinstance(probability, int | float) else None,
        text_in(event, "model"),
        _evidence_in(event.body.get("why")),
    )


def _evidence_in(value: JSON) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for each in value if isinstance(value, list) else ():
        match each:
            case [str(feature), str(level), int() | float() as bits] if feature in tuple(
                Feature
            ) and level in tuple(Level):
                found.append(Evidence(Feature(feature), Level(level), float(bits)))
            case _:
                pass
    return tuple(found)
