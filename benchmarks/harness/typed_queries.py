"""What staff type to find somebody, drawn from the people: whole, partial, and with honest mistakes.

Mistakes are random edits of the person's own name, each kind as often as the others: nothing is chosen for
being easy, and an edit that happens to make another name of the country counts like any other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avise.directory.first_names import other_first_names
from avise.models.customer import Party, PartyKind
from avise.models.names import fold, fold_words, name_keys

_DIGITS_OF_DATES = (6, 8)
BEGINNING = 4
"""Letters of the beginning of a surname that staff type before they look."""
_ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Typed:
    """One query, and whom it is about."""

    words: str
    party: Party


Maker = Callable[[Party, random.Random], str]


def neighbour(letter: str) -> str:
    """Return the letter beside one on a French keyboard."""
    for row in _ROWS:
        if (place := row.find(letter)) >= 0:
            return row[place + 1] if place + 1 < len(row) else row[place - 1]
    return "e"


def mistaken(name: str, chance: random.Random, kind: str = "") -> str:
    """Return a name with one letter wrong.

    Args:
        name: folded or not.
        chance: draws the place.
        kind: "inner", "first", "swap", "insertion", "omission", "doubled" or "keyboard"; drawn when "".
    """
    word = fold(name).lower()
    if len(word) < 3:
        return word
    kind = kind or chance.choice(EDITS)
    place = chance.randrange(1, len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    made = {
        "first": lambda: chance.choice(_LETTERS) + word[1:],
        "inner": lambda: before + chance.choice(_LETTERS) + after,
        "keyboard": lambda: before + neighbour(letter) + after,
        "swap": lambda: word[: place - 1] + letter + word[place - 1] + after,
        "insertion": lambda: before + chance.choice(_LETTERS) + letter + after,
        "omission": lambda: before + after,
        "doubled": lambda: before + letter + letter + after,
    }[kind]()
    return made if made != word else mistaken(name, chance, "insertion")


EDITS = ("inner", "first", "swap", "insertion", "omission", "doubled", "keyboard")


def twice_mistaken(name: str, chance: random.Random) -> str:
    """Return a name with two letters wrong."""
    return mistaken(mistaken(name, chance), chance)


def _diminutive(party: Party, chance: random.Random) -> str:
    others = sorted(other_first_names(fold(party.first_name)))
    return f"{party.last_name} {chance.choice(others)}" if others else ""


def _spoken_phone(party: Party, chance: random.Random) -> str:
    if not party.phones:
        return ""
    digits = "0" + party.phones[0][3:]
    pairs = [digits[start : start + 2] for start in range(0, 10, 2)]
    return chance.choice(
        (" ".join(pairs), ".".join(pairs), "".join(pairs), f"+33 {digits[1]} {' '.join(pairs[1:])}")
    )


def _born(party: Party, chance: random.Random) -> str:
    born = party.birth_date
    if born is None:
        return ""
    forms = (f"{born:%d/%m/%Y}", f"{born:%d%m%Y}", f"{born:%d.%m.%y}", f"{born:%Y-%m-%d}", f"{born:%d-%m-%Y}")
    return chance.choice(forms)


def _year(party: Party) -> str:
    return str(party.birth_date.year) if party.birth_date is not None else ""


def _birth_name(party: Party, chance: random.Random) -> str:
    del chance
    return _with_first(party, party.birth_name) if party.birth_name != party.last_name else ""


def _folded(party: Party, chance: random.Random) -> str:
    del chance
    return " ".join(fold_words(f"{party.first_name} {party.last_name}")).lower()


def _with_first(party: Party, last: str) -> str:
    return f"{last} {party.first_name}"


QUICK: dict[str, Maker] = {
    "member number": lambda party, _: party.member_number,
    "member number, beginning": lambda party, _: party.member_number[:8],
    "telephone as spoken": _spoken_phone,
    "telephone, its beginning": lambda party, _: "0" + party.phones[0][3:9] if party.phones else "",
    "telephone, its end": lambda party, _: party.phones[0][-7:] if party.phones else "",
    "e-mail": lambda party, _: party.email,
    "e-mail, beginning": lambda party, _: party.email.partition("@")[0],
    "surname": lambda party, _: party.last_name,
    "surname and initial": lambda party, _: f"{party.last_name} {party.first_name[:1]}",
    "surname and first name": lambda party, _: f"{party.last_name} {party.first_name}",
    "first name and surname, folded": _folded,
    "surname, four letters": lambda party, _: fold(party.last_name)[:4],
    "birth name and first name": _birth_name,
    "name and birth date": lambda party, chance: f"{party.last_name} {_born(party, chance)}",
    "name and year": lambda party, _: f"{party.last_name} {_year(party)}",
    "birth date": _born,
    "name and town": lambda party, _: f"{party.last_name} {party.first_name} {party.city}",
    "surname and town": lambda party, _: f"{party.last_name} {party.city}",
    "diminutive": _diminutive,
    "one mistake in the surname": lambda party, chance: _with_first(party, mistaken(party.last_name, chance)),
    "one mistake in the surname alone": lambda party, chance: mistaken(party.last_name, chance),
    "one mistake in the first name": lambda party, chance: (
        f"{party.last_name} {mistaken(party.first_name, chance)}"
    ),
    "one mistake and birth date": lambda party, chance: (
        f"{mistaken(party.last_name, chance)} {_born(party, chance)}"
    ),
}
"""Queries of the first part of an answer."""

WIDE: dict[str, Maker] = {
    "two mistakes in the surname": lambda party, chance: _with_first(
        party, twice_mistaken(party.last_name, chance)
    ),
    "a mistake in each name": lambda party, chance: (
        f"{mistaken(party.last_name, chance)} {mistaken(party.first_name, chance)}"
    ),
}
"""Queries that the second part answers."""

OF_COMPANIES: dict[str, Maker] = {
    "company": lambda party, _: " ".join(party.company_name.split()[1:-1]),
    "SIREN": lambda party, _: party.siren,
    "SIRET": lambda party, _: party.siret,
}

RECALL = {
    **dict.fromkeys(
        ("one mistake in the surname", "one mistake in the surname alone", "one mistake in the first name",
         "one mistake and birth date", "diminutive", "surname, four letters"), 0.99),
    **dict.fromkeys(WIDE, 0.90),
}  # fmt: skip
"""Bars; every other kind has to find everybody."""


def draw(people: Sequence[Party], maker: Maker, count: int, chance: random.Random) -> list[Typed]:
    """Return queries of one kind about people drawn at random."""
    made: list[Typed] = []
    for party in chance.sample(people, len(people)):
        words = maker(party, chance)
        if words.strip():
            made.append(Typed(words, party))
        if len(made) == count:
            break
    return made


def is_found(typed: Typed, hits: Sequence[Party], *, cut: bool) -> bool:
    """Say whether an answer holds the person; when it is cut, whether it holds one who answers as well.

    Five thousand people are called DUPONT: whoever types it sees fifty of them, and types more. So it is with
    the first letters of a name, and with those who were born on one day.
    """
    wanted = typed.party
    if any(hit.native_id == wanted.native_id for hit in hits):
        return True
    if not cut or not hits:
        return False
    if wanted.kind is PartyKind.COMPANY:
        words = set(fold_words(typed.words))
        return all(words <= set(fold_words(hit.company_name)) for hit in hits)
    alone = fold(typed.words)
    if alone.isdigit():
        # Whoever else is shown bears a number that these digits are a part of; +33 6 is typed 06.
        digits = alone.removeprefix("0")
        born = [hit for hit in hits if hit.birth_date == wanted.birth_date]
        others = [hit for hit in hits if hit.birth_date != wanted.birth_date]
        return (bool(born) or len(alone) not in _DIGITS_OF_DATES) and all(
            digits in "/".join((hit.member_number, *hit.phones)) for hit in others
        )
    keys = {*name_keys(wanted.last_name), *name_keys(wanted.birth_name)}
    return any(
        key in keys or (len(alone) <= BEGINNING and key.startswith(alone))
        for hit in hits
        for key in (*name_keys(hit.last_name), *name_keys(hit.birth_name))
    )
