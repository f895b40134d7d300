"""What may not stand in a note, and what had better not (`domain.md` 6.2 and 6.22, free-text policy).

A NIR (with its key, with a wrong one or without), a bank account and a card number never stay in a note:
it is recorded once they are masked or removed. Words of health, belief or judgement are only pointed at:
the person may ask to read the note, and the agent decides. Nothing here raises or logs; a finding tells a
place, never the words found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from stdnum import iban as stdnum_iban

from avise.models.identifiers import (
    BULLET,
    check_iban,
    check_nir,
    is_nir_with_wrong_key,
    is_nir_without_key,
    mask_iban,
    mask_nir,
)
from avise.models.note_findings import MAX_NOTE, Finding, FindingKind, blocking

__all__ = [
    "MAX_NOTE",
    "NO_WORDS",
    "Finding",
    "FindingKind",
    "Lexicon",
    "blocking",
    "check_note",
    "folded_word",
    "holds_nir_in_words",
    "masked_note",
    "removed_note",
]


@dataclass(frozen=True)
class Lexicon:
    """Words that a note had better not hold, by kind; folded, a final * standing for any ending."""

    words: Mapping[FindingKind, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> tuple[tuple[FindingKind, re.Pattern[str]], ...]:
        """Return one pattern a kind, over folded text."""
        return tuple((kind, _pattern(words)) for kind, words in self.words.items() if words)


NO_WORDS = Lexicon()


def check_note(note: str, lexicon: Lexicon = NO_WORDS) -> tuple[Finding, ...]:
    """Return what a note asks for, in the order of the note; numbers that must go never overlap."""
    numbers = _apart([*_nirs(note), *_bank_accounts(note), *_cards(note)])
    found = [*numbers, *_nir_likes(note, numbers), *_words(note, lexicon)]
    if len(note) > MAX_NOTE:
        found.append(Finding(FindingKind.LONG, MAX_NOTE, len(note)))
    return tuple(sorted(found, key=lambda finding: (finding.start, finding.end, finding.kind)))


def masked_note(note: str) -> str:
    """Return the note with every number that must not stay reduced to its masked form."""
    return _replaced(note, _mask)


def removed_note(note: str) -> str:
    """Return the note without the numbers that must not stay, nor the space that each leaves."""
    while blocking(check_note(note)):
        emptied = _replaced(note, lambda _finding, _value: "")
        note = re.sub(r"(?<=\S)[^\S\n]{2,}", " ", emptied).strip()
    return note


_Instead = Callable[[Finding, str], str]


def _replaced(note: str, instead: _Instead) -> str:
    # What a replacement leaves may make another number with what stood beside it: look again.
    while findings := blocking(check_note(note)):
        for finding in reversed(findings):
            value = note[finding.start : finding.end]
            note = note[: finding.start] + instead(finding, value) + note[finding.end :]
    return note


def _mask(finding: Finding, value: str) -> str:
    if finding.kind is FindingKind.NIR:
        return mask_nir(value)
    if finding.kind is FindingKind.BANK_ACCOUNT and value[:1].isalpha():
        return mask_iban(value)
    return BULLET * 4 + "".join(character for character in value if character.isalnum())[-4:]


# ---- numbers ---------------------------------------------------------------------------------------

_GAP = r"[\s.\-‐‑–/_]{0,2}"
"""What may stand between two characters of a number, as people type and paste."""
_NIR = re.compile(rf"(?<![0-9A-Za-z])(?=([1-478](?:{_GAP}[0-9ABab]){{14}})(?![0-9A-Za-z]))")
_NIR_WITHOUT_KEY = re.compile(
    rf"(?<![0-9A-Za-z])(?=([1-478](?:{_GAP}[0-9]){{5}}{_GAP}[0-9ABab](?:{_GAP}[0-9]){{6}})(?![0-9A-Za-z]))"
)
_NIR_WRONG_KEY = re.compile(
    rf"(?<![0-9A-Za-z])(?=([1-478](?:{_GAP}[0-9]){{5}}{_GAP}[0-9ABab](?:{_GAP}[0-9]){{6}}[0-9]{{2}})(?![0-9A-Za-z]))"
)
"""The key follows without a gap: two digits after a gap may be the number of a street."""
_NIR_LIKE = re.compile(
    rf"(?<![0-9A-Za-z])[12]{_GAP}[0-9]{_GAP}[0-9]{_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}"
    rf"(?:[0-9]{_GAP}[0-9ABab])(?:{_GAP}[0-9]){{6}}(?:{_GAP}[0-9]{_GAP}[0-9])?(?![0-9A-Za-z])"
)
_IBAN_START = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{_GAP}[A-Za-z]{_GAP}[0-9]{_GAP}[0-9]")
_RIB = re.compile(
    rf"(?<![0-9A-Za-z])(?=([0-9](?:{_GAP}[0-9]){{9}}(?:{_GAP}[0-9A-Za-z]){{11}}{_GAP}[0-9]{_GAP}[0-9])(?![0-9A-Za-z]))"
)
_CARD = re.compile(rf"(?<![0-9A-Za-z])(?=([2-6](?:{_GAP}[0-9]){{14,15}})(?![0-9A-Za-z]))")
_PART = re.compile(rf"{_GAP}([0-9A-Za-z])")
LONGEST_IBAN = 34
SHORTEST_IBAN = 15


def _nirs(note: str) -> Iterator[Finding]:
    for match in _NIR.finditer(note):
        if check_nir(match[1]).valid:
            yield Finding(FindingKind.NIR, *match.span(1))
    for match in _NIR_WITHOUT_KEY.finditer(note):
        if is_nir_without_key(match[1]):
            yield Finding(FindingKind.NIR, *match.span(1))
    for match in _NIR_WRONG_KEY.finditer(note):
        if is_nir_with_wrong_key(match[1]):
            yield Finding(FindingKind.NIR, *match.span(1))


def holds_nir_in_words(words: str) -> bool:
    """Say whether words typed by staff hold a NIR: with its key, with a wrong one or without.

    Stricter than `identifiers.holds_nir`, which guards what tools tell: there, thirteen digits are often
    a number of another kind.
    """
    return next(_nirs(words), None) is not None


def _nir_likes(note: str, numbers: Sequence[Finding]) -> Iterator[Finding]:
    for match in _NIR_LIKE.finditer(note):
        start, end = match.span()
        if all(end <= number.start or number.end <= start for number in numbers):
            yield Finding(FindingKind.NIR_LIKE, start, end)


def _bank_accounts(note: str) -> Iterator[Finding]:
    """IBANs of any country, and French accounts written without their country and key."""
    for match in _IBAN_START.finditer(note):
        end = _iban_end(note, match.start())
        if end:
            yield Finding(FindingKind.BANK_ACCOUNT, match.start(), end)
    for match in _RIB.finditer(note):
        rib = "".join(character for character in match[1] if character.isalnum()).upper()
        if check_iban(_french_iban(rib)).valid:
            yield Finding(FindingKind.BANK_ACCOUNT, *match.span(1))


def _iban_end(note: str, start: int) -> int:
    """Return where a valid IBAN that begins at a place ends, 0 when none does.

    Words may follow it without a mark: every length is tried, the longest first. Its own key and its
    country's form are enough: an account of a bank that nobody lists is an account all the same.
    """
    ends, at, value = [], start, ""
    while len(value) < LONGEST_IBAN and (part := _PART.match(note, at)) is not None:
        at = part.end()
        value += part[1]
        ends.append((at, value))
    for end, candidate in reversed(ends[SHORTEST_IBAN - 1 :]):
        ends_a_word = end == len(note) or not note[end].isalnum()
        if ends_a_word and stdnum_iban.is_valid(candidate, check_country=False):
            return end
    return 0


def _french_iban(rib: str) -> str:
    """Return the IBAN of a French account: its key is 98 minus the rest by 97 (ISO 13616)."""
    number = int("".join(str(int(character, 36)) for character in f"{rib}FR00"))
    return f"FR{98 - number % 97:02d}{rib}"


def _cards(note: str) -> Iterator[Finding]:
    """Payment cards of sixteen digits, and of fifteen for American Express."""
    for match in _CARD.finditer(note):
        for length in (16, 15):
            end = _end_of_digits(note, match.start(1), length)
            digits = "".join(character for character in note[match.start(1) : end] if character.isdigit())
            if end and _is_card(digits):
                yield Finding(FindingKind.CARD, match.start(1), end)
                break


def _end_of_digits(note: str, start: int, length: int) -> int:
    at, count = start, 0
    while count < length and (part := _PART.match(note, at)) is not None and part[1].isdigit():
        at, count = part.end(), count + 1
    whole = count == length and (at == len(note) or not note[at].isalnum())
    return at if whole else 0


def _is_card(digits: str) -> bool:
    prefixes = ("34", "37") if len(digits) == 15 else ("2", "4", "5", "6")
    if not digits.isascii() or not digits.startswith(prefixes):
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _apart(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that overlap joined into one, of the kind that comes first."""
    joined: list[Finding] = []
    for finding in sorted(findings, key=lambda found: (found.start, -found.end)):
        if joined and finding.start < joined[-1].end:
            last = joined[-1]
            joined[-1] = Finding(last.kind, last.start, max(last.end, finding.end))
        else:
            joined.append(finding)
    return joined


# ---- words -----------------------------------------------------------------------------------------


def _words(note: str, lexicon: Lexicon) -> Iterator[Finding]:
    folded, places = _folded(note)
    for kind, pattern in lexicon.patterns:
        for match in pattern.finditer(folded):
            yield Finding(kind, places[match.start()], places[match.end() - 1] + 1)


def folded_word(word: str) -> str:
    """Return a word as the lexicon compares it: lower case, without accents, œ as oe, straight '."""
    return _folded(word)[0]


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a text folded, and the place in the text of each character of the folded one."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in _fold(character):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _fold(character: str) -> str:
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    plain = unicodedata.normalize("NFKD", character.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


_SPECIAL = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "\u00a0": " ", "\u202f": " "}


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    parts = []
    for word in sorted(words, key=len, reverse=True):
        stem = re.escape(folded_word(word.rstrip("*"))).replace(r"\ ", r"\s+")
        parts.append(stem + (r"\w*" if word.endswith("*") else "e?s?"))
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
