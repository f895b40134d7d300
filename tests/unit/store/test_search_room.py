"""When more people answer than are shown, nobody's kind of answer hides another's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from avise.directory.keys import Minter
from avise.env import FixedEnv
from avise.models.customer import Party, PartyKind
from avise.store.directory import Directory

MINTER = Minter(uuid.UUID(int=5), "parties.party")
MANY = 60
"""More than the rows of an answer."""


def person(number: str, last: str, first: str, city: str = "Nantes") -> Party:
    return Party(
        native_id=number, kind=PartyKind.MEMBER, last_name=last, first_name=first, birth_name=last, city=city
    )


def people(last: str, first: str, city: str = "Nantes") -> list[Party]:
    return [person(f"{last}-{first}-{number}", last, first, city) for number in range(MANY)]


def companies(name: str) -> list[Party]:
    return [
        Party(native_id=f"{name}-{number}", kind=PartyKind.COMPANY, company_name=f"{name} {number}")
        for number in range(MANY)
    ]


async def surnames_shown(folder: Path, known: Iterable[Party], typed: str) -> list[tuple[str, str]]:
    """Return the names of the fifty rows of an answer, in order."""
    directory = await Directory.open(folder / "directory.db", bytes(32), FixedEnv(), MINTER)
    try:
        builder = directory.rebuild()
        await builder.add(list(known))
        await builder.finish("end")
        answer = await directory.search(typed, 50)
    finally:
        await directory.aclose()
    assert len(answer.hits) == min(answer.total, 50)
    return [(hit.entry.party.last_name, hit.entry.party.first_name) for hit in answer.hits]


async def test_companies_of_a_word_come_after_those_whose_surname_begins_so(tmp_path: Path) -> None:
    known = [*companies("Garage Lambert"), person("one", "Lambert", "Brigitte")]
    assert (await surnames_shown(tmp_path, known, "lamb"))[0] == ("Lambert", "Brigitte")


async def test_two_names_that_are_first_names_too_share_the_rows(tmp_path: Path) -> None:
    known = [*people("André", "Michel"), *people("Michel", "André")]
    shown = await surnames_shown(tmp_path, known, "michel andré")
    assert shown.count(("André", "Michel")) == shown.count(("Michel", "André")) == 25


async def test_a_first_name_that_begins_a_town_still_forgives_the_surname(tmp_path: Path) -> None:
    known = [*people("Michel", "Yves", "Loicville"), person("one", "Michel", "Loïc")]
    assert ("Michel", "Loïc") in await surnames_shown(tmp_path, known, "mivhel loic")


async def test_a_mistaken_surname_is_no_mistaken_first_name_alone(tmp_path: Path) -> None:
    known = [*people("Richard", "Martin"), person("one", "Martin", "Richard")]
    assert ("Martin", "Richard") in await surnames_shown(tmp_path, known, "martiin richard")


@pytest.mark.parametrize("hidden", ["Martin", "Marty", "Parti"])
async def test_a_surname_one_letter_away_is_shown_below_one_that_many_bear(
    tmp_path: Path, hidden: str
) -> None:
    known = [*people("Marti", "Anne"), person("one", hidden, "Zoé")]
    shown = await surnames_shown(tmp_path, known, "marti")
    assert shown[0] == ("Marti", "Anne")
    assert shown[-1] == (hidden, "Zoé")


async def test_who_bears_both_typed_surnames_comes_first(tmp_path: Path) -> None:
    wanted = replace(person("one", "Dupont", "Zoé"), birth_name="Martin")
    known = [*people("Dupont", "Anne"), *people("Martin", "Anne"), wanted]
    for place, typed in enumerate(("dupont née martin", "martin épouse dupont", "mme dupont zoé née martin")):
        (folder := tmp_path / str(place)).mkdir()
        assert (await surnames_shown(folder, known, typed))[0] == ("Dupont", "Zoé")


async def test_a_postcode_and_its_town_are_one_place(tmp_path: Path) -> None:
    known = [
        replace(person("here", "Lefebvre", "Anne", "Nantes"), postcode="44000"),
        replace(person("there", "Lefebvre", "Paul", "Paris"), postcode="75011"),
    ]
    assert await surnames_shown(tmp_path, known, "lefebvre 75011 paris") == [("Lefebvre", "Paul")]


@pytest.mark.parametrize("typed", ["garage 2000", "3d bois", "3d bois nantes", "pharmacie du 8 mai"])
async def test_figures_may_belong_to_the_name_of_a_company(tmp_path: Path, typed: str) -> None:
    names = ("Garage 2000", "3D Bois", "Pharmacie du 8 Mai")
    known = [
        Party(native_id=name, kind=PartyKind.COMPANY, company_name=name, city="Nantes") for name in names
    ]
    assert len(await surnames_shown(tmp_path, known, typed)) == 1


async def test_a_town_with_a_figure_in_its_name_is_no_company(tmp_path: Path) -> None:
    known = [person("one", "Roux", "Léa", "Paris 12")]
    assert await surnames_shown(tmp_path, known, "paris 12") == []
