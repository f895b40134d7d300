"""Numbers as they are said at the telephone: « zéro six, trente-neuf, quatre-vingt-dix-huit » is 06 39 98.

A caller says pairs of digits. A word alone may be a name (SIX, DIX, VINGT are borne): only a run that makes a
telephone number, or most of one, is read as digits. Words alone do not always tell the pairs apart (« zéro
quatre vingt trois » is 04 23, or begins with 083): of the ways to read a run, those that are a telephone
number are kept. A machine that listens writes some pairs in figures and others in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from avise.models.names import fold_words

SHORTEST = 6
"""Digits of a run that is a number and no name."""
PHONE = 10
"""Digits of a French telephone number, with its zero."""
MOST_WAYS = 3
"""Telephone numbers that one run of words may be."""

_UNITS = {
    word: number
    for number, words in enumerate(
        ("ZERO", "UN UNE", "DEUX", "TROIS", "QUATRE", "CINQ", "SIX", "SEPT", "HUIT", "NEUF", "DIX", "ONZE",
         "DOUZE", "TREIZE", "QUATORZE", "QUINZE", "SEIZE")
    )
    for word in words.split()
}  # fmt: skip
_TENS = {
    "VINGT": 20, "VINGTS": 20, "TRENTE": 30, "QUARANTE": 40, "CINQUANTE": 50, "SOIXANTE": 60, "SEPTANTE": 70,
    "HUITANTE": 80, "OCTANTE": 80, "NONANTE": 90,
}  # fmt: skip
_JOINS_TEENS = frozenset((60, 80))
"""Tens after which ten to nineteen are added: soixante-douze, quatre-vingt-seize."""
_WORDS = frozenset((*_UNITS, *_TENS, "ET"))


def spoken_phones(tokens: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the telephone numbers that the words of a text may be, the likeliest first, and the other words.

    Args:
        tokens: as typed or heard; numbers in figures alone are left where they are.
    """
    items = [(word, place) for place, token in enumerate(tokens) for word in fold_words(token)]
    start, end = _longest_run([word for word, _place in items])
    run = [word for word, _place in items[start:end]]
    if _WORDS.isdisjoint(run):
        return (), tuple(tokens)
    ways = [way for way in islice(_ways(run), 200) if len(way) == PHONE and way[0] == "0" != way[1]]
    if not ways:
        return (), tuple(tokens)
    said = {place for _word, place in items[start:end]}
    others = tuple(token for place, token in enumerate(tokens) if place not in said)
    return tuple(dict.fromkeys(ways))[:MOST_WAYS], others


def _ways(words: Sequence[str], digits: str = "") -> Iterator[str]:
    """Yield each way to read a run as digits, two-figure numbers standing where a pair begins."""
    if len(digits) > PHONE:
        return
    if not words:
        yield digits
        return
    for number, taken in _beginnings(words):
        if len(number) != 2 or len(digits) % 2 == 0:
            yield from _ways(words[taken:], digits + number)


def _beginnings(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield the numbers that a run may begin with, and how many words each takes; the longest first."""
    word = words[0]
    if word.isdigit() or word == "ET":
        yield ("" if word == "ET" else word), 1
        return
    number, taken, is_unit = _number(words, 0)
    yield (str(number) if is_unit else f"{number:02d}"), taken
    if word == "QUATRE" and not is_unit:
        if taken > 2:
            yield "80", 2
        yield "4", 1
    elif taken > 1:
        yield f"{_TENS.get(word) or _UNITS[word]:02d}", 1


def spoken_digits(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the digits of the longest run of number words, and the other words; no digits when it is short.

    Args:
        words: folded.
    """
    start, end = _longest_run(words)
    digits = "".join(_groups(words[start:end]))
    if len(digits) < SHORTEST:
        return "", tuple(words)
    return digits, (*words[:start], *words[end:])


def _longest_run(words: Sequence[str]) -> tuple[int, int]:
    best, start = (0, 0), 0
    for place in range(len(words) + 1):
        if place == len(words) or not (words[place] in _WORDS or words[place].isdigit()):
            if place - start > best[1] - best[0]:
                best = start, place
            start = place + 1
    return best


def _groups(words: Sequence[str]) -> list[str]:
    """Return the digits of each number said: two, or one for a unit said alone."""
    found: list[str] = []
    place = 0
    while place < len(words):
        number, place, was_unit = _number(words, place)
        if number >= 0:
            found.append(str(number) if was_unit else f"{number:02d}")
    return found


def _number(words: Sequence[str], place: int) -> tuple[int, int, bool]:
    """Return a number, the place after it, and whether it is a digit alone; -1 for a stray « et »."""
    word = words[place]
    if word == "QUATRE" and words[place + 1 : place + 2] in (["VINGT"], ["VINGTS"], ("VINGT",), ("VINGTS",)):
        return _with_unit(words, place + 2, 80)
    if word in _TENS:
        return _with_unit(words, place + 1, _TENS[word])
    if word not in _UNITS:
        return -1, place + 1, False
    number = _UNITS[word]
    if number == 10 and place + 1 < len(words) and _UNITS.get(words[place + 1], 0) in (7, 8, 9):
        return 10 + _UNITS[words[place + 1]], place + 2, False
    return number, place + 1, number < 10


def _with_unit(words: Sequence[str], place: int, tens: int) -> tuple[int, int, bool]:
    """Add what follows a ten: « trente et un », « soixante-dix-sept »; nothing when a zero follows."""
    after = place + 1 if words[place : place + 1] in (["ET"], ("ET",)) else place
    if after >= len(words) or words[after] not in _UNITS or words[after] == "ZERO":
        return tens, place, False
    unit = _UNITS[words[after]]
    if unit < 10:
        return tens + unit, after + 1, False
    if tens not in _JOINS_TEENS:
        return tens, place, False
    teen, end, _ = _number(words, after)
    return tens + teen, end, False
