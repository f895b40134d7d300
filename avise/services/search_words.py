"""What may not be looked for, and what is told of words that found nobody.

A NIR is no key of any search (`domain.md` 6.3), and goes to no tool as one. A text pasted whole is none
either: whoever reads only its beginning finds somebody else.
"""

from __future__ import annotations

import re
from datetime import date

from avise.models.errors import AviseError
from avise.models.free_text import holds_nir_in_words
from avise.models.typed_search import MOST_CHARACTERS, faulty_date
from avise.texts.catalogue import text

MOST_SAID_AGAIN = 24
"""Characters of what was typed that a sentence repeats: what to do comes after them, and must not be cut."""
_POSTCODE = re.compile(r"[0-9]{5}")


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


def nothing_found(words: str, today: date) -> str:
    """Return the sentence for words that found nobody: what is at fault in them, else what to try.

    Args:
        words: as typed.
        today: nobody was born after it.
    """
    return _at_fault(words, today) or text("palette.nothing", words=said_again(words))


def nothing_found_at_length(words: str, today: date) -> str:
    """Return the same where there is room: what to try is what was not typed.

    Args:
        words: as typed.
        today: nobody was born after it.
    """
    if at_fault := _at_fault(words, today):
        return at_fault
    untyped = [text(f"search.by.{key}") for key in _KEYS if key not in _typed_keys(words, today)]
    others = text("search.by.either", one=untyped[0], other=untyped[1]) if untyped[1:] else "".join(untyped)
    advice = text("search.try", others=others) if others else text("search.try_less")
    return f"{text('search.none', words=said_again(words))} {advice}"


_KEYS = ("name", "birth_date", "member_number", "phone")
"""What people are found by, the surest first."""


def _typed_keys(words: str, today: date) -> set[str]:
    """Return the keys that words hold: digits alone may be a number, and a date."""
    from avise.directory.search_query import parse_search  # noqa: PLC0415 - 14 ms that a first paint spares

    query = parse_search(words, today)
    phones = [number for number in query.numbers if number.phone()]
    held = {
        "name": bool(query.words),
        "birth_date": bool(query.spans or query.number_spans),
        "member_number": bool(query.codes) or len(query.numbers) > len(phones),
        "phone": bool(phones),
    }
    return {key for key, is_held in held.items() if is_held}


def _at_fault(words: str, today: date) -> str:
    """Return what of the words finds nobody whoever they are about: such a date, so few figures."""
    at_fault = faulty_date(words, today)
    if at_fault is not None:
        return text(f"search.date.{at_fault.fault}", date=at_fault.typed)
    return _short_number(words) if _is_short_number(words, today) else ""


def _is_short_number(words: str, today: date) -> bool:
    """Say whether nothing but a number was typed, so short that it is not looked for in every way."""
    from avise.directory.search_query import parse_search  # noqa: PLC0415 - as above

    query = parse_search(words, today)
    other = query.words or query.spans or query.number_spans or query.emails or query.codes
    if other or not query.numbers or _POSTCODE.fullmatch(words.strip()):
        return False
    return all(len(number.digits) < _beginning_digits() for number in query.numbers)


def _short_number(words: str) -> str:
    from avise.directory.search_query import MIN_MEMBER_PREFIX, MIN_PHONE_END  # noqa: PLC0415 - as above

    least = {"first": _beginning_digits(), "last": MIN_PHONE_END, "member": MIN_MEMBER_PREFIX}
    return text("palette.nothing_short", words=said_again(words), **least)


def _beginning_digits() -> int:
    """Return the figures of a telephone number's beginning as it is typed, with its zero."""
    from avise.directory.search_query import MIN_PHONE_BEGINNING  # noqa: PLC0415 - as above

    return MIN_PHONE_BEGINNING + 1


def said_again(words: str) -> str:
    """Return the words for a sentence, cut when they are long."""
    words = " ".join(words.split())
    if len(words) <= MOST_SAID_AGAIN:
        return words
    return f"{words[: MOST_SAID_AGAIN - 1].rstrip()}…"
