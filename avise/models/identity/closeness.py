"""How close two words are: a slip of the pen or of a scanner, one sound, the same consonants.

Of folded words, each pair compared once and remembered.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler

from avise.models.names import phonetic_key

FAR, NEAR, CLOSE, EQUAL = range(4)
"""How close two words are, as `closeness` tells it."""


_READ_ALIKE = (
    ("RN", "M"), ("CL", "D"), ("VV", "W"), ("1", "L"), ("I", "L"), ("LL", "U"), ("0", "O"), ("5", "S"),
    ("8", "B"),
)  # fmt: skip
"""Letters and figures that a reader of scanned forms takes for each other."""


@lru_cache(maxsize=1 << 16)
def _as_scanned(word: str) -> str:
    for read, meant in _READ_ALIKE:
        word = word.replace(read, meant)
    return word


_WRITTEN_ALIKE = (
    ("TCH", "S"), ("SCH", "S"), ("SH", "S"), ("CH", "S"), ("DJ", "J"), ("PH", "F"), ("CE", "SE"),
    ("CI", "SI"), ("CY", "SI"), ("C", "K"), ("Q", "K"), ("W", "V"), ("H", ""),
)  # fmt: skip
"""Ways in which languages write one consonant in Latin letters: Yacine and Yassine, Rachid and Rashid."""
_VOWELS = re.compile(r"(?<!^)[AEIOUY]+")
_TWICE = re.compile(r"(.)\1+")
_CONSONANTS = 3
"""From how many on consonants tell a name whatever its vowels: Youssef and Yusuf."""


@lru_cache(maxsize=1 << 16)
def _consonants(word: str) -> str:
    for written, sound in _WRITTEN_ALIKE:
        word = word.replace(written, sound)
    found = _TWICE.sub(r"\1", _VOWELS.sub("", word))
    return found if len(found) >= _CONSONANTS else ""


@lru_cache(maxsize=1 << 18)
def closeness(first: str, second: str) -> int:
    """Return how close two folded words are: 3 the same, 2 one slip or the same sound, 1 near, 0 not.

    A slip is one letter, or letters that a scanner took for others. Near are two letters, or the same
    consonants written in the way of another language.
    """
    if first == second:
        return EQUAL
    shortest = min(len(first), len(second))
    if shortest < 3:
        return FAR
    edits = OSA.distance(first, second, score_cutoff=3)
    if edits <= 1 or ((sound := phonetic_key(first)) and len(sound) > 2 and sound == phonetic_key(second)):
        return CLOSE
    if shortest > _CONSONANTS and _as_scanned(first) == _as_scanned(second):
        return CLOSE
    near = (edits <= 2 and shortest >= 5) or (edits <= 3 and shortest >= 8)
    if not near and (consonants := _consonants(first)):
        near = consonants == _consonants(second)
    return NEAR if near or JaroWinkler.similarity(first, second) >= 0.9 else FAR
