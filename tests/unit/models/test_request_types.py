"""Types of requests as values: what a form asks, what is wrong in it, how it is kept, read and masked."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from avise.models.identifiers import BULLET
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_checks import (
    check_finess,
    kept_fields,
    kept_value,
    problem_in,
    problems_of,
    read_fields,
)
from avise.models.request_masking import masked_fields
from avise.models.request_types import (
    OUTCOMES,
    FieldCheck,
    FieldIs,
    Handling,
    HandlingCase,
    Queue,
    RequestBook,
    RequestDocument,
    RequestField,
    RequestFieldKind,
    RequestType,
)
from avise.models.requests import Priority
from avise.models.roles import Role

K = RequestFieldKind
TODAY = date(2026, 3, 24)
PERSON = str(uuid.UUID(int=7))
MEMBER = uuid.UUID(int=1)
IBAN = "FR3399999000010000012345A11"
OTHER_IBAN = "FR7699999000020000000000197"
NIR = "185059999900181"

FORM = RequestType(
    id="SOMETHING",
    reasons=("R01", "R03"),
    effective_from=date(2026, 1, 1),
    handling=Handling(Queue.PREST_SOINS, Priority.P3, 27 * 60),
    created_by=frozenset({Role.AGENT, Role.TEAM_LEAD}),
    handled_by=frozenset({Role.CASE_MANAGER, Role.TEAM_LEAD}),
    fields=(
        RequestField("person", K.PERSON),
        RequestField("care_date", K.DATE, check=FieldCheck.NOT_FUTURE),
        RequestField("usage", K.CHOICE, choices=("benefits", "contributions")),
        RequestField(
            "mandate", K.YES_NO, when=FieldIs("usage", ("contributions",)), required=True
        ),
        RequestField("iban", K.IBAN, sensitive=True),
        RequestField("iban_again", K.IBAN, same_as="iban", sensitive=True),
        RequestField("note", K.NOTE, required=False, longest=500, folded=True, sensitive=True),
    ),
    documents=(
        RequestDocument("bank_details"),
        RequestDocument("signed_mandate", when=FieldIs("mandate", ("yes",))),
    ),
    own_outcomes=("bank_changed", "done"),
    cases=(
        HandlingCase(FieldIs("usage", ("contributions",)), queue=Queue.COTIS_ENC),
        HandlingCase(FieldIs("care_date", within_days=2), priority=Priority.P1),
        HandlingCase(FieldIs("mandate", ("no",)), queue=Queue.COTIS_REC, sla_minutes=4 * 60),
    ),
)  # fmt: skip

GOOD: Mapping[str, JSON] = {
    "person": PERSON,
    "care_date": "2026-03-20",
    "usage": "benefits",
    "iban": IBAN,
    "iban_again": "fr33 9999 9000 0100 0001 2345 a11",
    "note": "Facture envoyée deux fois.",
}


def told(**changes: JSON) -> list[tuple[str, str]]:
    """Return what is wrong in the form once some fields are changed."""
    problems = problems_of(FORM, {**GOOD, **changes}, TODAY)
    return [(problem.field, problem.message_key.partition(".")[2]) for problem in problems]


def flaw(each: RequestField, value: JSON) -> str:
    """Return the end of the key of what is wrong in one field, "" when nothing is."""
    problem = problem_in(each, value, TODAY)
    return problem.message_key.partition(".")[2] if problem is not None else ""


# ---- what is wrong ---------------------------------------------------------------------------------


def test_a_good_form_has_no_problem() -> None:
    assert problems_of(FORM, GOOD, TODAY) == ()


def test_an_empty_form_lacks_what_it_always_asks_and_nothing_else() -> None:
    problems = problems_of(FORM, {}, TODAY)
    assert [problem.field for problem in problems] == ["person", "care_date", "usage", "iban", "iban_again"]
    assert {problem.field: problem.message_key for problem in problems} == {
        "person": "request_check.required_choice",
        "care_date": "request_check.required",
        "usage": "request_check.required_choice",
        "iban": "request_check.required",
        "iban_again": "request_check.required",
    }, "a list is chosen in, a field is filled in"


@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("person", "Hélène Marchand", "person"),
        ("care_date", "20/03/2026", "date"),
        ("care_date", "2026-02-30", "date"),
        ("care_date", 20260320, "date"),
        ("care_date", "20260320", "date"),
        ("care_date", "2026-03-25", "future"),
        ("care_date", "1890-01-01", "date_range"),
        ("usage", "both", "choice"),
        ("usage", ["benefits"], "choice"),
        ("iban_again", OTHER_IBAN, "not_the_same"),
        ("note", 3, "text"),
        ("note", "x" * 501, "too_long"),
        ("note", "a\x00b", "control"),
        ("note", f"son numéro est {NIR}", "holds_nir"),
        ("note", f"son numéro est {NIR[:13]}", "holds_nir"),
        ("note", f"versez sur {IBAN}", "holds_account"),
        ("note", f"sa carte 497010123456789{luhn.calc_check_digit('497010123456789')}", "holds_card"),
    ],
)
def test_each_malformed_value_is_told_for_its_field(name: str, value: JSON, key: str) -> None:
    assert told(**{name: value}) == [(name, key)]


def test_a_field_that_the_type_does_not_have_is_told() -> None:
    assert told(colour="blue") == [("colour", "unknown_field")]


def test_blank_text_is_as_good_as_nothing() -> None:
    assert told(usage="  ") == [("usage", "required_choice")]


def test_a_field_asked_only_sometimes_is_required_only_then() -> None:
    assert told(usage="contributions") == [("mandate", "required_choice")]
    assert told(usage="contributions", mandate=False) == []


def test_a_problem_never_repeats_what_was_typed() -> None:
    problems = problems_of(
        FORM, {**GOOD, "iban": "CANARY", "usage": "CANARY", "note": f"CANARY {NIR}"}, TODAY
    )
    assert [problem.field for problem in problems] == ["usage", "iban", "iban_again", "note"]
    assert "CANARY" not in repr(problems)
    assert NIR not in repr(problems)


@pytest.mark.parametrize(
    ("each", "value", "key"),
    [
        (RequestField("t", K.TEXT), "deux\nlignes", "control"),
        (RequestField("t", K.TEXT, longest=3), "abcd", "too_long"),
        (RequestField("t", K.TEXT, longest=3), " abc ", ""),
        (RequestField("t", K.TEXT), f"n° {NIR}", "holds_nir"),
        (RequestField("t", K.PROVIDER), f"Dr {IBAN}", "holds_account"),
        (RequestField("t", K.NOTE), "deux\nlignes", ""),
        (RequestField("t", K.AMOUNT), 12.5, "amount"),
        (RequestField("t", K.AMOUNT), True, "amount"),
        (RequestField("t", K.AMOUNT), "douze", "amount"),
        (RequestField("t", K.AMOUNT), "1,234", "amount"),
        (RequestField("t", K.AMOUNT), "-1", "amount_range"),
        (RequestField("t", K.AMOUNT), "99999999", "amount_range"),
        (RequestField("t", K.AMOUNT), "1 234,50 €", ""),
        (RequestField("t", K.AMOUNT), 12, ""),
        (RequestField("t", K.PHONE), "06 39 98 41 27", ""),
        (RequestField("t", K.IBAN), "FR3399999000010000012345A12", "iban"),
        (RequestField("t", K.IBAN), "FR0099999000010000012345A11", "iban"),
        (RequestField("t", K.IBAN), 12, "iban"),
        (RequestField("t", K.PHONE), "12", "phone"),
        (RequestField("t", K.PHONE), "0" * 50, "phone"),
        (RequestField("t", K.YES_NO), "yes", "yes_no"),
        (RequestField("t", K.NUMBER), True, "number"),
        (RequestField("t", K.NUMBER), "3", "number"),
        (RequestField("t", K.NUMBER, least=1), 0, "too_small"),
        (RequestField("t", K.NUMBER, most=3), 4, "too_large"),
        (RequestField("t", K.CONTRACT), "C-2019/04 1", "contract"),
        (RequestField("t", K.CONTRACT), "C-2019/041", ""),
        (RequestField("t", K.TEXT, check=FieldCheck.SIRET), "000 123 455 00016", ""),
        (RequestField("t", K.TEXT, check=FieldCheck.SIRET), "000 123 455 00017", "siret"),
        (RequestField("t", K.TEXT, check=FieldCheck.MONTH), "2026-13", "month"),
        (RequestField("t", K.TEXT, check=FieldCheck.MONTH), "2026-03", ""),
        (RequestField("t", K.TEXT, check=FieldCheck.TIME), "24:00", "time"),
        (RequestField("t", K.TEXT, check=FieldCheck.TIME), "23:59", ""),
        (RequestField("t", K.DATE, check=FieldCheck.NOT_PAST), "2026-03-23", "past"),
        (RequestField("t", K.DATE), "2066-03-23", "date_range"),
        (RequestField("t", K.TEXT, check=FieldCheck.FINESS), "123456789", "finess"),
        (RequestField("t", K.TEXT, check=FieldCheck.FINESS), "2A0001234", ""),
    ],
)
def test_each_kind_has_its_own_rule(each: RequestField, value: JSON, key: str) -> None:
    assert flaw(each, value) == key


@given(st.text(alphabet="0123456789", min_size=8, max_size=8), st.integers(1, 9))
def test_one_wrong_digit_in_a_number_of_establishment_is_always_seen(stem: str, slip: int) -> None:
    right = stem + luhn.calc_check_digit(stem)
    assert check_finess(right)
    assert check_finess(f" {right[:2]} {right[2:]} ")
    assert not check_finess(right[:-1] + str((int(right[-1]) + slip) % 10))


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2), st.sampled_from((",", ".")))
def test_every_amount_is_kept_to_the_cent_however_it_is_typed(euros: Decimal, point: str) -> None:
    each = RequestField("amount", K.AMOUNT)
    typed = f"{euros:,.2f}".replace(",", "\u202f").replace(".", point)
    assert flaw(each, typed) == ""
    assert kept_value(each, typed) == f"{euros:.2f}"


@given(st.dates(date(1900, 1, 1), TODAY))
def test_every_past_day_is_read_as_people_write_it(on: date) -> None:
    read = read_fields(FORM, {"care_date": f"{on:%d/%m/%Y}"})
    assert read == {"care_date": on.isoformat()}
    assert flaw(RequestField("d", K.DATE, check=FieldCheck.NOT_FUTURE), read["care_date"]) == ""


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "mandate", "colour"]), _JSON))
def test_whatever_is_sent_is_judged_and_a_good_form_is_kept_once_for_all(fields: dict[str, JSON]) -> None:
    problems = problems_of(FORM, fields, TODAY)
    if not problems:
        kept = kept_fields(FORM, fields)
        assert problems_of(FORM, {**kept, "iban_again": kept["iban"]}, TODAY) == ()
        assert kept_fields(FORM, kept) == kept
    assert problems_of(FORM, fields, TODAY) == problems


# ---- how it is kept and read -----------------------------------------------------------------------


def test_a_form_is_kept_in_one_writing_without_what_is_typed_twice() -> None:
    kept = kept_fields(
        FORM, {**GOOD, "person": PERSON.upper(), "iban": "fr33 9999 9000 0100 0001 2345 a11", "note": " "}
    )
    assert kept == {"person": PERSON, "care_date": "2026-03-20", "usage": "benefits", "iban": IBAN}


def test_what_is_typed_is_read_by_kind_and_what_cannot_be_read_is_left() -> None:
    kind = replace(FORM, fields=(*FORM.fields, RequestField("days", K.NUMBER)))
    typed = {
        "care_date": "4.3.2026",
        "mandate": "Oui",
        "days": "12",
        "usage": " benefits ",
        "note": "",
        "odd": "x",
    }
    assert read_fields(kind, typed) == {
        "care_date": "2026-03-04", "mandate": True, "days": 12, "usage": "benefits", "odd": "x",
    }  # fmt: skip
    assert read_fields(kind, {"care_date": "hier", "mandate": "peut-être", "days": "douze"}) == {
        "care_date": "hier", "mandate": "peut-être", "days": "douze",
    }  # fmt: skip


# ---- where it goes ---------------------------------------------------------------------------------


def test_the_first_case_that_holds_decides_of_what_it_tells() -> None:
    fields: Mapping[str, JSON] = {"usage": "contributions", "mandate": False, "care_date": "2026-06-01"}
    assert FORM.handling_for(fields, TODAY) == Handling(Queue.COTIS_ENC, Priority.P3, 4 * 60)


def test_a_form_that_says_nothing_is_handled_as_the_type_says() -> None:
    assert FORM.handling_for({}, TODAY) == FORM.handling


@pytest.mark.parametrize(("days", "priority"), [(-3, Priority.P1), (2, Priority.P1), (3, Priority.P3)])
def test_a_near_date_raises_the_priority(days: int, priority: Priority) -> None:
    on = (TODAY + timedelta(days=days)).isoformat()
    assert FORM.handling_for({"care_date": on}, TODAY).priority is priority


def test_a_document_is_asked_only_when_the_form_calls_for_it() -> None:
    assert [each.id for each in FORM.documents_for({"mandate": False}, TODAY)] == ["bank_details"]
    assert len(FORM.documents_for({"mandate": True}, TODAY)) == 2


def test_the_promise_of_a_request_is_that_of_its_case() -> None:
    terms = FORM.terms({"mandate": False}, TODAY)
    assert (terms.target_minutes, terms.soon_at, terms.escalate_at, terms.legal) == (240, 0.8, 1.2, False)


def test_the_ends_of_a_type_come_before_those_of_all_types_each_once() -> None:
    assert FORM.outcomes[:2] == ("bank_changed", "done")
    assert sorted(FORM.outcomes) == sorted({"bank_changed", *OUTCOMES})


def test_a_duplicate_is_the_same_member_type_and_beneficiary() -> None:
    beneficiary = FORM.beneficiary(GOOD)
    assert beneficiary == uuid.UUID(PERSON)
    assert FORM.duplicate_key(MEMBER, beneficiary) == (MEMBER, "SOMETHING", beneficiary)
    assert FORM.duplicate_key(MEMBER, None) == FORM.duplicate_key(MEMBER, MEMBER)
    assert replace(FORM, guarded=False).duplicate_key(MEMBER, beneficiary) is None
    assert FORM.beneficiary({"person": "nobody"}) is None


# ---- the book --------------------------------------------------------------------------------------


def test_the_book_gives_the_form_in_force_on_a_day_and_the_one_of_a_request() -> None:
    newer = replace(FORM, effective_from=date(2026, 7, 1), reasons=("R03",))
    book = RequestBook((newer, FORM))
    assert book.get("SOMETHING", TODAY) is FORM
    assert book.get("SOMETHING", date(2026, 7, 1)) is newer
    assert book.get("SOMETHING") is newer
    assert book.get("SOMETHING", date(2025, 12, 31)) is None
    assert book.version("SOMETHING", "2026-01-01") is FORM
    assert book.version("SOMETHING", "2026-01-02") is None
    assert book.all(date(2025, 1, 1)) == ()


def test_the_book_is_asked_by_reason_and_by_role() -> None:
    other = replace(FORM, id="OTHER_THING", reasons=("R03", "R01"), created_by=frozenset({Role.REP}))
    book = RequestBook((other, FORM))
    assert [each.id for each in book.by_reason("R01")] == ["SOMETHING", "OTHER_THING"]
    assert [each.id for each in book.by_reason("R03")] == ["OTHER_THING", "SOMETHING"]
    assert book.for_role(Role.REP) == (other,)
    assert book.for_role(Role.AUDITOR) == ()
    assert len(book.handled_by(Role.CASE_MANAGER)) == 2


# ---- what a reader sees ----------------------------------------------------------------------------


def test_an_account_is_never_shown_whole_whoever_reads() -> None:
    for role in (Role.AGENT, Role.CASE_MANAGER, Role.TEAM_LEAD):
        shown = masked_fields(FORM, kept_fields(FORM, GOOD), role, of_the_queue=True)["iban"]
        assert isinstance(shown, str)
        assert BULLET in shown
        assert "0000012345" not in shown.replace("\u00a0", "")


def test_a_sensitive_field_is_for_those_who_handle_the_type() -> None:
    assert masked_fields(FORM, GOOD, Role.AGENT, of_the_queue=True)["note"] == MASK
    assert masked_fields(FORM, GOOD, Role.CASE_MANAGER, of_the_queue=False)["note"] == GOOD["note"]


def test_a_confidential_request_shows_its_form_to_its_queue_alone() -> None:
    aid = replace(FORM, confidential=True)
    assert set(masked_fields(aid, GOOD, Role.TEAM_LEAD, of_the_queue=False).values()) == {MASK}
    assert masked_fields(aid, GOOD, Role.TEAM_LEAD, of_the_queue=True)["usage"] == "benefits"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_role_without_customer_data_reads_no_form(role: Role) -> None:
    assert masked_fields(FORM, GOOD, role, of_the_queue=True) == {}


def test_a_field_that_the_type_has_lost_is_masked() -> None:
    assert masked_fields(FORM, {"former": "x"}, Role.TEAM_LEAD, of_the_queue=True) == {"former": MASK}


def test_the_values_are_read_without_what_reads_files_or_checks_numbers() -> None:
    code = (
        "import sys, avise.models.request_types\n"
        "print([name for name in ('pydantic', 'tomllib', 'stdnum', 'phonenumbers') if name in sys.modules])"
    )
    root = Path(__file__).parents[3]
    found = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.strip() == "[]"
