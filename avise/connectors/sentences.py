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


def shown_sentence(text: str) -> str:
    """Return a text of a tool without markup and invisible characters, cut at 300 characters.

    What is written as entities is read first, so that a tag hidden in them goes too.
    """
    plain = text[:_MOST_READ]
    for _ in range(2):
        plain = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", plain)))
    plain = _TAG.sub(" ", _UNSEEN.sub(" ", plain))
    # Controls and directions of writing would let a sentence pass for something else.
    visible = "".join(
        " " if unicodedata.category(character) == "Cc" else character
        for character in plain
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    sentence = re.sub(r"[ \t\n\r\f\v]+", " ", visible).strip()
    return sentence if len(sentence) <= LONGEST_SENTENCE else f"{sentence[: LONGEST_SENTENCE - 1]}…"
