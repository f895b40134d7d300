"""Which world to generate: seed, size, reference day and version of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Preset = Literal["mini", "demo", "charge", "stress"]
Detail = Literal["full", "directory"]

PRESET_DOSSIERS: dict[Preset, int] = {"mini": 60, "demo": 2_000, "charge": 50_000, "stress": 250_000}
"""Member dossiers of each preset (`domain.md` 7.1)."""

PERSONS_PER_DOSSIER = 1.85
"""2.4 million members for 4.3 to 4.8 million protected persons (`domain.md` 0, fact 2)."""

GENERATOR_VERSION = 1
"""Part of every stream's seed: raise it when the rules change what a given seed gives."""

DEFAULT_AS_OF = date(2026, 3, 24)
"""The day of the mock-ups; the demo passes today's date."""


@dataclass(frozen=True, slots=True)
class WorldSpec:
    """A world, entirely determined by these values.

    Args:
        dossiers: number of member dossiers.
        as_of: the world's today; everything recorded happened before, except what is planned.
        seed: any integer.
        detail: "directory" leaves out contracts and flows: persons, contact points, contract headers and
            company only, for loads of millions.
        heavy: whether the ten very long dossiers are among them.
        care_months: depth of the recorded history.
        version: version of the rules.
    """

    dossiers: int = PRESET_DOSSIERS["demo"]
    as_of: date = DEFAULT_AS_OF
    seed: int = 1
    detail: Detail = "full"
    heavy: bool = True
    care_months: int = 24
    version: int = GENERATOR_VERSION

    @classmethod
    def for_preset(cls, preset: Preset, as_of: date = DEFAULT_AS_OF, seed: int = 1) -> WorldSpec:
        """Return the world of a named size."""
        return cls(PRESET_DOSSIERS[preset], as_of, seed, heavy=preset != "mini")

    @classmethod
    def for_persons(
        cls, persons: int, as_of: date = DEFAULT_AS_OF, seed: int = 1, *, detail: Detail = "directory"
    ) -> WorldSpec:
        """Return a world of about that many persons."""
        return cls(max(1, round(persons / PERSONS_PER_DOSSIER)), as_of, seed, detail, heavy=False)
