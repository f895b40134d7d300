"""The second part of an answer: names with two mistakes, looked for once the quick part is on screen.

The dictionary of surnames is compared whole with what was typed (180,000 words: some 30 ms of a reader's
thread), then the few that are near are read as any other name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from avise.directory.first_names import other_first_names
from avise.directory.keys import WordKind
from avise.directory.name_matching import LAST_ONLY, TWICE_FORGIVEN
from avise.directory.reading import NOTHING_ELSE, DirectoryReader, Filters, FirstNames, NameRow, as_filter
from avise.directory.search import Found
from avise.directory.search_query import NameReading, SearchQuery, name_readings
from avise.models.customer import MatchedOn

MOST_EDITS = 2
SHORTEST = 5
"""Letters of a surname before two of them may be wrong."""
SHORTEST_FIRST = 4
NEAREST = 150
"""Words of a dictionary that are near enough, at most: the nearest."""
NEAREST_FIRST = 40

Listed = tuple[list[str], list[int]]
"""Words, and their numbers."""
Near = Mapping[int, int]
"""How many mistakes away each word is, by its number."""


class Lexicon:
    """The dictionaries of one directory, whole, by length of their words."""

    def __init__(self, reader: DirectoryReader) -> None:
        self._by_length: defaultdict[tuple[WordKind, int], Listed] = defaultdict(lambda: ([], []))
        for kind in WordKind:
            for number, norm in reader.every_word(kind):
                norms, numbers = self._by_length[kind, len(norm)]
                norms.append(norm)
                numbers.append(number)

    def near(self, kind: WordKind, word: str, most: int) -> Near:
        """Return the words at two mistakes at most, the nearest first."""
        found: list[tuple[int, int]] = []
        for length in range(len(word) - MOST_EDITS, len(word) + MOST_EDITS + 1):
            norms, numbers = self._by_length[kind, length]
            hits = process.extract(word, norms, scorer=OSA.distance, score_cutoff=MOST_EDITS, limit=most)
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
        self.births: dict[int, int] = {}

    def run(self, query: SearchQuery) -> dict[int, Found]:
        """Return the parties that answer, by their number in the directory."""
        if not query.words or query.numbers or query.codes or (query.emails and not query.email_is_a_guess):
            return {}
        filters = Filters(as_filter(query.spans[0])) if query.spans else NOTHING_ELSE
        for reading in name_readings(query.words):
            if len(reading.last) >= SHORTEST and reading.forgiving:
                self._read(reading, filters)
        return self._found

    def _read(self, reading: NameReading, filters: Filters) -> None:
        lasts = self._lexicon.near(WordKind.SURNAME, reading.last, NEAREST)
        if not reading.first:
            self._keep(self.reader.by_last(list(lasts), None, filters), reading, lasts, {})
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
                self._keep(rows, reading, lasts, firsts)

    def _keep(self, rows: Iterable[NameRow], reading: NameReading, lasts: Near, firsts: Near) -> None:
        rows = list(rows)
        self.reader.learn(rows)
        for row in rows:
            edits = lasts[row.last] + (firsts[row.first] if reading.first else 0)
            score = TWICE_FORGIVEN - edits * (LAST_ONLY - TWICE_FORGIVEN) / 10
            known = self._found.get(row.party)
            if known is not None and known.score >= score:
                continue
            matched: tuple[MatchedOn, ...] = (MatchedOn.NAME_TYPO,) if lasts[row.last] else (MatchedOn.NAME,)
            typed = {"last_name": reading.last}
            if reading.first:
                matched += (MatchedOn.FIRST_NAME_TYPO if firsts[row.first] else MatchedOn.FIRST_NAME,)
                typed["first_name"] = reading.first
            names = (
                self.reader.norm(WordKind.SURNAME, row.last),
                self.reader.norm(WordKind.FIRST_NAME, row.first),
            )
            self._found[row.party] = Found(score, matched, typed, names)
            self.births[row.party] = row.born
