"""Why two records are taken for one person's, in pieces that people can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from avise.models.identity.comparison import Compared, Level, Vector, level_in
from avise.models.identity.records import IdentityRecord
from avise.models.identity.weights import Model


class Strength(StrEnum):
    """How much a likeness speaks for one person. Word: catalogue key `identity.strength.<strength>`."""

    VERY_STRONG = "very_strong"
    STRONG = "strong"
    WEAK = "weak"
    NOTHING = "nothing"
    AGAINST = "against"
    STRONGLY_AGAINST = "strongly_against"


_STEPS = (
    (9.0, Strength.VERY_STRONG),
    (4.5, Strength.STRONG),
    (1.0, Strength.WEAK),
    (-1.0, Strength.NOTHING),
    (-5.0, Strength.AGAINST),
)
"""From how many bits on a likeness is that strong: nine make five hundredfold likelier (our judgement)."""


def strength_of(bits: float) -> Strength:
    """Return how strong a weight is."""
    return next((strength for least, strength in _STEPS if bits >= least), Strength.STRONGLY_AGAINST)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One likeness or difference of two records, and what it is worth."""

    feature: Compared
    level: Level
    """Sentence: catalogue key `identity.<feature>.<level>`, or `identity.attribute.<kind>.<level>`."""
    bits: float

    @property
    def strength(self) -> Strength:
        """How much it speaks for one person."""
        return strength_of(self.bits)


def explained(model: Model, vector: Vector, a: IdentityRecord, b: IdentityRecord) -> tuple[Evidence, ...]:
    """Return what speaks for and against one person, what weighs most first."""
    bits: Mapping[Compared, float] = model.all_bits(vector, a, b)
    found = [
        Evidence(feature, level, round(bits[feature], 1))
        for feature in bits
        if (level := level_in(vector, feature)) is not None
    ]
    return tuple(sorted(found, key=lambda evidence: -abs(evidence.bits)))
