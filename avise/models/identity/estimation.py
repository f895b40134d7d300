"""The weights, learnt from the tables themselves without anybody saying which records are one person's.

*u* comes from pairs taken at random, which are nearly all of two persons; for equal values it is counted
exactly. *m* comes from expectation-maximisation over pairs that share a key, each feature where the key
says nothing of it. What tables are too small to tell is filled from ordinary figures.

The same tables give the same model: chance is arithmetic here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from avise.models.identity.attributes import Attribute, AttributeKind
from avise.models.identity.blocking import (
    BY_BIRTH,
    BY_EMAIL,
    BY_LAST_NAME_AND_PLACE,
    BY_MEMBER_NUMBER,
    BY_NAMES,
    BY_PHONE,
    BY_STREET,
    Blocks,
    KeyKind,
    keys_of_attributes,
)
from avise.models.identity.comparison import (
    FEATURES,
    Compared,
    Feature,
    Level,
    Vector,
    compared,
    contradicts,
    level_in,
    levels_of,
    place_in_vector,
)
from avise.models.identity.records import IdentityRecord
from avise.models.identity.weights import FeatureWeights, Frequencies, Model, value_of

RANDOM_PAIRS = 100_000
SESSION_PAIRS = 80_000
ROUNDS = 60
"""Rounds of expectation-maximisation, at most."""

ORDINARY_M: Mapping[Feature, tuple[float, ...]] = {
    Feature.FIRST_NAME: (0.80, 0.07, 0.02, 0.04, 0.02, 0.05),
    Feature.BIRTH_DATE: (0.915, 0.01, 0.03, 0.005, 0.02, 0.02),
    Feature.LAST_NAME: (0.80, 0.05, 0.07, 0.01, 0.02, 0.01, 0.04),
    Feature.PHONE: (0.60, 0.03, 0.37),
    Feature.EMAIL: (0.60, 0.04, 0.36),
    Feature.MEMBER_NUMBER: (0.90, 0.03, 0.07),
    Feature.PLACE: (0.75, 0.08, 0.07, 0.10),
    Feature.STREET: (0.65, 0.12, 0.05, 0.18),
    Feature.SEX: (0.98, 0.02),
}
"""How the records of one person differ where nothing else is known (our judgement)."""
ORDINARY_M_OF_ATTRIBUTES: Mapping[AttributeKind, tuple[float, ...]] = {
    AttributeKind.TEXT: (0.40, 0.20, 0.14, 0.10, 0.08, 0.08),
    AttributeKind.NUMBER: (0.65, 0.15, 0.10, 0.10),
    AttributeKind.DATE: ORDINARY_M[Feature.BIRTH_DATE],
    AttributeKind.EXACT: (0.88, 0.04, 0.08),
    AttributeKind.GEO: (0.70, 0.15, 0.08, 0.07),
}
"""The same for columns of any sort (our judgement)."""
ORDINARY_COUNT = 25.0
"""How many pairs of one person these figures weigh as much as."""
_LEAST = 1e-7


def estimated(
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
    attributes: Sequence[Attribute] = (),
) -> Model:
    """Return the model that two tables give; `theirs` is `ours` itself for a table compared with itself.

    Its prior is that each record of the smaller table has one partner, until `matching` knows better.
    """
    every: tuple[Compared, ...] = (*FEATURES, *attributes)
    features = tuple(f for f in every if _is_told(f, ours) and _is_told(f, theirs))
    u = _u(ours, theirs, features)
    households = _hold_households(ours, theirs, u)
    m = _m(ours, theirs, u, households=households)
    tables = (ours,) if ours is theirs else (ours, theirs)
    frequencies: dict[Compared, Frequencies] = {
        feature: Frequencies.of(
            value for table in tables for record in table for value in _all_values(record, feature)
        )
        for feature in features
        if feature is not Feature.SEX
    }
    weights = {feature: FeatureWeights(m[feature], u[feature]) for feature in features}
    prior = 1 / max(len(ours), len(theirs), 2)
    return Model(weights, frequencies, min(prior, 0.1), households)


def _all_values(record: IdentityRecord, feature: Compared) -> tuple[str, ...]:
    # Every telephone counts: a home's stands behind somebody's own.
    return record.phones if feature is Feature.PHONE else (value_of(record, feature),)


def _is_told(feature: Compared, table: Sequence[IdentityRecord]) -> bool:
    if feature is Feature.PLACE:
        return any(record.postcode or record.city or record.region for record in table)
    return any(value_of(record, feature) for record in table)


_HOUSEHOLD_SHARE = 0.05
"""From how many pairs of two persons of one home for each pair of one person a table holds households.

Slips in first name and birth date at once make far fewer; families make several for each."""
_HOMES: tuple[tuple[KeyKind, Feature], ...] = (
    (BY_LAST_NAME_AND_PLACE, Feature.PLACE),
    (BY_STREET, Feature.STREET),
    (BY_PHONE, Feature.PHONE),
    (BY_MEMBER_NUMBER, Feature.MEMBER_NUMBER),
)


def _hold_households(
    ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord], u: Mapping[Compared, tuple[float, ...]]
) -> bool:
    """Say whether several persons of one home stand in the tables; True where they cannot tell."""
    if Feature.FIRST_NAME not in u and Feature.BIRTH_DATE not in u:
        return False
    if Feature.FIRST_NAME not in u or Feature.BIRTH_DATE not in u or Feature.LAST_NAME not in u:
        return True
    one_person = others = 0.0
    product = len(ours) * len(theirs) / (2 if ours is theirs else 1)
    for kind, feature in _HOMES:
        if feature in u:
            session = _session(ours, theirs, kind)
            one, two = _of_one_surname(session.vectors)
            by_chance = product * u[Feature.LAST_NAME][0] * u[feature][0]
            one_person += one / session.share
            others += max(two / session.share - by_chance, 0.0)
    return one_person == 0 or others > _HOUSEHOLD_SHARE * one_person


def _of_one_surname(vectors: Mapping[Vector, int]) -> tuple[int, int]:
    """Return how many pairs with one surname are of one person, and how many of two, as it seems."""
    one_person = others = 0
    for vector, count in vectors.items():
        if level_in(vector, Feature.LAST_NAME) is not Level.SAME:
            continue
        levels = (level_in(vector, Feature.FIRST_NAME), level_in(vector, Feature.BIRTH_DATE))
        if levels == (Level.DIFFERENT, Level.DIFFERENT):
            others += count
        elif None not in levels and Level.DIFFERENT not in levels:
            one_person += count
    return one_person, others


# ---- two persons ---------------------------------------------------------------------------------


def _u(
    ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord], features: Sequence[Compared]
) -> dict[Compared, tuple[float, ...]]:
    vectors = Counter(
        compared(ours[a], theirs[b]) for a, b in _random_pairs(len(ours), len(theirs), ours is theirs)
    )
    found: dict[Compared, tuple[float, ...]] = {}
    for feature in features:
        counts = _counted(vectors, feature)
        # Half an observation for what was never met, so that no likeness is infinitely rare.
        total = sum(counts) + 0.5 * len(counts)
        shares = [(count + 0.5) / total for count in counts]
        same = _share_of_equal(ours, theirs, feature)
        rest = sum(shares[1:])
        found[feature] = (same, *(share / rest * (1 - same) for share in shares[1:]))
    return found


def _random_pairs(ours: int, theirs: int, within: bool) -> Iterator[tuple[int, int]]:
    """Yield pairs spread evenly over the product, always the same ones."""
    state = 1
    for _ in range(min(RANDOM_PAIRS, 4 * ours * theirs)):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) & 0xFFFF_FFFF_FFFF_FFFF
        a, b = (state >> 33) * ours >> 31, ((state >> 11) & 0x7FFF_FFFF) * theirs >> 31
        if not (within and a == b):
            yield a, b


def _counted(vectors: Mapping[Vector, float], feature: Compared) -> list[float]:
    place = place_in_vector(feature)
    counts = [0.0] * len(levels_of(feature))
    for vector, count in vectors.items():
        if vector[place]:
            counts[vector[place] - 1] += count
    return counts


def _share_of_equal(
    ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord], feature: Compared
) -> float:
    """Return how often two records of two persons have the same value, counted over the whole product."""
    mine = Counter(filter(None, (value_of(record, feature) for record in ours)))
    if ours is theirs:
        pairs = mine.total() * (mine.total() - 1)
        equal = sum(count * (count - 1) for count in mine.values())
    else:
        others = Counter(filter(None, (value_of(record, feature) for record in theirs)))
        pairs = mine.total() * others.total()
        equal = sum(count * others[each] for each, count in mine.items())
    # One pair for each record of the smaller table may be of one person: it is not counted.
    apart = min(equal, len(ours), len(theirs)) * (0.5 if ours is theirs else 0.8)
    return min(max((equal - apart) / max(pairs, 1), 1 / max(pairs, 2), _LEAST), 0.99)


# ---- one person ----------------------------------------------------------------------------------


def _m(
    ours: Sequence[IdentityRecord],
    theirs: Sequence[IdentityRecord],
    u: Mapping[Compared, tuple[float, ...]],
    *,
    households: bool,
) -> dict[Compared, tuple[float, ...]]:
    seen: dict[Compared, list[float]] = {}
    attributes = [feature for feature in u if isinstance(feature, Attribute)]
    for kind in (BY_BIRTH, BY_NAMES, BY_EMAIL, BY_PHONE, BY_STREET, *keys_of_attributes(attributes)):
        if kind not in (BY_BIRTH, BY_NAMES) and seen.keys() >= u.keys():
            break
        learnt = tuple(feature for feature in u if feature not in kind.features)
        vectors = _session(ours, theirs, kind).vectors
        if len(vectors) < 2 or not learnt:
            continue
        for feature, counts in _maximised(vectors, learnt, u, households=households).items():
            sofar = seen.setdefault(feature, [0.0] * len(counts))
            seen[feature] = [one + other for one, other in zip(sofar, counts, strict=True)]
    return {feature: _with_ordinary(feature, seen.get(feature)) for feature in u}


@dataclass(frozen=True, slots=True)
class _Session:
    """Pairs that share a key."""

    vectors: Counter[Vector]
    """How many of them are alike in which way."""
    share: float
    """Which share of the records was looked at."""


def _session(ours: Sequence[IdentityRecord], theirs: Sequence[IdentityRecord], kind: KeyKind) -> _Session:
    """Look at pairs that share a key, of records spread through the table until there are enough."""
    blocks = Blocks(ours, theirs, (kind,), pairs_per_record=50)
    vectors: Counter[Vector] = Counter()
    left = SESSION_PAIRS
    step = max(len(ours) // 20_000, 1)
    order = (place for start in range(step) for place in range(start, len(ours), step))
    for done, place in enumerate(order, 1):
        found = blocks.candidates(place)
        vectors.update(compared(ours[place], theirs[other]) for other in found)
        left -= len(found)
        if left < 0:
            return _Session(vectors, done / len(ours))
    return _Session(vectors, 1.0)


def _maximised(
    vectors: Mapping[Vector, int],
    features: Sequence[Compared],
    u: Mapping[Compared, tuple[float, ...]],
    *,
    households: bool,
) -> dict[Compared, list[float]]:
    """Return how many pairs of one person show each level, by expectation-maximisation.

    Where there are households, twins would teach that first names differ: what contradicts teaches nothing.
    How two persons are alike is learnt beside it, for pairs that share this key: those born in one year
    share first names more often than others, and would be taken for one person.
    """
    possible = {v: count for v, count in vectors.items() if not (households and contradicts(v))}
    places = [(feature, place_in_vector(feature)) for feature in features]
    m = {feature: _ordinary_m(feature) for feature in features}
    others = dict(u)
    share = 0.1
    counts: dict[Compared, list[float]] = {}
    seen = {feature: _counted(vectors, feature) for feature in features}
    pairs = sum(vectors.values())
    for _ in range(ROUNDS):
        counts = {feature: [0.0] * len(levels_of(feature)) for feature in features}
        expected = 0.0
        for vector, count in possible.items():
            odds = share / (1 - share)
            for feature, place in places:
                if code := vector[place]:
                    odds *= m[feature][code - 1] / others[feature][code - 1]
            likely = count * odds / (1 + odds)
            expected += likely
            for feature, place in places:
                if code := vector[place]:
                    counts[feature][code - 1] += likely
        before, share = share, min(max(expected / pairs, 1e-6), 0.999)
        m = {feature: _with_ordinary(feature, counts[feature]) for feature in features}
        others = {feature: _of_others(seen[feature], counts[feature], u[feature]) for feature in features}
        if abs(before - share) < 1e-6:
            break
    return counts


_U_COUNT = 200.0
"""How many pairs of two persons the figures of random pairs weigh as much as, among those of one key."""


def _of_others(seen: Sequence[float], of_one: Sequence[float], u: Sequence[float]) -> tuple[float, ...]:
    left = [max(all_ - one, 0.0) for all_, one in zip(seen, of_one, strict=True)]
    total = sum(left) + _U_COUNT
    return tuple((count + share * _U_COUNT) / total for count, share in zip(left, u, strict=True))


def _ordinary_m(feature: Compared) -> tuple[float, ...]:
    return ORDINARY_M_OF_ATTRIBUTES[feature.kind] if isinstance(feature, Attribute) else ORDINARY_M[feature]


def _with_ordinary(feature: Compared, counts: Sequence[float] | None) -> tuple[float, ...]:
    ordinary = _ordinary_m(feature)
    if counts is None:
        return ordinary
    total = sum(counts) + ORDINARY_COUNT
    return tuple(
        (count + share * ORDINARY_COUNT) / total for count, share in zip(counts, ordinary, strict=True)
    )


_ORDINARY_U: Mapping[Feature, tuple[float, ...]] = {
    Feature.FIRST_NAME: (0.005, 0.002, 0.001, 0.001, 0.002, 0.989),
    Feature.BIRTH_DATE: (0.00004, 0.00002, 0.001, 0.00001, 0.003, 0.99593),
    Feature.LAST_NAME: (0.002, 0.0005, 0.001, 0.0001, 0.001, 0.002, 0.9934),
    Feature.PHONE: (0.00001, 0.001, 0.99899),
    Feature.EMAIL: (0.00001, 0.0001, 0.99989),
    Feature.MEMBER_NUMBER: (0.00001, 0.0001, 0.99989),
    Feature.PLACE: (0.01, 0.03, 0.05, 0.91),
    Feature.STREET: (0.0001, 0.0001, 0.002, 0.9978),
    Feature.SEX: (0.5, 0.5),
}
"""How often two persons of a large mutual are alike (orders of magnitude, our judgement)."""

ORDINARY = Model({f: FeatureWeights(ORDINARY_M[f], _ORDINARY_U[f]) for f in FEATURES}, {}, 1e-6)
"""Weights for two records that somebody compares by hand, where no table was there to learn from."""
