"""What searches ask of a database and of dictionaries, remembered so that it can be done again bare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from typing_extensions import override

from avise.directory.keys import WordKind
from avise.directory.reading import DirectoryReader
from avise.directory.statements import Bound, Line, Row, Statement
from avise.directory.wide_search import Lexicon, Near

Asked: TypeAlias = tuple[Statement, dict[str, Bound]]
Compared: TypeAlias = tuple[WordKind, str, int]


class RememberingLine:
    """A line that remembers what it was asked, so that the same may be asked again bare."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.asked: list[Asked] = []
        self.is_postgres = line.is_postgres

    def rows(self, statement: Statement, **values: Bound) -> list[Row]:
        """Run a statement and return its rows."""
        self.asked.append((statement, values))
        return self._line.rows(statement, **values)

    def run(self, statement: Statement, **values: Bound) -> None:
        """Refuse: a search writes nothing."""
        raise NotImplementedError

    def script(self, statement: str) -> None:
        """Refuse, as `run`."""
        raise NotImplementedError

    def put(self, table: str, columns: Sequence[str], rows: Sequence[Row], *, bulk: bool) -> None:
        """Refuse, as `run`."""
        raise NotImplementedError


class RememberingLexicon(Lexicon):
    """Dictionaries that remember which words were compared with theirs."""

    def __init__(self, reader: DirectoryReader) -> None:
        super().__init__(reader)
        self.compared: list[Compared] = []

    @override
    def near(self, kind: WordKind, word: str, most: int) -> Near:
        """Return the words at two mistakes at most."""
        self.compared.append((kind, word, most))
        return super().near(kind, word, most)


@dataclass(frozen=True, slots=True)
class Work:
    """What one search asked of the database and of the dictionaries."""

    asked: tuple[Asked, ...]
    compared: tuple[Compared, ...] = ()


class Bare(NamedTuple):
    """Milliseconds of the work of one search, without the search."""

    asking: float
    comparing: float


def again(work: Work, line: Line, lexicon: Lexicon | None) -> Bare:
    """Ask the same statements and compare the same words.

    Args:
        work: of one search.
        line: to the same directory.
        lexicon: its dictionaries, None when no word was compared.
    """
    started = time.perf_counter()
    for statement, values in work.asked:
        line.rows(statement, **values)
    asked = time.perf_counter()
    if lexicon is not None:
        for compared in work.compared:
            lexicon.near(*compared)
    return Bare((asked - started) * 1000, (time.perf_counter() - asked) * 1000)
