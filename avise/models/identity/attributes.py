"""Columns that no notion of a person names: a title, an age, a price, a SIRET, a position.

Each kind gives a likeness as a level of `comparison.ATTRIBUTE_LEVELS`, whose code (its place there plus
one) these values return; its worth is estimated like any other's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from rapidfuzz.distance import OSA

from avise.models.identity import dates
from avise.models.identity.text_values import text_values
from avise.models.names import fold


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


_LONG_CODE = 5
"""Characters from which on a code with one slip is told to be close."""


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
        is_long = min(len(self.key), len(other.key)) >= _LONG_CODE
        return 2 if is_long and OSA.distance(self.key, other.key, score_cutoff=1) <= 1 else 3


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
) -> tuple[Sequence[AttributeValue | None], Sequence[AttributeValue | None]]:
    """Return what each record of two tables tells of an attribute, prepared to be compared.

    Args:
        kind: how it is compared.
        ours: texts of the first table, "" where it tells nothing.
        theirs: of the second; the same object for a table compared with itself.
        tolerance: within which numbers are close; 0 for a fiftieth of their spread.
        orders: in which each table writes dates.
    """
    prepared: tuple[Sequence[AttributeValue | None], ...]
    if kind is AttributeKind.TEXT:
        prepared = text_values(ours, theirs)
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
