"""One mark at the end of a sentence, whatever the words that a catalogue puts before it end with."""

from __future__ import annotations

import re

_TWO_MARKS = re.compile(r"([.?!…])\.$")


def ended_once(sentence: str) -> str:
    """Return a sentence without the full stop after another mark: words for support bring their own."""
    return _TWO_MARKS.sub(r"\1", sentence)
