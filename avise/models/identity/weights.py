"""What likenesses are worth: the Fellegi-Sunter weights, a value's own frequency included.

A weight is log2(m / u): *m*, how often the same person's two records are alike in this way; *u*, how
often two persons' are. Weights add up in bits: ten bits make a thousandfold likelier. Where two values
are the same, *u* is how common that very value is: to share MARTIN says less than to share TRÉVALLEC.

Source: I. Fellegi and A. Sunter, "A Theory for Record Linkage", JASA 64 (1969); W. Winkler, "Frequency-based
matching in the Fellegi-Sunter model of record linkage" (US Census Bureau, RR2000/06).
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from avise.models.identity.attributes import Attribute, AttributeKind
from avise.models.identity.comparison import (
    PERSONAL,
    Compared,
    Feature,
    Vector,
    contradicts,
    place_in_vector,
)
from avise.models.identity.records import IdentityRecord
from avise.models.identity.text_values import TextValue

VALUES: Mapping[Feature, Callable[[IdentityRecord], str]] = {
    Feature.FIRST_NAME: lambda record: record.first_name,
    Feature.BIRTH_DATE: lambda record: record.birth,
    Feature.LAST_NAME: lambda record: record.last_name,
    Feature.PHONE: lambda record: record.phones[0] if record.phones else "",
    Feature.EMAIL: lambda record: record.email,
    Feature.MEMBER_NUMBER: lambda record: record.member_number,
    Feature.PLACE: lambda record: record.postcode or record.city,
    Feature.STREET: lambda record: record.street,
    Feature.SEX: lambda record: record.sex,
}
"""The value whose frequency counts when two records have the same one."""


def value_of(record: IdentityRecord, feature: Compared) -> str:
    """Return the value whose frequency counts, "" when the record tells nothing."""
    if not isinstance(feature, Attribute):
        return VALUES[feature](record)
    told = record.attributes[feature.place]
    return told.key if told is not None else ""


_SAME = 1
"""Code of the level "the same", in every feature."""

_OF_WORDS = 0.8
"""What words that stand together are worth of what each is worth alone: they often do."""
SMOOTHING = 0.2
"""How much of the average frequency is mixed into a value's own: a value seen once is not infinitely rare."""


@dataclass(frozen=True, slots=True)
class FeatureWeights:
    """How often each level of one feature is met, by code less one."""

    m: tuple[float, ...]
    """Among records of one person."""
    u: tuple[float, ...]
    """Among records of two persons."""

    def bits(self, code: int) -> float:
        """Return the weight of a level, 0 where one record tells nothing."""
        return math.log2(self.m[code - 1] / self.u[code - 1]) if code else 0.0


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often each value of one feature stands in the two tables together."""

    counts: Mapping[str, int] = field(repr=False)
    total: int

    @classmethod
    def of(cls, values: Iterable[str]) -> Frequencies:
        """Count values; "" is none."""
        counts = Counter(filter(None, values))
        # Those met once are all alike: what is not there counts as one.
        return cls({value: count for value, count in counts.items() if count > 1}, counts.total())

    def u(self, value: str, average: float) -> float:
        """Return how likely two persons share this very value; the pair itself is not counted."""
        others = max(self.counts.get(value, 1) - 2, 0)
        return (others / max(self.total, 1) + SMOOTHING * average) / (1 + SMOOTHING)


@dataclass(frozen=True, slots=True)
class Model:
    """What was estimated on some tables, enough to score any pair of theirs."""

    weights: Mapping[Compared, FeatureWeights]
    """Of the features that both tables have."""
    frequencies: Mapping[Compared, Frequencies] = field(repr=False)
    prior: float
    """How likely two records taken at random are of one person."""
    households: bool = True
    """Whether the tables hold several persons of one household: what these share then tells no person."""

    @property
    def of_persons(self) -> bool:
        """Whether the tables tell first names or birth dates: companies and titles have none."""
        return Feature.FIRST_NAME in self.weights or Feature.BIRTH_DATE in self.weights

    @property
    def version(self) -> str:
        """A short name of these very weights, to be written beside each decision."""
        told = (f"{feature} {each.m} {each.u}" for feature, each in self.weights.items())
        parts = (f"{self.prior:.6g} {self.households}", *told)
        return "fs1-" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]

    def bits(self, feature: Compared, code: int, a: IdentityRecord, b: IdentityRecord) -> float:
        """Return what one likeness of two records is worth, in bits."""
        weights = self.weights.get(feature)
        if weights is None or not code:
            return 0.0
        if isinstance(feature, Attribute) and feature.kind is AttributeKind.TEXT:
            return self._bits_of_text(feature, code, a, b)
        if code != _SAME:
            return weights.bits(code)
        frequencies = self.frequencies.get(feature)
        if frequencies is None:
            return weights.bits(code)
        return math.log2(weights.m[0] / frequencies.u(_shared(feature, a, b), weights.u[0]))

    def _bits_of_text(self, feature: Attribute, code: int, a: IdentityRecord, b: IdentityRecord) -> float:
        """Return what texts are worth: the rarer the words in common, the more."""
        weights = self.weights[feature]
        one, other = a.attributes[feature.place], b.attributes[feature.place]
        if not isinstance(one, TextValue) or not isinstance(other, TextValue) or code == len(weights.m):
            return weights.bits(code)
        if one.tells_another_number(other):
            return weights.bits(code)
        frequencies = self.frequencies[feature]
        if code == _SAME and one.key in frequencies.counts and frequencies.counts[one.key] > 2:
            return math.log2(weights.m[0] / frequencies.u(one.key, weights.u[0]))
        rarity = max(_OF_WORDS * one.bits_in_common(other), -math.log2(weights.u[code - 1]))
        return math.log2(weights.m[code - 1]) + rarity

    def all_bits(self, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> dict[Compared, float]:
        """Return what each likeness is worth."""
        return {
            feature: self.bits(feature, vector[place_in_vector(feature)], a, b) for feature in self.weights
        }

    def score(self, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> float:
        """Return the weight of all likenesses together, in bits.

        Another street in another town is one move: of the two, only what speaks most against counts.
        """
        bits = self.all_bits(vector, a, b)
        personal = sum(value for feature, value in bits.items() if feature in PERSONAL)
        last_name = bits.get(Feature.LAST_NAME, 0.0)
        twice = max(bits.get(Feature.PLACE, 0.0), bits.get(Feature.STREET, 0.0))
        everything = sum(bits.values()) - min(twice, 0.0)
        return self.total(everything, personal, last_name, against=contradicts(vector))

    def total(self, everything: float, personal: float, last_name: float, *, against: bool) -> float:
        """Return the weight of two records from that of their parts.

        Where first name, birth date or sex contradict, nothing that a household shares speaks for.
        """
        if self.households and (against or personal < 0):
            return personal + min(last_name, 0.0)
        return everything

    def probability(self, bits: float) -> float:
        """Return how likely two records of that weight are of one person."""
        odds = bits + math.log2(self.prior / (1 - self.prior))
        return 1 / (1 + 2**-odds) if odds > -1000 else 0.0


def _shared(feature: Compared, a: IdentityRecord, b: IdentityRecord) -> str:
    if feature is Feature.PHONE:
        return next((phone for phone in a.phones if phone in b.phones), "")
    return value_of(a, feature)
