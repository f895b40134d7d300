"""Two tables brought together: which pairs are one person's, which a person has to look at.

A pair is *automatic* above a probability and without anything that speaks clearly against it, *proposed*
between, and nothing below.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from avise.models.identity.blocking import Blocks
from avise.models.identity.comparison import (
    COMPARERS,
    FEATURES,
    LEVELS,
    PERSONAL,
    Feature,
    Level,
    Vector,
    compared,
    contradicts,
    is_unsupported,
    level_in,
)
from avise.models.identity.estimation import estimated
from avise.models.identity.records import IdentityRecord
from avise.models.identity.rivals import rivals
from avise.models.identity.rules import Rule, rule_for
from avise.models.identity.weights import Model
from avise.models.names import phonetic_key

AUTOMATIC = 0.98
"""From this probability on two records are linked without anybody looking."""
PROPOSED = 0.15
"""From this probability on a person is asked."""
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


def is_doubtful(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    """Say whether something speaks against one person so clearly that a human has to look.

    Anywhere: that neither first name nor birth date could be compared, or that nothing beside them agrees
    where more than one thing could. Where tables hold households: a contradiction of first name, birth
    date or sex; first names one letter apart that both are names in use (Nina and Lina are twins); another
    surname without a telephone, an address on the net or a number in common.
    """
    personal = any(vector[FEATURES.index(feature)] for feature in (Feature.FIRST_NAME, Feature.BIRTH_DATE))
    if not personal or is_unsupported(vector):
        return True
    if not model.households:
        return False
    return contradicts(vector) or _are_two_names(model, vector, a, b) or _is_another_surname(vector)


_OF_TWO = 2
"""A telephone of more records than the two is a home's, not somebody's."""
_OFTEN = 3
"""A first name that stands so often in the tables is no slip of the pen…"""
_TIMES_RARER = 30
"""…unless the other stands that many times more often: frequent names are mistyped in the same ways."""


def _are_two_names(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    if level_in(vector, Feature.FIRST_NAME) not in (Level.CLOSE, Level.NEAR) or _are_exchanged(a, b):
        return False
    one, other = a.first_name, b.first_name
    in_use = model.frequencies[Feature.FIRST_NAME].counts
    rarer, commoner = sorted((in_use.get(one, 1), in_use.get(other, 1)))
    often = rarer >= _OFTEN and rarer * _TIMES_RARER >= commoner
    return often and phonetic_key(one) != phonetic_key(other)


def _are_exchanged(a: IdentityRecord, b: IdentityRecord) -> bool:
    return a.first_name in b.last_names and b.first_name in a.last_names


_OF_TWINS = (Feature.MEMBER_NUMBER, Feature.FIRST_NAME, Feature.LAST_NAME, Feature.BIRTH_DATE)


def _is_one_contract(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> bool:
    """Say whether two like records of one table stand under one member number, with nothing of their own.

    Whoever registered the second saw the first: a child entered twice, or twins under one first name.
    A slip in a name tells them apart from twins, whose surname was copied.
    """
    if not all(level_in(vector, feature) is Level.SAME for feature in _OF_TWINS):
        return False
    if level_in(vector, Feature.EMAIL) is Level.SAME:
        return False
    homes = model.frequencies[Feature.PHONE].counts if Feature.PHONE in model.frequencies else {}
    return all(homes.get(phone, 1) > _OF_TWO for phone in a.phones if phone in b.phones)


def _is_another_surname(vector: Vector) -> bool:
    own = (Feature.PHONE, Feature.EMAIL, Feature.MEMBER_NUMBER)
    return level_in(vector, Feature.LAST_NAME) is Level.DIFFERENT and not any(
        level_in(vector, feature) is Level.SAME for feature in own
    )


def matched(ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord]) -> Matching:
    """Return the pairs of two tables that may be one person's.

    Args:
        ours: the first table.
        theirs: the second one; the same object to look for duplicates within a table.
    """
    if not ours or not theirs:
        return Matching(Model({}, {}, 0.1), (), 0)
    model = estimated(ours, theirs)
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
    """Return the pairs, those doubtful that cannot be true beside another one."""
    likely = Thresholds()
    places = [i for i, pair in enumerate(pairs) if pair.verdict(likely) is Verdict.AUTOMATIC]

    def are_one(one: IdentityRecord, other: IdentityRecord) -> bool:
        vector = compared(one, other)
        return model.probability(model.score(vector, one, other)) >= _MAY_BE_ONE

    beaten = rivals(
        [(pairs[i].ours, pairs[i].theirs, pairs[i].bits) for i in places],
        lambda one, other: are_one(theirs[one], theirs[other]),
        lambda one, other: are_one(ours[one], ours[other]),
    )
    for place in beaten:
        pairs[places[place]] = replace(pairs[places[place]], doubtful=True, rule=None)
    return pairs


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
        self._places = tuple(
            (place, feature) for place, feature in enumerate(FEATURES) if feature in model.weights
        )
        bits_of = [
            (0.0, *(model.weights[feature].bits(code) for code in range(1, len(LEVELS[feature]) + 1)))
            for _, feature in self._places
        ]
        self._steps = tuple(
            (COMPARERS[place], feature, feature in PERSONAL, worth, most, most_personal)
            for (place, feature), worth, most, most_personal in zip(
                self._places,
                bits_of,
                self._most_that_may_follow(FEATURES),
                self._most_that_may_follow(PERSONAL),
                strict=True,
            )
        )
        self.compared = 0
        self._a, self._b, self._bits = array("L"), array("L"), array("d")

    def _most_that_may_follow(self, among: Collection[Feature]) -> tuple[float, ...]:
        """Return, for each feature, how many bits the later ones of some features can add at most."""
        most = []
        left = 0.0
        for _, feature in reversed(self._places):
            most.append(left)
            if feature in among:
                left += max(self._most_of(feature), 0.0)
        return tuple(reversed(most))

    def _most_of(self, feature: Feature) -> float:
        weights = self._model.weights[feature]
        best = max(weights.bits(code) for code in range(1, len(weights.m) + 1))
        if (frequencies := self._model.frequencies.get(feature)) is None:
            return best
        return max(best, math.log2(weights.m[0] / frequencies.u("", weights.u[0])))

    def run(self) -> None:
        """Score every candidate pair."""
        blocks = Blocks(self._ours, self._theirs)
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
        for compare, feature, is_personal, worth, most, most_personal in self._steps:
            if not (code := compare(a, b)):
                continue
            bits = worth[code] if code > 1 else model.bits(feature, code, a, b)
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
            if probability < 0.002:
                return
            a, b = self._a[index], self._b[index]
            one, other = self._ours[a], self._theirs[b]
            vector = compared(one, other)
            doubtful = is_doubtful(model, vector, one, other)
            rule = rule_for(vector)
            if self._within and model.households and _is_one_contract(model, vector, one, other):
                doubtful, rule = True, None
            yield ScoredPair(a, b, bits, probability, doubtful, rule)
