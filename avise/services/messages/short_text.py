"""What a text message can hold: the GSM alphabet, and how many parts a text takes (3GPP TS 23.038)."""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Take two places each."""

_TYPOGRAPHY = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...",
    "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE", "−": "-", "‑": "-",
}  # fmt: skip

ONE, EACH = 160, 153
"""Characters of a single message, and of each part of a longer one, in the GSM alphabet."""

ONE_WIDE, EACH_WIDE = 70, 67
"""The same when one character is outside the alphabet."""


def gsm_text(text: str) -> str:
    """Return a text in the GSM alphabet as far as that is possible: typography in plain signs, ê as e."""
    plain = "".join(_TYPOGRAPHY.get(character, character) for character in text)
    return "".join(_nearest(character) for character in unicodedata.normalize("NFC", plain))


def _nearest(character: str) -> str:
    if character in _BASIC or character in _EXTENDED:
        return character
    if unicodedata.combining(character):
        # Of a letter that has a mark already, which goes: this one would join the bare letter.
        return ""
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in _BASIC else character


def parts(text: str) -> int:
    """Return how many text messages a text takes; 0 for an empty one."""
    if all(character in _BASIC or character in _EXTENDED for character in text):
        length = len(text) + sum(character in _EXTENDED for character in text)
        one, each = ONE, EACH
    else:
        length = len(text.encode("utf-16-le")) // 2
        one, each = ONE_WIDE, EACH_WIDE
    if length <= one:
        return int(length > 0)
    return -(-length // each)
