"""Why a party answers a search: what of it matched, and what that is worth."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from avise.directory.first_names import other_first_names
from avise.directory.keys import NameKind, day_of
from avise.directory.name_matching import MOST, NameMatch, best_match
from avise.directory.reading import Filters
from avise.directory.search_query import NameReading
from avise.models.customer import MatchedOn

BORN_THAT_DAY = 20.0
BORN_THEN = 10.0
IN_TOWN = 10.0

_KINDS = tuple(NameKind)


@dataclass(slots=True)
class Found:
    """Why one party answers."""

    score: float
    matched_on: tuple[MatchedOn, ...]
    typed: dict[str, str] = field(default_factory=dict)
    """What was typed for each field of the party that matched, folded."""

    def lowered(self, points: float) -> Found:
        """Return the same reason, worth less."""
        return Found(self.score - points, self.matched_on, self.typed)

    @property
    def relative(self) -> float:
        """The score between 0 and 1."""
        return round(min(self.score / MOST, 1.0), 4)


Name: TypeAlias = tuple[str, str]
"""A surname and a first name, folded."""


Bearer: TypeAlias = tuple[Name, int]
"""Under which name somebody was found, and their day of birth: orders equal scores."""


class Matching:
    """How well names answer some readings; each name is compared once.

    Two hundred rows bear one surname and a hundred first names: what was typed for a surname alone is
    compared with surnames, not with each pair.

    Args:
        readings: of what was typed for a name.
        beside: what the rest that was typed adds.
        sounds: how names sound, where it is known.
    """

    def __init__(self, readings: Sequence[NameReading], beside: Found, sounds: Mapping[str, str]) -> None:
        self._beside = beside
        self._sounds = sounds
        self._both = [reading for reading in readings if reading.last and reading.first]
        self._last_alone = [reading for reading in readings if reading.last and not reading.first]
        self._first_alone = [reading for reading in readings if not reading.last]
        typed = [reading.first for reading in self._first_alone]
        self._first_typed = (*typed, *itertools.chain.from_iterable(map(other_first_names, typed)))
        self._lasts: dict[tuple[str, int], Found | None] = {}
        self._firsts: dict[str, Found | None] = {}

    def best(self, name: Name, kind: int) -> Found | None:
        """Return why a name answers, None when it does not; the same object for the same reason, mostly.

        Args:
            name: of somebody.
            kind: which of their names it is, a number of `NameKind`.
        """
        last, first = name
        found = self._reason(self._both, last, first, _KINDS[kind]) if self._both else None
        if self._last_alone:
            if (last, kind) not in self._lasts:
                self._lasts[last, kind] = self._reason(self._last_alone, last, "", _KINDS[kind])
            found = _better(found, self._lasts[last, kind])
        if first.startswith(self._first_typed):
            if first not in self._firsts:
                self._firsts[first] = self._reason(self._first_alone, "", first, NameKind.LAST)
            found = _better(found, self._firsts[first])
        return found

    def _reason(self, readings: Sequence[NameReading], last: str, first: str, kind: NameKind) -> Found | None:
        match = best_match(readings, last, first, kind, self._sounds)
        return None if match is None else added(of_match(match, kind), self._beside)


def _better(one: Found | None, other: Found | None) -> Found | None:
    if one is None or (other is not None and other.score > one.score):
        return other
    return one


def of_match(match: NameMatch, kind: NameKind) -> Found:
    """Return what a name that matches is worth by itself."""
    typed = {}
    if match.last:
        names = (
            ("last_name", "birth_name")
            if kind is NameKind.PART
            else (("last_name",) if kind is NameKind.LAST else ("birth_name",))
        )
        typed = dict.fromkeys(names, match.last)
    if match.first:
        typed["first_name"] = match.first
    return Found(match.score, match.matched_on, typed)


def what_else(filters: Filters, town: str) -> Found:
    """Return what a birth date and a town that match add to a reason."""
    said = Found(0.0, ())
    if filters.span is not None:
        day = filters.span[0] == filters.span[1]
        said.score += BORN_THAT_DAY if day else BORN_THEN
        said.matched_on += (MatchedOn.BIRTH_DATE,)
        said.typed["birth_date"] = "-".join(f"{day_of(bound):%Y%m%d}" for bound in filters.span)
    if filters.cities:
        said.score += IN_TOWN
        said.matched_on += (MatchedOn.CITY,)
        if town:
            said.typed["city"] = town
    return said


def added(found: Found, said: Found) -> Found:
    """Return a reason once what the rest that was typed says is added to it."""
    found.score += said.score
    found.matched_on += said.matched_on
    found.typed |= said.typed
    return found
