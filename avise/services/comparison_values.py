"""Two changes of the same thing, side by side, as a screen compares them; masked for the role, worded."""

from __future__ import annotations

from dataclasses import dataclass, field

from avise.models.json_types import JSON
from avise.models.merging import Choice, Keep, Side


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field that somebody changed."""

    name: str
    label: str
    before: str = field(repr=False)
    mine: str = field(repr=False)
    theirs: str = field(repr=False)
    side: Side
    keep: Keep | None
    """Whose value stands: chosen, or told by who changed it; None while a person has to choose."""
    seen: JSON = field(repr=False)
    """What a choice is made on; given back with it."""

    def choice(self, keep: Keep) -> Choice:
        """Return a choice made on what is shown."""
        return Choice(keep, self.seen)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a person looks at before choosing."""

    what: str
    """What was changed: « Changer l’adresse postale »."""
    whom: str = field(repr=False)
    where: str
    """Where the other change is: a tool, or the colleague who made it."""
    fields: tuple[ComparedField, ...]
    """Those that somebody changed; the ones to choose first."""

    @property
    def open(self) -> tuple[ComparedField, ...]:
        """Those that wait for a choice."""
        return tuple(each for each in self.fields if each.side is Side.BOTH)


def in_order(fields: tuple[ComparedField, ...]) -> tuple[ComparedField, ...]:
    """Return the fields that somebody changed, those to choose first."""
    changed = [each for each in fields if each.side is not Side.NOBODY]
    return tuple(sorted(changed, key=lambda each: each.side is not Side.BOTH))
