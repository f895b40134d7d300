"""What a form starts from: told by the tools, dated, never what the reader's role reads masked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from avise.models.customer import PersonId
from avise.models.facets import FacetRecord, FacetState, FacetView
from avise.models.json_types import JSON
from avise.models.request_checks import kept_fields, problems_of
from avise.models.request_types import RequestType
from avise.models.roles import Role
from avise.services.facts import Facts
from avise.services.request_prefill import PrefilledField, prefill
from avise.services.request_type_files import load_request_types, shipped_request_types
from tests.unit.services.facts_builder import NOW, TODAY, facts, view

TYPES = shipped_request_types()
HELENE, LOUIS, LOUISE = (uuid.UUID(int=number) for number in (1, 2, 3))
PEOPLE: Mapping[PersonId, str] = {
    HELENE: "Hélène Marchand",
    LOUIS: "Louis Marchand",
    LOUISE: "Louise-Marie Marchand",
}

BENEFITS = view(
    "benefits",
    {"status": "paid", "care_date": "2026-03-20", "person": "Louis", "spent": "10.00"},
    {
        "status": "pending",
        "care_date": "2026-03-02",
        "person": "MARCHAND HELENE",
        "spent": "54.5",
        "paid_to": "member",
        "provider": "Cabinet des Tilleuls",
        "label": "Consultation",
    },
    {"status": "pending", "care_date": "2026-01-15", "person": "Louis", "spent": "99.00"},
)


def kind_of(type_id: str) -> RequestType:
    found = TYPES.book.get(type_id)
    assert found is not None
    return found


def filled(type_id: str, known: Facts, role: Role = Role.AGENT) -> dict[str, PrefilledField]:
    return {each.field: each for each in prefill(TYPES, kind_of(type_id), known, role, PEOPLE)}


def values(type_id: str, known: Facts, role: Role = Role.AGENT) -> dict[str, JSON]:
    return {name: each.value for name, each in filled(type_id, known, role).items()}


def test_a_form_starts_from_the_record_that_its_fact_names() -> None:
    assert values("REIMB_SEARCH", facts(BENEFITS)) == {
        "person": str(HELENE),
        "care_date": "2026-03-02",
        "amount_spent": "54.50",
        "paid_by": "member",
    }


def test_each_value_says_which_tool_told_it_and_when() -> None:
    found = filled("REIMB_SEARCH", facts(BENEFITS))["care_date"]
    assert (found.facet, found.source, found.as_of, found.stale) == ("benefits", "Outil benefits", NOW, False)


def test_a_value_of_an_old_copy_says_so() -> None:
    old = replace(BENEFITS, state=FacetState.STALE)
    assert filled("REIMB_SEARCH", facts(old))["care_date"].stale


def test_a_record_that_tells_its_own_date_is_dated_by_it() -> None:
    at = NOW.replace(year=2025)
    dated = replace(BENEFITS, records=tuple(replace(each, as_of=at) for each in BENEFITS.records))
    assert filled("REIMB_SEARCH", facts(dated))["care_date"].as_of == at


def test_two_tools_of_one_facet_are_told_apart() -> None:
    other = FacetView(
        "benefits", "other", "Autre outil", FacetState.FRESH,
        (FacetRecord("x", {"status": "rejected", "care_date": "2026-03-10"}),), fetched_at=NOW,
    )  # fmt: skip
    assert filled("REIMB_SEARCH", facts(BENEFITS, other))["care_date"].source == "Autre outil"


def test_a_form_is_empty_when_nothing_was_read() -> None:
    assert values("REIMB_SEARCH", facts()) == {}
    assert values("REIMB_SEARCH", facts(replace(BENEFITS, state=FacetState.FAILED))) == {}


def test_a_role_that_does_not_open_a_facet_gets_nothing_of_it() -> None:
    assert values("REIMB_SEARCH", facts(BENEFITS), Role.REP) == {}
    assert values("REIMB_SEARCH", facts(BENEFITS), Role.CASE_MANAGER) != {}


@pytest.mark.parametrize("role", list(Role))
def test_no_form_ever_starts_from_a_value_masked_for_some_role(role: Role) -> None:
    canary = "Canari"
    known = facts(
        view(
            "benefits", {"status": "pending", "care_date": "2026-03-02", "provider": canary, "label": canary}
        ),
        view("bank", {"status": "active", "usage": "both", "iban": canary, "changed_on": "2026-01-01"}),
        view("identity", {"nir": canary, "death_date": "2026-03-01"}),
        view("authorizations", {"kind": "dental", "status": "pending", "provider": canary}),
    )
    for kind in TYPES.book.all():
        assert canary not in repr(prefill(TYPES, kind, known, role, PEOPLE))


def test_a_field_that_the_tool_itself_masked_is_left_to_the_agent() -> None:
    hidden = replace(
        BENEFITS, records=tuple(replace(each, masked=frozenset({"care_date"})) for each in BENEFITS.records)
    )
    assert "care_date" not in values("REIMB_SEARCH", facts(hidden))


@pytest.mark.parametrize(
    ("told", "person"),
    [
        ("Hélène", HELENE), ("marchand helene", HELENE), ("Louise Marie", LOUISE), ("Louis", LOUIS),
        ("Marchand", None), ("Paul", None), ("", None),
    ],
)  # fmt: skip
def test_a_person_is_recognised_only_when_one_alone_bears_the_name(
    told: str, person: PersonId | None
) -> None:
    known = facts(view("noemie", {"state": "rejected", "person": told, "changed_on": "2026-03-01"}))
    found = values("NOEMIE_REPAIR", known).get("person")
    assert found == (str(person) if person is not None else None)


@pytest.mark.parametrize(
    ("code", "cover"),
    [("individual", "individual"), ("evin", "group"), ("group_mandatory", "group"), ("unheard_of", None)],
)
def test_a_code_of_the_tool_becomes_a_choice_of_the_form(code: str, cover: str | None) -> None:
    contracts = view(
        "contracts", {"kind": code, "status": "active", "number": "C-1", "effective_date": "2020-01-01"}
    )
    assert values("CERTIFICATE", facts(contracts)).get("cover") == cover


def test_what_the_form_would_refuse_is_not_prefilled() -> None:
    broken = view(
        "benefits",
        {
            "status": "pending",
            "care_date": "2026-05-01",
            "spent": "-3.00",
            "paid_to": "nobody",
            "person": "Louis",
        },
    )
    assert values("REIMB_SEARCH", facts(broken)) == {"person": str(LOUIS)}


def test_a_day_that_nobody_tells_is_today() -> None:
    found = filled("COMPLAINT", facts())
    assert found["received_on"] == PrefilledField("received_on", TODAY.isoformat())


def test_a_company_is_known_by_its_own_facet() -> None:
    company = view("company", {"siret": "000 123 455 00016", "declaration_month": "2026-02"})
    assert values("DSN_ANOMALY", facts(company)) == {
        "establishment_number": "000 123 455 00016",
        "declared_month": "2026-02",
    }


EVERY_KIND = """
avise = 1

[fact.call]
facet = "appointments"
earliest = "starts_at"

[fact.payments]
facet = "benefits"
latest = "paid_on"
add_up = "amount"

[[type]]
id = "OTHER"
effective_from = 2026-01-01
queue = "ACCUEIL"
priority = "P4"
sla = "9h"
create = ["agent"]
handle = ["agent"]
"""


def _field(name: str, kind: str, source: str, more: str = "") -> str:
    return f'[[type.field]]\nid = "{name}"\nkind = "{kind}"\nfrom = "{source}"\n{more}\n'


def test_every_kind_of_value_is_taken_over_as_the_form_keeps_it(tmp_path: Path) -> None:
    fields = (
        _field("due_on", "date", "call.starts_at"),
        _field("amount_due", "amount", "payments.amount"),
        _field("contested", "yes_no", "identity.staff_member"),
        _field("visibility", "choice", "identity.restricted",
               'choices = ["public", "private"]\ncodes = { yes = "private", no = "public" }'),
        _field("contact_phone", "phone", "contact_points.value"),
        _field("instalments", "number", "company.headcount"),
    )  # fmt: skip
    (tmp_path / "every.toml").write_text(EVERY_KIND + "".join(fields), "utf-8")
    types = load_request_types(tmp_path)
    assert types.book.left_out == ()
    known = facts(
        # Shortly before midnight in London is the next day in Paris.
        view("appointments", {"starts_at": "2026-03-24T23:30:00+00:00"}),
        view("benefits", {"paid_on": "2026-03-20", "amount": "10.5"},
             {"paid_on": "2026-03-20", "amount": "2"}, {"paid_on": "2026-03-01", "amount": "99"}),
        view("identity", {"staff_member": False, "restricted": True}),
        view("contact_points", {"value": "06 39 98 41 27"}),
        view("company", {"headcount": 12}),
    )  # fmt: skip
    (kind,) = types.book.all()
    assert {each.field: each.value for each in prefill(types, kind, known, Role.AGENT, PEOPLE)} == {
        "due_on": "2026-03-25",
        "amount_due": "12.50",
        "contested": False,
        "visibility": "private",
        "contact_phone": "+33639984127",
        "instalments": 12,
    }


def test_what_is_prefilled_is_accepted_by_the_form() -> None:
    known = facts(
        BENEFITS,
        view("contracts", {"kind": "individual", "status": "active", "number": "C-1", "plan": "Confort",
                           "effective_date": "2020-01-01", "company_name": "Ateliers Roux"}),
        view("contributions", {"due_on": "2026-03-05", "amount": "62.40", "status": "rejected",
                               "contract": "C-1"}),
        view("rights", {"person": "Louis", "edition": "paper", "valid_to": "2026-12-31", "status": "refused",
                        "refusal": "Droits fermés"}),
        view("contact_points", {"kind": "address", "value": "3 rue des Lilas", "postcode": "44000",
                                "city": "Nantes", "since": "2024-02-01"}),
        view("member_space", {"device": "web"}),
        view("authorizations", {"kind": "hospital", "status": "pending", "care_date": "2026-03-30",
                                "person": "Hélène"}),
    )  # fmt: skip
    count = 0
    for kind in TYPES.book.all():
        found = prefill(TYPES, kind, known, Role.AGENT, PEOPLE)
        count += len(found)
        wrong = problems_of(kind, {each.field: each.value for each in found}, TODAY)
        lacking = {"request_check.required", "request_check.required_choice"}
        assert {problem.message_key for problem in wrong} <= lacking, kind.id
        assert kept_fields(kind, {each.field: each.value for each in found}) == {
            each.field: each.value for each in found
        }
    assert count > 30
