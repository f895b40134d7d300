"""What a desk refuses of two records, and what it knows of what others decided when it decides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from avise.models.customer import Party, PartyKind
from avise.models.errors import AviseError
from avise.models.identity.links import Side
from avise.models.identity.matching import Thresholds
from avise.models.roles import Role
from avise.services.identity.run import ToolRecord, persons, run_over
from tests.unit.engine.test_same_person import MONIQUE, SLIP, TWICE, House, house_of, person

COMPANY = Party("5", PartyKind.COMPANY, company_name="Le Fournil (fictif)")
PROTECTED = replace(TWICE, native_id="6", restricted=True, ids={})
BORN_LATER = replace(SLIP, native_id="7", birth_date=date(1951, 4, 23))
"""Another day than Monique's, one digit from that of a slip."""
BETWEEN = replace(SLIP, native_id="8", birth_date=date(1951, 3, 23))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(tmp_path, MONIQUE, TWICE, SLIP, COMPANY, PROTECTED, BETWEEN, BORN_LATER) as found:
        yield found


@pytest.mark.parametrize(
    ("role", "other", "key"),
    [
        (Role.CASE_MANAGER, COMPANY, "identity.company"),
        (Role.CASE_MANAGER, MONIQUE, "identity.same_record"),
        (Role.CASE_MANAGER, replace(MONIQUE, native_id="nobody"), "identity.unknown"),
        (Role.REP, PROTECTED, "open.not_allowed"),
    ],
)
async def test_what_cannot_be_one_person_or_may_not_be_seen_is_refused(
    house: House, role: Role, other: Party, key: str
) -> None:
    with pytest.raises(AviseError) as refused:
        await house.desk(role).link_records(person(MONIQUE), person(other))
    assert refused.value.message_key == key


async def test_a_link_that_contradicts_what_one_of_both_is_linked_to_is_refused(house: House) -> None:
    desk = house.desk()
    await desk.link_records(person(MONIQUE), person(BETWEEN))
    with pytest.raises(AviseError) as refused:
        await desk.link_records(person(BETWEEN), person(BORN_LATER))
    assert refused.value.message_key == "identity.refused.birth_date"
    alone = house.desk()
    (link,) = await alone.record_links(person(MONIQUE))
    await alone.unlink_records(link.link, "Deux cousines")
    await alone.link_records(person(BETWEEN), person(BORN_LATER))


async def test_whoever_links_two_that_were_kept_apart_has_the_last_word(house: House) -> None:
    desk = house.desk()
    await desk.keep_records_apart(person(MONIQUE), person(TWICE))
    await desk.link_records(person(MONIQUE), person(TWICE))
    for at in (desk, house.desk()):
        (link,) = await at.record_links(person(MONIQUE))
        assert link.other.person == person(TWICE)
        assert await at.same_person_proposals() == ()


async def test_whoever_keeps_apart_what_two_desks_decided_contrarily_has_the_last_word(house: House) -> None:
    marc, ines = house.desk(user="marc.petit"), house.desk(user="ines.roux")
    assert await ines.record_links(person(MONIQUE)) == ()
    await marc.link_records(person(MONIQUE), person(TWICE))
    await ines.keep_records_apart(person(MONIQUE), person(TWICE))
    desk = house.desk()
    (pair,) = await desk.same_person_proposals()
    assert (pair.proposed_by, pair.against) == ("marc.petit", "ines.roux")
    await desk.keep_records_apart(person(MONIQUE), person(TWICE))
    for at in (desk, house.desk()):
        assert await at.same_person_proposals() == ()
        assert await at.record_links(person(MONIQUE)) == ()


async def test_a_reason_that_holds_a_restricted_number_is_refused_and_the_link_stands(house: House) -> None:
    desk = house.desk()
    await desk.link_records(person(MONIQUE), person(TWICE))
    (link,) = await desk.record_links(person(MONIQUE))
    with pytest.raises(AviseError) as refused:
        await desk.unlink_records(link.link, "NIR 268034410921492")
    assert refused.value.message_key == "note.restricted"
    assert len(await desk.record_links(person(MONIQUE))) == 1


def _record(party: Party) -> ToolRecord:
    return ToolRecord(Side(person(party)), party)


async def test_two_records_of_the_master_under_one_number_elsewhere_are_still_looked_at(house: House) -> None:
    desk = house.desk()
    again = replace(TWICE, ids=MONIQUE.ids)
    table = persons([_record(MONIQUE), _record(again), _record(replace(SLIP, deleted=True))])
    assert [each.party.native_id for each in table] == ["1", "2"]
    found = await run_over(desk.same_person, table, table, Thresholds(), propose_only=True)
    assert (found.proposed, found.left) == (1, 0)
