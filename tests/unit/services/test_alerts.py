from __future__ import annotations

from datetime import timedelta

import pytest

from avise.models.facets import FacetState
from avise.models.interaction import TimelineEntry, TimelineGroup
from avise.services.alerts import alerts
from avise.services.customer_updates import Severity
from avise.services.wording import alert_text
from avise.texts import LANGUAGES, set_language
from tests.unit.services.facts_builder import NOW, facts, view

COMPLAINT = {"number": "R-2291", "status": "open", "answer_by": "2026-03-27", "received_on": "2026-01-27"}
DEBIT = {"status": "rejected", "amount": "84.20", "due_on": "2026-03-05", "reject_code": "AM04"}


def test_alerts_stand_by_severity_then_by_the_order_of_the_domain() -> None:
    found = alerts(
        facts(
            view("consents", {"purpose": "commercial", "channel": "phone", "state": "no"}),
            view("contributions", DEBIT),
            view("identity", {"accessibility": "deaf", "vital_status": "alive"}),
            view("complaints", COMPLAINT),
        )
    )
    assert [alert.id for alert in found] == [
        "complaint",
        "arrears",
        "accessibility_deaf",
        "commercial_refused",
    ]


def test_a_complaint_past_its_answer_date_is_told_late() -> None:
    late = {**COMPLAINT, "answer_by": "2026-03-20"}
    assert [alert.id for alert in alerts(facts(view("complaints", late)))] == ["complaint_late"]


def test_a_complaint_of_a_tool_that_tells_no_answer_date_is_told_open() -> None:
    undated = {name: value for name, value in COMPLAINT.items() if name != "answer_by"}
    (alert,) = alerts(facts(view("complaints", undated)))
    set_language("fr")
    assert alert.id == "complaint_open"
    assert "?" not in alert_text(alert)


def test_a_closed_complaint_raises_no_alert() -> None:
    assert alerts(facts(view("complaints", {**COMPLAINT, "status": "closed"}))) == ()


def test_unpaid_contributions_add_up_in_one_alert() -> None:
    (alert,) = alerts(facts(view("contributions", DEBIT, {**DEBIT, "due_on": "2026-02-05"})))
    set_language("fr")
    assert "168,40\u00a0€" in alert_text(alert)
    assert "05/02" in alert_text(alert)


def test_a_legal_stage_makes_arrears_a_danger() -> None:
    (alert,) = alerts(facts(view("contributions", {**DEBIT, "stage": "formal_notice"})))
    assert alert.severity is Severity.DANGER


def test_a_facet_that_could_not_be_read_raises_nothing() -> None:
    assert alerts(facts(view("complaints", COMPLAINT, state=FacetState.WITHHELD))) == ()


def test_three_contacts_in_a_week_are_a_repeated_contact() -> None:
    calls = tuple(
        TimelineEntry(
            f"c{n}", NOW - timedelta(days=n), TimelineGroup.CALL, "call_in", "Appel", "", "relation"
        )
        for n in range(3)
    )
    assert [alert.id for alert in alerts(facts(), calls)] == ["repeated_contact"]
    assert alerts(facts(), calls[:2]) == ()


EVERYTHING = facts(
    view("complaints", COMPLAINT, {**COMPLAINT, "answer_by": "2026-03-20"}, {**COMPLAINT, "answer_by": ""}),
    view("contributions", DEBIT),
    view(
        "identity",
        {
            "vital_status": "deceased", "death_date": "2026-03-01", "restricted": True, "staff_member": True,
            "protection": "curatorship", "accessibility": "deaf", "rights_status": "closed",
            "rights_until": "2026-02-28",
        },
    ),
    view("noemie", {"state": "rejected", "person": "Lou", "code": "20"}, {"state": "conflict"}),
    view(
        "authorizations",
        {"status": "pending", "kind": "hospital", "care_date": "2026-03-25"},
        {"status": "pending", "kind": "optics"},
        {"status": "missing_document", "kind": "dental"},
    ),
    view(
        "contracts",
        {"kind": "portability", "status": "active", "end_date": "2026-04-22"},
        {"kind": "individual", "status": "ending", "end_date": "2026-04-30"},
    ),
    view("beneficiaries", {"first_name": "Lou", "awaited_document": "school_certificate"}),
    view(
        "contact_points", {"kind": "address", "status": "returned"}, {"kind": "email", "status": "in_error"}
    ),
    view("bank", {"holder_check": "no_match"}),
    view("rights", {"status": "refused", "person": "Lou"}),
    view("company", {"declaration_state": "anomaly", "declaration_month": "2026-02"}),
    view("consents", {"purpose": "commercial", "channel": "phone", "state": "no"}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("need", "title", "word"),
    [
        ("deaf", "mrs", "Malentendante"),
        ("deaf", "mr", "Malentendant"),
        ("deaf", "", "Malentendance"),
        ("low_vision", "mrs", "Malvoyante"),
        ("low_vision", "mr", "Malvoyant"),
        ("low_vision", "? DOCTEUR", "Malvoyance"),
    ],
)
def test_an_alert_about_a_person_agrees_with_the_title(need: str, title: str, word: str) -> None:
    set_language("fr")
    (alert,) = alerts(facts(view("identity", {"accessibility": need, "title": title})))
    assert alert_text(alert).startswith(f"{word}\u00a0:")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_alert_has_a_sentence_without_a_hole(language: str) -> None:
    set_language(language)
    try:
        for alert in alerts(EVERYTHING):
            sentence = alert_text(alert)
            assert "alert." not in sentence, sentence
            assert "{" not in sentence, sentence
            assert "enum." not in sentence, sentence
    finally:
        set_language("fr")
