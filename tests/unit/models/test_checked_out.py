"""Who may do what to a request whose customer is on the road, the same on the hub and on a workstation."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.journal import EventEnvelope, EventKind
from avise.models.request_fold import ON_BOARD, decision_on, tentative
from avise.models.request_rules import HANDLING, Deed, Refusal, RequestState, decide
from avise.models.requests import Priority, RequestStatus
from avise.models.roles import Role
from tests.unit.models.request_stories import (
    CREATION,
    INES,
    KARIM,
    MORNING,
    NOE,
    PEOPLE,
    SARA,
    STREAM,
    Person,
    taken,
    written,
)

K, R = EventKind, Refusal
WAITING = RequestState(RequestStatus.SENT, "PREST_SOINS", "team/plateau", "lea.girard", "T", Priority.P3)
END = {"outcome": "done"}


def done(
    state: RequestState, person: Person, kind: EventKind, along: str = "", body: dict[str, str] | None = None
) -> tuple[RequestState | None, Refusal | None]:
    """Judge what somebody does while somebody has the customer along."""
    deed = Deed(
        kind, uuid.UUID(int=9), person.login, person.role, MORNING + timedelta(hours=1), body or {},
        person.handles, person.requests, STREAM, checked_out_by=along,
    )  # fmt: skip
    decision = decide(state, deed)
    return decision.state, decision.refusal


def test_nobody_else_takes_what_is_on_the_road_and_its_representative_does() -> None:
    for person in (KARIM, INES, SARA):
        assert done(WAITING, person, K.REQUEST_CLAIMED, NOE.login)[1] is R.CHECKED_OUT
        assert done(WAITING, person, K.REQUEST_CLAIMED)[1] is None
    state, refusal = done(WAITING, NOE, K.REQUEST_CLAIMED, NOE.login)
    assert refusal is None
    assert state is not None
    assert state.holder == NOE.login
    assert done(WAITING, NOE, K.REQUEST_CLAIMED)[1] is R.NO_RIGHT
    assert done(WAITING, NOE, K.REQUEST_CLAIMED, "another.rep")[1] is R.NO_RIGHT


def test_a_representative_goes_on_with_what_they_took_after_the_end_of_the_lease() -> None:
    state, _ = done(WAITING, NOE, K.REQUEST_CLAIMED, NOE.login)
    assert state is not None
    for kind, body in ((K.REQUEST_RESOLVED, END), (K.REQUEST_RELEASED, {})):
        assert done(state, NOE, kind, "", body)[1] is None
    assert done(state, INES, K.REQUEST_CLAIMED)[1] is R.HELD_BY_OTHER


def test_a_lead_gives_what_is_on_the_road_to_somebody_and_a_representative_to_nobody() -> None:
    given_to = {"assignee": INES.login}
    assert done(WAITING, SARA, K.REQUEST_ASSIGNED, NOE.login, given_to)[1] is None
    assert done(WAITING, NOE, K.REQUEST_ASSIGNED, NOE.login, given_to)[1] is R.NO_RIGHT
    assert done(WAITING, NOE, K.REQUEST_PRIORITISED, NOE.login, {"priority": "P1"})[1] is R.NO_RIGHT


def test_who_holds_it_already_is_told_before_who_has_it_along() -> None:
    assert done(taken(KARIM).state, INES, K.REQUEST_CLAIMED, NOE.login)[1] is R.HELD_BY_OTHER
    assert done(taken(KARIM).state, NOE, K.REQUEST_CLAIMED, NOE.login)[1] is R.HELD_BY_OTHER


def test_a_representative_who_sees_a_request_from_nowhere_takes_nothing() -> None:
    foreign = Person(NOE.login, Role.REP)
    assert done(WAITING, foreign, K.REQUEST_CLAIMED, NOE.login)[1] is R.NO_RIGHT


@pytest.mark.parametrize("on_board", [True, False])
def test_a_workstation_judges_its_own_claim_as_the_hub_will(on_board: bool) -> None:
    made: EventEnvelope = written(
        NOE, K.REQUEST_CLAIMED, {ON_BOARD: True} if on_board else {}, number=2, at=MORNING
    )
    here = decision_on(WAITING, tentative(made)).refusal
    there = done(WAITING, NOE, K.REQUEST_CLAIMED, NOE.login if on_board else "")[1]
    assert here == there


@given(st.sampled_from(PEOPLE), st.sampled_from(sorted(HANDLING)), st.sampled_from(["", NOE.login, "x"]))
def test_having_a_customer_along_gives_nothing_to_anybody_but_its_representative(
    person: Person, kind: EventKind, along: str
) -> None:
    body = {**CREATION, "outcome": "done", "queue": "PREST_DENT", "assignee": "x", "waits_for": "member"}
    with_it, without = (done(WAITING, person, kind, who, body)[1] for who in (along, ""))  # type: ignore[arg-type]  # texts enough
    if person != NOE or along != NOE.login:
        assert with_it in (without, R.CHECKED_OUT)
        assert with_it is without or kind is K.REQUEST_CLAIMED
