"""Invented people in two tables, the second one corrupted: a set that no other generator of ours made.

In the style of FEBRL's generator (P. Christen, "Probabilistic data generation for deduplication and data
linkage", IDEAL 2005): names by their frequency, then slips of the keyboard, sounds, exchanges, missing and
moved fields. Half the people of each table are in it alone; one in eight shares a home with another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from avise.models.identity.records import Notion, TableRow

FIRST = tuple(
    """
    Mary Patricia Linda Barbara Elizabeth Jennifer Maria Susan Margaret Dorothy Lisa Nancy Karen Betty
    Helen Sandra Donna Carol Ruth Sharon Michelle Laura Sarah Kimberly Deborah Jessica Shirley Cynthia
    Angela Melissa Brenda Amy Anna Rebecca Virginia James John Robert Michael William David Richard
    Charles Joseph Thomas Christopher Daniel Paul Mark Donald George Kenneth Steven Edward Brian Ronald
    Anthony Kevin Jason Matthew Gary Timothy Larry Jeffrey Frank Scott Eric Stephen Andrew Raymond
    Gregory Joshua Jerry Dennis Walter
    """.split()  # noqa: SIM905 - a list of words is easier to read so
)
_STARTS = tuple(
    """
    Ash Brad Carl Dun Ed Fair Grim Hart Inger King Lang Mor Nor Old Pem Quin Rock Stan Thorn Under Vale
    Whit Yar Black Clif Der Ever Ford Gold Holl
    """.split()  # noqa: SIM905 - a list of words is easier to read so
)
_ENDS = tuple(
    """
    son ton ley field worth wood by man well ford ham stone wick burn shaw croft land ridge dale more
    """.split()  # noqa: SIM905 - a list of words is easier to read so
)
SURNAMES = tuple(start + end for start in _STARTS for end in _ENDS)
TOWNS = tuple(f"{start}{end}" for start in _STARTS[:18] for end in ("port", "bury", "mouth"))
STREETS = tuple(
    f"{start}{end} {way}" for start in _STARTS for end in ("er", "en") for way in ("street", "road", "lane")
)
_SHORT = {
    "William": "Bill",
    "Robert": "Bob",
    "Elizabeth": "Liz",
    "Margaret": "Peggy",
    "James": "Jim",
    "Richard": "Dick",
}
_SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("ie", "y"),
    ("ey", "y"),
    ("oo", "u"),
    ("wh", "w"),
    ("ll", "l"),
    ("ss", "s"),
)
_KEYS = {
    "a": "qs",
    "e": "wr",
    "i": "uo",
    "o": "ip",
    "n": "bm",
    "s": "ad",
    "t": "ry",
    "r": "et",
    "l": "k",
    "d": "sf",
}


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each field of the second table is wrong."""

    slip: float = 0.12
    """A slip in one text field."""
    sound: float = 0.04
    swap: float = 0.02
    short: float = 0.05
    married: float = 0.04
    date: float = 0.06
    missing: float = 0.05
    moved: float = 0.10


@dataclass(frozen=True, slots=True)
class _Person:
    first: str
    last: str
    born: tuple[int, int, int]
    house: int
    street: str
    town: str
    code: str
    phone: str
    sex: str


def corrupted_tables(
    people: int, seed: int = 11, rates: Rates | None = None
) -> tuple[list[TableRow], list[TableRow], frozenset[tuple[str, str]]]:
    """Return two tables of that many people each, and the pairs that are one person's (half of them).

    Args:
        people: in each table.
        seed: of chance.
        rates: of errors.
    """
    chance = random.Random(seed)
    rates = rates or Rates()
    ours: list[TableRow] = []
    theirs: list[TableRow] = []
    truth: set[tuple[str, str]] = set()
    before: _Person | None = None
    for number in range(people + people // 2):
        person = _person(chance, before if chance.random() < 0.12 else None)
        before = person
        in_both = number < people // 2
        if in_both or number < people:
            ours.append(_row(f"a{number}", person))
        if in_both or number >= people:
            theirs.append(_row(f"b{number}", _corrupted(chance, person, rates) if in_both else person))
        if in_both:
            truth.add((f"a{number}", f"b{number}"))
    chance.shuffle(theirs)
    return ours, theirs, frozenset(truth)


def _person(chance: random.Random, home: _Person | None) -> _Person:
    rank = min(int(chance.paretovariate(0.9)) - 1, len(FIRST) - 1)
    first = FIRST[(rank + chance.randrange(6)) % len(FIRST)]
    born = (chance.randrange(1925, 2020), chance.randrange(1, 13), chance.randrange(1, 29))
    sex = "F" if FIRST.index(first) < 35 else "M"
    if home is not None:
        return replace(home, first=first, born=born, sex=sex)
    last = SURNAMES[min(int(chance.expovariate(1 / 160)), len(SURNAMES) - 1)]
    place = chance.randrange(len(TOWNS))
    return _Person(
        first, last, born, chance.randrange(1, 200), chance.choice(STREETS), TOWNS[place],
        f"{2000 + place * 7 + chance.randrange(3)}", f"0{chance.randrange(10**8, 10**9)}", sex,
    )  # fmt: skip


def _corrupted(chance: random.Random, person: _Person, rates: Rates) -> _Person:
    first, last, street, town = (
        _mistyped(chance, each, rates) for each in (person.first, person.last, person.street, person.town)
    )
    if chance.random() < rates.short:
        first = _SHORT.get(person.first, first)
    if chance.random() < rates.married and person.sex == "F":
        last = chance.choice(SURNAMES)
    if chance.random() < rates.swap:
        first, last = last, first
    made = replace(person, first=first, last=last, street=street, town=town)
    if chance.random() < rates.date:
        made = replace(made, born=_misdated(chance, person.born))
    if chance.random() < rates.moved:
        moved = _person(chance, None)
        made = replace(made, house=moved.house, street=moved.street, town=moved.town, code=moved.code)
    missing = {
        name for name in ("first", "phone", "street", "code", "sex") if chance.random() < rates.missing
    }
    made = replace(
        made,
        first="" if "first" in missing else made.first,
        phone="" if "phone" in missing else made.phone,
        street="" if "street" in missing else made.street,
        code="" if "code" in missing else made.code,
        sex="" if "sex" in missing else made.sex,
    )
    return replace(made, born=(0, 0, 0)) if chance.random() < rates.missing else made


def _mistyped(chance: random.Random, word: str, rates: Rates) -> str:
    if chance.random() < rates.sound:
        for written, heard in _SOUNDS:
            if written in word:
                return word.replace(written, heard, 1)
    if chance.random() >= rates.slip or len(word) < 3:
        return word
    at = chance.randrange(len(word) - 1)
    return chance.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + chance.choice(_KEYS.get(word[at].lower(), "x")) + word[at + 1 :],
        )
    )


def _misdated(chance: random.Random, born: tuple[int, int, int]) -> tuple[int, int, int]:
    year, month, day = born
    return chance.choice(
        (
            (year, day % 12 + 1 if day > 12 else day, month),
            (year - year % 10 + chance.randrange(10), month, day),
            (year, month, max(day - 1, 1)),
            (year, chance.randrange(1, 13), chance.randrange(1, 29)),
        )
    )


def _row(reference: str, person: _Person) -> TableRow:
    year, month, day = person.born
    values = {
        Notion.FIRST_NAME: (person.first,),
        Notion.LAST_NAME: (person.last,),
        Notion.BIRTH_DATE: (f"{year:04}-{month:02}-{day:02}",) if year else (),
        Notion.STREET: (f"{person.house} {person.street}",) if person.street else (),
        Notion.CITY: (person.town,),
        Notion.POSTCODE: (person.code,),
        Notion.PHONE: (person.phone,),
        Notion.SEX: (person.sex,),
    }
    return TableRow(reference, {notion: found for notion, found in values.items() if any(found)})
