"""One search of the directory: every reading of what was typed is tried, the best answers come first.

Exact ranges are read before beginnings, and beginnings before mistakes: what is forgiven is looked
for only when the exact answers leave room, so that "martin" costs one range.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from avise.directory.first_names import other_first_names
from avise.directory.keys import (
    MIN_FORGIVEN,
    NameKind,
    WordKind,
    company_words,
    day_number,
    day_of,
)
from avise.directory.name_matching import LAST_ONLY, MOST, NameMatch, best_match
from avise.directory.reading import (
    NOTHING_ELSE,
    PERSON_BOUND,
    DirectoryReader,
    Filters,
    FirstNames,
    NameRow,
    as_filter,
)
from avise.directory.search_query import NameReading, SearchQuery, TypedNumber, name_readings
from avise.models.customer import MatchedOn, Party, PartyKind
from avise.models.names import fold, name_keys, spelt_out

IDENTIFIER = 130.0
IDENTIFIER_BEGINNING = 75.0
COMPANY = 78.0
"""Below those who bear the word as their surname, whom sixty companies would hide."""
COMPANY_BY_ONE_WORD = 58.0
"""Below those whose surname begins so too: « Garage Lambert » answers LAMB, and so do fifty of its kind."""
BORN = 60.0
TOWN = 55.0
BORN_THAT_DAY = 20.0
BORN_THEN = 10.0
IN_TOWN = 10.0
BOTH_NAMES = 15.0
OTHER_NAME = 25.0
"""Taken off an identifier whose bearer has another name or birth date than the one typed beside it."""

BY_PLACE = 0.01
"""Taken off for each surname that more people bear, among those near to what was typed."""
MIN_BEGINNING = 3
"""Letters of a surname before its beginning is tried together with a first name."""
MIN_TOWN_BEGINNING = 4
POSTCODE_DIGITS = 5
YEAR_DIGITS = 4


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


class Bearer(NamedTuple):
    """Under which name somebody was found, folded, and when they were born: orders equal scores."""

    last: str = ""
    first: str = ""
    born: int = 0


class Matching:
    """How well names answer some readings; each name is compared once.

    Two hundred rows bear one surname and a hundred first names: what was typed for a surname alone is
    compared with surnames, not with each pair.
    """

    def __init__(self, readings: Sequence[NameReading], beside: Found) -> None:
        self._beside = beside
        self._both = [reading for reading in readings if reading.last and reading.first]
        self._last_alone = [reading for reading in readings if reading.last and not reading.first]
        self._first_alone = [reading for reading in readings if not reading.last]
        self._lasts: dict[tuple[str, NameKind], Found | None] = {}
        self._firsts: dict[str, Found | None] = {}

    def best(self, last: str, first: str, kind: NameKind) -> Found | None:
        """Return why a name answers, None when it does not; the same object for the same reason, mostly."""
        found = self._reason(best_match(self._both, last, first, kind), kind) if self._both else None
        if self._last_alone:
            if (last, kind) not in self._lasts:
                self._lasts[last, kind] = self._reason(best_match(self._last_alone, last, "", kind), kind)
            found = _better(found, self._lasts[last, kind])
        if self._first_alone:
            if first not in self._firsts:
                match = best_match(self._first_alone, "", first, NameKind.LAST)
                self._firsts[first] = self._reason(match, NameKind.LAST)
            found = _better(found, self._firsts[first])
        return found

    def _reason(self, match: NameMatch | None, kind: NameKind) -> Found | None:
        return None if match is None else _with(_of_match(match, kind), self._beside)


def _better(one: Found | None, other: Found | None) -> Found | None:
    if one is None or (other is not None and other.score > one.score):
        return other
    return one


class TownReading(NamedTuple):
    """Words of which some name a town."""

    others: tuple[str, ...]
    towns: tuple[int, ...]
    typed: str
    """What was typed for the town, folded."""


class TownPart(NamedTuple):
    """Words that may name a town, and those around them."""

    others: tuple[str, ...]
    typed: str


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
        identified = self._by_identifiers(query)
        if query.words or query.spans:
            identified = self._confirmed(identified, query)
        for party, why in identified.items():
            self._keep(party, why)
        for filters in self._filters(query):
            self._people(query.words, filters)
        if query.words and (query.numbers or query.codes):
            # « Garage 2000 », « 3D Bois ».
            self._companies(query.every_word, NOTHING_ELSE)
            for others, towns, typed in self._towns(query.every_word):
                self._companies(others, Filters(cities=towns), typed)
        return self._found

    def _keep(self, party: int, why: Found, bearer: Bearer | None = None) -> None:
        known = self._found.get(party)
        if known is None or known.score < why.score:
            self._found[party] = why
            if bearer is not None:
                self.bearers[party] = bearer

    # ---- identifiers -----------------------------------------------------------------------------

    def _by_identifiers(self, query: SearchQuery) -> dict[int, Found]:
        found: dict[int, Found] = {}
        for party, why in self._identifier_hits(query):
            if party not in found or found[party].score < why.score:
                found[party] = why
        return found

    def _identifier_hits(self, query: SearchQuery) -> Iterator[tuple[int, Found]]:
        for number in query.numbers:
            # Beside a name, four digits that are a year begin too many member numbers.
            if not (query.words and number.spans(self._today) and len(number.digits) == YEAR_DIGITS):
                yield from self._of_number(number)
        for code in query.codes:
            yield from self._of_member(code)
        for email in query.emails:
            for beginning, score in ((False, IDENTIFIER), (True, IDENTIFIER_BEGINNING)):
                for party in self.reader.by_email(email, beginning=beginning):
                    yield party, Found(score, (MatchedOn.EMAIL,), {"email": email})

    def _of_number(self, number: TypedNumber) -> Iterator[tuple[int, Found]]:
        if phone := number.phone():
            for party in self.reader.by_phone(phone):
                yield party, Found(IDENTIFIER, (MatchedOn.PHONE,), {"phones": phone})
        if end := number.phone_end():
            for party in self.reader.by_phone_end(end):
                yield party, Found(IDENTIFIER_BEGINNING, (MatchedOn.PHONE,), {"phones": end})
        if len(number.digits) in (9, 14):
            for party in self.reader.by_company_number(number.digits):
                yield party, Found(IDENTIFIER, (MatchedOn.SIREN,), {"siren": number.digits[:9]})
        if member := number.member():
            yield from self._of_member(member)

    def _of_member(self, member: str) -> Iterator[tuple[int, Found]]:
        typed = {"member_number": member}
        for party in self.reader.by_member(member, beginning=False):
            yield party, Found(IDENTIFIER, (MatchedOn.MEMBER_NUMBER,), typed)
        for party in self.reader.by_member(member, beginning=True):
            yield party, Found(IDENTIFIER_BEGINNING, (MatchedOn.MEMBER_NUMBER,), typed)

    def _confirmed(self, identified: dict[int, Found], query: SearchQuery) -> dict[int, Found]:
        """Return the bearers whose name and birth are those typed beside the number.

        When there is none, a whole number still shows its bearers, lower: the caller may be the
        spouse of whoever bears it.
        """
        readings = name_readings(query.words)
        spans = [as_filter(span) for span in query.spans]
        parties = self.reader.parties(list(identified))
        confirmed = {}
        for number, entry in parties.items():
            why = _confirmation(entry.party, readings, spans)
            if why is not None:
                known = identified[number]
                confirmed[number] = Found(
                    known.score + why.score, known.matched_on + why.matched_on, known.typed | why.typed
                )
        if confirmed:
            return confirmed
        return {
            number: Found(why.score - OTHER_NAME, why.matched_on, why.typed)
            for number, why in identified.items()
            if why.score >= IDENTIFIER
        }

    # ---- names -----------------------------------------------------------------------------------

    def _filters(self, query: SearchQuery) -> list[Filters]:
        """Return what else restricts people: each reading of the dates and of a postcode.

        Empty when something typed can only be an identifier: names alone would not answer it.
        """
        dated = [Filters(as_filter(span)) for span in query.spans] or [Filters()]
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
        for others, named, typed in self._towns(words):
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
            rows = [row for row in self.reader.by_birth(filters, PERSON_BOUND) if filters.admits(row)]
            base = BORN
        else:
            rows, base = self.reader.by_city(filters.cities), TOWN
        self.reader.learn(rows)
        said = what_else(filters, town)
        found = Found(base, said.matched_on, said.typed)
        for row in rows:
            if row.kind == NameKind.LAST:
                self._keep(row.party, found, Bearer(*self.reader.name_of(row), row.born))

    def _named(
        self, words: tuple[str, ...], filters: Filters, town: str = "", *, forgiving: bool = True
    ) -> None:
        readings = name_readings(words)
        matching = Matching(readings, what_else(filters, town))
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
            added = Found(BOTH_NAMES, (MatchedOn.BIRTH_NAME,), {"birth_name": born.last})
            self._keep_rows(rows, Matching([one], _with(added, what_else(filters, town))), filters)

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
                names = {row.party: self.reader.name_of(row)[0] for row in rows}
                self.near.update(party for party in parties if names[party] != reading.last)

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
        reasons: dict[tuple[int, int, int], Found | None] = {}
        places: dict[int, int] = {}
        for row in rows:
            if filters is not NOTHING_ELSE and not filters.admits(row):
                continue
            last, first, party, kind, born, _city = row
            name = reader.name_of(row)
            key = last, first, kind
            if key not in reasons:
                reason = matching.best(*name, _KINDS[kind])
                place = places.setdefault(last, len(places)) if by_use else 0
                reasons[key] = reason.lowered(place * BY_PLACE) if reason and place else reason
            if (reason := reasons[key]) is not None:
                self._keep(party, reason, Bearer(*name, born))
                kept.append(party)
        return kept

    def _towns(self, words: tuple[str, ...]) -> list[TownReading]:
        """Return the ways to read some neighbouring words as a town; its beginning only if none is whole."""
        parts = [
            TownPart(words[:start] + words[end:], "".join(spelt_out(words[start:end])))
            for start in range(len(words))
            for end in range(start + 1, len(words) + 1)
        ]
        whole = self.reader.cities_named([part.typed for part in parts])
        if whole:
            return [
                TownReading(part.others, whole[part.typed], part.typed)
                for part in parts
                if part.typed in whole
            ]
        begun = (
            TownReading(part.others, self.reader.cities_beginning(part.typed), part.typed)
            for part in parts
            if part.others and len(part.typed) >= MIN_TOWN_BEGINNING
        )
        return [reading for reading in begun if reading.towns]

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
        found = _with(
            Found(worth, (MatchedOn.COMPANY,), {"company_name": wanted[0]}), what_else(filters, town)
        )
        for party in parties:
            self._keep(party, found)


def _flat(lists: Iterable[list[NameRow]]) -> list[NameRow]:
    return [row for rows in lists for row in rows]


def _of_match(match: NameMatch, kind: NameKind) -> Found:
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


def _with(found: Found, said: Found) -> Found:
    """Add what the rest that was typed says."""
    found.score += said.score
    found.matched_on += said.matched_on
    found.typed |= said.typed
    return found


def _confirmation(
    party: Party, readings: Sequence[NameReading], spans: Sequence[tuple[int, int]]
) -> Found | None:
    """Return what a party's name and birth add to its number, None when one of them is another's."""
    born = day_number(party.birth_date)
    filters = Filters()
    if spans:
        bounds = next((span for span in spans if span[0] <= born <= span[1]), None)
        if bounds is None:
            return None
        filters = Filters(bounds)
    if not readings:
        return what_else(filters, "")
    first = fold(party.first_name)
    matches = [
        (match, kind)
        for last, kind in _names_of(party)
        if (match := best_match(readings, last, first, kind)) is not None
    ]
    if not matches:
        return None
    best, kind = max(matches, key=lambda match: match[0].score)
    found = _of_match(best, kind)
    found.score = 0.0
    return _with(found, what_else(filters, ""))


def _names_of(party: Party) -> Iterator[tuple[str, NameKind]]:
    """Yield the surnames of a person, "" for a mononym."""
    if party.kind is PartyKind.COMPANY:
        return
    for name, kind in ((party.last_name, NameKind.LAST), (party.birth_name, NameKind.BIRTH)):
        for place, key in enumerate(name_keys(name)):
            yield key, kind if place == 0 else NameKind.PART
    if not (party.last_name or party.birth_name):
        yield "", NameKind.LAST
