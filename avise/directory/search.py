"""One search of the directory: every reading of what was typed is tried, the best answers come first.

Exact ranges are read before beginnings, and beginnings before mistakes: what is forgiven is looked
for only when the exact answers leave room, so that "martin" costs one range.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from avise.directory.first_names import other_first_names
from avise.directory.identifier_search import IdentifierSearch
from avise.directory.keys import MIN_FORGIVEN, NameKind, WordKind, company_words
from avise.directory.name_matching import LAST_ONLY
from avise.directory.party_reading import PERSON_BOUND
from avise.directory.reading import (
    NOTHING_ELSE,
    DirectoryReader,
    Filters,
    FirstNames,
    NameRow,
    as_filter,
)
from avise.directory.reasons import Bearer, Found, Matching, Name, added, what_else
from avise.directory.search_query import ARTICLES, NameReading, SearchQuery, name_readings
from avise.directory.towns import town_readings
from avise.models.customer import MatchedOn

COMPANY = 78.0
"""Below those who bear the word as their surname, whom sixty companies would hide."""
COMPANY_BY_ONE_WORD = 58.0
"""Below those whose surname begins so too: « Garage Lambert » answers LAMB, and so do fifty of its kind."""
BORN = 60.0
TOWN = 55.0
BOTH_NAMES = 15.0

BY_PLACE = 0.01
"""Taken off for each surname that more people bear, among those near to what was typed."""
MIN_BEGINNING = 3
"""Letters of a surname before its beginning is tried together with a first name."""
POSTCODE_DIGITS = 5


class DirectorySearch:
    """Runs one search over one connection.

    Args:
        reader: of the directory.
        today: tells birth years from other numbers.
        wanted: how many rows will be shown; mistakes are forgiven when fewer were found.
    """

    def __init__(self, reader: DirectoryReader, today: date, wanted: int) -> None:
        self.reader = reader
        self._today = today
        self._wanted = wanted
        self._found: dict[int, Found] = {}
        self.bearers: dict[int, Bearer] = {}
        """Of whoever was found by name."""
        self.near: set[int] = set()
        """Parties whose surname is near to one typed alone, and that so many bear that it hides them."""
        self._firsts: dict[str, FirstNames] = {}
        self._surnames: dict[str, int] = {}
        """Of those typed, the ones that the dictionary has."""

    def run(self, query: SearchQuery) -> dict[int, Found]:
        """Return the parties that answer, by their number in the directory."""
        self._found.update(IdentifierSearch(self.reader, self._today).run(query))
        figures = any(not word.isalpha() for word in query.every_word)
        if query.words and figures and not query.spans:
            # « Garage 2000 », « 3D Bois », « Pharmacie du 8 mai ».
            self._companies(query.every_word, NOTHING_ELSE)
            for others, towns, typed in town_readings(self.reader, query.every_word):
                self._companies(others, Filters(cities=towns), typed)
        for filters in self._filters(query):
            self._people(query.words, filters)
        return self._found

    def _keep(self, party: int, why: Found, bearer: Bearer | None = None) -> None:
        known = self._found.get(party)
        if known is None or known.score < why.score:
            self._found[party] = why
            if bearer is not None:
                self.bearers[party] = bearer

    # ---- names -----------------------------------------------------------------------------------

    def _filters(self, query: SearchQuery) -> list[Filters]:
        """Return what else restricts people: each reading of the dates and of a postcode.

        Empty when something typed can only be an identifier: names alone would not answer it.
        """
        dated = [Filters(as_filter(span)) for span in query.spans] or [NOTHING_ELSE]
        if query.codes or (query.emails and not query.email_is_a_guess) or len(query.numbers) > 1:
            return []
        if not query.numbers:
            return dated if query.words or query.spans else []
        (number,) = query.numbers
        found: list[Filters] = []
        if not query.spans:
            found.extend(Filters(as_filter(span)) for span in number.spans(self._today))
        if len(number.text) == POSTCODE_DIGITS and (towns := self.reader.cities_at(number.text)):
            found.extend(Filters(filters.span, towns) for filters in dated)
        return found

    def _people(self, words: tuple[str, ...], filters: Filters) -> None:
        if not words:
            self._everybody(filters)
            return
        if filters.span is not None and len(words) == 1 and words[0] in ARTICLES:
            self._everybody(filters)
        for others, named, typed in town_readings(self.reader, words):
            # Beside a postcode, its own towns alone.
            towns = tuple(town for town in named if town in filters.cities) if filters.cities else named
            if not towns:
                continue
            restricted = Filters(filters.span, towns)
            if others:
                self._named(others, restricted, typed)
                self._companies(others, restricted, typed)
            else:
                self._everybody(restricted, typed)
        # Whoever typed a whole name and its town made no mistake in a longer name.
        forgiving = all(found.score < LAST_ONLY for found in self._found.values())
        self._named(words, filters, forgiving=forgiving)
        self._companies(words, filters)

    def _everybody(self, filters: Filters, town: str = "") -> None:
        """Keep whoever was born then or lives there, when no name was typed."""
        if filters.span is not None:
            rows, base = self.reader.by_birth(filters, PERSON_BOUND), BORN
        else:
            rows, base = self.reader.by_city(filters.cities), TOWN
        self.reader.learn(rows)
        said = what_else(filters, town)
        found = Found(base, said.matched_on, said.typed)
        for last, first, party, kind, born, city in rows:
            if kind == NameKind.LAST and filters.admits(born, city):
                self._keep(party, found, (self.reader.name_of(last, first), born))

    def _named(
        self, words: tuple[str, ...], filters: Filters, town: str = "", *, forgiving: bool = True
    ) -> None:
        readings = name_readings(words)
        matching = Matching(readings, what_else(filters, town), self.reader.sounds)
        if filters.span is not None and filters.span[0] == filters.span[1]:
            # So few are born on one day that each is compared in every way at once.
            self._keep_rows(self.reader.by_birth(filters), matching, filters)
            return
        self._keep_both(readings, filters, town)
        kept = 0
        for rows in self._ranges(readings, filters):
            kept += len(self._keep_rows(rows, matching, filters))
            if kept >= self._wanted:
                break
        # Somebody who types a surname alone may have mistyped one into another that many bear.
        alone = len(words) == 1 and filters == NOTHING_ELSE
        if forgiving and (kept < self._wanted or alone):
            self._keep_near_first(readings, matching, filters)
            self._keep_near(readings, matching, filters, hidden=kept >= self._wanted)

    def _keep_both(self, readings: Sequence[NameReading], filters: Filters, town: str) -> None:
        """Keep those who bear the surname in use and the name of birth that were both typed."""
        for one, born in itertools.product(readings, readings):
            if one.born or not (born.born and one.last) or one.first != born.first:
                continue
            known = self.reader.named(WordKind.SURNAME, (one.last, born.last))
            if len(known) < 2:
                continue
            rows = self.reader.by_both(known[one.last], known[born.last])
            both = Found(BOTH_NAMES, (MatchedOn.BIRTH_NAME,), {"birth_name": born.last})
            beside = added(both, what_else(filters, town))
            self._keep_rows(rows, Matching([one], beside, self.reader.sounds), filters)

    def _ranges(self, readings: Sequence[NameReading], filters: Filters) -> Iterator[list[NameRow]]:
        """Yield rows to be matched: whole surnames, then their beginnings, then first names alone."""
        reader = self.reader
        named = [reading for reading in readings if reading.last]
        self._surnames = reader.named(WordKind.SURNAME, (reading.last for reading in named))
        yield _flat(
            reader.by_last([self._surnames[reading.last]], self._first(reading), filters)
            for reading in named
            if reading.last in self._surnames
        )
        yield _flat(
            reader.by_last(reader.beginning(WordKind.SURNAME, reading.last), self._first(reading), filters)
            for reading in named
            if len(reading.last) >= MIN_BEGINNING or not reading.first
        )
        yield _flat(
            reader.by_first(self._first(reading), filters)
            for reading in readings
            if not reading.last and (filters == NOTHING_ELSE or len(reading.first) >= MIN_BEGINNING)
        )

    def _keep_near_first(self, readings: Sequence[NameReading], matching: Matching, filters: Filters) -> None:
        """Keep those whose first name is near to a typed one, beside a whole surname."""
        for reading in readings:
            if reading.last in self._surnames and len(reading.first) >= MIN_FORGIVEN:
                near = self._near_first(reading.first)
                rows = self.reader.by_last([self._surnames[reading.last]], near, filters)
                self._keep_rows(rows, matching, filters)

    def _keep_near(
        self, readings: Sequence[NameReading], matching: Matching, filters: Filters, *, hidden: bool
    ) -> None:
        """Keep those whose surname is near to a typed one."""
        for reading in readings:
            if not reading.forgiving or len(reading.last) < MIN_FORGIVEN:
                continue
            rows = self._near(reading, filters)
            parties = self._keep_rows(rows, matching, filters, by_use=not reading.first)
            if hidden:
                exact = self._surnames.get(reading.last)
                self.near.update({*parties} - {row[2] for row in rows if row[0] == exact})

    def _near(self, reading: NameReading, filters: Filters) -> list[NameRow]:
        reader, firsts = self.reader, self._first(reading)
        near = reader.near(WordKind.SURNAME, reading.last)
        rows = reader.by_last(near, firsts, filters) if reading.first or filters != NOTHING_ELSE else []
        if rows and len(rows) < PERSON_BOUND:
            return rows
        return reader.some_of_each(near, firsts, filters, self._wanted)

    def _first(self, reading: NameReading) -> FirstNames | None:
        """Return the first names that a reading wants, None for any."""
        typed = reading.first
        if not typed:
            return None
        if typed not in self._firsts:
            self._firsts[typed] = self.reader.first_names(typed, other_first_names(typed))
        return self._firsts[typed]

    def _near_first(self, typed: str) -> FirstNames:
        return FirstNames(listed=tuple(self.reader.near(WordKind.FIRST_NAME, typed)))

    def _keep_rows(
        self, rows: Sequence[NameRow], matching: Matching, filters: Filters, *, by_use: bool = False
    ) -> list[int]:
        """Keep the rows that answer; return their parties.

        Args:
            rows: of any names.
            matching: of what was typed.
            filters: what else was.
            by_use: the rows' surnames are as near as one another, the most borne first: it is the likelier to
                have been meant.
        """
        reader = self.reader
        reader.learn(rows)
        kept = []
        # Two hundred rows bear a few names: the reason of each is found once.
        known: dict[tuple[int, int, int], tuple[Name, Found | None]] = {}
        places: dict[int, int] = {}
        filtered = filters is not NOTHING_ELSE
        for last, first, party, kind, born, city in rows:
            if filtered and not filters.admits(born, city):
                continue
            key = last, first, kind
            if key not in known:
                name = reader.name_of(last, first)
                reason = matching.best(name, kind)
                place = places.setdefault(last, len(places)) if by_use else 0
                known[key] = name, reason.lowered(place * BY_PLACE) if reason and place else reason
            name, reason = known[key]
            if reason is not None:
                self._keep(party, reason, (name, born))
                kept.append(party)
        return kept

    # ---- companies -------------------------------------------------------------------------------

    def _companies(self, words: tuple[str, ...], filters: Filters, town: str = "") -> None:
        """Keep companies whose name has every word."""
        if filters.span is not None or not words:
            return
        wanted = company_words(" ".join(words))
        worth = COMPANY if len(wanted) > 1 else COMPANY_BY_ONE_WORD
        parties = self.reader.by_company_words(wanted)
        if filters.cities and parties:
            parties = self.reader.among_cities(parties, filters.cities)
        found = added(
            Found(worth, (MatchedOn.COMPANY,), {"company_name": " ".join(wanted)}), what_else(filters, town)
        )
        for party in parties:
            self._keep(party, found)


def _flat(lists: Iterable[list[NameRow]]) -> list[NameRow]:
    return [row for rows in lists for row in rows]
