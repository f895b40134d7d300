"""The rules that propose requests at the end of a visit."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest

from avise.models.request_checks import problems_of, read_fields
from avise.models.roles import Role
from avise.services.request_type_files import shipped_request_types
from avise.services.visit_values import VisitNeed, VisitOutcome, VisitReport
from avise.services.visits.request_rules import (
    NEEDS,
    Filling,
    RuleSection,
    check_rule_file,
    filled,
    proposed,
    request_rules,
)
from avise.texts import LANGUAGES, text
from avise.texts.catalogue import catalogue, speaking

TODAY = date(2026, 3, 24)
FILLING = Filling(TODAY, uuid.UUID(int=7), "Souscription")
DENTAL = VisitReport(VisitOutcome.QUOTE_HANDED, (VisitNeed("dental", 5, "implant"), VisitNeed("optics", 3)))


def names(report: VisitReport) -> tuple[str, ...]:
    """Return the rules that a report calls for."""
    return tuple(rule.id for rule in proposed(request_rules(), report))


def test_a_need_that_counts_calls_for_its_request_and_one_that_counts_little_does_not() -> None:
    assert names(DENTAL) == ("dental_cover",)


def test_a_signature_calls_for_its_follow_up_and_nothing_is_proposed_before_the_outcome() -> None:
    assert names(VisitReport(VisitOutcome.SIGNED, DENTAL.needs)) == ("enrolment",)
    assert names(VisitReport(None, DENTAL.needs)) == ()
    assert names(VisitReport(VisitOutcome.ABSENT)) == ()


@pytest.mark.parametrize("rule", request_rules(), ids=lambda rule: rule.id)
def test_a_shipped_rule_fills_all_that_its_type_asks_of_a_representative(rule: RuleSection) -> None:
    kind = shipped_request_types().book.get(rule.type, TODAY)
    assert kind is not None
    assert Role.REP in kind.created_by
    need = (VisitNeed(rule.need, 5),) if rule.need else ()
    report = VisitReport(VisitOutcome(rule.outcomes[0]), need, next_step="Envoyer le devis")
    values = filled(rule, report, FILLING)
    assert problems_of(kind, read_fields(kind, values), TODAY) == ()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_rule_and_every_need_has_its_words(code: str) -> None:
    with speaking(code):
        keys = [f"visit.because.{rule.id}" for rule in request_rules()] + [f"visit.need.{n}" for n in NEEDS]
        keys += [f"visit.outcome.{outcome}" for outcome in VisitOutcome]
        assert [key for key in keys if catalogue(code).get(key) is None] == []


def test_a_request_says_the_words_of_the_need_else_its_name() -> None:
    rule = proposed(request_rules(), DENTAL)[0]
    assert filled(rule, DENTAL, FILLING)["act"] == "implant"
    silent = VisitReport(VisitOutcome.QUOTE_HANDED, (VisitNeed("dental", 5),))
    assert filled(rule, silent, FILLING)["act"] == text("visit.need.dental")


def test_every_error_of_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "requests.toml"
    path.write_text(
        'avise = 1\n[[rule]]\nid = "one"\noutcomes = ["signe"]\nneed = "dentaire"\ntype = "OTHER"\n'
        'values = { subject = "@who" }\n[[rule]]\nid = "one"\noutcomes = ["signed"]\ntype = "OTHER"\n',
        "utf-8",
    )
    checked = check_rule_file(path)
    assert checked.content is None
    assert [problem.line for problem in checked.problems] == [3, 4, 5, 7, 9]
