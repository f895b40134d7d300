"""What a reading of a trial failed with, for its author: the word for support in the language in use."""

from __future__ import annotations

import re

from avise.texts import text

_WITH_A_VALUE = re.compile(
    r"(?P<word>not JSON|no column|no identifier|before page|told in the body|status|over)"
    r" \(?(?:status )?(?P<value>[^()]+?)\)?"
)
"""Words for support that end with a name or a number."""


def detail_words(detail: str) -> str:
    """Return a word for support in the language in use, "" for one that the catalogue does not know.

    Args:
        detail: the word, as `ConnectorError.detail` has it: fixed and in English, for logs.
    """
    match = _WITH_A_VALUE.fullmatch(detail)
    word, value = (match["word"], match["value"]) if match is not None else (detail, "")
    key = f"connector_try.detail.{re.sub('[^a-z]+', '_', word.lower()).strip('_')}"
    said = text(key, value=value or "?")
    return "" if said == key else said
