"""Two changes of one form, put together field by field: what both started from, mine, theirs.

What one side alone changed is taken from that side; what both changed alike is taken once; what both
changed differently waits for a person's choice, and nothing of either is lost meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from avise.models.json_types import JSON


class Side(StrEnum):
    """Who changed a field since both started from it."""

    NOBODY = "nobody"
    MINE = "mine"
    THEIRS = "theirs"
    ALIKE = "alike"
    BOTH = "both"


class Keep(StrEnum):
    """Whose value a person keeps. Label: catalogue key `conflict.<keep>`."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose for one field, and what it was compared with."""

    keep: Keep
    seen: JSON = field(repr=False)
    """Their value, as it was shown: should it change again, the choice was made on something else."""


Choices = Mapping[str, Choice]
"""By name of field."""


@dataclass(frozen=True, slots=True)
class MergedField:
    """One field with its three values."""

    name: str
    before: JSON = field(repr=False)
    mine: JSON = field(repr=False)
    theirs: JSON = field(repr=False)

    @property
    def side(self) -> Side:
        """Who changed it."""
        if self.mine == self.theirs:
            return Side.NOBODY if self.mine == self.before else Side.ALIKE
        if self.mine == self.before:
            return Side.THEIRS
        return Side.MINE if self.theirs == self.before else Side.BOTH

    def kept(self, choices: Choices) -> Keep | None:
        """Return whose value stands: None while a person has to choose."""
        side = self.side
        if side is Side.BOTH:
            choice = choices.get(self.name)
            return choice.keep if choice is not None and choice.seen == self.theirs else None
        return Keep.MINE if side is Side.MINE else Keep.THEIRS


@dataclass(frozen=True, slots=True)
class Merge:
    """A form with the three values of each field."""

    fields: tuple[MergedField, ...]

    @property
    def differing(self) -> tuple[MergedField, ...]:
        """The fields that both changed, each in their own way."""
        return tuple(each for each in self.fields if each.side is Side.BOTH)

    def open(self, choices: Choices) -> tuple[str, ...]:
        """Return the fields that still wait for a choice."""
        return tuple(each.name for each in self.fields if each.kept(choices) is None)

    def values(self, choices: Choices) -> dict[str, JSON]:
        """Return the value of each field, once everything was chosen.

        Raises:
            ValueError: a field waits for its choice.
        """
        if self.open(choices):
            raise ValueError("a field waits for its choice")
        return {
            each.name: each.mine if each.kept(choices) is Keep.MINE else each.theirs for each in self.fields
        }


def merge(
    before: Mapping[str, JSON],
    mine: Mapping[str, JSON],
    theirs: Mapping[str, JSON],
    names: Iterable[str] = (),
) -> Merge:
    """Return the three values of each field; one that a side does not name is as it was before.

    Args:
        before: what both started from.
        mine: what this side made of it.
        theirs: what the other side made of it.
        names: the fields, in order; all those named by anybody when there are none.
    """
    wanted = tuple(names) or tuple(dict.fromkeys((*before, *mine, *theirs)))
    return Merge(
        tuple(
            MergedField(
                name,
                before.get(name),
                mine[name] if name in mine else before.get(name),
                theirs[name] if name in theirs else before.get(name),
            )
            for name in wanted
        )
    )
