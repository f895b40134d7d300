"""The statements that find names of the directory; each reads one B-tree and stops at a bound.

Everything here runs on the thread that owns the line. Names come as numbers of the dictionaries; their words
are remembered for as long as the directory is the same file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from avise.directory import questions as ask
from avise.directory.keys import (
    CODED_LETTERS,
    HIGHEST,
    MIN_FORGIVEN,
    Minter,
    NameKind,
    WordKind,
    day_number,
    first_name_range,
    variants_of,
)
from avise.directory.party_reading import PERSON_BOUND, PartyReader
from avise.directory.search_query import DateSpan
from avise.directory.statements import Line, Row, Statement
from avise.models.names import phonetic_key

DAY_BOUND = 1_500
"""Names born on one day: about 180 in 4.3 million persons."""
WORD_BOUND = 120
"""Words read from one range of a dictionary: each then costs a range of persons."""
SOME_OF_EACH = 1
"""Persons of each surname that a mistaken one may stand for."""
MANY_BEARERS = 20_000
"""Persons of a name that are too many to be looked for under another one, one after the other."""
FEW_BEARERS = 2_000
"""Persons of a name that are read one after the other rather than looked for day by day."""


NameRow: TypeAlias = tuple[int, int, int, int, int, int]
"""One row of `name`: numbers of the surname and of the first name, party, kind, day of birth, town.

As the driver gives it: two hundred are read for one surname, and naming their columns took as long as reading
them.
"""


class Filters(NamedTuple):
    """What else was typed beside the name."""

    span: tuple[int, int] | None = None
    """First and last day numbers of birth."""
    cities: tuple[int, ...] = ()

    def admits(self, born: int, city: int) -> bool:
        """Say whether a day of birth and a town satisfy both."""
        then = self.span is None or self.span[0] <= born <= self.span[1]
        return then and (not self.cities or city in self.cities)


NOTHING_ELSE = Filters()


def as_filter(span: DateSpan) -> tuple[int, int]:
    """Return a span as the two day numbers that bound it."""
    return day_number(span.first), day_number(span.last)


class FirstNames(NamedTuple):
    """Which first names are wanted: those in a range of numbers, or listed."""

    low: int = 0
    high: int = 0
    listed: tuple[int, ...] = ()


class Words(dict[int, str]):
    """Words by number, of both dictionaries: a surname's is negative. Kept while the file is the same."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds: dict[str, str] = {}
        """How each word sounds (`models.names.phonetic_key`), which costs more to find out than to read."""


class DirectoryReader(PartyReader):
    """Reads the names of one line as well, and remembers whether a bound cut something off.

    Args:
        line: to the directory.
        minter: gives rows their identity again.
        words: what is known of the dictionaries; more is added.
    """

    def __init__(self, line: Line, minter: Minter, words: Words | None = None) -> None:
        super().__init__(line, minter)
        self._words = words if words is not None else Words()

    # ---- names -----------------------------------------------------------------------------------

    def by_last(
        self, lasts: Sequence[int], firsts: FirstNames | None, filters: Filters, bound: int = PERSON_BOUND
    ) -> list[NameRow]:
        """Return persons of any of those surnames and first names."""
        if not lasts or firsts == NOBODY:
            return []
        by = _by(firsts)
        values = {"lasts": lasts, **_wanted(firsts)}
        if filters.cities:
            return self._names(ask.BY_LAST[by, ask.In.CITIES], bound, cities=filters.cities, **values)
        if filters.span is None:
            return self._names(ask.BY_LAST[by, ask.In.ANYWHERE], bound, **values)
        since, until = filters.span
        if since == until:
            return self._names(ask.BY_LAST[by, ask.In.DAYS], bound, days=(since,), **values)
        if self._line.is_postgres and by is ask.By.ANY:
            return self._names(ask.ON_DAYS, bound, days=range(since, until + 1), lasts=lasts)
        many = (
            {row[0] for row in self._line.rows(ask.USES, lasts=lasts, few=FEW_BEARERS)}
            if by is ask.By.ANY
            else ()
        )
        few = [last for last in lasts if last not in many]
        found: list[NameRow] = []
        if few:
            values["lasts"] = few
            found = self._names(ask.BY_LAST[by, ask.In.SPAN], bound, since=since, until=until, **values)
        if many:
            values["lasts"] = sorted(many)
            found += self._names(ask.BY_LAST[by, ask.In.DAYS], bound, days=range(since, until + 1), **values)
        return found

    def born_on(self, last: int, firsts: FirstNames | None, days: Sequence[int]) -> list[NameRow]:
        """Return persons of a surname, and of those first names, who were born on any of some days."""
        values = {"lasts": (last,), **_wanted(firsts)}
        return self._names(ask.BY_LAST[_by(firsts), ask.In.DAYS], PERSON_BOUND, days=days, **values)

    def some_of_each(
        self, lasts: Sequence[int], firsts: FirstNames | None, filters: Filters, wanted: int
    ) -> list[NameRow]:
        """Return some persons of each surname, the most borne first: nobody's name hides another's."""
        ranked = [row[0] for row in self._line.rows(ask.BY_USE, words=list(lasts))] if lasts else []
        each = max(wanted // max(len(ranked), 1), SOME_OF_EACH)
        if self._line.is_postgres and firsts is None and filters == NOTHING_ELSE:
            listed = ranked[:WORD_BOUND]
            if not listed:
                return []
            found = self._names(ask.SOME_OF_EACH, WORD_BOUND * each, lasts=listed, each=each)
            self.cut |= max(Counter(row[0] for row in found).values(), default=0) >= each
            return found
        found = []
        was_cut = self.cut
        for last in ranked[:WORD_BOUND]:
            rows = self.by_last([last], firsts, filters, each)
            found += rows
            was_cut |= len(rows) == each
        self.cut = was_cut
        return found

    def by_both(self, last: int, birth: int) -> list[NameRow]:
        """Return persons who bear one surname, and another by birth; none when many bear both."""
        uses: dict[int, int] = dict(self._line.rows(ask.USED, words=[last, birth]))
        rarer, other = (last, birth) if uses.get(last, 0) <= uses.get(birth, 0) else (birth, last)
        if uses.get(rarer, 0) > MANY_BEARERS:
            return []
        rows = self._line.rows(ask.BY_BOTH, rarer=rarer, other=other, bound=PERSON_BOUND)
        return [(last, first, party, NameKind.LAST, born, city) for first, party, born, city in rows]

    def by_first(self, firsts: FirstNames | None, filters: Filters) -> list[NameRow]:
        """Return persons of those first names, by their name in use."""
        if firsts is None or firsts == NOBODY:
            return []
        by, values = _by(firsts), _wanted(firsts)
        if filters.cities:
            return self._names(ask.BY_FIRST[by, ask.In.CITIES], PERSON_BOUND, cities=filters.cities, **values)
        if filters.span is not None:
            since, until = filters.span
            return self._names(
                ask.BY_FIRST[by, ask.In.SPAN], PERSON_BOUND, since=since, until=until, **values
            )
        return self._names(ask.BY_FIRST[by, ask.In.ANYWHERE], PERSON_BOUND, **values)

    def by_birth(self, filters: Filters, bound: int = DAY_BOUND) -> list[NameRow]:
        """Return persons born in a span, in the order of their birth."""
        if filters.span is None:
            return []
        since, until = filters.span
        return self._names(ask.BY_BIRTH, bound, since=since, until=until)

    def by_city(self, cities: Sequence[int]) -> list[NameRow]:
        """Return persons of some towns."""
        return self._names(ask.BY_CITY, PERSON_BOUND, cities=cities)

    # ---- dictionaries ----------------------------------------------------------------------------

    def named(self, kind: WordKind, norms: Iterable[str]) -> dict[str, int]:
        """Return the numbers of the words that the dictionary has."""
        found = self._line.rows(ask.NAMED[kind], norms=list(dict.fromkeys(norms)))
        self._learn(kind, found)
        return {norm: number for number, norm, _sound in found}

    def beginning(self, kind: WordKind, norm: str, bound: int = WORD_BOUND) -> list[int]:
        """Return the words that begin so, in their order."""
        found = self._line.rows(ask.BEGINNING[kind], low=norm, high=norm + HIGHEST, bound=bound)
        self._learn(kind, found)
        return [row[0] for row in found]

    def near(self, kind: WordKind, word: str) -> list[int]:
        """Return the dictionary's words at one letter from a word, or that sound like it."""
        if len(word) < MIN_FORGIVEN:
            return []
        by_letter = self._line.rows(ask.NEAR[kind], forms=sorted(variants_of(word)), bound=4 * WORD_BOUND)
        by_sound = self._line.rows(ask.SOUNDING[kind], sound=phonetic_key(word), bound=WORD_BOUND)
        return list(dict.fromkeys(row[0] for row in (*by_letter, *by_sound)))

    def first_names(self, beginning: str, others: Iterable[str] = ()) -> FirstNames:
        """Return the first names that begin so, and some others."""
        if len(beginning) <= CODED_LETTERS and not others:
            low, high = first_name_range(beginning)
            return FirstNames(max(low, 1), high)
        listed = self.beginning(WordKind.FIRST_NAME, beginning)
        return FirstNames(
            listed=tuple(dict.fromkeys((*listed, *self.named(WordKind.FIRST_NAME, others).values())))
        )

    def name_of(self, last: int, first: int) -> tuple[str, str]:
        """Return the folded surname and first name of those numbers; `learn` made them known."""
        return self._words.get(-last, ""), self._words.get(first, "")

    def learn(self, rows: Sequence[NameRow]) -> None:
        """Make the words of some rows known."""
        words = self._words
        lasts = [last for last in {row[0] for row in rows} if last and -last not in words]
        firsts = [first for first in {row[1] for row in rows} if first and first not in words]
        for kind, missing in ((WordKind.SURNAME, lasts), (WordKind.FIRST_NAME, firsts)):
            if missing:
                self._learn(kind, self._line.rows(ask.NORMS[kind], wanted=missing))

    def every_word(self, kind: WordKind) -> list[Row]:
        """Return the whole dictionary: seconds of reading, for what is remembered afterwards."""
        return self._line.rows(ask.EVERY_WORD[kind])

    def every_company_word(self) -> list[str]:
        """Return each word that a company is searched by, once."""
        return [row[0] for row in self._line.rows(ask.EVERY_COMPANY_WORD)]

    @property
    def sounds(self) -> Mapping[str, str]:
        """How the words that are known sound."""
        return self._words.sounds

    def _learn(self, kind: WordKind, words: Iterable[Row]) -> None:
        sign, known, sounds = (-1 if kind is WordKind.SURNAME else 1), self._words, self._words.sounds
        for number, norm, sound in words:
            known[sign * number] = norm
            sounds[norm] = sound

    def cities_named(self, norms: Sequence[str]) -> dict[str, tuple[int, ...]]:
        """Return the towns of each of these names that is one."""
        found: dict[str, tuple[int, ...]] = {}
        for number, norm in self._line.rows(ask.TOWNS, norms=list(norms)):
            found[norm] = (*found.get(norm, ()), number)
        return found

    def cities_beginning(self, norm: str) -> tuple[int, ...]:
        """Return the towns whose name begins so."""
        return tuple(row[0] for row in self._line.rows(ask.CITIES, low=norm, high=norm + HIGHEST))

    def cities_at(self, postcode: str) -> tuple[int, ...]:
        """Return the towns of a postcode."""
        return tuple(row[0] for row in self._line.rows(ask.AT_POSTCODE, postcode=postcode))

    def _names(self, statement: Statement, bound: int, **values: int | Sequence[int]) -> list[NameRow]:
        listed = {
            name: list(value) if isinstance(value, (tuple, range)) else value
            for name, value in values.items()
        }
        rows = self._line.rows(statement, bound=bound + 1, **listed)
        if len(rows) > bound:
            self.cut = True
        return rows[:bound]


NOBODY = FirstNames()
"""No first name of the dictionary begins as was typed."""


def _by(firsts: FirstNames | None) -> ask.By:
    if firsts is None:
        return ask.By.ANY
    return ask.By.LISTED if firsts.listed else ask.By.RANGE


def _wanted(firsts: FirstNames | None) -> dict[str, int | Sequence[int]]:
    if firsts is None:
        return {}
    return {"firsts": firsts.listed} if firsts.listed else {"low": firsts.low, "high": firsts.high}
