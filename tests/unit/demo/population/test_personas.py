"""The scripted dossiers tell their story, on any day, with the same numbers everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from avise.demo.population.business_days import working_day_before, working_day_from
from avise.demo.population.entities import Dossier
from avise.demo.population.generate import generate_dossier
from avise.demo.population.personas import BAKERY_COLLEAGUES, HEAVY_MEMBER_NUMBERS, PERSONAS, SCRIPTED
from avise.demo.population.spec import WorldSpec

DAYS = (date(2026, 3, 24), date(2026, 11, 24), date(2027, 1, 3), date(2028, 2, 29))


@pytest.fixture(params=DAYS, ids=str)
def world(request: pytest.FixtureRequest) -> WorldSpec:
    day: date = request.param
    return WorldSpec.for_preset("mini", day)


def _open(world: WorldSpec, code: str) -> Dossier:
    return generate_dossier(world, PERSONAS[code].index)


def test_every_persona_of_the_design_is_there_with_a_number_and_a_sentence() -> None:
    codes = {"P00", *(f"P{number:02d}" for number in range(1, 25)), "P20b"}
    assert codes <= set(PERSONAS)
    assert len({persona.member_number for persona in PERSONAS.values()}) == len(PERSONAS)
    assert len({persona.phone for persona in PERSONAS.values()}) == len(PERSONAS)
    assert all(persona.sentence.endswith(".") for persona in PERSONAS.values())


def test_a_persona_has_the_same_numbers_in_every_world(world: WorldSpec) -> None:
    large = replace(WorldSpec.for_preset("stress", world.as_of, 9), heavy=True)
    for persona in PERSONAS.values():
        for spec in (world, large):
            dossier = generate_dossier(spec, persona.index)
            assert dossier.persona == persona.code
            assert dossier.ids.member_number == persona.member_number
            assert persona.phone in {point.value for point in dossier.contact_points}


def test_the_lead_matches_the_screen_of_the_guide(world: WorldSpec) -> None:
    dossier = _open(world, "P00")
    line = dossier.benefit_lines[0]
    rejected = [call for call in dossier.contributions if call.status == "rejected"]
    optics = next(
        rule for rule in dossier.guarantees if rule.party == dossier.ids.party and rule.category == "optics"
    )
    assert dossier.ids.member_number == "0482917350"
    assert dossier.member.birth_date == date(1968, 3, 12)
    assert dossier.member.accessibility == "deaf"
    assert (line.amount, line.category) == (Decimal("214.00"), "optics")
    assert line.paid_on == working_day_before(world.as_of)
    assert [call.amount for call in rejected] == [Decimal("84.20")]
    assert [item.number for item in dossier.complaints] == ["R-2291"]
    assert dossier.complaints[0].outcome == "none"
    assert [item.person.first_name for item in dossier.beneficiaries] == ["Yves", "Lou"]
    assert dossier.beneficiaries[1].rights_until is not None
    assert (dossier.beneficiaries[1].rights_until.month, dossier.beneficiaries[1].rights_until.day) == (9, 30)
    assert {row.state for row in dossier.consents if row.purpose == "commercial"} == {"no"}
    assert dossier.accounts[0].iban.endswith("4417")
    assert optics.renews_on is not None
    assert optics.renews_on > world.as_of


def test_the_newborn_is_rejected_by_the_fund_with_code_20(world: WorldSpec) -> None:
    dossier = _open(world, "P02")
    child = dossier.beneficiaries[-1].person
    link = next(link for link in dossier.noemie if link.party == child.ids.party)
    assert (link.state, link.code) == ("rejected", "20")
    assert world.as_of - child.birth_date == timedelta(days=24)


def test_the_bakery_has_seven_employees_and_an_anomaly(world: WorldSpec) -> None:
    employees = [_open(world, "P04"), *(generate_dossier(world, index) for index in BAKERY_COLLEAGUES)]
    assert len(employees) == 7
    companies = {dossier.company for dossier in employees}
    assert len(companies) == 1
    company = companies.pop()
    assert company is not None
    assert "Le Fournil des Ormes" in company.name
    assert company.declaration_state == "anomaly"
    assert all(dossier.contracts[0].company_siren == company.siren for dossier in employees)


def test_the_stay_of_tomorrow_waits_for_its_authorization(world: WorldSpec) -> None:
    authorization = _open(world, "P11").authorizations[0]
    assert (authorization.kind, authorization.status) == ("hospital", "pending")
    assert authorization.care_date == world.as_of + timedelta(days=1)


def test_the_card_refused_says_why(world: WorldSpec) -> None:
    cards = [card for card in _open(world, "P12").cards if card.status == "refused"]
    assert len(cards) == 1
    assert cards[0].refusal


def test_the_repeated_caller_is_to_be_acknowledged_on_the_next_working_day(world: WorldSpec) -> None:
    dossier = _open(world, "P13")
    complaint = dossier.complaints[0]
    calls = [item for item in dossier.exchanges if item.reason == "R01" and item.id.count("-S")]
    assert len(calls) == 4
    assert complaint.acknowledged_on is None
    assert complaint.acknowledge_by == working_day_from(world.as_of + timedelta(days=1))


def test_two_debits_are_rejected_and_a_plan_granted(world: WorldSpec) -> None:
    rejected = [call for call in _open(world, "P10").contributions if call.status == "rejected"]
    assert [call.stage for call in rejected] == ["instalment_plan", "instalment_plan"]


def test_a_changed_account_is_suspect_when_the_bank_does_not_know_the_holder(world: WorldSpec) -> None:
    account = _open(world, "P14").accounts[0]
    assert (account.status, account.holder_check) == ("suspect", "no_match")


def test_a_death_stops_debits_campaigns_and_rights(world: WorldSpec) -> None:
    dossier = _open(world, "P18")
    died = dossier.member.death_date
    assert died is not None
    assert dossier.rights_status == "closed"
    assert all(row.state == "no" for row in dossier.consents)
    assert all(call.due_on <= died for call in dossier.contributions)
    assert all(line.care_date <= died for line in dossier.benefit_lines)


def test_portability_ends_in_29_days(world: WorldSpec) -> None:
    contract = _open(world, "P19").contracts[0]
    assert contract.kind == "portability"
    assert contract.end_date == world.as_of + timedelta(days=29)


@pytest.mark.parametrize(("first", "second"), [("P20", "P20b"), ("P20c", "P20d")])
def test_homonyms_share_a_name_and_a_birth_date_and_live_elsewhere(
    world: WorldSpec, first: str, second: str
) -> None:
    one, other = _open(world, first), _open(world, second)
    assert (one.member.last_name, one.member.first_name) == (other.member.last_name, other.member.first_name)
    assert one.member.birth_date == other.member.birth_date
    assert one.contact_points[0].city != other.contact_points[0].city
    assert one.ids.member_number != other.ids.member_number


def test_births_overseas_and_in_corsica_show_in_the_nir(world: WorldSpec) -> None:
    corsicans = _open(world, "P22")
    assert _open(world, "P21").member.nir[5:8] == "974"
    assert corsicans.member.nir[5:7] == "2A"
    assert corsicans.beneficiaries[0].person.nir[5:7] == "2B"


def test_a_prospect_has_neither_contract_nor_nir_and_may_be_called(world: WorldSpec) -> None:
    dossier = _open(world, "P23")
    assert dossier.member.kind == "prospect"
    assert (dossier.contracts, dossier.benefit_lines, dossier.member.nir) == ((), (), "")
    assert any((row.channel, row.state) == ("phone", "yes") for row in dossier.consents)


def test_protected_files_are_marked(world: WorldSpec) -> None:
    assert _open(world, "P16").member.restricted
    assert _open(world, "P17").member.staff_member
    assert _open(world, "P06").member.protection == "curatorship"
    assert _open(world, "P06").member.authorized_third_party
    assert len(_open(world, "P08").beneficiaries) == 5
    assert sum(item.shared_custody for item in _open(world, "P08").beneficiaries) == 2


def test_the_longest_dossier_holds_thousands_of_lines_and_exchanges() -> None:
    spec = WorldSpec.for_preset("demo")
    first = len(SCRIPTED) + len(BAKERY_COLLEAGUES)
    dossier = generate_dossier(spec, first)
    assert dossier.ids.member_number == HEAVY_MEMBER_NUMBERS[0]
    assert len(HEAVY_MEMBER_NUMBERS) == 10
    assert 2_500 <= len(dossier.benefit_lines) <= 4_000
    assert 9_000 <= len(dossier.exchanges) <= 11_000
