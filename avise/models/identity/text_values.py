"""Texts that no notion names (a title, a company's name) as words, each worth how rare it is.

What two texts have in common is told in bits, whatever the order of the words, a slip in a word included.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from rapidfuzz.distance import OSA

from avise.models.names import fold, fold_words

_TEXT_LEAST = (0.2, 0.4, 0.6, 0.8)
"""Share of the weight of words in common from which a text is a little alike, near, in part, close."""
_TEXT_CODE_OF_LEAST = 6
"""Code of a text that is less alike than that."""
_OF_ANOTHER_NUMBER = 0.3
"""The most that two texts of different numbers are alike: a little, whatever their words."""
_DIGITS = re.compile(r"\d{2,}")
_RAREST = 5
"""By how many of its rarest words a text meets others, and by pairs of them."""
_LONG_ENOUGH = 4
"""Letters from which on one slip leaves a word the same."""
_FEW = 3
"""In how many texts a misspelt word stands at most."""
_SHORT = 3
"""Words up to which a text without any word in common is still looked at for slips."""
_SMOOTHING = 0.5
"""How often a word that stands nowhere else is held to be met."""
_SLIP = 0.85
"""What a word with a slip counts of one without."""


@dataclass(frozen=True, slots=True)
class TextValue:
    """A text as its words and what each weighs, in bits: how rare it is."""

    key: str = field(repr=False)
    words: Mapping[str, float] = field(repr=False)
    total: float
    blocks: tuple[str, ...] = field(repr=False)
    beginnings: tuple[str, ...] = field(repr=False)
    """More keys: the beginnings of its rarest words, in pairs."""
    rarest: tuple[str, ...] = field(repr=False)
    """Its rarest words, the rarest first."""
    rare: tuple[str, ...] = field(repr=False)
    """Words that stand in so few texts that they may be misspelt."""
    numbers: tuple[str, ...] = field(default=(), repr=False)
    """The numbers in its words, the rarest first: 963 of « TWK-963, 750 W »."""

    def like(self, other: object) -> int:
        """Compare the words in common by their weight, whatever their order."""
        if not isinstance(other, TextValue) or self.key == other.key:
            return 1
        share = self._share_with(other)
        if self.tells_another_number(other):
            share = min(share, _OF_ANOTHER_NUMBER)
        # Counted, not searched: two tables ask it by the million.
        return _TEXT_CODE_OF_LEAST - bisect_right(_TEXT_LEAST, share)

    def tells_another_number(self, other: TextValue) -> bool:
        """Say whether the rarest number of each is not in the other: two models of one make, two volumes."""
        mine, theirs = self.numbers, other.numbers
        return bool(mine and theirs) and mine[0] not in theirs and theirs[0] not in mine

    def bits_in_common(self, other: TextValue) -> float:
        """Return how rare it is that two texts have these words in common, in bits."""
        mine, theirs = self.words, other.words
        weight = 0.0
        if not mine.keys().isdisjoint(theirs):
            weight = math.fsum([mine[word] for word in mine if word in theirs])
        elif len(mine) > _SHORT and len(theirs) > _SHORT:
            return 0.0
        return weight + self._bits_of_slips(other) if self.rare or other.rare else weight

    def _bits_of_slips(self, other: TextValue) -> float:
        """Return what words with a slip are worth: a misspelt word stands nearly nowhere else."""
        weight = 0.0
        used: set[str] = set()
        one, two = (self, other) if self.key <= other.key else (other, self)
        for mine, theirs in ((one, two), (two, one)):
            for word in mine.rare:
                if word in theirs.words or word in used:
                    continue
                ends = (word[:2], word[-2:])
                for near in theirs.words:
                    # One slip leaves the beginning or the end of a word of four letters.
                    begins = near.startswith(ends[0]) or near.endswith(ends[1])
                    if begins and near not in mine.words and near not in used and _is_slip(word, near):
                        used.update((word, near))
                        weight += _SLIP * min(mine.words[word], theirs.words[near])
                        break
        return weight

    def _share_with(self, other: TextValue) -> float:
        weight = self.bits_in_common(other)
        both = 2 * weight / (self.total + other.total)
        # A short text may stand whole in a long one; one word of it alone says less.
        within = weight / min(self.total, other.total) if min(len(self.words), len(other.words)) > 1 else both
        return (both + within) / 2


def _is_slip(one: str, other: str) -> bool:
    """Say whether two words are one letter apart, or a code and the same with a mark behind it."""
    if abs(len(one) - len(other)) > 1:
        short, long = (one, other) if len(one) < len(other) else (other, one)
        return len(short) > _LONG_ENOUGH and long.startswith(short) and _is_code(short)
    return OSA.distance(one, other, score_cutoff=1) <= 1 and not (one.isdigit() or other.isdigit())


def _is_code(word: str) -> bool:
    return not word.isdigit() and not word.isalpha()


def _words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, and a code cut by a stroke as one ("KD-55X" as "KD55X")."""
    words = fold_words(text)
    codes = (fold(code) for code in _CODE.findall(text))
    return tuple(dict.fromkeys((*words, *codes)))


_CODE = re.compile(r"\b(?=[\w/.-]*\d)(?=[\w/.-]*[A-Za-z])\w+(?:[-/.]\w+)+\b")


def text_values(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[TextValue | None], ...]:
    """Return what each text of two tables tells, "" being nothing; one list where both are one object."""
    tables = (ours,) if ours is theirs else (ours, theirs)
    told = [[_words(text) for text in table] for table in tables]
    counts = Counter(word for table in told for words in table for word in words)
    records = sum(len(table) for table in tables)
    # The two texts that are compared do not count; a word of theirs alone is not infinitely rare.
    weights = {
        word: math.log2((records + 1) / (max(count - 2, 0) + _SMOOTHING)) for word, count in counts.items()
    }
    numbers = Counter(number for table in told for words in table for number in _numbers_in(words))
    may_be_misspelt = frozenset(
        word for word, count in counts.items() if count <= _FEW and len(word) >= _LONG_ENOUGH
    )
    return tuple([_text_value(words, weights, may_be_misspelt, numbers) for words in table] for table in told)


def _numbers_in(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(number for word in words for number in _DIGITS.findall(word))


def _text_value(
    words: tuple[str, ...],
    weights: Mapping[str, float],
    may_be_misspelt: frozenset[str],
    numbers: Mapping[str, int],
) -> TextValue | None:
    if not words:
        return None
    weighed = {word: weights[word] for word in words}
    rare = sorted(weighed, key=lambda word: (-weighed[word], word))[:_RAREST]
    # Beginnings in pairs, so that a slip in each rare word does not hide a text.
    pairs = (f"{one}+{other}" for one, other in combinations(sorted({word[:4] for word in rare}), 2))
    # In a large table each word alone is of too many texts: the three rarest together, and all of them.
    together = ("=".join(sorted(rare[:3])), "=".join(sorted(words))) if len(rare) > 1 else ()
    doubtful = tuple(word for word in words if word in may_be_misspelt)
    return TextValue(
        " ".join(sorted(words)),
        weighed,
        math.fsum(weighed.values()),
        (*rare, *together),
        tuple(pairs),
        tuple(rare),
        doubtful,
        tuple(sorted(_numbers_in(words), key=lambda number: (numbers[number], number))),
    )
