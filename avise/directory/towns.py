"""Which of the words typed name a town."""

from __future__ import annotations

from typing import NamedTuple

from avise.directory.reading import DirectoryReader
from avise.models.names import spelt_out

MIN_TOWN_BEGINNING = 4


class TownReading(NamedTuple):
    """Words of which some name a town."""

    others: tuple[str, ...]
    towns: tuple[int, ...]
    typed: str
    """What was typed for the town, folded."""


class TownPart(NamedTuple):
    """Words that may name a town, and those around them."""

    others: tuple[str, ...]
    typed: str


def town_readings(reader: DirectoryReader, words: tuple[str, ...]) -> list[TownReading]:
    """Return the ways to read some neighbouring words as a town; its beginning only if none is whole."""
    parts = [
        TownPart(words[:start] + words[end:], "".join(spelt_out(words[start:end])))
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
    ]
    whole = reader.cities_named([part.typed for part in parts])
    if whole:
        return [
            TownReading(part.others, whole[part.typed], part.typed) for part in parts if part.typed in whole
        ]
    begun = (
        TownReading(part.others, reader.cities_beginning(part.typed), part.typed)
        for part in parts
        if part.others and len(part.typed) >= MIN_TOWN_BEGINNING
    )
    return [reading for reading in begun if reading.towns]
