from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from avise.models.facets import FacetState
from avise.services.customer_updates import Likelihood
from avise.services.suggestions import SuggestedAnswers, suggestions
from avise.texts import LANGUAGES, set_language
from tests.unit.services.facts_builder import NOW, facts, view
from tests.unit.services.test_alerts import COMPLAINT, DEBIT, EVERYTHING

PAYMENT = {
    "paid_on": "2026-03-23", "amount": "214.00", "status": "paid", "paid_to": "member", "category": "optics",
}  # fmt: skip


def test_a_payment_of_yesterday_is_the_first_answer() -> None:
    found, fresh = suggestions(
        facts(view("benefits", PAYMENT), view("complaints", COMPLAINT), view("contributions", DEBIT))
    )
    assert [item.id for item in found] == ["payment", "complaint", "debit"]
    assert found[0].likelihood is Likelihood.VERY_LIKELY
    assert "**Virement de 214,00\u00a0€ émis le 23/03**" in found[0].answer
    assert fresh == 3


def test_payments_of_one_day_are_told_as_one_transfer() -> None:
    found, _ = suggestions(facts(view("benefits", PAYMENT, {**PAYMENT, "amount": "27.50"})))
    assert "241,50" in found[0].answer


def test_an_answer_that_rests_on_an_old_copy_says_so_and_loses_a_rank() -> None:
    (found,), fresh = suggestions(facts(view("benefits", PAYMENT, state=FacetState.STALE)))
    assert found.stale
    assert found.likelihood is Likelihood.LIKELY
    assert found.answer.startswith("À 10:44")
    assert fresh == 0


def test_what_the_member_searched_for_rises() -> None:
    searched = view("member_space", {"last_search": "prélèvement refusé"})
    found, _ = suggestions(facts(view("contributions", DEBIT), searched))
    assert found[0].likelihood is Likelihood.LIKELY


def test_what_was_paid_to_a_provider_is_not_announced_as_a_transfer() -> None:
    (found,), _ = suggestions(facts(view("benefits", {**PAYMENT, "paid_to": "provider"})))
    assert found.id == "paid_to_provider"
    assert "214" not in found.answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_is_a_whole_sentence_of_readable_length(language: str) -> None:
    set_language(language)
    try:
        found, _ = suggestions(EVERYTHING)
        assert found
        for item in found:
            assert not re.search(r"[{}]|suggestion\.", item.question + item.answer)
            assert len(item.answer.replace("**", "")) <= 95, item.answer
    finally:
        set_language("fr")


def test_a_payment_older_than_the_bank_s_delay_is_told_as_arrived() -> None:
    (found,), _ = suggestions(facts(view("benefits", {**PAYMENT, "paid_on": "2026-03-18"})))
    assert found.id == "payment_settled"
    assert "48" not in found.answer


def test_a_reading_older_than_an_answer_needs_is_told_with_its_date() -> None:
    old = replace(view("benefits", PAYMENT), as_of=NOW - timedelta(hours=31))
    answers = SuggestedAnswers()
    (found,), _ = answers.found(facts(old))
    assert found.stale
    assert found.answer.startswith("Au 23/03")
    assert answers.next_stale_at is None


def test_an_answer_says_when_it_will_be_too_old() -> None:
    answers = SuggestedAnswers()
    (found,), _ = answers.found(facts(view("benefits", PAYMENT)))
    assert not found.stale
    assert answers.next_stale_at == NOW + timedelta(hours=30)
    later = replace(facts(view("benefits", PAYMENT)), now=NOW + timedelta(hours=30, seconds=1))
    (found,), _ = answers.found(later)
    assert found.stale


def test_an_answer_opens_the_request_that_its_reason_calls_for() -> None:
    (found,), _ = suggestions(facts(view("benefits", PAYMENT)))
    assert [(action.id, action.target) for action in found.actions] == [
        ("insert", ""),
        ("show", "benefits"),
        ("request", "REIMB_SEARCH"),
    ]


def test_a_certificate_awaited_rests_on_two_facets() -> None:
    found, _ = suggestions(
        facts(
            view("identity", {"rights_until": "2026-04-11"}),
            view("documents", {"status": "awaited", "kind": "certificate"}),
        )
    )
    assert [item.id for item in found] == ["awaited_certificate"]
    assert found[0].facets == ("identity", "documents")


def test_a_value_of_a_tool_cannot_write_in_bold() -> None:
    card = view("rights", {"status": "refused", "person": "**Lou**"})
    (found,), _ = suggestions(facts(card))
    assert found.answer.count("**") == 2
