"""Names as people write and mishear them: folding, word parts, one-letter neighbours, French sounds.

Two names that differ by accents, case, hyphens, apostrophes or spaces are the same name
(`domain.md` 10.1: NFKD, marks stripped, œ→oe, hyphen and space equivalent).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_LIGATURES = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
    "\u02bc": "'", "\u02b9": "'", "\u02bb": "'", "\u02bd": "'",
}  # fmt: skip
"""Letters that NFKD leaves whole, and apostrophes that Unicode counts among the letters."""

PARTICLES = frozenset(
    {
        "DE",
        "DU",
        "DES",
        "D",
        "LA",
        "LE",
        "LES",
        "L",
        "VAN",
        "VON",
        "DER",
        "DEN",
        "DEL",
        "DELLA",
        "DI",
        "DAS",
        "DA",
        "DOS",
        "EL",
        "AL",
        "BEN",
    }
)
"""Words that a speaker drops in front of a name."""

LEGAL_FORMS = frozenset(
    {"SARL", "SAS", "SASU", "SA", "EURL", "SCI", "SNC", "SCOP", "EI", "ASSOCIATION", "ETS", "SOCIETE"}
    | {"FICTIF", "LE", "LA", "LES", "DE", "DU", "DES", "ET", "AU", "AUX", "L", "D"}
)
"""Words that nobody searches a company by."""


@lru_cache(maxsize=4096)
def _folded_character(character: str) -> str:
    """Return the upper-case letters and digits that one character stands for; "" for a separator."""
    plain = _LIGATURES.get(character, character)
    decomposed = unicodedata.normalize("NFKD", plain)
    # Upper-casing may give several letters: decomposed again, so that folding twice is folding once.
    kept = (part for part in decomposed.upper() if part.isalnum())
    return "".join(part for part in unicodedata.normalize("NFKD", "".join(kept)) if part.isalnum())


def fold(text: str) -> str:
    """Return a name's comparable form: upper case, no accent, and nothing but letters and digits.

    "Jean-Marc", "JEAN MARC" and "jeanmarc" fold to the same "JEANMARC". Folding twice changes nothing.
    """
    if text.isascii():
        return "".join(filter(str.isalnum, text)).upper()
    return "".join(map(_folded_character, text))


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words of a name or of a search, each folded; anything but a letter or digit separates.

    A combining accent belongs to the letter before it, so that decomposed text gives the same words.
    """
    words: list[str] = []
    current: list[str] = []
    for character in text:
        if (folded := _folded_character(character)) != "":
            current.append(folded)
        elif unicodedata.combining(character):
            continue
        elif current:
            words.append("".join(current))
            current = []
    if current:
        words.append("".join(current))
    return tuple(words)


_SAINTS = {"ST": "SAINT", "STE": "SAINTE"}


def spelt_out(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return folded words with « St » and « Ste » in full, in front of another word."""
    if len(words) < 2 or _SAINTS.keys().isdisjoint(words[:-1]):
        return words
    return (*(_SAINTS.get(word, word) for word in words[:-1]), words[-1])


def fold_place(text: str) -> str:
    """Return a town's comparable form: that of `fold`, « St Malo » being Saint-Malo."""
    return "".join(spelt_out(fold_words(text)))


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text in comparable form, with the way back to the characters on screen."""

    folded: str
    origins: Sequence[int]
    """For each folded character, the index of the character that it came from."""

    def span(self, start: int, length: int) -> tuple[int, int]:
        """Return (start, length) in the original text of a part of the folded one."""
        first = self.origins[start]
        last = self.origins[start + length - 1]
        return first, last - first + 1


def fold_with_origins(text: str) -> FoldedText:
    """Fold a text and keep where each character came from, to tint what matched."""
    if text.isascii() and text.isalnum():
        return FoldedText(text.upper(), range(len(text)))
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for part in _folded_character(character):
            folded.append(part)
            origins.append(index)
    return FoldedText("".join(folded), tuple(origins))


def name_keys(last_name: str) -> tuple[str, ...]:
    """Return every form under which a surname is looked for, the whole name first.

    "de La Tour-Maubourg" is also found as "La Tour Maubourg", "Tour Maubourg" and "Maubourg";
    "Benhalla-Roux" as "Roux". Forms under two letters are left out, the whole name excepted.
    """
    words = spelt_out(fold_words(last_name))
    keys = dict.fromkeys(["".join(words)])
    first = 0
    while first < len(words) - 1 and words[first] in PARTICLES:
        first += 1
        keys["".join(words[first:])] = None
    # « Acquaviva-Aït Ahmed » is also Aït Ahmed; its first part is found as a beginning.
    parts = (*re.split(r"[-‐‑\s]+", last_name), *re.split(r"[-‐‑]+", last_name)[1:])
    for folded in map(fold, parts):
        if folded and folded not in PARTICLES and folded not in _SAINTS.values():
            keys[folded] = None
    whole, *others = keys
    return (whole, *(key for key in others if len(key) >= 2)) if whole else ()


def without_particles(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without the particles in front of them; the last word always stays."""
    first = 0
    while first < len(words) - 1 and words[first] in PARTICLES:
        first += 1
    return words[first:]


def one_letter_deletes(word: str) -> frozenset[str]:
    """Return the word and each form with one character left out.

    Two words are within one edit (insertion, deletion, substitution or exchange of neighbours)
    only if their sets meet; the converse needs a check (`edits.within_one_edit`).
    """
    return frozenset([word, *(word[:index] + word[index + 1 :] for index in range(len(word)))])


_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        # Spellings that are one consonant.
        (r"PH", "F"), (r"SCH|SH|CH", "9"), (r"H", ""), (r"GN", "NI"), (r"BV", "V"), (r"W", "V"),
        (r"QU|CQU|CK|Q", "K"), (r"C(?=[EIY])", "S"), (r"C", "K"), (r"GU(?=[EIY])", "7"), (r"G(?=[EIY])", "J"),
        (r"G", "7"), (r"7", "G"), (r"Z", "S"), (r"X", "S"), (r"AULT?D?$|AULT", "O"), (r"ILL", "I"),
        # Doubled letters sound once.
        (r"(.)\1+", r"\1"),
        # Letters that end a name in silence.
        (r"(?<=..)[EDTSPX]+$", ""),
        # Nasal vowels, then vowels.
        (r"(?:[AE]I|Y|I)[NM](?![AEIOUY])", "2"), (r"[AE][NM](?![AEIOUY])", "1"), (r"O[NM](?![AEIOUY])", "3"),
        (r"EAU|AU", "O"), (r"OEU|EU", "E"), (r"OU", "U"), (r"OI|OY", "4"), (r"[AE][IY]", "E"), (r"Y", "I"),
        (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
"""Ordered rewritings from French spelling to sound: digits stand for sounds that one letter lacks."""


@lru_cache(maxsize=65536)
def phonetic_key(folded: str) -> str:
    """Return a key shared by French surnames that sound alike; "" when there is no letter.

    Made for what is heard on the telephone: MARCHAND and MARCHANT, LEFÈVRE and LEFEBVRE, THIBAULT
    and THIBEAU. It does not forgive typing errors: `one_letter_deletes` does.

    Args:
        folded: a name from `fold`.
    """
    sound = "".join(letter for letter in folded if "A" <= letter <= "Z")
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return sound
