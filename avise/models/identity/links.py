"""Which records are held to be one person's: what events of the journal say of each pair.

Each pair of records has a stream of its own. A link stands while an event makes it, none ends it, and
whoever made it knew of every word that the two are two persons'. The set of events alone decides, whatever
the order in which they come and however often: every desk that has the same events holds the same, and
after any links and unlinks nothing is left but what stands.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from avise.models.customer import Party, PersonId
from avise.models.event_fold import identity_of
from avise.models.identity.explanation import Evidence
from avise.models.journal import EventKind
from avise.models.roles import Role

PREFIX = "identity/"
"""Begins the stream of every pair of records."""

KINDS = (
    EventKind.IDENTITY_PROPOSED,
    EventKind.IDENTITY_REFUSED,
    EventKind.IDENTITY_LINKED,
    EventKind.IDENTITY_UNLINKED,
    EventKind.UNDONE,
)

MAY_LINK = frozenset({Role.CASE_MANAGER, Role.TEAM_LEAD})
"""Who decides that two records are one person's; the others propose."""

ERASED = "erased"
"""Why the hub counts no event that was written before one of its two persons was erased there."""

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
    """What a tool told of it, where the directory does not list it and it is known here."""
    tool: str = ""
    """The tool that knows it, "" where the directory lists it."""


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
    against: str = ""
    """Who holds them for two persons' while the author linked them, neither knowing of the other."""


@dataclass(frozen=True, slots=True)
class PairState:
    """What the events of one pair come to."""

    links: tuple[Link, ...] = ()
    """Those that stand, the oldest first."""
    proposal: Proposal | None = None
    refused: frozenset[str] = frozenset()
    """What both records said each time when somebody decided that they are two persons'."""
    apart: frozenset[PersonId] = frozenset()
    """Both records, while the last word is that they are two persons'."""
    refusals: frozenset[uuid.UUID] = frozenset()
    """Events that say so: who links them all the same names them."""
    open_links: frozenset[uuid.UUID] = frozenset()
    """Links that nobody ended, those that do not stand included."""


class LinkBook:
    """What stands between all records.

    Args:
        pairs: what the events of each pair come to.
    """

    def __init__(self, pairs: Mapping[PairId, PairState]) -> None:
        self.pairs = pairs
        self._links: dict[PersonId, list[Link]] = defaultdict(list)
        self._suspended: list[Proposal] = []
        self._stand()

    def _stand(self) -> None:
        """Let each link stand, the oldest first, unless it would join two records that are kept apart.

        Two desks may each have linked one half of such a chain: the later link waits for somebody.
        """
        group: dict[PersonId, frozenset[PersonId]] = {}
        apart = {state.apart for state in self.pairs.values() if state.apart}
        # Two desks may have made one link each before they knew of the other: one is enough.
        first = (state.links[0] for state in self.pairs.values() if state.links)
        for link in sorted(first, key=lambda link: (link.at, link.id)):
            one, other = (
                group.get(side.person, frozenset((side.person,))) for side in (link.one, link.other)
            )
            joined = one | other
            if any(pair <= joined for pair in apart):
                self._suspended.append(_reopened(link))
                continue
            group |= dict.fromkeys(joined, joined)
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
            sorted(
                [*found, *self._suspended],
                key=lambda each: (-(each.reasoning.probability or 0.0), each.at, each.pair),
            )
        )

    def proposal_of(self, one: PersonId, other: PersonId) -> Proposal | None:
        """Return what waits for somebody between two records."""
        pair = pair_of(one, other)
        state = self.pairs.get(pair)
        if state is not None and state.proposal is not None:
            return state.proposal
        return next((each for each in self._suspended if each.pair == pair), None)

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


def _reopened(link: Link) -> Proposal:
    """Return a link that cannot stand as a question: whoever made it proposes it."""
    return Proposal(link.pair, link.one, link.other, link.reasoning, "", link.author, link.at)


def pair_of_stream(stream: str) -> PairId | None:
    """Return the pair whose stream it is; None for any other stream."""
    return identity_of(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None
