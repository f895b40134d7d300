"""A tool's own sentence made fit to be shown: without markup, on one line, short (`connectors.md` C10)."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_SENTENCE = 300

_MOST_READ = 20_000
"""Characters looked at: a tool that answers a whole page has nothing more to say."""
_UNSEEN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<(?:/?[A-Za-z!?][^<>]*)>")
_LEFT_OPEN = re.compile(r"<(?=[A-Za-z/!?])")


def shown_sentence(text: str) -> str:
    """Return a text of a tool without markup and invisible characters, cut at 300 characters.

    What is written as entities is read first, so that a tag hidden in them goes too.
    """
    plain = text[:_MOST_READ]
    for _ in range(2):
        plain = html.unescape(_without_tags(plain))
    plain = _LEFT_OPEN.sub(" ", _without_tags(_visible(plain)))
    sentence = re.sub(r" +", " ", plain).strip()
    return sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[: LONGEST_SENTENCE - 1]}…"


def _without_tags(text: str) -> str:
    return _TAG.sub(" ", _UNSEEN.sub(" ", text))


def _visible(text: str) -> str:
    """Return a text without the controls and the marks of direction by which it could pass for another."""
    return "".join(
        " " if unicodedata.category(character) == "Cc" else character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
