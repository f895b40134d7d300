"""How well a person's name answers what was typed, and why: one scale for every way of finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from avise.directory.first_names import other_first_names
from avise.directory.keys import MIN_FORGIVEN, NameKind
from avise.directory.search_query import NameReading
from avise.models.customer import MatchedOn
from avise.models.edits import within_one_edit
from avise.models.names import phonetic_key

EXACT = 100.0
BEGINNING_OF_FIRST = 92.0
LAST_ONLY = 80.0
FIRST_VARIANT = 78.0
FIRST_FORGIVEN = 70.0
BEGINNING = 60.0
FIRST_ONLY = 55.0
FORGIVEN = 50.0
SOUND = 44.0
TWICE_FORGIVEN = 30.0
MOST = 130.0
"""What a name, a birth date and a town that all match add up to: the score of 1."""

_WORSE = {NameKind.LAST: 0.0, NameKind.BIRTH: 2.0, NameKind.PART: 4.0}
_WORSE_BORN = {NameKind.LAST: 2.0, NameKind.BIRTH: 0.0, NameKind.PART: 4.0}
"""What each kind of name costs when the name of birth was asked for."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """One reading of what was typed that answers to a name."""

    score: float
    matched_on: tuple[MatchedOn, ...]
    last: str
    """What was typed for the surname; "" when only the first name was."""
    first: str


def best_match(
    readings: Sequence[NameReading], last: str, first: str, kind: NameKind, sounds: Mapping[str, str]
) -> NameMatch | None:
    """Return the best reading for a name, None when none answers to it.

    Args:
        readings: of what was typed.
        last: folded surname of the directory.
        first: folded first name.
        kind: which of the person's names it is.
        sounds: how names sound, where it is known.
    """
    best: NameMatch | None = None
    for reading in readings:
        found = _match(reading, last, first, kind, sounds)
        if found is not None and (best is None or found.score > best.score):
            best = found
    return best


def _match(
    reading: NameReading, last: str, first: str, kind: NameKind, sounds: Mapping[str, str]
) -> NameMatch | None:
    if not reading.last:
        return _first_alone(reading.first, first)
    surname = _surname(reading.last, last, sounds, forgiving=reading.forgiving)
    if surname is None:
        return None
    score, why = surname
    matched = [why if why is not MatchedOn.NAME or kind is not NameKind.BIRTH else MatchedOn.BIRTH_NAME]
    if reading.first:
        found = (
            _by_initials(reading.initials, first)
            if reading.initials
            else _first_name(reading.first, first, sounds)
        )
        if found is None:
            return None
        score += found[0] - LAST_ONLY
        matched.append(found[1])
    worse = _WORSE_BORN if reading.born else _WORSE
    return NameMatch(score - worse[kind], tuple(matched), reading.last, reading.first)


def _surname(
    typed: str, last: str, sounds: Mapping[str, str], *, forgiving: bool
) -> tuple[float, MatchedOn] | None:
    if last == typed:
        return LAST_ONLY, MatchedOn.NAME
    if last.startswith(typed):
        return BEGINNING, MatchedOn.NAME
    if not forgiving or min(len(typed), len(last)) < MIN_FORGIVEN:
        return None
    if within_one_edit(typed, last):
        return FORGIVEN, MatchedOn.NAME_TYPO
    if _sound(typed, sounds) == _sound(last, sounds):
        return SOUND, MatchedOn.NAME_PHONETIC
    return None


def _first_name(typed: str, first: str, sounds: Mapping[str, str]) -> tuple[float, MatchedOn] | None:
    """Return what a whole name is worth with that first name, and why; None when it does not answer."""
    if first == typed:
        return EXACT, MatchedOn.FIRST_NAME
    if first.startswith(typed):
        return BEGINNING_OF_FIRST, MatchedOn.FIRST_NAME
    if first in other_first_names(typed):
        return FIRST_VARIANT, MatchedOn.FIRST_NAME_VARIANT
    inside = typed in first
    if len(typed) < MIN_FORGIVEN or not (
        inside or within_one_edit(typed, first) or _sound(typed, sounds) == _sound(first, sounds)
    ):
        return None
    return FIRST_FORGIVEN, MatchedOn.FIRST_NAME if inside else MatchedOn.FIRST_NAME_TYPO


def _by_initials(initials: str, first: str) -> tuple[float, MatchedOn] | None:
    """Return what initials are worth: those of all the first names, or of the first alone."""
    if not first.startswith(initials[0]):
        return None
    place = 0
    for letter in initials[1:]:
        place = first.find(letter, place + 1)
        if place < 0:
            return FIRST_FORGIVEN, MatchedOn.FIRST_NAME_VARIANT
    return BEGINNING_OF_FIRST + 1, MatchedOn.FIRST_NAME


def _first_alone(typed: str, first: str) -> NameMatch | None:
    if first == typed:
        return NameMatch(FIRST_ONLY, (MatchedOn.FIRST_NAME,), "", typed)
    if first.startswith(typed):
        return NameMatch(FIRST_ONLY - 5, (MatchedOn.FIRST_NAME,), "", typed)
    if first in other_first_names(typed):
        return NameMatch(FIRST_ONLY - 10, (MatchedOn.FIRST_NAME_VARIANT,), "", typed)
    return None


def _sound(word: str, sounds: Mapping[str, str]) -> str:
    return sounds.get(word) or phonetic_key(word) or word
