"""Texts that many parties share, under a number each: names, towns, relations, representatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from avise.directory.keys import (
    CODED_LETTERS,
    END,
    WordKind,
    first_name_parts,
    first_name_range,
    sound_of,
    variants_of,
)
from avise.directory.records import BETWEEN, FIRST_SPELLING
from avise.directory.statements import Line, Row, Statement
from avise.models.names import fold, fold_place, name_keys

K = TypeVar("K")
V = TypeVar("V")

_SPELLING = Statement("SELECT id FROM spelling WHERE value = :value")
_CITY = Statement("SELECT id FROM city WHERE norm = :norm AND postcode = :postcode AND name = :name")
_WORD = {kind: Statement(f"SELECT id FROM {kind} WHERE norm = :norm") for kind in WordKind}  # noqa: S608 - two tables
_LAST = {
    table: Statement(f"SELECT coalesce(max(id), :low - 1) FROM {table} WHERE id BETWEEN :low AND :high")  # noqa: S608 - four tables
    for table in ("spelling", "city", *WordKind)
}
_EVERY_SPELLING = Statement("SELECT id, value FROM spelling")
_EVERY_CITY = Statement("SELECT id, name, postcode FROM city")
_EVERY_WORD = {kind: Statement(f"SELECT id, norm FROM {kind}") for kind in WordKind}  # noqa: S608 - two tables
_MOST = 2_000_000_000
_OTHER_FIRST_NAMES = 2_126_000_000, 2_147_000_000
"""Numbers of first names that their letters' own range has no more room for."""
CACHED = 400_000
"""Texts remembered at most of each kind: a fifth of a gigabyte for a whole country."""


def _own_range(norm: str) -> tuple[int, int]:
    """Return the numbers that tell the first letters of a first name; 0 is nobody's."""
    low, high = first_name_range((norm + END * CODED_LETTERS)[:CODED_LETTERS])
    return max(low, 1), high


class Dictionaries:
    """Gives texts their numbers, and collects the rows of those that are new.

    Args:
        line: to the directory being written.
        pending: rows by table, which the owner writes.
        fresh: the tables hold nothing but what goes through here: what is not known is new.
    """

    def __init__(self, line: Line, pending: dict[str, list[Row]], *, fresh: bool) -> None:
        self._line = line
        self._pending = pending
        self._fresh = fresh
        self._spellings: dict[str, int] = {}
        self._surnames: dict[str, tuple[int, ...]] = {}
        self._first_names: dict[str, int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}
        self._cities: dict[tuple[str, str], int] = {}
        self._words: dict[tuple[WordKind, str], int] = {}
        self._last: dict[tuple[str, int], int] = {}

    def recall(self) -> None:
        """Read the tables whole: the numbers that they hold are given again."""
        self._spellings = {value: number for number, value in self._line.rows(_EVERY_SPELLING)}
        self._cities = {(name, postcode): number for number, name, postcode in self._line.rows(_EVERY_CITY)}
        for kind in WordKind:
            self._words.update(((kind, norm), number) for number, norm in self._line.rows(_EVERY_WORD[kind]))
        surnames = [number for (kind, _), number in self._words.items() if kind is WordKind.SURNAME]
        for table, numbers in (
            ("spelling", self._spellings.values()), ("city", self._cities.values()),
            (WordKind.SURNAME, surnames),
        ):  # fmt: skip
            low = FIRST_SPELLING if table == "spelling" else 1
            self._last[table, low] = max(numbers, default=low - 1)
        for (kind, norm), number in self._words.items():
            if kind is WordKind.FIRST_NAME:
                low = _OTHER_FIRST_NAMES[0] if number >= _OTHER_FIRST_NAMES[0] else _own_range(norm)[0]
                self._last[kind, low] = max(self._last.get((kind, low), low - 1), number)

    def spelling(self, text: str) -> int:
        """Return the number of a text, 0 for none."""
        if not text:
            return 0
        known = self._spellings.get(text)
        return known if known is not None else self._remembered(self._spellings, text, self._new_spelling)

    def surname(self, text: str) -> tuple[int, ...]:
        """Return the words under which a surname is found, the whole first."""
        known = self._surnames.get(text)
        return known if known is not None else self._remembered(self._surnames, text, self._new_surname)

    def first_name(self, text: str) -> int:
        """Return the word of a first name, 0 for none."""
        known = self._first_names.get(text)
        return known if known is not None else self._remembered(self._first_names, text, self._new_first_name)

    def city(self, name: str, postcode: str) -> int:
        """Return the number of a town, 0 when the party has none."""
        if not name and not postcode:
            return 0
        key = (name, postcode)
        known = self._cities.get(key)
        return known if known is not None else self._remembered(self._cities, key, self._new_city)

    def shape(self, schemes: tuple[str, ...] | None) -> int:
        """Return the number of some schemes, 0 for none."""
        if not schemes:
            return 0
        known = self._shapes.get(schemes)
        return known if known is not None else self._remembered(self._shapes, schemes, self._new_shape)

    # ---- what is new -----------------------------------------------------------------------------

    def _remembered(self, known: dict[K, V], text: K, make: Callable[[K], V]) -> V:
        if len(known) >= CACHED and not self._fresh:
            known.clear()
        made = known[text] = make(text)
        return made

    def _new_spelling(self, text: str) -> int:
        found = () if self._fresh else self._line.rows(_SPELLING, value=text)
        if found:
            return int(found[0][0])
        number = self._next("spelling", FIRST_SPELLING, _MOST)
        self._add("spelling", (number, text))
        return number

    def _new_surname(self, text: str) -> tuple[int, ...]:
        return tuple(self._word(WordKind.SURNAME, key, ()) for key in name_keys(text))

    def _new_first_name(self, text: str) -> int:
        norm = fold(text)
        return self._word(WordKind.FIRST_NAME, norm, first_name_parts(text)) if norm else 0

    def _new_shape(self, schemes: tuple[str, ...]) -> int:
        return self.spelling(BETWEEN.join(schemes))

    def _new_city(self, key: tuple[str, str]) -> int:
        name, postcode = key
        norm = fold_place(name)
        found = () if self._fresh else self._line.rows(_CITY, norm=norm, postcode=postcode, name=name)
        if found:
            return int(found[0][0])
        number = self._next("city", 1, _MOST)
        self._add("city", (number, norm, postcode, name))
        return number

    def _word(self, kind: WordKind, norm: str, parts: tuple[str, ...]) -> int:
        """Return the number of a word, put in its dictionary with the forms that a mistake finds it by."""
        key = (kind, norm)
        if key in self._words:
            return self._words[key]
        found = () if self._fresh else self._line.rows(_WORD[kind], norm=norm)
        number = int(found[0][0]) if found else self._next_word(kind, norm)
        if not found:
            self._add(kind, (number, norm, sound_of(norm), 0))
            forms = variants_of(norm) | frozenset(parts)
            self._pending.setdefault(f"{kind}_form", []).extend((form, number) for form in sorted(forms))
        self._words[key] = number
        return number

    def _next_word(self, kind: WordKind, norm: str) -> int:
        if kind is WordKind.SURNAME:
            return self._next(kind, 1, _MOST)
        low, high = _own_range(norm)
        number = self._next(kind, low, high)
        return number if number <= high else self._next(kind, *_OTHER_FIRST_NAMES)

    def _next(self, table: str, low: int, high: int) -> int:
        key = (table, low)
        if key not in self._last:
            found = [] if self._fresh else self._line.rows(_LAST[table], low=low, high=high)
            self._last[key] = int(found[0][0]) if found else low - 1
        self._last[key] += 1
        return self._last[key]

    def _add(self, table: str, row: Row) -> None:
        self._pending.setdefault(table, []).append(row)
