"""Finding people by any key in any form; what matched is said, homonyms are counted."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from avise.directory.keys import Minter
from avise.env import FixedEnv
from avise.models.customer import MatchedOn, Party, PartyKind, SearchAnswer, SearchHit
from avise.models.names import fold
from avise.store.directory import Directory
from tests.directory_people import EVERYBODY, HELENE, SEARCHES, YVES

MINTER = Minter(uuid.UUID(int=5), "parties.party")
KEY = bytes(32)


async def built(folder: Path, parties: tuple[Party, ...]) -> Directory:
    directory = await Directory.open(folder / "directory.db", KEY, FixedEnv(), MINTER)
    builder = directory.rebuild()
    await builder.add(parties)
    await builder.finish("cursor-1")
    return directory


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[Directory]:
    opened = await built(tmp_path, EVERYBODY)
    yield opened
    await opened.aclose()


def natives(answer: SearchAnswer) -> list[str]:
    return [hit.entry.party.native_id for hit in answer.hits]


@pytest.mark.parametrize(("typed", "expected"), SEARCHES)
async def test_who_is_found(directory: Directory, typed: str, expected: list[str]) -> None:
    answer = await directory.search(typed)
    assert natives(answer) == expected
    assert answer.total == len(expected)
    assert not answer.more
    assert answer.as_of == FixedEnv().now().isoformat()


async def only(directory: Directory, typed: str) -> SearchHit:
    (hit,) = (await directory.search(typed)).hits
    return hit


def tinted(hit: SearchHit, name: str) -> list[str]:
    """The parts of a field that are tinted; phones by index, birth dates as they are written."""
    party = hit.entry.party
    shown = {f"phones.{index}": phone for index, phone in enumerate(party.phones)}
    if party.birth_date is not None:
        shown["birth_date"] = f"{party.birth_date:%d/%m/%Y}"
    value = shown.get(name) or getattr(party, name)
    return [value[start : start + length] for field, start, length in hit.highlights if field == name]


async def test_what_matched_is_said_and_tinted(directory: Directory) -> None:
    hit = await only(directory, "yvse marchand")
    assert hit.matched_on == (MatchedOn.NAME, MatchedOn.FIRST_NAME_TYPO)
    assert tinted(hit, "last_name") == ["MARCHAND"]
    hit = await only(directory, "claire maubourg")
    assert tinted(hit, "last_name") == ["Maubourg"]
    assert tinted(hit, "first_name") == ["Claire"]
    hit = await only(directory, "merchand 1968")
    assert hit.matched_on == (MatchedOn.NAME_TYPO, MatchedOn.BIRTH_DATE)
    assert tinted(hit, "last_name") == ["MARCHAND"]
    assert tinted(hit, "birth_date") == ["1968"]
    hit = await only(directory, "lefevre")
    assert hit.matched_on == (MatchedOn.NAME_TYPO,)
    hit = await only(directory, "le goff")
    assert hit.matched_on == (MatchedOn.BIRTH_NAME,)
    assert tinted(hit, "birth_name") == ["Le Goff"]
    hit = await only(directory, "98 41 27")
    assert hit.matched_on == (MatchedOn.PHONE,)
    assert tinted(hit, "phones.0") == ["984127"]

    hit = await only(directory, "06 39 98 4")
    assert hit.matched_on == (MatchedOn.PHONE,)
    assert tinted(hit, "phones.0") == ["639984"]
    hit = await only(directory, "saint evr marchand")
    assert hit.matched_on == (MatchedOn.NAME, MatchedOn.CITY)
    assert tinted(hit, "city") == ["Saint-Évr"]
    hit = await only(directory, "ormes")
    assert hit.matched_on == (MatchedOn.COMPANY,)
    assert tinted(hit, "company_name") == ["Ormes"]
    hit = await only(directory, "helene.marchand@exemple.invalid")
    assert hit.matched_on == (MatchedOn.EMAIL,)
    assert hit.score == 1.0
    hit = await only(directory, "000123455")
    assert (hit.matched_on, tinted(hit, "siren")) == ((MatchedOn.SIREN,), ["000123455"])


async def test_homonyms_are_counted_and_restricted_files_are_listed(directory: Directory) -> None:
    answer = await directory.search("marchand helene")
    assert [(hit.homonyms, hit.entry.party.restricted) for hit in answer.hits] == [(1, False), (1, True)]
    assert (await only(directory, "yves marchand")).homonyms == 0


async def test_a_beneficiary_says_whose(directory: Directory) -> None:
    assert (await only(directory, "yves marchand")).member_label == "conjoint(e) de Hélène"
    assert (await only(directory, "lou dupond")).member_label == "enfant d’Élodie"
    assert (await only(directory, "ndiaye")).member_label == ""


async def test_whose_number_ends_so_comes_before_those_whose_number_begins_so(tmp_path: Path) -> None:
    begins, ends = replace(HELENE, phones=("+33639984127",)), replace(YVES, phones=("+33100639984",))
    opened = await built(tmp_path, (begins, ends))
    try:
        assert natives(await opened.search("0639984")) == ["2", "1"]
    finally:
        await opened.aclose()


@pytest.mark.parametrize(
    ("relation", "title", "label"),
    [
        ("spouse", "mr", "conjoint de Hélène"),
        ("spouse", "mrs", "conjointe de Hélène"),
        ("cohabitant", "mrs", "concubine de Hélène"),
        ("ascendant", "mr", "ascendant de Hélène"),
        ("civil_partner", "mrs", "partenaire de PACS de Hélène"),
        ("", "mr", "bénéficiaire de Hélène"),
    ],
)
async def test_whose_beneficiary_somebody_is_agrees_with_their_title(
    tmp_path: Path, relation: str, title: str, label: str
) -> None:
    somebody = replace(YVES, relation=relation, title=title)
    opened = await built(tmp_path, (HELENE, somebody))
    try:
        assert (await only(opened, "yves marchand")).member_label == label
    finally:
        await opened.aclose()


async def test_more_is_said_when_not_all_were_read(tmp_path: Path) -> None:
    crowd = tuple(
        Party(str(number), PartyKind.MEMBER, "Martin", f"Jean{number:03d}") for number in range(300)
    )
    directory = await built(tmp_path, crowd)
    answer = await directory.search("martin", limit=50)
    assert len(answer.hits) == 50
    assert answer.total >= 200
    assert answer.more
    await directory.aclose()


async def test_searches_run_side_by_side(directory: Directory) -> None:
    answers = await asyncio.gather(*(directory.search("marchand") for _ in range(20)))
    assert {tuple(natives(answer)) for answer in answers} == {("1", "3", "2")}


# ---- properties ----------------------------------------------------------------------------------

_SYLLABLES = [
    "mar",
    "ker",
    "le",
    "ro",
    "tin",
    "du",
    "pont",
    "vau",
    "go",
    "ff",
    "bé",
    "hé",
    "ça",
    "oux",
    "illet",
]


@pytest.fixture(scope="module")
def crowd() -> Iterator[tuple[tuple[Party, ...], Callable[[str], list[str]]]]:
    """Six hundred invented people in one directory, and a synchronous way to search it."""
    people = tuple(_person(number) for number in range(600))
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        directory = runner.run(built(Path(folder), people))
        yield people, lambda typed: natives(runner.run(directory.search(typed, 1000)))
        runner.run(directory.aclose())


def _person(number: int) -> Party:
    """One invented person; numbers make names collide now and then."""
    first = _SYLLABLES[number % 15] + _SYLLABLES[number // 15 % 15] + _SYLLABLES[number * 7 % 11]
    surname = first.title() if number % 3 else f"{first.title()}-{_SYLLABLES[number % 7].title()}"
    surname = ("", "de ", "Le ", "D’")[number % 4] + surname
    given = ("Hélène", "Jean-Marc", "Yves", "Élodie", "Lou", "Anne Marie", "Œnone", "Zoé")[number % 8]
    birth = date(1930 + number % 80, 1 + number % 12, 1 + number % 28)
    return Party(
        str(number), PartyKind.MEMBER, surname, given, birth_date=birth, member_number=f"{number:010d}"
    )


def as_typed(text: str) -> str:
    return text


def without_hyphen(text: str) -> str:
    return text.replace("-", " ")


def without_accent(text: str) -> str:
    return " ".join(fold(word) for word in text.split())


SPELLINGS: list[Callable[[str], str]] = [as_typed, str.upper, str.lower, without_hyphen, without_accent]


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 599), data=st.data())
def test_an_exact_name_is_always_found_in_any_order_and_spelling(
    crowd: tuple[tuple[Party, ...], Callable[[str], list[str]]], number: int, data: st.DataObject
) -> None:
    people, search = crowd
    person = people[number]
    parts = [person.last_name, person.first_name]
    if data.draw(st.booleans(), "swapped"):
        parts.reverse()
    typed = " ".join(parts)
    change = data.draw(st.sampled_from(SPELLINGS))
    assert str(number) in search(change(typed))


@settings(max_examples=60, deadline=None)
@given(number=st.integers(0, 599), data=st.data())
def test_one_letter_wrong_in_a_surname_still_finds_its_bearer(
    crowd: tuple[tuple[Party, ...], Callable[[str], list[str]]], number: int, data: st.DataObject
) -> None:
    people, search = crowd
    name = fold(people[number].last_name)
    assume(len(name) >= 5)
    position = data.draw(st.integers(1, len(name) - 2))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    edited = data.draw(
        st.sampled_from(
            [
                name[:position] + letter + name[position:],
                name[:position] + letter + name[position + 1 :],
                name[:position] + name[position + 1 :],
                name[:position] + name[position + 1] + name[position] + name[position + 2 :],
            ]
        )
    )
    assert str(number) in search(edited)


@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 599))
def test_a_name_with_its_birth_date_puts_its_bearer_first(
    crowd: tuple[tuple[Party, ...], Callable[[str], list[str]]], number: int
) -> None:
    people, search = crowd
    person = people[number]
    assert person.birth_date is not None
    typed = f"{person.first_name} {person.last_name} {person.birth_date:%d/%m/%Y}"
    assert search(typed)[0] == str(number)


@settings(max_examples=60, deadline=None)
@given(typed=st.text(max_size=60))
def test_nothing_typed_breaks_the_search(
    crowd: tuple[tuple[Party, ...], Callable[[str], list[str]]], typed: str
) -> None:
    found = crowd[1](typed)
    assert len(found) == len(set(found))
