"""Two tables brought together: which pairs are one person's, which a person has to look at.

A pair is *automatic* above a probability and without anything that speaks clearly against it, *proposed*
between, and nothing below.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from avise.models.identity.attributes import Attribute, AttributeKind
from avise.models.identity.blocking import KINDS, Blocks, keys_of_attributes
from avise.models.identity.comparison import (
    COMPARERS,
    PERSONAL,
    Compared,
    Feature,
    Vector,
    attribute_code,
    compared,
    levels_of,
    place_in_vector,
)
from avise.models.identity.doubts import is_doubtful, is_one_contract
from avise.models.identity.estimation import estimated
from avise.models.identity.records import IdentityRecord
from avise.models.identity.rivals import rivalries
from avise.models.identity.rules import Rule, rule_for
from avise.models.identity.weights import Model

AUTOMATIC = 0.98
"""From this probability on two records are linked without anybody looking."""
PROPOSED = 0.15
"""From this probability on a person is asked."""
FORGOTTEN = 0.002
"""Below this probability a pair is forgotten."""
_MOST_OF_TEXT = 1000.0
"""More than any words in common are worth, in bits: no pair is given up before its texts are compared."""
_MAY_BE_ONE = 0.05
"""From this probability on two partners of one record may be one person's twice."""
_KEPT_BELOW_PRIOR = 9.0
"""Pairs that many bits below even odds are forgotten at once: not one in five hundred is a person's."""


class Verdict(StrEnum):
    """What comes of a pair."""

    AUTOMATIC = "automatic"
    PROPOSED = "proposed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on something comes of a pair."""

    automatic: float = AUTOMATIC
    proposed: float = PROPOSED


@dataclass(frozen=True, slots=True)
class ScoredPair:
    """Two records, by place in their tables, and how likely they are one person's."""

    ours: int
    theirs: int
    bits: float
    probability: float
    doubtful: bool
    """Something speaks clearly against it: never automatic, however high the score."""
    rule: Rule | None = None
    """The explicit rule that joins both, whatever the score."""

    def verdict(self, thresholds: Thresholds) -> Verdict:
        """Return what comes of it."""
        if self.rule is not None or (self.probability >= thresholds.automatic and not self.doubtful):
            return Verdict.AUTOMATIC
        return Verdict.PROPOSED if self.probability >= thresholds.proposed else Verdict.NOTHING


@dataclass(frozen=True, slots=True)
class Matching:
    """What came of two tables."""

    model: Model
    pairs: tuple[ScoredPair, ...]
    """The likeliest first."""
    compared: int
    """How many pairs were looked at."""


def matched(
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
    attributes: Sequence[Attribute] = (),
) -> Matching:
    """Return the pairs of two tables that may be one person's.

    Args:
        ours: the first table.
        theirs: the second one; the same object to look for duplicates within a table.
        attributes: the columns that no notion names, in the order of the records' values.
    """
    if not ours or not theirs:
        return Matching(Model({}, {}, 0.1), (), 0)
    model = estimated(ours, theirs, attributes)
    scan = _Scan(model, ours, theirs)
    scan.run()
    model = replace(model, prior=scan.prior())
    pairs = _without_rivals(model, list(scan.scored(model)), ours, theirs)
    return Matching(model, tuple(pairs), scan.compared)


def _without_rivals(
    model: Model,
    pairs: list[ScoredPair],
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
) -> list[ScoredPair]:
    """Return the pairs as they stand beside those that cannot be true with them, the likeliest first."""

    def among(table: Sequence[IdentityRecord]) -> Callable[[int, int], bool]:
        def are_one(one: int, other: int) -> bool:
            a, b = table[one], table[other]
            return model.probability(model.score(compared(a, b), a, b)) >= _MAY_BE_ONE

        return are_one

    links = [(pair.ours, pair.theirs, pair.bits) for pair in pairs]
    once = _name_each_once(model, pairs, ours, theirs)
    stronger: dict[int, set[int]] = defaultdict(set)
    unsettled: set[int] = set()
    for rivalry in rivalries(links, among(ours), None if ours is theirs else among(theirs)):
        both = pairs[rivalry.weaker].verdict(_LIKELY) is Verdict.AUTOMATIC
        named_once = once[0] if rivalry.of_ours else once[1]
        if rivalry.stands_out and not rivalry.may_be_one:
            stronger[rivalry.weaker].add(rivalry.stronger)
        elif both and (named_once or not rivalry.may_be_one):
            unsettled.update((rivalry.weaker,) if rivalry.stands_out else (rivalry.stronger, rivalry.weaker))
    for place in unsettled:
        pairs[place] = replace(pairs[place], doubtful=True, rule=None)
    for place, others in stronger.items():
        odds = [_odds(pairs[place].probability), *(_odds(pairs[other].probability) for other in others)]
        pairs[place] = replace(pairs[place], probability=odds[0] / (1 + sum(odds)), rule=None)
    pairs = _shared_out(model, pairs, once)
    return sorted(pairs, key=lambda pair: (-pair.probability, -pair.bits, pair.ours, pair.theirs))


def _shared_out(model: Model, pairs: list[ScoredPair], once: tuple[bool, bool]) -> list[ScoredPair]:
    """Return the pairs with what is likely shared out among those of which one at most can be true."""
    if not any(once):
        return pairs
    odds = [_odds(model.probability(pair.bits)) for pair in pairs]
    of_ours: dict[int, float] = defaultdict(float)
    of_theirs: dict[int, float] = defaultdict(float)
    for pair, each in zip(pairs, odds, strict=True):
        of_ours[pair.ours] += each
        of_theirs[pair.theirs] += each
    found = []
    for pair, each in zip(pairs, odds, strict=True):
        others = 0.0
        if once[0]:
            others += of_theirs[pair.theirs] - each
        if once[1]:
            others += of_ours[pair.ours] - each
        shared = each / (1 + each + max(others, 0.0))
        found.append(replace(pair, probability=min(pair.probability, shared)))
    return found


_LIKELY = Thresholds()
_SEVERAL = 0.05
"""Up to this share of records with several automatic links, a table is held to name each person once."""


def _name_each_once(
    model: Model,
    pairs: Sequence[ScoredPair],
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
) -> tuple[bool, bool]:
    """Say of each of two tables whether it names nobody twice; never of one compared with itself."""
    if ours is theirs:
        return False, False
    linked = [(pair.ours, pair.theirs) for pair in pairs if pair.verdict(_LIKELY) is Verdict.AUTOMATIC]
    by_theirs: dict[int, list[int]] = defaultdict(list)
    by_ours: dict[int, list[int]] = defaultdict(list)
    for mine, other in linked:
        by_theirs[other].append(mine)
        by_ours[mine].append(other)
    return _named_once(model, by_theirs, ours), _named_once(model, by_ours, theirs)


def _named_once(model: Model, partners: Mapping[int, Sequence[int]], table: Sequence[IdentityRecord]) -> bool:
    """Say whether a table names nobody twice, by the partners that the other table's records have in it.

    Few have two; or two partners always differ in what one person's records share: an article and the same
    authors' next one, of another year; two models of one make.
    """
    several = sum(len(found) - 1 for found in partners.values())
    if several <= _SEVERAL * sum(map(len, partners.values())):
        return True
    twice = [found[:2] for found in partners.values() if len(found) > 1]
    alike = Counter(compared(table[one], table[other]) for one, other in twice)
    return any(_always_differ(model, alike, feature) for feature in model.weights)


_LEAST_SEEN = 20
"""Pairs of partners from which on something can be said of them."""
_SELDOM = 0.25
"""Partners that are alike in something that much more seldom than one person's records are two, not one."""


def _always_differ(model: Model, alike: Mapping[Vector, int], feature: Compared) -> bool:
    m = model.weights[feature].m
    share, last = 0.0, 0
    while share < 0.5 and last < len(m) - 1:
        share += m[last]
        last += 1
    place = place_in_vector(feature)
    told = sum(count for vector, count in alike.items() if vector[place])
    as_one = sum(count for vector, count in alike.items() if 0 < vector[place] <= last)
    return share >= 0.5 and told >= _LEAST_SEEN and as_one <= _SELDOM * share * told


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-15)


def _comparer(feature: Compared) -> Callable[[IdentityRecord, IdentityRecord], int]:
    if not isinstance(feature, Attribute):
        return COMPARERS[place_in_vector(feature)]
    place = feature.place
    return lambda a, b: attribute_code(a.attributes[place], b.attributes[place])


class _Scan:
    """Every candidate pair scored once; those worth remembering in packed arrays."""

    def __init__(
        self, model: Model, ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord]
    ) -> None:
        self._model = model
        self._ours = ours
        self._theirs = theirs
        self._within = ours is theirs
        self._product = len(ours) * (len(ours) - 1) / 2 if self._within else len(ours) * len(theirs)
        self._product = max(self._product, 1.0)
        self._least = -math.log2(model.prior) - _KEPT_BELOW_PRIOR
        self._by_value = frozenset(
            feature
            for feature in model.weights
            if isinstance(feature, Attribute) and feature.kind is AttributeKind.TEXT
        )
        self._places = tuple((place_in_vector(feature), feature) for feature in model.weights)
        bits_of = [
            (0.0, *(model.weights[feature].bits(code) for code in range(1, len(levels_of(feature)) + 1)))
            for _, feature in self._places
        ]
        self._steps = tuple(
            (
                _comparer(feature),
                feature,
                feature in self._by_value,
                feature in PERSONAL,
                worth,
                most,
                most_personal,
            )
            for (_, feature), worth, most, most_personal in zip(
                self._places,
                bits_of,
                self._most_that_may_follow(tuple(model.weights)),
                self._most_that_may_follow(PERSONAL),
                strict=True,
            )
        )
        self.compared = 0
        self._a, self._b, self._bits = array("L"), array("L"), array("d")

    def _most_that_may_follow(self, among: Collection[Compared]) -> tuple[float, ...]:
        """Return, for each feature, how many bits the later ones of some features can add at most."""
        most = []
        left = 0.0
        for _, feature in reversed(self._places):
            most.append(left)
            if feature in among:
                left += max(self._most_of(feature), 0.0)
        return tuple(reversed(most))

    def _most_of(self, feature: Compared) -> float:
        weights = self._model.weights[feature]
        if feature in self._by_value:
            return _MOST_OF_TEXT
        best = max(weights.bits(code) for code in range(1, len(weights.m) + 1))
        if (frequencies := self._model.frequencies.get(feature)) is None:
            return best
        return max(best, math.log2(weights.m[0] / frequencies.u("", weights.u[0])))

    def run(self) -> None:
        """Score every candidate pair."""
        attributes = [feature for feature in self._model.weights if isinstance(feature, Attribute)]
        blocks = Blocks(self._ours, self._theirs, (*KINDS, *keys_of_attributes(attributes)))
        for place, ours in enumerate(self._ours):
            for other in blocks.candidates(place):
                self.compared += 1
                bits = self._score(ours, self._theirs[other])
                if bits >= self._least:
                    self._a.append(place)
                    self._b.append(other)
                    self._bits.append(bits)

    def _score(self, a: IdentityRecord, b: IdentityRecord) -> float:
        """Return the weight of a pair; less than what is remembered as soon as it cannot reach it."""
        model, least, households = self._model, self._least, self._model.households
        sofar = personal = last_name = place = 0.0
        against = False
        for compare, feature, by_value, is_personal, worth, most, most_personal in self._steps:
            if not (code := compare(a, b)):
                continue
            bits = model.bits(feature, code, a, b) if by_value or code == 1 else worth[code]
            if feature is Feature.PLACE:
                place = bits
            elif feature is Feature.STREET and bits < 0 and place < 0:
                # Another street in another town is one move, held against only once (`Model.score`).
                bits = min(bits - place, 0.0)
            sofar += bits
            if is_personal:
                personal += bits
                against = against or code == len(worth) - 1
                # Nothing but what is personal speaks for them any more.
                if against and households and personal + most_personal < least:
                    return personal + most_personal
            elif feature is Feature.LAST_NAME:
                last_name = bits
            if sofar + most < least:
                return sofar + most
        return model.total(sofar, personal, last_name, against=against)

    def prior(self) -> float:
        """Return the share of the whole product that is one person's, as the scores themselves tell it."""
        prior = self._model.prior
        for _ in range(100):
            before = prior
            offset = math.log2(prior / (1 - prior))
            expected = sum(1 / (1 + 2.0 ** -(bits + offset)) for bits in self._bits)
            prior = min(max(expected / self._product, 0.1 / self._product), 0.5)
            if abs(prior - before) < 1e-4 * before:
                break
        return prior

    def scored(self, model: Model) -> Iterator[ScoredPair]:
        """Yield what was remembered, the likeliest first."""
        order = sorted(range(len(self._bits)), key=lambda i: (-self._bits[i], self._a[i], self._b[i]))
        for index in order:
            bits = self._bits[index]
            probability = model.probability(bits)
            if probability < FORGOTTEN:
                return
            a, b = self._a[index], self._b[index]
            one, other = self._ours[a], self._theirs[b]
            vector = compared(one, other)
            doubtful = is_doubtful(model, vector, one, other)
            rule = rule_for(vector)
            if self._within and model.households and is_one_contract(model, vector, one, other):
                doubtful, rule = True, None
            yield ScoredPair(a, b, bits, probability, doubtful, rule)
