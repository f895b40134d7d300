"""How far a connector was proven: the level that the conformance kit found (`connectors.md` C14)."""

from __future__ import annotations

from enum import StrEnum


class ConformanceLevel(StrEnum):
    """What the checks of the kit prove, each level with those below it; in rising order."""

    BRONZE = "bronze"
    """It loads, opens and closes."""
    SILVER = "silver"
    """What it says is true."""
    GOLD = "gold"
    """It stays true when the tool or the network fails."""
    PLATINUM = "platinum"
    """What it is asked to do is done once, and is known to be done."""

    @property
    def rank(self) -> int:
        """Place in the order, from 0."""
        return tuple(ConformanceLevel).index(self)
