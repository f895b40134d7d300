"""The statements that find rows of the directory; each reads one B-tree and stops at a bound.

Everything here runs on a reader thread, over one connection.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from avise.models.customer import DirectoryEntry, PersonId
from avise.models.names import phonetic_key
from avise.store.directory_schema import HIGHEST, MIN_FORGIVEN, WordKind, decoded, variants_of
from avise.store.search_query import DateSpan

PERSON_BOUND = 200
"""Names read from one range: four screens of results."""
DAY_BOUND = 1_500
"""Names born on one day: about 180 in 4.3 million persons."""
WORD_BOUND = 120
"""Surnames read from one range of the dictionary: each then costs a range of persons."""

_ROW = "k.last, k.first, k.birth, k.party, k.kind, k.city"
_FROM_LISTED_WORDS = f"SELECT {_ROW} FROM json_each(?) AS w CROSS JOIN name_key AS k"  # noqa: S608 - constants


class NameRow(NamedTuple):
    """One row of `name_key`."""

    last: str
    first: str
    birth: int
    party: int
    kind: int
    city: int


class Filters(NamedTuple):
    """What else was typed beside the name."""

    span: tuple[int, int] | None = None
    """First and last day numbers of birth."""
    cities: tuple[int, ...] = ()

    def admits(self, row: NameRow) -> bool:
        """Say whether a row satisfies both."""
        born = self.span is None or self.span[0] <= row.birth <= self.span[1]
        return born and (not self.cities or row.city in self.cities)


def as_filter(span: DateSpan) -> tuple[int, int]:
    """Return a span as the two day numbers that bound it."""
    first, last = span.first, span.last
    return (
        first.year * 10_000 + first.month * 100 + first.day,
        last.year * 10_000 + last.month * 100 + last.day,
    )


class DirectoryReader:
    """Reads one connection, and remembers whether a bound cut something off."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.cut = False

    # ---- names -----------------------------------------------------------------------------------

    def by_last(self, last: str, first: str, filters: Filters) -> list[NameRow]:
        """Return persons of exactly that surname whose first name begins so."""
        firsts = (first, first + HIGHEST)
        if filters.cities:
            where = f"k.city IN ({_listed(filters.cities)}) AND k.last = ? AND k.first >= ? AND k.first < ?"
            return self._names(f"INDEXED BY name_by_city WHERE {where} ORDER BY k.first", (last, *firsts))
        if filters.span is not None:
            where = "k.last = ? AND k.birth BETWEEN ? AND ? ORDER BY k.birth"
            return self._names(f"INDEXED BY name_by_last_and_birth WHERE {where}", (last, *filters.span))
        where = "k.last = ? AND k.first >= ? AND k.first < ? ORDER BY k.last, k.first, k.birth"
        return self._names(f"NOT INDEXED WHERE {where}", (last, *firsts))

    def by_beginning(self, last: str, first: str, filters: Filters) -> list[NameRow]:
        """Return persons whose surname begins so, and whose first name begins so."""
        if filters.cities:
            where = f"k.city IN ({_listed(filters.cities)}) AND k.last >= ? AND k.last < ?"
            return self._names(
                f"INDEXED BY name_by_city WHERE {where} ORDER BY k.last, k.first", (last, last + HIGHEST)
            )
        if not first and filters.span is None:
            where = "k.last >= ? AND k.last < ?"
            return self._names(
                f"NOT INDEXED WHERE {where} ORDER BY k.last, k.first, k.birth", (last, last + HIGHEST)
            )
        words = self._column(
            "SELECT norm FROM word WHERE kind = ? AND norm >= ? AND norm < ? ORDER BY norm LIMIT ?",
            (int(WordKind.SURNAME), last, last + HIGHEST, WORD_BOUND),
        )
        return self.by_surnames(words, first, filters)

    def by_surnames(self, surnames: Sequence[str], first: str, filters: Filters) -> list[NameRow]:
        """Return persons of any of those surnames whose first name begins so."""
        if not surnames:
            return []
        listed = json.dumps(surnames)
        source = _FROM_LISTED_WORDS
        if filters.cities:
            tail = f"INDEXED BY name_by_city WHERE k.city IN ({_listed(filters.cities)}) AND k.last = w.value"
        elif filters.span is not None:
            tail = "INDEXED BY name_by_last_and_birth WHERE k.last = w.value AND k.birth BETWEEN ? AND ?"
            return self._bounded(f"{source} {tail}", (listed, *filters.span), PERSON_BOUND)
        else:
            tail = "NOT INDEXED WHERE k.last = w.value"
        tail += " AND k.first >= ? AND k.first < ?"
        return self._bounded(f"{source} {tail}", (listed, first, first + HIGHEST), PERSON_BOUND)

    def by_last_and_firsts(self, last: str, firsts: Sequence[str]) -> list[NameRow]:
        """Return persons of exactly that surname and any of those first names."""
        if not firsts:
            return []
        tail = "NOT INDEXED WHERE k.last = ? AND k.first = w.value"
        return self._bounded(f"{_FROM_LISTED_WORDS} {tail}", (json.dumps(firsts), last), PERSON_BOUND)

    def by_first(self, first: str, filters: Filters) -> list[NameRow]:
        """Return persons whose first name begins so, by their name in use."""
        where = "k.kind = 0 AND k.first >= ? AND k.first < ?"
        params: tuple[object, ...] = (first, first + HIGHEST)
        if filters.span is not None:
            # The index holds the birth too: what it leaves out costs no other page.
            where += " AND k.birth BETWEEN ? AND ?"
            params += filters.span
        index = "name_by_first"
        if filters.cities:
            index = "name_by_city_and_first"
            where += f" AND k.city IN ({_listed(filters.cities)})"
        return self._names(f"INDEXED BY {index} WHERE {where} ORDER BY k.first, k.last", params)

    def by_birth(self, filters: Filters, bound: int = DAY_BOUND) -> list[NameRow]:
        """Return persons born in a span, in the order of their birth then name."""
        if filters.span is None:
            return []
        where = "k.birth BETWEEN ? AND ? ORDER BY k.birth, k.last, k.first"
        return self._names(f"INDEXED BY name_by_birth WHERE {where}", filters.span, bound)

    def by_city(self, cities: Sequence[int]) -> list[NameRow]:
        """Return persons of a town, by name."""
        where = f"k.city IN ({_listed(cities)}) ORDER BY k.last, k.first"
        return self._names(f"INDEXED BY name_by_city WHERE {where}", ())

    # ---- dictionaries ----------------------------------------------------------------------------

    def near(self, kind: WordKind, word: str) -> list[str]:
        """Return the dictionary's words at one letter from a word, or that sound like it."""
        if len(word) < MIN_FORGIVEN:
            return []
        forms = json.dumps(sorted(variants_of(word)))
        by_letter = self._column(
            "SELECT DISTINCT v.norm FROM json_each(?) AS f CROSS JOIN variant AS v"
            " WHERE v.kind = ? AND v.form = f.value LIMIT ?",
            (forms, int(kind), WORD_BOUND),
        )
        by_sound = self._column(
            "SELECT norm FROM word INDEXED BY word_by_sound WHERE kind = ? AND sound = ? LIMIT ?",
            (int(kind), phonetic_key(word), WORD_BOUND),
        )
        return list(dict.fromkeys(by_letter + by_sound))

    def cities_named(self, norm: str, *, beginning: bool) -> tuple[int, ...]:
        """Return the towns of that name, or whose name begins so."""
        upper = norm + HIGHEST if beginning else norm + "\x00"
        statement = "SELECT id FROM city WHERE norm >= ? AND norm < ? LIMIT 40"
        return tuple(self._numbers(statement, (norm, upper)))

    def cities_at(self, postcode: str) -> tuple[int, ...]:
        """Return the towns of a postcode."""
        return tuple(self._numbers("SELECT id FROM city WHERE postcode = ? LIMIT 60", (postcode,)))

    # ---- identifiers -----------------------------------------------------------------------------

    def by_member(self, number: str, *, beginning: bool) -> list[int]:
        """Return parties that bear a member number, or one that begins so."""
        if not beginning:
            return self._numbers(
                "SELECT id FROM party WHERE member = ? AND member <> '' LIMIT ?", (number, PERSON_BOUND)
            )
        return self._parties("member", number)

    def by_email(self, email: str, *, beginning: bool) -> list[int]:
        """Return parties who have an e-mail address, or one that begins so."""
        if not beginning:
            return self._numbers(
                "SELECT id FROM party WHERE email = ? AND email <> '' LIMIT ?", (email, PERSON_BOUND)
            )
        return self._parties("email", email)

    def by_siren(self, number: str) -> list[int]:
        """Return the companies of a SIREN or of a SIRET."""
        column = "siret" if len(number) == 14 else "siren"
        return self._numbers(
            f"SELECT id FROM party WHERE {column} = ? AND {column} <> '' LIMIT ?",  # noqa: S608 - two constants
            (number, PERSON_BOUND),
        )

    def by_phone(self, reversed_digits: str, *, end_only: bool) -> list[int]:
        """Return parties who bear a number, or one that ends so; digits come reversed."""
        if not end_only:
            return self._numbers(
                "SELECT party FROM phone WHERE reversed = ? LIMIT ?", (reversed_digits, PERSON_BOUND)
            )
        return self._cut_numbers(
            "SELECT party FROM phone WHERE reversed >= ? AND reversed < ?",
            (reversed_digits, reversed_digits + HIGHEST),
        )

    def by_identifier(self, scheme: str, value: str) -> list[int]:
        """Return parties who bear an identifier of a tool."""
        return self._numbers(
            "SELECT i.party FROM identifier AS i JOIN scheme AS s ON s.id = i.scheme"
            " WHERE i.value = ? AND s.name = ?",
            (value, scheme),
        )

    def by_company_words(self, words: Sequence[str]) -> list[int]:
        """Return companies whose name has a word that begins like each of these."""
        kept: set[int] | None = None
        for word in words:
            found = set(
                self._cut_numbers(
                    "SELECT party FROM company_word WHERE word >= ? AND word < ?",
                    (word, word + HIGHEST),
                    2_000,
                )
            )
            kept = found if kept is None else kept & found
            if not kept:
                return []
        return sorted(kept or ())

    def among_cities(self, parties: Sequence[int], cities: Sequence[int]) -> list[int]:
        """Return those of some parties that are in some towns."""
        where = f"id IN ({_listed(parties)}) AND city IN ({_listed(cities)})"
        return self._numbers(f"SELECT id FROM party WHERE {where}", ())  # noqa: S608 - numbers of our own rows

    # ---- parties ---------------------------------------------------------------------------------

    def parties(self, numbers: Sequence[int]) -> dict[int, DirectoryEntry]:
        """Return parties by their number in the directory."""
        rows = self._connection.exec_driver_sql(
            f"SELECT id, person, dossier, body FROM party WHERE id IN ({_listed(numbers)})"  # noqa: S608 - numbers
        )
        return {row[0]: _entry(row[1:]) for row in rows}

    def person(self, person: PersonId) -> DirectoryEntry | None:
        """Return one party, None when the directory does not list it."""
        return next(iter(self.persons([person])), None)

    def persons(self, persons: Sequence[PersonId]) -> list[DirectoryEntry]:
        """Return the parties of those identifiers that the directory lists."""
        marks = ", ".join("?" * len(persons))
        statement = f"SELECT person, dossier, body FROM party WHERE person IN ({marks})"  # noqa: S608 - marks
        found = self._connection.exec_driver_sql(statement, tuple(person.bytes for person in persons))
        return [_entry(row) for row in found]

    def family(self, dossier: PersonId) -> list[DirectoryEntry]:
        """Return the member of a dossier and the persons that it covers."""
        statement = "SELECT person, dossier, body FROM party WHERE dossier = ? ORDER BY id LIMIT 100"
        return [_entry(row) for row in self._connection.exec_driver_sql(statement, (dossier.bytes,))]

    def portfolio(self, login: str) -> tuple[DirectoryEntry, ...]:
        """Return the parties in the portfolio of a representative."""
        statement = (
            "SELECT person, dossier, body FROM party WHERE json_extract(body, '$.representative') = ?"
            " ORDER BY id"
        )
        return tuple(_entry(row) for row in self._connection.exec_driver_sql(statement, (login,)))

    def fact(self, name: str) -> str:
        """Return a fact about the directory itself, "" when it has none of that name."""
        row = self._connection.exec_driver_sql("SELECT value FROM meta WHERE name = ?", (name,)).first()
        return "" if row is None else str(row[0])

    def count(self) -> int:
        """Return how many parties are listed."""
        return int(self._connection.exec_driver_sql("SELECT count(*) FROM party").scalar_one())

    # ---- plumbing --------------------------------------------------------------------------------

    def _names(self, tail: str, params: Sequence[object], bound: int = PERSON_BOUND) -> list[NameRow]:
        return self._bounded(f"SELECT {_ROW} FROM name_key AS k {tail}", params, bound)  # noqa: S608 - constants

    def _bounded(self, statement: str, params: Sequence[object], bound: int) -> list[NameRow]:
        rows = self._connection.exec_driver_sql(f"{statement} LIMIT {bound + 1}", tuple(params)).all()
        if len(rows) > bound:
            self.cut = True
        return [NameRow(*row) for row in rows[:bound]]

    def _parties(self, column: str, beginning: str) -> list[int]:
        return self._cut_numbers(
            f"SELECT id FROM party WHERE {column} >= ? AND {column} < ? AND {column} <> '' ORDER BY {column}",  # noqa: S608 - two constants
            (beginning, beginning + HIGHEST),
        )

    def _cut_numbers(self, statement: str, params: Sequence[object], bound: int = PERSON_BOUND) -> list[int]:
        found = self._numbers(f"{statement} LIMIT {bound + 1}", params)
        if len(found) > bound:
            self.cut = True
        return found[:bound]

    def _numbers(self, statement: str, params: Sequence[object]) -> list[int]:
        return [row[0] for row in self._connection.exec_driver_sql(statement, tuple(params))]

    def _column(self, statement: str, params: Sequence[object]) -> list[str]:
        return [row[0] for row in self._connection.exec_driver_sql(statement, tuple(params))]


def _entry(row: Sequence[Any]) -> DirectoryEntry:
    return DirectoryEntry(uuid.UUID(bytes=row[0]), uuid.UUID(bytes=row[1]), decoded(row[2]))


def _listed(numbers: Sequence[int]) -> str:
    """Return numbers of our own rows as a list for IN."""
    return ", ".join(str(int(number)) for number in numbers)
