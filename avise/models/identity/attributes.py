"""Columns that no notion of a person names: a title, an age, a price, a SIRET, a position.

Each kind gives a likeness as a level of `comparison.ATTRIBUTE_LEVELS`, whose code (its place there plus
one) these values return; its worth is estimated like any other's.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Protocol

from rapidfuzz.distance import OSA

from avise.models.identity import dates
from avise.models.names import fold, fold_words


class AttributeKind(StrEnum):
    """How a column is compared. Words of the mapping file, so never renamed."""

    TEXT = "text"
    """Words, the rare ones weighing most: a title, a company's name, an occupation."""
    NUMBER = "number"
    DATE = "date"
    EXACT = "exact"
    """A code that is the same or is not: SIRET, ISBN, a product's number."""
    GEO = "geo"
    """Latitude and longitude in degrees, in one column or two."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One such column of two tables."""

    name: str
    """The mapping file's word for it; shown as it is."""
    kind: AttributeKind
    place: int
    """Among the attributes of a record."""

    def __hash__(self) -> int:
        """Return its place: it is looked up for each pair, and others of one place are not in one table."""
        return self.place

    @property
    def value(self) -> str:
        """Its name, as a feature of a person has one."""
        return self.name


class AttributeValue(Protocol):
    """What one record tells, prepared to be compared."""

    @property
    def key(self) -> str:
        """What two records have in common that are the same in this; its frequency counts."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """Keys under which records that may be alike meet."""

    def like(self, other: object) -> int:
        """Return the code of the level of likeness with a value of the same kind."""


# ---- words ---------------------------------------------------------------------------------------

_TEXT_LEAST = (0.2, 0.4, 0.6, 0.8)
"""Share of the weight of words in common from which a text is a little alike, near, in part, close."""
_TEXT_CODE_OF_LEAST = 6
"""Code of a text that is less alike than that."""
_OF_ANOTHER_NUMBER = 0.3
"""The most that two texts of different numbers are alike: a little, whatever their words."""
_DIGITS = re.compile(r"\d{2,}")
_RAREST = 5
"""By how many of its rarest words a text meets others, and by pairs of them."""
_LONG_ENOUGH = 4
"""Letters from which on one slip leaves a word the same."""
_FEW = 3
"""In how many texts a misspelt word stands at most."""
_SHORT = 3
"""Words up to which a text without any word in common is still looked at for slips."""
_SMOOTHING = 0.5
"""How often a word that stands nowhere else is held to be met."""
_SLIP = 0.85
"""What a word with a slip counts of one without."""


@dataclass(frozen=True, slots=True)
class TextValue:
    """A text as its words and what each weighs, in bits: how rare it is."""

    key: str = field(repr=False)
    words: Mapping[str, float] = field(repr=False)
    total: float
    blocks: tuple[str, ...] = field(repr=False)
    beginnings: tuple[str, ...] = field(repr=False)
    """More keys: the beginnings of its rarest words, in pairs."""
    rarest: tuple[str, ...] = field(repr=False)
    """Its rarest words, the rarest first."""
    rare: tuple[str, ...] = field(repr=False)
    """Words that stand in so few texts that they may be misspelt."""
    numbers: tuple[str, ...] = field(default=(), repr=False)
    """The numbers in its words, the rarest first: 963 of « TWK-963, 750 W »."""

    def like(self, other: object) -> int:
        """Compare the words in common by their weight, whatever their order."""
        if not isinstance(other, TextValue) or self.key == other.key:
            return 1
        share = self._share_with(other)
        if self.tells_another_number(other):
            share = min(share, _OF_ANOTHER_NUMBER)
        # Counted, not searched: two tables ask it by the million.
        return _TEXT_CODE_OF_LEAST - bisect_right(_TEXT_LEAST, share)

    def tells_another_number(self, other: TextValue) -> bool:
        """Say whether the rarest number of each is not in the other: two models of one make, two volumes."""
        mine, theirs = self.numbers, other.numbers
        return bool(mine and theirs) and mine[0] not in theirs and theirs[0] not in mine

    def bits_in_common(self, other: TextValue) -> float:
        """Return how rare it is that two texts have these words in common, in bits."""
        mine, theirs = self.words, other.words
        weight = 0.0
        if not mine.keys().isdisjoint(theirs):
            weight = math.fsum([mine[word] for word in mine if word in theirs])
        elif len(mine) > _SHORT and len(theirs) > _SHORT:
            return 0.0
        return weight + self._bits_of_slips(other) if self.rare or other.rare else weight

    def _bits_of_slips(self, other: TextValue) -> float:
        """Return what words with a slip are worth: a misspelt word stands nearly nowhere else."""
        weight = 0.0
        used: set[str] = set()
        one, two = (self, other) if self.key <= other.key else (other, self)
        for mine, theirs in ((one, two), (two, one)):
            for word in mine.rare:
                if word in theirs.words or word in used:
                    continue
                ends = (word[:2], word[-2:])
                for near in theirs.words:
                    # One slip leaves the beginning or the end of a word of four letters.
                    begins = near.startswith(ends[0]) or near.endswith(ends[1])
                    if begins and near not in mine.words and near not in used and _is_slip(word, near):
                        used.update((word, near))
                        weight += _SLIP * min(mine.words[word], theirs.words[near])
                        break
        return weight

    def _share_with(self, other: TextValue) -> float:
        weight = self.bits_in_common(other)
        both = 2 * weight / (self.total + other.total)
        # A short text may stand whole in a long one; one word of it alone says less.
        within = weight / min(self.total, other.total) if min(len(self.words), len(other.words)) > 1 else both
        return (both + within) / 2


def _is_slip(one: str, other: str) -> bool:
    """Say whether two words are one letter apart, or a code and the same with a mark behind it."""
    if abs(len(one) - len(other)) > 1:
        short, long = (one, other) if len(one) < len(other) else (other, one)
        return len(short) > _LONG_ENOUGH and long.startswith(short) and _is_code(short)
    return OSA.distance(one, other, score_cutoff=1) <= 1 and not (one.isdigit() or other.isdigit())


def _is_code(word: str) -> bool:
    return not word.isdigit() and not word.isalpha()


def _words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, and a code cut by a stroke as one ("KD-55X" as "KD55X")."""
    words = fold_words(text)
    codes = (fold(code) for code in _CODE.findall(text))
    return tuple(dict.fromkeys((*words, *codes)))


_CODE = re.compile(r"\b(?=[\w/.-]*\d)(?=[\w/.-]*[A-Za-z])\w+(?:[-/.]\w+)+\b")


def _texts(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[AttributeValue | None], ...]:
    tables = (ours,) if ours is theirs else (ours, theirs)
    told = [[_words(text) for text in table] for table in tables]
    counts = Counter(word for table in told for words in table for word in words)
    records = sum(len(table) for table in tables)
    # The two texts that are compared do not count; a word of theirs alone is not infinitely rare.
    weights = {
        word: math.log2((records + 1) / (max(count - 2, 0) + _SMOOTHING)) for word, count in counts.items()
    }
    numbers = Counter(number for table in told for words in table for number in _numbers_in(words))
    may_be_misspelt = frozenset(
        word for word, count in counts.items() if count <= _FEW and len(word) >= _LONG_ENOUGH
    )
    return tuple([_text_value(words, weights, may_be_misspelt, numbers) for words in table] for table in told)


def _numbers_in(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(number for word in words for number in _DIGITS.findall(word))


def _text_value(
    words: tuple[str, ...],
    weights: Mapping[str, float],
    may_be_misspelt: frozenset[str],
    numbers: Mapping[str, int],
) -> TextValue | None:
    if not words:
        return None
    weighed = {word: weights[word] for word in words}
    rare = sorted(weighed, key=lambda word: (-weighed[word], word))[:_RAREST]
    # Beginnings in pairs, so that a slip in each rare word does not hide a text.
    pairs = (f"{one}+{other}" for one, other in combinations(sorted({word[:4] for word in rare}), 2))
    # In a large table each word alone is of too many texts: the three rarest together, and all of them.
    together = ("=".join(sorted(rare[:3])), "=".join(sorted(words))) if len(rare) > 1 else ()
    doubtful = tuple(word for word in words if word in may_be_misspelt)
    return TextValue(
        " ".join(sorted(words)),
        weighed,
        math.fsum(weighed.values()),
        (*rare, *together),
        tuple(pairs),
        tuple(rare),
        doubtful,
        tuple(sorted(_numbers_in(words), key=lambda number: (numbers[number], number))),
    )


# ---- numbers, dates, codes, positions ------------------------------------------------------------

_CLOSE_SPREAD, _NEAR_SPREAD = 1.0, 5.0
"""A number is close within a fiftieth of the column's spread, or the tolerance; near within five."""
_SPREAD = 50


@dataclass(frozen=True, slots=True)
class NumberValue:
    """A number in units of what counts as close."""

    key: str = field(repr=False)
    scaled: float = field(repr=False)
    blocks: tuple[str, ...] = ()

    def like(self, other: object) -> int:
        """Compare the distance with the spread of the column."""
        apart = abs(self.scaled - other.scaled) if isinstance(other, NumberValue) else 0.0
        if apart == 0.0:
            return 1
        return 2 if apart <= _CLOSE_SPREAD else 3 if apart <= _NEAR_SPREAD else 4


_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def number_of(text: str) -> float | None:
    """Return the first number of a text: "1 234,50 €", "$1,234.50" and "42 ans"; None without one."""
    compact = re.sub(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3})", "", text)
    if "," in compact and "." in compact:
        point = max(compact.rfind(","), compact.rfind("."))
        compact = re.sub(r"[.,]", "", compact[:point]) + "." + compact[point + 1 :]
    elif compact.count(",") == 1 and not re.search(r"[1-9]\d{0,2},\d{3}\b", compact):
        compact = compact.replace(",", ".")
    else:
        compact = compact.replace(",", "")
    found = _NUMBER.search(compact)
    number = float(found.group()) if found is not None else math.nan
    return number if math.isfinite(number) else None


def _numbers(
    ours: Sequence[str], theirs: Sequence[str], tolerance: float
) -> tuple[list[AttributeValue | None], ...]:
    tables = [
        [number_of(text) for text in table] for table in ((ours,) if ours is theirs else (ours, theirs))
    ]
    unit = tolerance or _unit([number for table in tables for number in table if number is not None])
    return tuple(
        [None if number is None else NumberValue(f"{number:g}", number / unit) for number in table]
        for table in tables
    )


def _unit(numbers: list[float]) -> float:
    """Return a fiftieth of what lies between the lowest and the highest tenth; 1 for nothing."""
    ordered = sorted(numbers)
    spread = ordered[len(ordered) * 9 // 10] - ordered[len(ordered) // 10] if ordered else 0.0
    return spread / _SPREAD or 1.0


@dataclass(frozen=True, slots=True)
class DateValue:
    """A date as eight digits."""

    key: str = field(repr=False)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The date itself, where it is whole."""
        return () if self.key.endswith("00") else (self.key,)

    def like(self, other: object) -> int:
        """Compare as birth dates are."""
        return dates.likeness(self.key, other.key) if isinstance(other, DateValue) else 1


@dataclass(frozen=True, slots=True)
class CodeValue:
    """A code, folded."""

    key: str = field(repr=False)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The code itself."""
        return (self.key,)

    def like(self, other: object) -> int:
        """Compare as a whole; one slip in a long one is told."""
        if not isinstance(other, CodeValue) or self.key == other.key:
            return 1
        shortest = min(len(self.key), len(other.key))
        return (
            2
            if shortest >= _LONG_ENOUGH + 1 and OSA.distance(self.key, other.key, score_cutoff=1) <= 1
            else 3
        )


_KILOMETRES = (0.1, 1.0, 10.0)
"""Within which a position is the same, close, near."""
_DEGREE = 111.2
"""Kilometres of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class PositionValue:
    """A position in degrees."""

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)

    @property
    def key(self) -> str:
        """The position within about a hundred metres."""
        return f"{self.latitude:.3f},{self.longitude:.3f}"

    @property
    def blocks(self) -> tuple[str, ...]:
        """The square kilometre, and the one shifted by half, so that neighbours meet across an edge."""
        cells = (
            (math.floor(self.latitude * 100 + shift), math.floor(self.longitude * 100 + shift))
            for shift in (0.0, 0.5)
        )
        return tuple(f"{number}:{north},{east}" for number, (north, east) in enumerate(cells))

    def like(self, other: object) -> int:
        """Compare the distance."""
        if not isinstance(other, PositionValue):
            return 1
        north = (self.latitude - other.latitude) * _DEGREE
        east = (self.longitude - other.longitude) * _DEGREE * math.cos(math.radians(self.latitude))
        apart = math.hypot(north, east)
        return next((code for code, most in enumerate(_KILOMETRES, 1) if apart <= most), len(_KILOMETRES) + 1)


def _position(text: str) -> PositionValue | None:
    found = re.findall(r"[-+]?\d+(?:[.,]\d+)?", text.replace(", ", " "))
    if len(found) == 1 and re.fullmatch(r"\s*[-+]?\d+,\d+\s*", text):
        found = text.split(",")
    if len(found) != 2:
        return None
    latitude, longitude = (float(number.replace(",", ".")) for number in found)
    if abs(latitude) > 90 or abs(longitude) > 360:
        return None
    return PositionValue(latitude, longitude)


def _code(text: str) -> CodeValue | None:
    folded = fold(text)
    return CodeValue(folded) if folded else None


def attribute_values(
    kind: AttributeKind,
    ours: Sequence[str],
    theirs: Sequence[str],
    *,
    tolerance: float = 0.0,
    orders: tuple[str, str] = ("", ""),
) -> tuple[list[AttributeValue | None], list[AttributeValue | None]]:
    """Return what each record of two tables tells of an attribute, prepared to be compared.

    Args:
        kind: how it is compared.
        ours: texts of the first table, "" where it tells nothing.
        theirs: of the second; the same object for a table compared with itself.
        tolerance: within which numbers are close; 0 for a fiftieth of their spread.
        orders: in which each table writes dates.
    """
    if kind is AttributeKind.TEXT:
        prepared = _texts(ours, theirs)
    elif kind is AttributeKind.NUMBER:
        prepared = _numbers(ours, theirs, tolerance)
    else:
        tables = (ours,) if ours is theirs else (ours, theirs)
        prepared = tuple(
            _one_by_one(kind, table, order) for table, order in zip(tables, orders, strict=False)
        )
    return prepared[0], prepared[-1]


def _one_by_one(kind: AttributeKind, texts: Sequence[str], order: str) -> list[AttributeValue | None]:
    if kind is AttributeKind.DATE:
        digits = (dates.birth_digits(text, order) for text in texts)
        return [DateValue(each) if each else None for each in digits]
    if kind is AttributeKind.GEO:
        return [_position(text) for text in texts]
    return [_code(text) for text in texts]
