"""The lines of a visit's sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from avise.models.care_totals import CareTotal
from avise.models.customer import Party, PartyKind
from avise.models.facets import FacetState
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.models.json_types import JSON
from avise.models.roles import Role
from avise.services.visits.sheet import PAST_AT_MOST, past_lines, sheet_lines
from tests.unit.services.facts_builder import NOW, facts, view

IDENTITY = view(
    "identity", {"first_name": "Éric", "birth_date": "1974-01-02", "rights_status": "open", "nir": "1 74…"}
)
SPOUSE = {"first_name": "Sylvie", "birth_date": "1976-05-03", "relation": "spouse"}
CONTRACT = {"plan": "Confort", "status": "active", "effective_date": "2020-01-01"}


def told(*views: object, role: Role = Role.REP, requests: int | None = None) -> dict[str, str]:
    """Return the lines by label."""
    lines = sheet_lines(facts(*views), role, requests)  # type: ignore[arg-type]  # test data
    return {line.label.removeprefix("visit.sheet."): line.value for line in lines}


def test_a_household_is_told_with_ages_and_without_those_who_left() -> None:
    left = {"first_name": "Paul", "birth_date": "2000-01-01", "left_on": "2025-01-01"}
    lines = told(IDENTITY, view("beneficiaries", SPOUSE, left))
    assert lines["household"] == "Éric 52 ans, Sylvie 49 ans"


def test_a_contract_is_told_with_its_start_and_a_terminated_one_is_none() -> None:
    assert told(view("contracts", CONTRACT))["contract"] == "Confort, depuis le 01/01/2020"
    ended = {**CONTRACT, "status": "terminated"}
    assert told(view("contracts", ended))["contract"] == "Aucun contrat en cours"


def test_what_is_owed_counts_the_calls_that_are_past() -> None:
    calls = view(
        "contributions",
        {"status": "rejected", "due_on": "2026-03-05", "amount": "50.00"},
        {"status": "due", "due_on": "2026-02-05", "amount": "50.00"},
        {"status": "due", "due_on": "2026-04-05", "amount": "50.00"},
    )
    assert told(calls)["contributions"].startswith("100,00\u00a0€ à régler, 2\u00a0échéances")
    paid = view("contributions", {"status": "paid", "due_on": "2026-03-05", "amount": "50.00"})
    assert told(paid)["contributions"].startswith("À jour, 50,00")


def test_nothing_is_said_of_what_was_not_read() -> None:
    assert told() == {}
    failed = view("contracts", state=FacetState.FAILED)
    assert "contract" not in told(failed)


def test_no_care_is_told_to_a_representative() -> None:
    care = view(
        "benefits", {"category": "dental", "paid_on": "2026-02-01", "amount": "80.00", "label": "Couronne"}
    )
    assert told(IDENTITY, care).keys() == {"household", "rights"}


def test_what_care_came_to_on_board_is_told_by_category_the_largest_first() -> None:
    since = date(2024, 3, 1)
    care = [
        CareTotal("optics", 1, "300.00", "120.00", since),
        CareTotal("dental", 3, "900.00", "450.00", since),
        CareTotal("pharmacy", 9, "90.00", "30.00", since),
        CareTotal("laboratory", 1, "20.00", "5.00", since),
    ]
    lines = {line.label: line.value for line in sheet_lines(facts(IDENTITY), Role.REP, None, care)}
    amounts = "dentaire 450,00\u00a0€, optique 120,00\u00a0€, pharmacie 30,00\u00a0€"
    assert lines["visit.sheet.care"].casefold().replace("\u202f", "\u00a0") == amounts


def test_requests_are_told_when_somebody_knows_them() -> None:
    assert told(requests=2)["requests"] == "2\u00a0en cours"
    assert told(requests=0)["requests"] == "Aucune en cours"


def test_each_line_has_the_date_of_its_reading() -> None:
    lines = sheet_lines(facts(view("contracts", CONTRACT)), Role.REP, 1)
    assert [line.as_of for line in lines] == [NOW, None]


def test_a_company_is_told_by_its_people_and_its_declaration() -> None:
    firm: dict[str, JSON] = {
        "headcount": 9, "collective_agreement": "IDCC 0843", "hr_contact": "Soizic Ormelin",
        "declaration_state": "anomaly", "declaration_anomaly": "Salarié inconnu",
    }  # fmt: skip
    known = facts(view("company", firm), IDENTITY)
    known = replace(known, party=Party("ENT-1", PartyKind.COMPANY, company_name="Bâti"))
    lines = {line.label: line.value for line in sheet_lines(known, Role.REP, None)}
    assert lines["visit.sheet.company"] == "9\u00a0salariés, IDCC 0843, Soizic Ormelin"
    assert lines["visit.sheet.declaration"].endswith("Salarié inconnu")
    assert "visit.sheet.household" not in lines


def test_the_last_exchanges_are_told_newest_first() -> None:
    entries = [
        TimelineEntry(
            str(n), NOW - timedelta(days=n), TimelineGroup.CALL, "call_in", f"Appel {n}", "", "relation"
        )
        for n in (3, 1, 2, 4, 5, 6, 7)
    ]
    lines = past_lines(entries)
    assert [words for _, words in lines] == [f"Appel {n}" for n in range(1, PAST_AT_MOST + 1)]
