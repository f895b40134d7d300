"""What may not be looked for, and what is told of words that found nobody.

A NIR is no key of any search (`domain.md` 6.3), and goes to no tool as one. A text pasted whole is none
either: whoever reads only its beginning finds somebody else.
"""

from __future__ import annotations

from datetime import date

from avise.models.errors import AviseError
from avise.models.free_text import holds_nir_in_words
from avise.models.typed_search import MOST_CHARACTERS, faulty_date
from avise.texts.catalogue import text

MOST_SAID_AGAIN = 24
"""Characters of what was typed that a sentence repeats: what to do comes after them, and must not be cut."""


class RefusedSearchError(AviseError):
    """Words that are not looked for; looking for them again would change nothing."""


def refuse_unsearchable(words: str) -> None:
    """Refuse to look for words that hold a NIR, or for a text that is no key.

    Raises:
        RefusedSearchError: `search.nir` or `search.too_long`.
    """
    if len(words.strip()) > MOST_CHARACTERS:
        raise RefusedSearchError("search.too_long", most=str(MOST_CHARACTERS))
    if holds_nir_in_words(words):
        raise RefusedSearchError("search.nir")


def nothing_found(words: str, today: date, key: str = "palette.nothing") -> str:
    """Return the sentence for words that found nobody: which date is at fault, else what to try.

    Args:
        words: as typed.
        today: nobody was born after it.
        key: of the sentence that repeats the words.
    """
    at_fault = faulty_date(words, today)
    if at_fault is not None:
        return text(f"search.date.{at_fault.fault}", date=at_fault.typed)
    return text(key, words=said_again(words))


def said_again(words: str) -> str:
    """Return the words for a sentence, cut when they are long."""
    words = " ".join(words.split())
    if len(words) <= MOST_SAID_AGAIN:
        return words
    return f"{words[: MOST_SAID_AGAIN - 1].rstrip()}…"
