"""What staff type during a call, by kind: for each, how it is made of a person and the reasons to be told."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from avise.models.customer import MatchedOn, Party, PartyKind, PersonId, SearchAnswer, SearchHit
from avise.models.names import fold, fold_words
from tests import typed_keys as keys
from tests import typed_names as names

FIRST_ROWS = 10
"""Rows in which somebody is seen at once."""
ENOUGH = 8
"""Rows under which the second part of an answer is asked for, as the palette does."""
Told = frozenset[MatchedOn]
LAST = frozenset({MatchedOn.NAME, MatchedOn.BIRTH_NAME})
FIRST = frozenset({MatchedOn.FIRST_NAME})
NEAR_LAST = LAST | {MatchedOn.NAME_TYPO, MatchedOn.NAME_PHONETIC}
NEAR_FIRST = FIRST | {MatchedOn.FIRST_NAME_TYPO, MatchedOn.FIRST_NAME_VARIANT}
BORN = frozenset({MatchedOn.BIRTH_DATE})
PHONE = frozenset({MatchedOn.PHONE})
EMAIL = frozenset({MatchedOn.EMAIL})
MEMBER = frozenset({MatchedOn.MEMBER_NUMBER})
TOWN = frozenset({MatchedOn.CITY})
COMPANY = frozenset({MatchedOn.COMPANY})
SIREN = frozenset({MatchedOn.SIREN})

Maker = Callable[[Party, random.Random], str]
"""Returns what is typed, "" when the kind does not apply to the person."""


class Kind(NamedTuple):
    """One way to ask for somebody."""

    name: str
    typed: Maker
    shared: str
    """What others who answer as well have in common with the person: a name of `SHARED`."""
    told: tuple[Told, ...]
    """One reason of each set is told."""
    recall: float = 1.0
    wide: bool = False
    """Whether the second part of the answer counts."""


SHARED: dict[str, Callable[[Party], list[str]]] = {
    "surname": lambda party: [fold(party.last_name), fold(party.birth_name)],
    "initial": lambda party: [f"{last} {fold(party.first_name)[:1]}" for last in _surnames(party)],
    "name": lambda party: [f"{last} {fold(party.first_name)}" for last in _surnames(party)],
    "called": lambda party: [
        f"{last} {part}" for last in _surnames(party) for part in fold_words(party.first_name)
    ],
    "born": lambda party: [f"{last} {party.birth_date}" for last in _surnames(party)],
    "year": lambda party: [f"{last} {party.birth_date:%Y}" for last in _surnames(party) if party.birth_date],
    "both": lambda party: [f"{fold(party.last_name)} {fold(party.birth_name)}"],
    "town": lambda party: [f"{last} {party.postcode}" for last in _surnames(party)],
    "birth date": lambda party: [str(party.birth_date)],
    "person": lambda party: [party.native_id],
    "company": lambda party: [fold(party.company_name)],
}


def _surnames(party: Party) -> list[str]:
    return list({fold(party.last_name), fold(party.birth_name)})


KINDS: tuple[Kind, ...] = (
    Kind("surname and first name", lambda party, _: names.both(party), "name", (LAST, FIRST)),
    Kind(
        "first name and surname",
        lambda party, _: f"{party.first_name} {party.last_name}",
        "name",
        (LAST, FIRST),
    ),
    Kind("plain letters", names.plain, "name", (LAST, FIRST)),
    Kind("capitals", lambda party, _: names.both(party).upper(), "name", (LAST, FIRST)),
    Kind("comma between", lambda party, _: f"{party.last_name}, {party.first_name}", "name", (LAST, FIRST)),
    Kind("apostrophes", names.apostrophe, "name", (LAST,)),
    Kind("hyphens", names.hyphens, "name", (LAST, FIRST)),
    Kind("pasted", names.pasted, "name", (LAST, FIRST)),
    Kind("surname", lambda party, _: party.last_name, "surname", (LAST,), 0.98),
    Kind(
        "surname and initial",
        lambda party, _: f"{party.last_name} {party.first_name[0]}",
        "initial",
        (LAST, FIRST),
    ),
    Kind(
        "initial and surname",
        lambda party, _: f"{party.first_name[0]}. {party.last_name}",
        "initial",
        (LAST, FIRST),
    ),
    Kind(
        "initials of two first names",
        names.initials,
        "initial",
        (LAST, FIRST | {MatchedOn.FIRST_NAME_VARIANT}),
    ),
    Kind("without its particle", names.without_particle, "name", (LAST, FIRST), 0.99),
    Kind("half a double surname", names.half, "name", (LAST, FIRST), 0.99),
    Kind("one of several first names", names.one_first_name, "called", (LAST, NEAR_FIRST), 0.95),
    Kind("title and name", names.titled, "name", (LAST, FIRST)),
    Kind("title and surname", names.titled_surname, "surname", (LAST,), 0.95),
    Kind("birth name", names.birth_name, "name", (LAST, FIRST)),
    Kind("née, épouse", names.married, "surname", (LAST,), 0.98),
    Kind("both surnames", names.both_surnames, "name", (NEAR_LAST, NEAR_FIRST), 0.95, wide=True),
    Kind("surname and birth date", names.name_and_birth, "born", (LAST, BORN)),
    Kind("surname and year", names.year, "year", (LAST, BORN), 0.97),
    Kind("surname and month", names.month, "born", (LAST, BORN)),
    Kind("birth date", names.born, "birth date", (BORN,)),
    Kind("both surnames, née", names.with_birth_name, "both", (LAST,)),
    Kind("surname, postcode and town", names.postcode_and_town, "town", (LAST, TOWN)),
    Kind("surname and town", names.town, "town", (LAST, TOWN)),
    Kind("name, birth and town", names.everything, "born", (LAST, FIRST, BORN, TOWN), 0.97),
    Kind("telephone", keys.phone, "person", (PHONE,)),
    Kind("telephone and name", keys.phone_and_name, "person", (PHONE, LAST)),
    Kind("end of a telephone", lambda party, _: party.phones[0][-6:], "person", (PHONE,)),
    Kind("beginning of a telephone", keys.phone_beginning, "person", (PHONE,)),
    Kind("name and last four digits", keys.name_and_digits, "person", (LAST, PHONE), 0.95),
    Kind("telephone dictated", keys.dictated, "person", (PHONE,)),
    Kind("telephone half dictated", keys.half_dictated, "person", (PHONE,)),
    Kind("member number", keys.member, "person", (MEMBER,)),
    Kind("beginning of a member number", lambda party, _: party.member_number[:7], "person", (MEMBER,)),
    Kind("letters for digits", keys.letters_for_digits, "person", (MEMBER,)),
    Kind("digits for letters", keys.digits_for_letters, "person", (MEMBER,)),
    Kind(
        "member number and first name",
        lambda party, _: f"{party.first_name} {party.member_number}",
        "person",
        (MEMBER, FIRST | LAST),
    ),
    Kind("e-mail", keys.email, "person", (EMAIL,)),
    Kind("part of an e-mail", keys.part_of_email, "person", (EMAIL,)),
    Kind("diminutive", names.diminutive, "name", (LAST, FIRST | {MatchedOn.FIRST_NAME_VARIANT})),
    Kind("surname as heard", names.heard, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("first name as heard", names.first_heard, "name", (LAST, NEAR_FIRST), 0.99),
    Kind("one typo", names.typo, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("one typo, reversed", names.typo_reversed, "name", (NEAR_LAST, FIRST), 0.99),
    Kind("one typo in the first name", names.typo_of_first, "name", (LAST, NEAR_FIRST), 0.99),
    Kind("one typo and birth date", names.typo_and_birth, "born", (NEAR_LAST, BORN), 0.99),
    Kind("one typo and year", names.typo_and_year, "year", (NEAR_LAST, FIRST, BORN), 0.99),
    Kind("one typo and town", names.typo_and_town, "town", (NEAR_LAST, FIRST, TOWN), 0.99),
    Kind("two typos", names.two_typos, "name", (NEAR_LAST, FIRST), 0.9, wide=True),
    Kind("a typo in each name", names.a_typo_each, "name", (NEAR_LAST, NEAR_FIRST), 0.9, wide=True),
    Kind(
        "two typos and year", names.two_typos_and_year, "year", (NEAR_LAST, NEAR_FIRST, BORN), 0.9, wide=True
    ),
    Kind("two typos and birth date", names.two_typos_and_birth, "born", (NEAR_LAST, BORN), 0.9, wide=True),
    Kind(
        "two typos and town", names.two_typos_and_town, "town", (NEAR_LAST, NEAR_FIRST, TOWN), 0.9, wide=True
    ),
    Kind("names run together", names.glued, "name", (LAST, FIRST), 0.9, wide=True),
    Kind("with signs around", names.marked, "name", (LAST, FIRST)),
)

COMPANY_KINDS: tuple[Kind, ...] = (
    Kind("company", keys.company, "company", (COMPANY,)),
    Kind("company, another form", keys.company_form, "company", (COMPANY,)),
    Kind("company and town", keys.company_and_town, "company", (COMPANY, TOWN), 0.95),
    Kind("SIREN", keys.siren, "person", (SIREN,)),
    Kind("SIRET", keys.siret, "person", (SIREN,)),
)


@dataclass(frozen=True, slots=True)
class Typed:
    """One query, whom it is about, and how many answer it as well."""

    words: str
    party: Party
    rivals: int


class Searching(Protocol):
    """A directory to search."""

    def quick(self, words: str) -> SearchAnswer:
        """Return the first part of an answer."""

    def wide(self, words: str, known: Collection[PersonId]) -> SearchAnswer:
        """Return its second part."""


def drawn(everybody: Sequence[Party], kind: Kind, count: int, seed: int = 1) -> list[Typed]:
    """Return queries of a kind about people drawn at random."""
    chance = random.Random(f"{seed} {kind.name}")
    wanted = kind in COMPANY_KINDS
    shared = SHARED[kind.shared]
    bearers = Counter(key for party in everybody for key in shared(party))
    made: list[Typed] = []
    for party in chance.sample(everybody, len(everybody)):
        if (party.kind is PartyKind.COMPANY) is wanted and (words := kind.typed(party, chance)).strip():
            made.append(Typed(words, party, max(bearers[key] for key in shared(party))))
        if len(made) == count:
            break
    return made


def faults(
    everybody: Sequence[Party], kind: Kind, count: int, searching: Searching, seed: int = 1
) -> list[str]:
    """Ask so many queries of a kind; return a sentence for each that is not answered as it should be."""
    found = [(typed, _fault(kind, typed, searching)) for typed in drawn(everybody, kind, count, seed)]
    return [f"{typed.words!r}, {typed.party.native_id}: {fault}" for typed, fault in found if fault]


def _fault(kind: Kind, typed: Typed, searching: Searching) -> str:
    answer = searching.quick(typed.words)
    hits = list(answer.hits)
    if kind.wide and answer.total < ENOUGH:
        hits.extend(searching.wide(typed.words, [hit.entry.person for hit in hits]).hits)
    rank = next(
        (rank for rank, hit in enumerate(hits) if hit.entry.party.native_id == typed.party.native_id), None
    )
    if rank is None:
        return "" if _crowded_out(kind, typed, hits) else f"missing, {typed.rivals} answer as well"
    if rank >= FIRST_ROWS and typed.rivals <= FIRST_ROWS and kind.recall == 1.0:
        return f"row {rank}"
    told = set(hits[rank].matched_on)
    return "" if all(reasons & told for reasons in kind.told) else f"told {sorted(told)}"


def _crowded_out(kind: Kind, typed: Typed, hits: Sequence[SearchHit]) -> bool:
    """Say whether the first rows are taken by others who answer as well: the agent has to type more."""
    shared = SHARED[kind.shared]
    wanted = set(shared(typed.party))
    return (
        typed.rivals > FIRST_ROWS
        and len(hits) >= FIRST_ROWS
        and all(wanted & set(shared(hit.entry.party)) for hit in hits[:FIRST_ROWS])
    )
