"""What may not be looked for: a NIR is no key of any search (`domain.md` 6.3), and goes to no tool as one."""

from __future__ import annotations

from avise.models.errors import AviseError
from avise.models.free_text import holds_nir_in_words


class RestrictedSearchError(AviseError):
    """Words that hold a NIR were typed in a search; looking for them again would change nothing."""


def refuse_nir(words: str) -> None:
    """Refuse to look for words that hold a NIR.

    Raises:
        RestrictedSearchError: `search.nir`.
    """
    if holds_nir_in_words(words):
        raise RestrictedSearchError("search.nir")
