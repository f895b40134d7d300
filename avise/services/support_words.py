"""What a word for support means to the IT of a house: a sentence that says what to do, where there is one.

The word itself is fixed and in English, for logs and for whoever wrote the connector; it stays beside.
"""

from __future__ import annotations

from avise.texts import text
from avise.transport.faults import key_of

_FAMILIES = (
    "certificate refused",
    "the account may",
    "secrets unreachable",
    "known_hosts",
    "provider insecure",
)
"""Beginnings of words that end with a number or a name."""


def meaning_of(detail: str, source: str) -> str:
    """Return the sentence of a word for support, "" for one that only support understands.

    Args:
        detail: the word, as `ConnectorError.detail` has it.
        source: the tool that it is about.
    """
    for word in _words(detail):
        for key in (key_of(word), f"support.{_slug(word)}"):
            said = text(key, source=source, detail=detail)
            if said != key:
                return said
    return ""


def _words(detail: str) -> tuple[str, ...]:
    if "{" in detail:
        return ()
    family = next((start for start in _FAMILIES if detail.startswith(start)), "")
    return (detail, family) if family else (detail,) if detail else ()


def _slug(word: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in word.lower()).strip("_")
