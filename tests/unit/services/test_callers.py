"""Who may speak for a customer: mandates with what for and until when, guardians, a company's contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from avise.models.callers import THE_MEMBER, Caller, CallerKind
from avise.models.customer import Party, PartyKind
from avise.models.errors import AviseError
from avise.models.interaction import Channel, Direction, Interaction
from avise.services.callers import callers, refuse_unknown
from avise.services.customer_updates import VerificationLevel
from avise.services.timeline import entry_of
from avise.services.verification import CallerVerification
from tests.unit.services.facts_builder import NOW, TODAY, facts, view

SISTER = "Annick Kerdraon (sœur)"
IN_A_YEAR = TODAY + timedelta(days=365)
IDENTITY = {
    "member_number": "0482917350",
    "authorized_third_party": SISTER,
    "authorized_scope": "benefits",
    "authorized_until": IN_A_YEAR.isoformat(),
}


def test_only_the_member_speaks_when_no_tool_names_anybody_else() -> None:
    assert callers(facts(view("identity", {"last_name": "MARCHAND", "protection": "none"}))) == (THE_MEMBER,)
    assert callers(facts()) == (THE_MEMBER,)


def test_a_mandate_says_what_for_and_until_when() -> None:
    _member, third = callers(facts(view("identity", IDENTITY)))
    assert third == Caller(CallerKind.THIRD_PARTY, SISTER, "benefits", IN_A_YEAR)


@pytest.mark.parametrize(("days", "expired"), [(-1, True), (0, False), (1, False)])
def test_a_mandate_holds_until_its_last_day(days: int, expired: bool) -> None:
    until = TODAY + timedelta(days=days)
    found = facts(view("identity", {**IDENTITY, "authorized_until": until.isoformat()}))
    third = callers(found)[1]
    assert third.expired is expired
    if expired:
        with pytest.raises(AviseError, match="expired"):
            refuse_unknown(third, found)
    else:
        refuse_unknown(third, found)


def test_a_guardian_comes_before_a_mandate() -> None:
    record = {**IDENTITY, "protection": "guardianship", "legal_representative": "Marie Le Bris"}
    found = callers(facts(view("identity", record)))
    assert [caller.kind for caller in found] == [
        CallerKind.MEMBER, CallerKind.GUARDIAN, CallerKind.THIRD_PARTY,
    ]  # fmt: skip
    assert (found[1].name, found[1].scope) == ("Marie Le Bris", "guardianship")


def test_a_company_is_called_for_by_its_contact_or_its_accountant() -> None:
    company = view("company", {"hr_contact": "Soizic Ormelin", "payroll_agent": "Cabinet Orminet"})
    known = replace(facts(company), party=Party("ENT", PartyKind.COMPANY, siren="000123455"))
    assert [(caller.kind, caller.name) for caller in callers(known)[1:]] == [
        (CallerKind.HR_CONTACT, "Soizic Ormelin"),
        (CallerKind.PAYROLL_AGENT, "Cabinet Orminet"),
    ]


def test_somebody_whom_no_tool_names_is_refused() -> None:
    with pytest.raises(AviseError, match="unknown"):
        refuse_unknown(Caller(CallerKind.THIRD_PARTY, "Quelqu’un"), facts(view("identity", IDENTITY)))


def test_another_voice_answers_anew_and_wrong_answers_still_count() -> None:
    found = facts(view("identity", IDENTITY))
    checked = CallerVerification()
    checked.answer(found, "member_number", "0482917350", NOW)
    checked.answer(found, "member_number", "1", NOW)
    checked.choose(callers(found)[1])
    assert (checked.state.correct, checked.state.wrong, checked.state.caller.name) == (0, 1, SISTER)
    checked.answer(found, "member_number", "2", NOW)
    checked.answer(found, "member_number", "3", NOW)
    assert checked.state.level is VerificationLevel.LOCKED
    checked.choose(THE_MEMBER)
    assert checked.state.level is VerificationLevel.LOCKED, "changing voice opens no lock"


def test_the_history_says_who_spoke() -> None:
    links = {"caller": "third_party", "caller_name": SISTER}
    said = Interaction("1", NOW, Channel.PHONE_IN, Direction.IN, "", "Décompte expliqué", links=links)
    assert entry_of(said, "journal").summary == f"Mandataire\u00a0: {SISTER} · Décompte expliqué"
    assert entry_of(replace(said, links={}), "journal").summary == "Décompte expliqué"


def test_the_last_day_is_a_date() -> None:
    assert callers(facts(view("identity", IDENTITY)))[1].until == date(2027, 3, 24)
