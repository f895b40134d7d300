"""The words that a note had better not hold, read from `resources/free_text/words.toml`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.documents import CheckedFile, check_file
from avise.connectors.declarative.problems import Finding
from avise.connectors.declarative.values import Section
from avise.models.free_text import Lexicon, folded_word
from avise.models.note_findings import FindingKind
from avise.resources import resource_folder

Word = Annotated[str, Field(min_length=2)]


class WordTable(Section):
    """`[words]`: one list a kind of finding."""

    health: list[Word] = Field(default_factory=list)
    belief: list[Word] = Field(default_factory=list)
    union: list[Word] = Field(default_factory=list)
    origin: list[Word] = Field(default_factory=list)
    intimacy: list[Word] = Field(default_factory=list)
    judgement: list[Word] = Field(default_factory=list)


class WordFile(Section):
    """What may be written in the file."""

    avise: Literal[1]
    words: WordTable


def check_word_file(path: Path) -> CheckedFile[WordFile]:
    """Return the content of a list of words, or every error with its line.

    Raises:
        OSError: the file cannot be read.
    """
    return check_file(path, WordFile, _between)


@cache
def note_words() -> Lexicon:
    """Return the words that ship with Avise, read once a process; none when the file is damaged."""
    checked = check_word_file(resource_folder("free_text") / "words.toml")
    return lexicon_of(checked.content.words) if checked.content is not None else Lexicon()


def lexicon_of(words: WordTable) -> Lexicon:
    """Return words ready to be looked for."""
    return Lexicon({FindingKind(kind): tuple(found) for kind, found in words})


def _between(file: WordFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for kind, words in file.words:
        for place, word in enumerate(words):
            folded = folded_word(word)
            if folded in seen:
                yield Finding(("words", kind, place), "twice", {"value": word})
            if "*" in word[:-1] or not word.strip("*").strip():
                yield Finding(("words", kind, place), "note_words.star", {"word": word})
            seen.add(folded)
