from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.customer import Party, PartyKind
from avise.services.customer_updates import VerificationLevel
from avise.services.verification import CallerVerification, questions, read_amount, read_day
from tests.unit.services.facts_builder import NOW, facts, view
from tests.unit.services.test_suggestions import PAYMENT

KNOWN = facts(
    view("identity", {"member_number": "0482917350", "birth_date": "1968-03-12"}),
    view(
        "contact_points",
        {"kind": "address", "value": "14 rue des Tilleuls", "postcode": "44000", "city": "Nantes"},
    ),
    view("contracts", {"effective_date": "2014-01-01"}),
    view("beneficiaries", {"first_name": "Hélène"}, {"first_name": "Lou"}),
    view("benefits", PAYMENT, {**PAYMENT, "amount": "27.50"}),
)


def test_only_questions_that_the_dossier_can_answer_are_asked() -> None:
    assert {question.id for question in questions(KNOWN)} == {
        "birth_date", "member_number", "address", "effective_date", "beneficiary", "last_reimbursement",
    }  # fmt: skip
    assert questions(facts()) == ()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("birth_date", "12/03/1968"),
        ("birth_date", "12 mars 1968"),
        ("member_number", "0482 917 350"),
        ("address", "14 rue des tilleuls à Nantes".replace(" à", "")),
        ("effective_date", "2014"),
        ("beneficiary", "helene"),
        ("beneficiary", "lou"),
        ("last_reimbursement", "214 €"),
        ("last_reimbursement", "27"),
        ("last_reimbursement", "241,50"),
    ],
)
def test_an_answer_is_recognised_as_callers_say_it(question: str, answer: str) -> None:
    assert CallerVerification().answer(KNOWN, question, answer, NOW).correct


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("birth_date", "12/04/1968"),
        ("member_number", "0482917351"),
        ("address", "Nantes"),
        ("address", ""),
        ("beneficiary", "Lo"),
        ("beneficiary", ""),
        ("last_reimbursement", "300"),
        ("last_reimbursement", "beaucoup"),
        ("last_reimbursement", "nan"),
        ("last_reimbursement", "infinity"),
        ("effective_date", "²⁰¹⁴"),
    ],
)
def test_a_wrong_answer_is_wrong(question: str, answer: str) -> None:
    assert not CallerVerification().answer(KNOWN, question, answer, NOW).correct


def test_three_right_answers_with_a_dynamic_one_make_a_strong_level() -> None:
    caller = CallerVerification()
    caller.answer(KNOWN, "birth_date", "12/03/1968", NOW)
    assert caller.answer(KNOWN, "beneficiary", "Lou", NOW).verification.level is VerificationLevel.WEAK
    outcome = caller.answer(KNOWN, "last_reimbursement", "214", NOW)
    assert outcome.verification.level is VerificationLevel.STRONG


def test_three_static_answers_stay_weak() -> None:
    caller = CallerVerification()
    for question, answer in (
        ("birth_date", "12/03/1968"),
        ("beneficiary", "Lou"),
        ("effective_date", "2014"),
    ):
        caller.answer(KNOWN, question, answer, NOW)
    assert caller.state.level is VerificationLevel.WEAK


def test_the_same_answer_given_twice_counts_once() -> None:
    caller = CallerVerification()
    for _ in range(3):
        caller.answer(KNOWN, "birth_date", "12/03/1968", NOW)
    assert caller.state.correct == 1


def test_three_errors_lock_and_a_right_answer_no_longer_helps() -> None:
    caller = CallerVerification()
    for answer in ("01/01/1970", "02/01/1970", "03/01/1970"):
        caller.answer(KNOWN, "birth_date", answer, NOW)
    outcome = caller.answer(KNOWN, "birth_date", "12/03/1968", NOW)
    assert not outcome.correct
    assert outcome.verification.level is VerificationLevel.LOCKED
    assert outcome.attempts_left == 0


@given(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
def test_a_date_is_read_in_every_written_form(day: date) -> None:
    assert read_day(f"{day:%d/%m/%Y}") == day
    assert read_day(f"{day:%d%m%Y}") == day
    assert read_day(f"{day.day}-{day.month}-{day.year}") == day


@given(st.text(max_size=20))
def test_no_answer_breaks_the_readers(answer: str) -> None:
    assert read_day(answer) is None or isinstance(read_day(answer), date)
    found = read_amount(answer)
    assert found is None or isinstance(found, Decimal)


def test_a_member_number_of_letters_is_not_answered_by_silence() -> None:
    known = facts(view("identity", {"member_number": "AB-C"}))
    assert not CallerVerification().answer(known, "member_number", "", NOW).correct
    assert CallerVerification().answer(known, "member_number", "abc", NOW).correct


# ---- companies -------------------------------------------------------------------------------------
BAKERY = replace(
    facts(
        view("identity", {"birth_date": "1968-03-12", "member_number": "0482917350"}),
        view("company", {"siren": "000123455", "siret": "00012345500016", "contract": "COL-0187"}),
        view("contracts", {"number": "COL-0187", "effective_date": "2019-07-01"}),
        view("contact_points", {"kind": "address", "value": "2 place du Four", "city": "Nantes"}),
        view("beneficiaries", {"first_name": "Lou"}),
        view("benefits", PAYMENT),
        view(
            "contributions",
            {"due_on": "2026-04-05", "amount": "999.00"},
            {"due_on": "2026-03-05", "amount": "842.20"},
            {"due_on": "2026-02-05", "amount": "830.00"},
        ),
    ),
    party=Party(native_id="ENT-1", kind=PartyKind.COMPANY, siren="000123455"),
)


def test_who_calls_for_a_company_is_asked_about_the_company() -> None:
    asked = {question.id: question.dynamic for question in questions(BAKERY)}
    assert asked == {
        "company_number": False,
        "contract_number": False,
        "address": False,
        "effective_date": False,
        "last_contribution": True,
    }


def test_nothing_is_asked_of_a_member_about_the_employers_numbers() -> None:
    member = replace(BAKERY, party=Party(native_id="PTY-1", kind=PartyKind.MEMBER))
    assert {question.id for question in questions(member)} == {
        "birth_date", "member_number", "address", "effective_date", "beneficiary", "last_reimbursement",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("company_number", "000 123 455"),
        ("company_number", "000 123 455 00016"),
        ("contract_number", "col 0187"),
        ("last_contribution", "842"),
    ],
)
def test_a_companys_answer_is_recognised(question: str, answer: str) -> None:
    assert CallerVerification().answer(BAKERY, question, answer, NOW).correct


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("company_number", ""),
        ("company_number", "000 123"),
        ("contract_number", ""),
        ("last_contribution", "830"),
        ("last_contribution", "999"),
    ],
)
def test_a_companys_wrong_answer_is_wrong(question: str, answer: str) -> None:
    assert not CallerVerification().answer(BAKERY, question, answer, NOW).correct


def test_a_question_that_is_not_for_this_customer_counts_for_nothing() -> None:
    caller = CallerVerification()
    outcome = caller.answer(BAKERY, "birth_date", "12/03/1968", NOW)
    assert (outcome.correct, outcome.attempts_left, caller.state.wrong) == (False, 3, 0)


def test_a_company_is_verified_by_three_answers_with_its_last_contribution() -> None:
    caller = CallerVerification()
    caller.answer(BAKERY, "company_number", "000123455", NOW)
    caller.answer(BAKERY, "contract_number", "COL-0187", NOW)
    outcome = caller.answer(BAKERY, "last_contribution", "842,20", NOW)
    assert outcome.verification.level is VerificationLevel.STRONG
