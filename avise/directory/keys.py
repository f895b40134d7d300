"""What a party is found by, in the forms that the directory's tables keep."""

from __future__ import annotations

import hashlib
import itertools
import uuid
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache

from avise.directory.typed_text import with_last_letters
from avise.models.customer import Party, PersonId
from avise.models.names import LEGAL_FORMS, fold_words, one_letter_deletes, phonetic_key

MIN_FORGIVEN = 3
"""Shorter names are not forgiven a letter: everything would be near them."""

HIGHEST = "\U0010ffff"
"""Follows every text in the tables' binary order: the end of a prefix's range."""

UNKNOWN_DAY = -32_768
"""Birth of a person whose birth is unknown: before any other."""

_EPOCH = date(1970, 1, 1).toordinal()


class NameKind(IntEnum):
    """Which of a person's names a row of `name` is."""

    LAST = 0
    BIRTH = 1
    PART = 2


class WordKind(StrEnum):
    """What a word of the dictionaries is: the name of its table."""

    SURNAME = "surname"
    FIRST_NAME = "first_name"


def company_words(name: str) -> tuple[str, ...]:
    """Return the words that a company is searched by: neither its legal form nor articles."""
    words = dict.fromkeys(_letters_joined(fold_words(with_last_letters(name))))
    kept = tuple(word for word in words if word not in LEGAL_FORMS)
    # « Sté Vanhoutte » is a company; in « Pharmacie Ste Anne » it is a saint.
    return (kept[1:] if kept[1:] and kept[0] == "STE" else kept) or tuple(words)


def _letters_joined(words: Sequence[str]) -> Iterator[str]:
    """Yield the words, neighbouring letters as one: « M.D.G.V. » and « S A R L »."""
    for is_letter, group in itertools.groupby(words, key=lambda word: len(word) == 1 and word.isalpha()):
        if is_letter:
            yield "".join(group)
        else:
            yield from group


def first_name_parts(first_name: str) -> tuple[str, ...]:
    """Return the parts of a compound first name that people call by: Marie-Claire, Claire."""
    parts = fold_words(first_name)
    return tuple(part for part in parts if len(part) >= MIN_FORGIVEN) if len(parts) > 1 else ()


def variants_of(word: str) -> frozenset[str]:
    """Return the forms under which a word is found with one letter wrong."""
    return one_letter_deletes(word) if len(word) >= MIN_FORGIVEN else frozenset()


def sound_of(word: str) -> str:
    """Return the phonetic key of a word, "" for one too short to be mistaken for another."""
    return phonetic_key(word) if len(word) >= MIN_FORGIVEN else ""


def day_number(day: date | None) -> int:
    """Return a day as the days since 1970, two bytes for anybody alive; `UNKNOWN_DAY` for None."""
    return UNKNOWN_DAY if day is None else day.toordinal() - _EPOCH


def day_of(number: int) -> date | None:
    """Return the day of a number."""
    return None if number == UNKNOWN_DAY else date.fromordinal(number + _EPOCH)


PHONE_DIGITS = 9
"""Last digits of a telephone number that its key holds: those of a French one, without its zero."""


def phone_key(phone: str) -> int:
    """Return the last digits of a telephone number, from the last to the first, as a number of four bytes.

    An end is then a beginning: see `phone_end_range`. Whoever finds a row by it compares the number.
    """
    last = phone[-PHONE_DIGITS:]
    if len(last) == PHONE_DIGITS and last.isdecimal() and last.isascii():
        return int(last[::-1])
    return int(reversed_digits(phone)[:PHONE_DIGITS].ljust(PHONE_DIGITS, "0") or "0")


def phone_end_range(digits: str) -> tuple[int, int]:
    """Return the first and last keys of the numbers that end with some digits."""
    known = digits[::-1][:PHONE_DIGITS]
    return int(known.ljust(PHONE_DIGITS, "0")), int(known.ljust(PHONE_DIGITS, "9"))


def phone_beginning_keys(digits: str) -> list[int]:
    """Return the key of each French number that begins so, in their order.

    Keys run from the last digit to the first, so that no range holds a beginning: each end that is missing is
    put in front.

    Args:
        digits: some of the nine, without the zero or the prefix in front.
    """
    known, place = int(digits[::-1]), 10 ** len(digits)
    return [end * place + known for end in range(10 ** (PHONE_DIGITS - len(digits)))]


def reversed_digits(phone: str) -> str:
    """Return a telephone number's digits from the last to the first."""
    digits = phone[1:]
    if digits.isdecimal() and digits.isascii() and phone[0] == "+":
        return digits[::-1]
    return "".join(character for character in reversed(phone) if character in "0123456789")


def identifier_hash(scheme: str, value: str) -> int:
    """Return three bytes of an identifier; whoever finds a row by them compares the rest."""
    return (zlib.crc32(value.encode(), _begun(scheme)) & 0xFFFFFF) - 0x800000


@lru_cache(maxsize=256)
def _begun(scheme: str) -> int:
    return zlib.crc32(scheme.encode() + b"\0")


def person_hash(identity: bytes) -> int:
    """Return three bytes of a person's identity, as a number; two people in a dozen million share one."""
    return int.from_bytes(identity[:3], "big", signed=True)


# ---- numbers of first names ----------------------------------------------------------------------

CODED_LETTERS = 4
"""Letters of a first name that its number tells in order: DUPONT J is then one range of `name`."""
END = "@"
"""Precedes A: what follows the last letter of a short first name."""
SAME_CODE = 4_000
"""First names that may begin with the same letters; the next ones are found whole, not by a beginning."""
_LETTERS = 27


def first_name_range(beginning: str) -> tuple[int, int]:
    """Return the first and last numbers that a first name of this beginning may have.

    Args:
        beginning: folded; letters after the fourth narrow nothing.
    """
    known = beginning[:CODED_LETTERS]
    low, high = 0, 0
    for place in range(CODED_LETTERS):
        low, high = low * _LETTERS, high * _LETTERS
        if place < len(known):
            code = _code(known[place])
            low, high = low + code, high + code
        else:
            high += _LETTERS - 1
    return low * SAME_CODE, high * SAME_CODE + SAME_CODE - 1


def _code(letter: str) -> int:
    """Return 0 for the end of a name and for digits, 1 to 25 for A to Y, 26 for Z and other alphabets."""
    return min(max(ord(letter) - 64, 0), _LETTERS - 1)


# ---- identities ----------------------------------------------------------------------------------


_VERSION_5 = 0x5 << 76 | 0x2 << 62
_FREE_BITS = ~(0xF << 76 | 0x3 << 62)
"""RFC 9562, 5.5: version and variant stand among the bits of the digest."""


@dataclass(frozen=True, slots=True)
class Minter:
    """Gives persons the identifier that every workstation of the site derives (decision 1)."""

    site_namespace: uuid.UUID
    scheme: str
    """Of the identity master's own key, "parties.party"."""
    _digest: hashlib._Hash = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Digest once what every identity begins with."""
        begun = hashlib.sha1(self.site_namespace.bytes + self.scheme.encode() + b":", usedforsecurity=False)
        object.__setattr__(self, "_digest", begun)

    def person(self, party: Party) -> PersonId:
        """Return a party's identifier."""
        return self.named(party.native_id)

    def dossier(self, party: Party) -> PersonId:
        """Return the identifier of the member whose dossier covers a party; its own for a member."""
        return self.named(party.dossier or party.native_id)

    def named(self, native_id: str) -> PersonId:
        """Return what `person_id` mints for whoever the identity master calls so, ten times quicker."""
        value = int.from_bytes(self.digest(native_id)[:16], "big")
        return uuid.UUID(int=value & _FREE_BITS | _VERSION_5)

    def hash(self, native_id: str) -> int:
        """Return `person_hash` of that identifier: its version and variant are in later bytes."""
        return person_hash(self.digest(native_id))

    def digest(self, native_id: str) -> bytes:
        """Return the twenty bytes that an identity begins with, its version and variant not yet put in."""
        made = self._digest.copy()
        made.update(native_id.encode())
        return made.digest()
