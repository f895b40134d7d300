"""The second part of an answer: names with two mistakes, looked for once the quick part is on screen.

So are names typed without a space between them and, when nobody was found, names beside a wrong birth date,
a company's name with a letter wrong, names beside a word too many (both surnames of a couple, a word of a
sentence).

The dictionary of surnames is compared whole with what was typed (180,000 words: some 30 ms of a reader's
thread), then the few that are near are read as any other name.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from avise.directory.first_names import other_first_names
from avise.directory.keys import UNKNOWN_DAY, NameKind, WordKind, company_words, day_number, day_of
from avise.directory.name_matching import LAST_ONLY, TWICE_FORGIVEN, NameMatch
from avise.directory.near_dates import near_dates
from avise.directory.reading import (
    NOBODY,
    NOTHING_ELSE,
    DirectoryReader,
    Filters,
    FirstNames,
    NameRow,
    as_filter,
)
from avise.directory.reasons import Bearer, Found, added, of_match, what_else
from avise.directory.search_query import MOST_WORDS, NameReading, SearchQuery, name_readings
from avise.models.customer import MatchedOn
from avise.models.names import spelt_out

MOST_EDITS = 2
BY_KIND = 0.1
"""Taken off for a name of birth, twice for a part of a name: the name in use is likelier to be meant."""
SHORTEST = 5
"""Letters of the longer of two names before they may differ by two: « mati » may be MARTIN, and not MALI."""
SHORTEST_ALONE = 5
"""Letters of a surname typed alone before any of them may be wrong."""
SHORTEST_OF_TWO = 4
"""Letters of a surname beside a first name before any of them may be wrong."""
SHORTEST_FIRST = 4
SHORTEST_OF_COMPANY = 4
"""Letters of a word of a company's name before one of them may be wrong."""
NEAREST_OF_COMPANY = 10
SHORTEST_CUT = 2
"""Letters of a name that was run together with another one."""
NEAREST = 150
"""Words of a dictionary that are near enough, at most: the nearest."""
NEAREST_FIRST = 40

Listed = tuple[list[str], list[int]]
"""Words, and their numbers."""
Near = Mapping[int, int]
"""How many mistakes away each word is, by its number."""


class Asked(NamedTuple):
    """Words that may name somebody, and what else people are restricted by."""

    words: tuple[str, ...]
    filters: Filters
    town: str = ""
    """What was typed for the town, folded."""


class Lexicon:
    """The dictionaries of one directory, whole, by length of their words."""

    def __init__(self, reader: DirectoryReader) -> None:
        self._by_length: defaultdict[tuple[WordKind, int], Listed] = defaultdict(lambda: ([], []))
        for kind in WordKind:
            for number, norm in reader.every_word(kind):
                norms, numbers = self._by_length[kind, len(norm)]
                norms.append(norm)
                numbers.append(number)
        self._company_words = reader.every_company_word()

    def near_company_words(self, word: str) -> list[str]:
        """Return the words of companies' names at one mistake, none for a short word."""
        if len(word) < SHORTEST_OF_COMPANY:
            return []
        near = process.extract(
            word, self._company_words, scorer=OSA.distance, score_cutoff=1, limit=NEAREST_OF_COMPANY
        )
        return [norm for norm, distance, _place in near if distance]

    def near(self, kind: WordKind, word: str, most: int) -> Near:
        """Return the words at two mistakes at most, the nearest first."""
        found: list[tuple[int, int]] = []
        for length in range(len(word) - MOST_EDITS, len(word) + MOST_EDITS + 1):
            norms, numbers = self._by_length[kind, length]
            edits = MOST_EDITS if max(length, len(word)) >= SHORTEST else 1
            hits = process.extract(word, norms, scorer=OSA.distance, score_cutoff=edits, limit=most)
            found.extend((int(distance), numbers[place]) for _norm, distance, place in hits)
        found.sort()
        return {number: distance for distance, number in found[:most]}


class WideSearch:
    """Finds people whose name is two mistakes away from what was typed.

    Args:
        reader: of the directory.
        lexicon: its dictionaries.
    """

    def __init__(self, reader: DirectoryReader, lexicon: Lexicon) -> None:
        self.reader = reader
        self._lexicon = lexicon
        self._found: dict[int, Found] = {}
        self.bearers: dict[int, Bearer] = {}
        self.near: Set[int] = frozenset()

    def run(self, query: SearchQuery, *, answered: bool) -> dict[int, Found]:
        """Return the parties that answer, by their number in the directory.

        Args:
            query: what was typed.
            answered: the quick part found somebody: what was typed beside the name was right.
        """
        asked = list(self._asked(query))
        for words, filters, town in asked:
            for reading in _forgiving(name_readings(words)):
                self._read(reading, filters, town)
        for words, filters, town in asked:
            self._read_exactly(_run_together(words), filters, town)
        if answered or self._found:
            return self._found
        for words, filters, town in asked:
            self._read_near_birth(words, filters, town)
            self._companies(words, filters, town)
        for words, filters, town in () if self._found else asked:
            self._read_exactly(_with_a_word_less(words), filters, town)
        return self._found

    def _read_near_birth(self, words: tuple[str, ...], filters: Filters, town: str) -> None:
        """Keep whoever bears a name as it was typed and was born on a day near to the one that was."""
        since, until = filters.span or (UNKNOWN_DAY, UNKNOWN_DAY)
        typed = day_of(since)
        if since != until or typed is None:
            return
        days = [day_number(day) for day in near_dates(typed)]
        in_town = Filters(cities=filters.cities)
        readings = name_readings(words)
        lasts = self.reader.named(WordKind.SURNAME, (reading.last for reading in readings))
        for reading in readings:
            surname = lasts.get(reading.last)
            begun = self.reader.first_names(reading.first) if reading.first else None
            if surname is None or begun == NOBODY:
                continue
            rows = self.reader.born_on(surname, begun, days)
            self.reader.learn(rows)
            for last, first, party, kind, born, city in rows:
                name = self.reader.name_of(last, first)
                if not (name[1].startswith(reading.first) and in_town.admits(born, city)):
                    continue
                matched = _name_reason(NameKind(kind), mistaken=False)
                reasons = (matched, MatchedOn.FIRST_NAME) if reading.first else (matched,)
                match = NameMatch(
                    TWICE_FORGIVEN, (*reasons, MatchedOn.BIRTH_DATE_TYPO), reading.last, reading.first
                )
                found = added(of_match(match, NameKind(kind)), what_else(in_town, town))
                self._found.setdefault(party, found)
                self.bearers.setdefault(party, (name, born))

    def _companies(self, words: tuple[str, ...], filters: Filters, town: str) -> None:
        """Keep companies of whose name one word was mistyped."""
        if filters.span is not None:
            return
        wanted = company_words(" ".join(words))
        for place, word in enumerate(wanted):
            for near in self._lexicon.near_company_words(word):
                meant = (*wanted[:place], near, *wanted[place + 1 :])
                parties = self.reader.by_company_words(meant)
                if filters.cities and parties:
                    parties = self.reader.among_cities(parties, filters.cities)
                matched = (MatchedOn.COMPANY, MatchedOn.NAME_TYPO)
                reason = Found(TWICE_FORGIVEN, matched, {"company_name": " ".join(meant)})
                found = added(reason, what_else(filters, town))
                for party in parties:
                    self._found.setdefault(party, found)

    def _asked(self, query: SearchQuery) -> Iterator[Asked]:
        """Yield the words that may name somebody, with what the others restrict people by."""
        named_only = not (query.codes or (query.emails and not query.email_is_a_guess))
        if not (query.words and named_only and len(query.numbers) < 2):
            return
        restricted = [Filters(as_filter(span)) for span in (*query.spans, *query.number_spans)]
        if not query.spans:
            towns = self.reader.cities_at(query.numbers[0].text) if query.numbers else ()
            restricted += [Filters(cities=towns)] if towns else []
        for filters in restricted or ([] if query.numbers else [NOTHING_ELSE]):
            if not filters.cities:
                yield from self._in_town(query.words, filters)
            yield Asked(query.words, filters)

    def _in_town(self, words: tuple[str, ...], filters: Filters) -> Iterator[Asked]:
        parts = {
            "".join(spelt_out(words[start:end])): words[:start] + words[end:]
            for start, end in itertools.combinations(range(len(words) + 1), 2)
            if end - start < len(words)
        }
        for town, cities in self.reader.cities_named(list(parts)).items():
            yield Asked(parts[town], Filters(filters.span, cities), town)

    def _read(self, reading: NameReading, filters: Filters, town: str) -> None:
        lasts = self._lexicon.near(WordKind.SURNAME, reading.last, NEAREST)
        if not reading.first:
            self._keep(self.reader.by_last(list(lasts), None, filters), reading, lasts, {}, filters, town)
            return
        firsts: dict[int, int] = {}
        if len(reading.first) >= SHORTEST_FIRST:
            firsts |= self._lexicon.near(WordKind.FIRST_NAME, reading.first, NEAREST_FIRST)
        begun = self.reader.first_names(reading.first, other_first_names(reading.first) | {reading.first})
        firsts |= dict.fromkeys(begun.listed, 0)
        for edits in range(MOST_EDITS + 1):
            near_lasts = [number for number, distance in lasts.items() if distance == edits]
            near_firsts = tuple(
                number for number, distance in firsts.items() if distance + edits <= MOST_EDITS
            )
            if near_lasts and near_firsts:
                rows = self.reader.by_last(near_lasts, FirstNames(listed=near_firsts), filters)
                self._keep(rows, reading, lasts, firsts, filters, town)

    def _read_exactly(self, readings: Sequence[NameReading], filters: Filters, town: str) -> None:
        """Keep whoever bears both names of a reading, as they are."""
        lasts = self.reader.named(WordKind.SURNAME, (reading.last for reading in readings))
        firsts = self.reader.named(WordKind.FIRST_NAME, (reading.first for reading in readings))
        for reading in readings:
            last, first = lasts.get(reading.last), firsts.get(reading.first)
            if last is not None and first is not None:
                rows = self.reader.by_last([last], FirstNames(listed=(first,)), filters)
                self._keep(rows, reading, {last: 0}, {first: 0}, filters, town)

    def _keep(
        self,
        rows: Iterable[NameRow],
        reading: NameReading,
        lasts: Near,
        firsts: Near,
        filters: Filters,
        town: str,
    ) -> None:
        rows = [row for row in rows if filters.admits(row[4], row[5])]
        self.reader.learn(rows)
        beside = what_else(filters, town)
        for last, first, party, kind, born, _city in rows:
            edits = lasts[last] + (firsts[first] if reading.first else 0)
            score = TWICE_FORGIVEN - edits * (LAST_ONLY - TWICE_FORGIVEN) / 10 - kind * BY_KIND
            known = self._found.get(party)
            if known is not None and known.score >= score:
                continue
            matched = [_name_reason(NameKind(kind), mistaken=lasts[last] > 0)]
            if reading.first:
                matched.append(MatchedOn.FIRST_NAME_TYPO if firsts[first] else MatchedOn.FIRST_NAME)
            match = NameMatch(score, tuple(matched), reading.last, reading.first)
            self._found[party] = added(of_match(match, NameKind(kind)), beside)
            # What else was typed adds nothing here: it was asked of everybody.
            self._found[party].score = score
            self.bearers[party] = self.reader.name_of(last, first), born


def _name_reason(kind: NameKind, *, mistaken: bool) -> MatchedOn:
    if mistaken:
        return MatchedOn.NAME_TYPO
    return MatchedOn.BIRTH_NAME if kind is NameKind.BIRTH else MatchedOn.NAME


def _forgiving(readings: Sequence[NameReading]) -> list[NameReading]:
    """Return the readings in which letters may be wrong: not initials, nor « Dupont JP » as one surname."""
    initials = any(reading.initials for reading in readings)
    return [
        reading
        for reading in readings
        if reading.forgiving
        and not reading.initials
        and not (initials and not reading.first)
        and len(reading.last) >= (SHORTEST_OF_TWO if reading.first else SHORTEST_ALONE)
    ]


def _run_together(words: tuple[str, ...]) -> list[NameReading]:
    """Return the ways to cut one long word into a surname and a first name, in both orders."""
    if len(words) != 1:
        return []
    (word,) = words
    cuts = [(word[:cut], word[cut:]) for cut in range(SHORTEST_CUT, len(word) - SHORTEST_CUT + 1)]
    return [NameReading(last, first) for head, tail in cuts for last, first in ((head, tail), (tail, head))]


def _with_a_word_less(words: tuple[str, ...]) -> list[NameReading]:
    """Return the readings of a name without some of its neighbouring words, two or more being left."""
    words = words[:MOST_WORDS]
    shorter = (
        words[:start] + words[end:]
        for start, end in itertools.combinations(range(len(words) + 1), 2)
        if len(words) - (end - start) >= 2
    )
    readings = (reading for kept in shorter for reading in name_readings(kept))
    return [
        reading for reading in dict.fromkeys(readings) if len(reading.last) > 1 and len(reading.first) > 1
    ]
