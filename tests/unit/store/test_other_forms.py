"""People found by other forms than those that the directory holds, and what a full answer leaves room for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from avise.directory.keys import Minter
from avise.env import FixedEnv
from avise.models.customer import MatchedOn, Party, PartyKind
from avise.store.directory import Directory
from tests.directory_people import EVERYBODY, HELENE
from tests.unit.store.test_directory_search import MINTER, built, natives

BAPTISTE = Party("40", PartyKind.MEMBER, "Saint-Aubrac", "Jean-Baptiste", birth_date=date(1968, 3, 20))
CROWD = tuple(Party(f"c{number}", PartyKind.MEMBER, "Vallorin", f"Prénom{number}") for number in range(60))
NEAR = Party("near", PartyKind.MEMBER, "Vallorun", "Ada")


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[Directory]:
    opened = await built(tmp_path, (*EVERYBODY, BAPTISTE, *CROWD, NEAR))
    yield opened
    await opened.aclose()


@pytest.mark.parametrize(
    ("typed", "expected", "why"),
    [
        ("marchand ellen", ["1", "3"], MatchedOn.FIRST_NAME_VARIANT),
        ("saint aubrac jb", ["40"], MatchedOn.FIRST_NAME),
        ("st aubrac", ["40"], MatchedOn.NAME),
        ("ste aubrac", ["40"], MatchedOn.NAME_TYPO),
        ("saint aubrac jean baptitse", ["40"], MatchedOn.FIRST_NAME_TYPO),
        ("marchand helene st evroult", ["3"], MatchedOn.CITY),
        ("zéro six trente-neuf quatre-vingt-dix-huit quarante et un vingt-sept", ["1"], MatchedOn.PHONE),
        ("33639984127", ["1"], MatchedOn.PHONE),
        ("aubrac 58 ans", ["40"], MatchedOn.BIRTH_DATE),
        ("helene.marchand", ["1", "3"], MatchedOn.NAME),
    ],
)
async def test_other_forms(directory: Directory, typed: str, expected: list[str], why: MatchedOn) -> None:
    answer = await directory.search(typed)
    assert natives(answer) == expected
    assert why in answer.hits[0].matched_on


async def test_a_common_name_leaves_room_for_those_near_to_it(directory: Directory) -> None:
    answer = await directory.search("vallorin")
    assert len(answer.hits) == 50
    assert natives(answer)[-1] == "near"
    assert answer.hits[-1].matched_on == (MatchedOn.NAME_TYPO,)
    assert natives(await directory.search("vallorin", 5)) == natives(answer)[:5]


async def test_two_wrong_letters_are_a_second_part(directory: Directory) -> None:
    assert natives(await directory.search("mirchind helene")) == []
    second = await directory.search_wider("mirchind helene", ())
    assert sorted(natives(second)) == ["1", "3"]
    assert second.hits[0].matched_on == (MatchedOn.NAME_TYPO, MatchedOn.FIRST_NAME)
    assert natives(await directory.search_wider("mirchind helene", [MINTER.person(HELENE)])) == ["3"]
    assert natives(await directory.search_wider("0639984127", ())) == []
    assert natives(await directory.search_wider("vallurin ada", (), 1)) == ["near"]


async def test_the_second_part_measures_the_longer_of_two_names(tmp_path: Path) -> None:
    known = (
        Party("m", PartyKind.MEMBER, "Martin", "Alexandre"),
        Party("o", PartyKind.MEMBER, "Oyak", "Alexandre"),
    )
    directory = await built(tmp_path, known)
    assert natives(await directory.search_wider("mati alexandre", ())) == ["m"]
    assert natives(await directory.search_wider("oybr alexandre", ())) == []
    await directory.aclose()


async def test_the_second_part_tells_which_name_is_near(tmp_path: Path) -> None:
    known = Party("born", PartyKind.MEMBER, "Lanvival", "Béatrice", birth_name="Chevalier")
    directory = await built(tmp_path, (known,))
    (hit,) = (await directory.search_wider("chvealeir", ())).hits
    assert hit.highlights == (("birth_name", 0, len("Chevalier")),)
    await directory.aclose()


async def test_every_word_of_a_company_is_tinted_its_figures_too(tmp_path: Path) -> None:
    known = Party("c", PartyKind.COMPANY, company_name="SARL Pharmacie du 8 mai")
    directory = await built(tmp_path, (known,))
    (hit,) = (await directory.search("pharmacie 8 mai")).hits
    assert [known.company_name[start : start + length] for _name, start, length in hit.highlights] == [
        "Pharmacie",
        "8",
        "mai",
    ]
    await directory.aclose()


async def test_a_word_of_a_company_is_tinted_where_a_word_begins_so(tmp_path: Path) -> None:
    known = Party("c", PartyKind.COMPANY, company_name="Transports Macé de la Porte")
    directory = await built(tmp_path, (known,))
    (hit,) = (await directory.search("mac port")).hits
    assert hit.highlights == (("company_name", 11, 3), ("company_name", 22, 4))
    await directory.aclose()


@pytest.mark.parametrize("typed", ["20/02/1968", "20/03/1978", "21031968"])
async def test_a_wrong_birth_date_beside_a_right_name_is_a_second_part(
    directory: Directory, typed: str
) -> None:
    words = f"saint-aubrac jean-baptiste {typed}"
    assert natives(await directory.search(words)) == []
    (hit,) = (await directory.search_wider(words, ())).hits
    assert hit.entry.party.native_id == "40"
    assert hit.matched_on[-1] is MatchedOn.BIRTH_DATE_TYPO


async def test_a_wrong_birth_date_is_forgiven_beside_a_town_too(tmp_path: Path) -> None:
    known = replace(BAPTISTE, city="Lyon", postcode="69001")
    directory = await built(tmp_path, (known, replace(known, native_id="41", city="Nantes")))
    (hit,) = (await directory.search_wider("saint-aubrac 21/03/1968 lyon", ())).hits
    assert hit.entry.party == known
    assert hit.matched_on == (MatchedOn.NAME, MatchedOn.BIRTH_DATE_TYPO, MatchedOn.CITY)
    await directory.aclose()


async def test_a_right_birth_date_is_not_taken_for_a_wrong_one(directory: Directory) -> None:
    answer = await directory.search("saint-aubrac 20/03/1968")
    known = [hit.entry.person for hit in answer.hits]
    assert known
    assert natives(await directory.search_wider("saint-aubrac 20/03/1968", known)) == []


COMPANIES = (
    Party("dotted", PartyKind.COMPANY, company_name="M.D.G.V. Services", siren="732829320"),
    Party("plain", PartyKind.COMPANY, company_name="SARL MOS Couverture", siren="404833048"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mdgv", "dotted"),
        ("m.d.g.v.", "dotted"),
        ("m d g v services", "dotted"),
        ("M.O.S.", "plain"),
        ("S.A.R.L. MOS", "plain"),
        ("732829", "dotted"),
        ("FR 44 732 829 320", "dotted"),
        ("FR83404833048", "plain"),
        ("Raison sociale : MOS", "plain"),
    ],
)
async def test_companies_are_found_by_letters_and_by_part_of_their_number(
    tmp_path: Path, typed: str, expected: str
) -> None:
    directory = await built(tmp_path, COMPANIES)
    assert natives(await directory.search(typed)) == [expected]
    await directory.aclose()


@pytest.mark.parametrize("typed", ["mdgv 732829320", "services 732829", "TVA : FR44732829320 mdgv"])
async def test_a_company_s_name_beside_its_number_confirms_it(tmp_path: Path, typed: str) -> None:
    directory = await built(tmp_path, COMPANIES)
    (hit,) = (await directory.search(typed)).hits
    assert hit.entry.party.native_id == "dotted"
    assert hit.matched_on == (MatchedOn.SIREN, MatchedOn.COMPANY)
    assert natives(await directory.search("services 404833")) == []
    await directory.aclose()


async def test_a_letter_wrong_in_a_company_s_name_is_a_second_part(tmp_path: Path) -> None:
    directory = await built(tmp_path, COMPANIES)
    assert natives(await directory.search("couvertrue mos")) == []
    (hit,) = (await directory.search_wider("couvertrue mos", ())).hits
    assert hit.highlights == (("company_name", 9, 10), ("company_name", 5, 3))
    assert hit.matched_on == (MatchedOn.COMPANY, MatchedOn.NAME_TYPO)
    await directory.aclose()


async def test_a_form_s_labels_name_nobody(directory: Directory) -> None:
    typed = "Nom : Saint-Aubrac Prénom : Jean-Baptiste Né le : 20/03/1968"
    assert natives(await directory.search(typed)) == ["40"]
    assert natives(await directory.search("Nom de jeune fille : Le Goff")) == ["1"]
    for label in ("Mél : ", "Courriel:", "E-mail:", "mailto:"):
        assert natives(await directory.search(f"{label}{HELENE.email}")) == ["1"]


async def test_zeros_in_front_of_a_member_number_may_be_left_out(tmp_path: Path) -> None:
    known = Party("z", PartyKind.MEMBER, "Orvault", "Inès", member_number="0012345678")
    directory = await built(tmp_path, (known,))
    assert natives(await directory.search("12345678")) == ["z"]
    await directory.aclose()


async def test_initials_are_no_end_of_a_surname(directory: Directory) -> None:
    assert natives(await directory.search_wider("vallorin jp", ())) == []


async def test_another_site_s_directory_gives_other_identities(tmp_path: Path) -> None:
    other = Minter(MINTER.site_namespace, "crm.person")
    opened = await Directory.open(tmp_path / "other.db", bytes(32), FixedEnv(), other)
    builder = opened.rebuild()
    await builder.add([HELENE])
    await builder.finish("end")
    assert await opened.by_person(MINTER.person(HELENE)) is None
    entry = await opened.by_identifier("benefits.insured", "B12")
    assert entry is not None
    assert entry.person == other.person(HELENE)
    await opened.aclose()
