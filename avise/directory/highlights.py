"""What to tint in a row of results: where what was typed stands in what is shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import TypeAlias

from avise.directory.reasons import Found
from avise.models.customer import MatchedOn, Party
from avise.models.identifiers import FRANCE
from avise.models.names import fold, fold_with_origins

Highlight: TypeAlias = tuple[str, int, int]
"""A field of the party, and the start and length of a part of it."""

_FORGIVEN = (
    frozenset({MatchedOn.NAME_TYPO, MatchedOn.NAME_PHONETIC}),
    frozenset({MatchedOn.FIRST_NAME_TYPO, MatchedOn.FIRST_NAME_VARIANT}),
)
"""What makes a surname, or a first name, tinted whole."""


class Highlighter:
    """Tints the rows of one answer: fifty of them bear a few names, and none is remembered afterwards."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], tuple[int, int] | None] = {}

    def of(self, party: Party, found: Found) -> Iterator[Highlight]:
        """Yield the parts of a party that were typed; its telephone numbers are "phones.0", "phones.1"."""
        for name, typed in found.typed.items():
            if name == "phones":
                yield from _phone_highlights(party, typed)
            elif name == "birth_date":
                yield from _birth_highlights(party, typed)
            elif name == "company_name":
                yield from _company_highlights(party.company_name, typed)
            elif value := getattr(party, name):
                if (place := self._place(value, typed)) is not None:
                    yield name, *place
                elif name in _NAMES and not _FORGIVEN[name == "first_name"].isdisjoint(found.matched_on):
                    yield name, 0, len(value)

    def _place(self, value: str, typed: str) -> tuple[int, int] | None:
        key = value, typed
        if key not in self._places:
            self._places[key] = _part(value, fold(typed))
        return self._places[key]


_NAMES = frozenset(("last_name", "birth_name", "first_name"))


def _part(value: str, wanted: str) -> tuple[int, int] | None:
    """Return where a folded text stands in a value, accents, hyphens and case apart."""
    if not wanted or (start := fold(value).find(wanted)) < 0:
        return None
    return fold_with_origins(value).span(start, len(wanted))


def _company_highlights(company: str, typed: str) -> Iterator[Highlight]:
    """Yield each word that was typed where a word of the name begins so: « port » is not in Transports."""
    text = fold_with_origins(company)
    for word in typed.split():
        starts = (found.start() for found in re.finditer(f"(?={word})", text.folded))
        places = (text.span(start, len(word)) for start in starts)
        begun = (place for place in places if not company[: place[0]][-1:].isalnum())
        yield from (("company_name", *place) for place in itertools.islice(begun, 1))


def _phone_highlights(party: Party, typed: str) -> Iterator[Highlight]:
    digits = "".join(character for character in typed if character.isdigit())
    for index, phone in enumerate(party.phones):
        if phone.removeprefix("+").endswith(digits):
            yield f"phones.{index}", len(phone) - len(digits), len(digits)
        elif phone.startswith(FRANCE + digits):
            yield f"phones.{index}", len(FRANCE), len(digits)


def _birth_highlights(party: Party, typed: str) -> Iterator[Highlight]:
    """Yield the part of a birth date, written DD/MM/YYYY, that was typed: day, month and year, or year."""
    if party.birth_date is None:
        return
    first, last = typed.split("-")
    if first == last:
        yield "birth_date", 0, 10
    elif first[:6] == last[:6]:
        yield "birth_date", 3, 7
    else:
        yield "birth_date", 6, 4
