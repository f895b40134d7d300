"""Who may do what to a request, in which state, and what becomes of it: the table of decision 011."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import (
    EXCLUSIVE,
    HANDLING,
    KINDS,
    PAUSES,
    WORDS_LIMIT,
    Deed,
    Refusal,
    RequestState,
    asks_requester,
    compensation,
    decide,
    may_undo,
    state_after,
)
from avise.models.requests import CLOCK_STOPS, HELD, OPEN, Priority, RequestStatus
from avise.models.roles import Role
from tests.unit.models.request_stories import (
    AUDITOR,
    CREATION,
    INES,
    KARIM,
    LEA,
    MORNING,
    NOE,
    OTHER,
    PAUL,
    REQUEST,
    SARA,
    STREAM,
    TOM,
    Person,
    Story,
    created,
    event_id,
    taken,
)

K, S, R = EventKind, RequestStatus, Refusal
Body = dict[str, JSON]
DAY = 1440.0


def told(story: Story, *acts: tuple[Person, EventKind, Body]) -> Story:
    """Tell what counts."""
    for person, kind, body in acts:
        assert story.tell(person, kind, body) is None, kind
    return story


def waiting_member() -> Story:
    return told(taken(), (KARIM, K.REQUEST_PAUSED, {"waits_for": "member", "reason": "document"}))


def waiting_third_party() -> Story:
    return told(taken(), (KARIM, K.REQUEST_PAUSED, {"waits_for": "third_party", "reason": "fund"}))


def asking() -> Story:
    return told(taken(), (KARIM, K.REQUEST_ASKED, {"words": "Quelle date ?"}))


def resolved() -> Story:
    return told(taken(), (KARIM, K.REQUEST_RESOLVED, {"outcome": "done"}))


def closed() -> Story:
    return told(resolved(), (LEA, K.REQUEST_CLOSED, {}))


def cancelled() -> Story:
    return told(created(), (LEA, K.REQUEST_CANCELLED, {}))


STATES = {
    S.SENT: created,
    S.TAKEN: taken,
    S.WAITING_MEMBER: waiting_member,
    S.WAITING_THIRD_PARTY: waiting_third_party,
    S.WAITING_INTERNAL: asking,
    S.RESOLVED: resolved,
    S.CLOSED: closed,
    S.CANCELLED: cancelled,
}
MOVE: Body = {"queue": "PREST_DENT", "reason": "mal adressée"}
GIVE: Body = {"assignee": INES.login}
END: Body = {"outcome": "done"}
WAIT: Body = {"waits_for": "member", "reason": "document"}
MERGE: Body = {"into": str(OTHER)}

# kind, body, who, statuses from which it counts, status then
TABLE: list[tuple[EventKind, Body, Person, frozenset[RequestStatus], RequestStatus | None]] = [
    (K.REQUEST_CLAIMED, {}, INES, frozenset({S.SENT}), S.TAKEN),
    (K.REQUEST_CLAIMED, {}, KARIM, frozenset({S.SENT}), S.TAKEN),
    (K.REQUEST_RELEASED, {}, KARIM, HELD, S.SENT),
    (K.REQUEST_RELEASED, {}, SARA, HELD, S.SENT),
    (K.REQUEST_RELEASED, {}, INES, frozenset(), None),
    (K.REQUEST_ASSIGNED, GIVE, SARA, OPEN, None),
    (K.REQUEST_ASSIGNED, {"assignee": SARA.login}, SARA, OPEN, None),
    (K.REQUEST_ASSIGNED, GIVE, KARIM, frozenset(), None),
    (K.REQUEST_TRANSFERRED, MOVE, KARIM, OPEN, S.SENT),
    (K.REQUEST_TRANSFERRED, MOVE, SARA, OPEN, S.SENT),
    (K.REQUEST_TRANSFERRED, MOVE, INES, frozenset({S.SENT}), S.SENT),
    (K.REQUEST_PAUSED, WAIT, KARIM, frozenset({S.TAKEN, S.WAITING_INTERNAL}), S.WAITING_MEMBER),
    (K.REQUEST_PAUSED, WAIT, INES, frozenset(), None),
    (K.REQUEST_RESUMED, {}, KARIM, HELD - {S.TAKEN}, S.TAKEN),
    (K.REQUEST_RESUMED, {}, SARA, HELD - {S.TAKEN}, S.TAKEN),
    (K.REQUEST_RESUMED, {}, INES, frozenset(), None),
    (K.REQUEST_RESOLVED, END, KARIM, HELD, S.RESOLVED),
    (K.REQUEST_RESOLVED, END, SARA, HELD, S.RESOLVED),
    (K.REQUEST_RESOLVED, END, INES, frozenset(), None),
    (K.REQUEST_CLOSED, {}, KARIM, frozenset({S.RESOLVED}), S.CLOSED),
    (K.REQUEST_CLOSED, {}, LEA, frozenset({S.RESOLVED}), S.CLOSED),
    (K.REQUEST_CLOSED, {}, SARA, frozenset({S.RESOLVED}), S.CLOSED),
    (K.REQUEST_CLOSED, {}, PAUL, frozenset(), None),
    (K.REQUEST_REOPENED, {}, KARIM, frozenset({S.RESOLVED, S.CLOSED}), S.TAKEN),
    (K.REQUEST_REOPENED, {}, LEA, frozenset({S.RESOLVED, S.CLOSED}), S.SENT),
    (K.REQUEST_REOPENED, {}, PAUL, frozenset({S.RESOLVED, S.CLOSED}), S.SENT),
    (K.REQUEST_CANCELLED, {}, LEA, OPEN, S.CANCELLED),
    (K.REQUEST_CANCELLED, {}, SARA, OPEN, S.CANCELLED),
    (K.REQUEST_CANCELLED, {}, PAUL, frozenset(), None),
    (K.REQUEST_CANCELLED, {}, KARIM, frozenset(), None),
    (K.REQUEST_MERGED, MERGE, KARIM, OPEN, S.CLOSED),
    (K.REQUEST_MERGED, MERGE, INES, frozenset({S.SENT}), S.CLOSED),
    (K.REQUEST_MERGED, MERGE, SARA, OPEN, S.CLOSED),
]


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize(
    ("kind", "body", "person", "counts_in", "then"), TABLE, ids=[f"{row[0]}-{row[2].login}" for row in TABLE]
)
def test_an_exclusive_act_counts_only_for_whom_and_where_it_is_told(
    kind: EventKind,
    body: Body,
    person: Person,
    counts_in: frozenset[RequestStatus],
    then: RequestStatus | None,
    status: RequestStatus,
) -> None:
    story = STATES[status]()
    before = story.state
    refusal = story.tell(person, kind, body)
    assert (refusal is None) == (status in counts_in), refusal
    if refusal is not None:
        assert story.state is before
    elif then is not None:
        assert story.status() is then


def test_every_exclusive_kind_is_in_the_table_and_every_state_is_reached() -> None:
    assert {row[0] for row in TABLE} == EXCLUSIVE - {K.REQUEST_CREATED}
    assert {status: make().status() for status, make in STATES.items()} == {status: status for status in S}


ADDITIVE: dict[EventKind, Body] = {
    K.REQUEST_COMPLETED: {"fields": {"amount": "12.00"}},
    K.REQUEST_ATTACHED: {"attachments": []},
    K.REQUEST_ASKED: {"words": "Quand ?"},
    K.REQUEST_ANSWERED: {"words": "Demain.", "question": str(event_id(77))},
    K.REQUEST_REPLIED: {"words": "Bonjour"},
    K.REQUEST_NOTED: {"words": "À voir."},
    K.REQUEST_MEMBER_WRITTEN: {"words": "Bien reçu."},
    K.REQUEST_ESCALATED: {},
    K.UNDONE: {"event": str(event_id(77))},
}


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("kind", ADDITIVE)
def test_an_additive_event_counts_in_every_state_from_both_desks(
    kind: EventKind, status: RequestStatus
) -> None:
    for person in (LEA, PAUL, NOE, KARIM, INES, SARA):
        story = STATES[status]()
        ended = story.status() not in OPEN
        assert story.tell(person, kind, ADDITIVE[kind]) is None
        assert not ended or story.status() is status


def test_every_kind_of_a_request_is_exclusive_or_additive() -> None:
    assert {*EXCLUSIVE, *ADDITIVE, K.REQUEST_PRIORITISED} == KINDS
    assert HANDLING < KINDS


# ---- rights ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", sorted(HANDLING))
def test_handling_is_for_those_of_the_corbeille(kind: EventKind) -> None:
    body: Body = {**MOVE, **END, **WAIT, **MERGE, **GIVE, "priority": "P1"}
    for person in (LEA, NOE, TOM, AUDITOR, Person("adm", Role.ADMINISTRATOR, handles=True)):
        assert taken().tell(person, kind, body) is R.NO_RIGHT


@pytest.mark.parametrize("kind", sorted(KINDS - HANDLING))
def test_nobody_writes_outside_their_perimeters_and_auditors_never(kind: EventKind) -> None:
    body: Body = {**CREATION, **ADDITIVE.get(kind, {})}
    for person in (TOM, AUDITOR, Person("x", Role.AGENT)):
        assert created().tell(person, kind, body) is R.NO_RIGHT


# ---- creation --------------------------------------------------------------------------------------
def test_a_request_is_created_once() -> None:
    assert created().tell(LEA, K.REQUEST_CREATED) is R.ALREADY_THERE


@pytest.mark.parametrize("missing", ["queue", "team", "type"])
def test_a_creation_says_what_it_is_and_where_it_goes(missing: str) -> None:
    body = {name: value for name, value in CREATION.items() if name != missing}
    assert Story().tell(LEA, K.REQUEST_CREATED, body) is R.MALFORMED


@pytest.mark.parametrize("kind", sorted(KINDS - {K.REQUEST_CREATED}))
def test_nothing_happens_to_a_request_that_nobody_created(kind: EventKind) -> None:
    assert Story().tell(SARA, kind, {}) is R.UNKNOWN_REQUEST


def test_a_creation_tells_priority_and_confidentiality_and_an_unknown_priority_is_the_usual_one() -> None:
    made = Story()
    made.tell(LEA, K.REQUEST_CREATED, {**CREATION, "priority": "P1", "confidential": True})
    assert (made.state.priority, made.state.confidential) == (Priority.P1, True)
    usual = Story()
    usual.tell(LEA, K.REQUEST_CREATED, {**CREATION, "priority": "P9", "confidential": "yes"})
    assert (usual.state.priority, usual.state.confidential) == (Priority.P3, False)


# ---- two at once (hub.md 5) ------------------------------------------------------------------------
def test_of_two_who_take_it_the_second_learns_that_it_is_held() -> None:
    story = taken(KARIM)
    assert story.tell(INES, K.REQUEST_CLAIMED) is R.HELD_BY_OTHER
    assert story.tell(SARA, K.REQUEST_CLAIMED) is R.HELD_BY_OTHER
    assert story.tell(KARIM, K.REQUEST_CLAIMED) is R.STATUS
    assert story.tell(INES, K.REQUEST_NOTED, {"words": "Je l’avais vue."}) is None


def test_a_request_that_has_ended_cannot_be_taken_and_says_so() -> None:
    assert resolved().tell(INES, K.REQUEST_CLAIMED) is R.STATUS


def test_of_two_who_close_it_the_second_changes_nothing() -> None:
    assert closed().tell(KARIM, K.REQUEST_CLOSED) is R.STATUS


def test_whoever_lost_it_to_a_lead_cannot_resolve_it() -> None:
    story = told(taken(KARIM), (SARA, K.REQUEST_ASSIGNED, {"assignee": SARA.login}))
    assert story.tell(KARIM, K.REQUEST_RESOLVED, END) is R.HELD_BY_OTHER
    assert story.tell(SARA, K.REQUEST_RESOLVED, END) is None


def test_of_two_who_transfer_it_to_one_place_the_second_has_nowhere_to_go() -> None:
    story = told(created(), (KARIM, K.REQUEST_TRANSFERRED, MOVE))
    assert story.tell(INES, K.REQUEST_TRANSFERRED, MOVE) is R.BAD_TARGET


def test_after_a_release_the_former_holder_is_told_to_take_it_again() -> None:
    story = told(taken(), (KARIM, K.REQUEST_RELEASED, {}))
    assert story.tell(KARIM, K.REQUEST_RESOLVED, END) is R.NOT_HOLDER


@pytest.mark.parametrize("kind", [K.REQUEST_PAUSED, K.REQUEST_RESOLVED, K.REQUEST_RELEASED])
def test_what_nobody_holds_is_taken_before_it_is_worked_on(kind: EventKind) -> None:
    assert created().tell(SARA, kind, {**WAIT, **END}) is R.NOT_HOLDER


# ---- targets ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("queue", ["PREST_SOINS", "", None, 3])
def test_a_transfer_goes_somewhere_else(queue: JSON) -> None:
    assert taken().tell(KARIM, K.REQUEST_TRANSFERRED, {"queue": queue}) is R.BAD_TARGET


@pytest.mark.parametrize("assignee", [KARIM.login, "", None, []])
def test_a_request_is_given_to_somebody_else(assignee: JSON) -> None:
    assert taken().tell(SARA, K.REQUEST_ASSIGNED, {"assignee": assignee}) is R.BAD_TARGET


def test_a_request_is_not_merged_into_itself() -> None:
    assert taken().tell(KARIM, K.REQUEST_MERGED, {"into": str(REQUEST)}) is R.BAD_TARGET
    assert taken().tell(KARIM, K.REQUEST_MERGED, {"into": "D-2026"}) is R.MALFORMED


def test_a_merger_closes_it_as_part_of_the_other() -> None:
    story = told(taken(), (KARIM, K.REQUEST_MERGED, MERGE))
    assert (story.status(), story.state.merged_into) == (S.CLOSED, OTHER)
    assert story.state.resolved_at == story.now


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (K.REQUEST_PAUSED, {"waits_for": "nobody"}),
        (K.REQUEST_RESOLVED, {"outcome": "  "}),
        (K.REQUEST_REPLIED, {"words": " \n"}),
        (K.REQUEST_NOTED, {"words": "a" * (WORDS_LIMIT + 1)}),
        (K.REQUEST_ASKED, {}),
        (K.REQUEST_MEMBER_WRITTEN, {"words": 3}),
        (K.REQUEST_ANSWERED, {"words": "Oui.", "question": "that one"}),
        (K.REQUEST_ANSWERED, {"words": "", "question": str(event_id(3))}),
        (K.UNDONE, {"event": None}),
        (K.UNDONE, {}),
    ],
)
def test_what_says_nothing_does_not_count(kind: EventKind, body: Body) -> None:
    assert taken().tell(KARIM, kind, body) is R.MALFORMED


def test_the_longest_words_are_taken() -> None:
    assert taken().tell(LEA, K.REQUEST_REPLIED, {"words": "a" * WORDS_LIMIT}) is None


# ---- waiting ---------------------------------------------------------------------------------------
def test_a_lead_who_takes_over_what_waits_does_not_start_its_clock_again() -> None:
    for story in (waiting_member(), waiting_third_party(), asking()):
        before = story.state
        assert story.tell(SARA, K.REQUEST_ASSIGNED, {"assignee": SARA.login}) is None
        assert story.state == replace(before, holder=SARA.login)
        assert story.tell(SARA, K.REQUEST_RESUMED) is None
        assert story.status() is S.TAKEN


@pytest.mark.parametrize("kind", [K.REQUEST_RELEASED, K.REQUEST_TRANSFERRED])
def test_no_clock_is_stopped_while_nobody_watches(kind: EventKind) -> None:
    for story in (waiting_member(), waiting_third_party(), asking()):
        assert story.tell(KARIM, kind, MOVE) is None
        state = story.state
        assert (state.status, state.holder, state.questions, state.paused_at) == (S.SENT, "", (), None)


@pytest.mark.parametrize("waits_for", PAUSES)
def test_a_pause_stops_the_clock_from_then_and_its_end_starts_it(waits_for: str) -> None:
    story = told(taken(), (KARIM, K.REQUEST_PAUSED, {"waits_for": waits_for}))
    assert story.status() in CLOCK_STOPS
    assert story.state.paused_at == story.now
    assert told(story, (KARIM, K.REQUEST_RESUMED, {})).state.paused_at is None
    assert story.status() is S.TAKEN


def test_a_question_to_the_requester_waits_until_every_one_is_answered() -> None:
    story = asking()
    first = story.last()
    told(story, (KARIM, K.REQUEST_ASKED, {"words": "Quel montant ?"}))
    second = story.last()
    assert story.status() is S.WAITING_INTERNAL
    told(story, (LEA, K.REQUEST_ANSWERED, {"question": second, "words": "12 €"}))
    assert story.status() is S.WAITING_INTERNAL
    told(story, (PAUL, K.REQUEST_ANSWERED, {"question": first, "words": "Le 2."}))
    assert (story.status(), story.state.questions) == (S.TAKEN, ())


def test_a_question_to_the_holder_makes_nobody_wait() -> None:
    story = told(taken(), (LEA, K.REQUEST_ASKED, {"words": "Où en est-elle ?"}))
    assert (story.status(), story.state.questions) == (S.TAKEN, ())
    assert asks_requester(story.state, KARIM.login)
    assert not asks_requester(story.state, LEA.login)
    assert not asks_requester(created().state, "")


def test_a_question_asked_before_or_during_a_pause_is_still_waited_for_after_it() -> None:
    before = told(asking(), (KARIM, K.REQUEST_PAUSED, WAIT))
    during = told(waiting_member(), (KARIM, K.REQUEST_ASKED, {"words": "Quand ?"}))
    for story in (before, during):
        assert story.status() is S.WAITING_MEMBER
        told(story, (KARIM, K.REQUEST_RESUMED, {}))
        assert story.status() is S.WAITING_INTERNAL
        told(story, (KARIM, K.REQUEST_RESUMED, {}))
        assert (story.status(), story.state.questions) == (S.TAKEN, ())


def test_an_answer_during_a_pause_does_not_end_it() -> None:
    story = asking()
    question = story.last()
    told(story, (KARIM, K.REQUEST_PAUSED, WAIT))
    told(story, (LEA, K.REQUEST_ANSWERED, {"question": question, "words": "Oui."}))
    assert story.status() is S.WAITING_MEMBER
    told(story, (KARIM, K.REQUEST_RESUMED, {}))
    assert story.status() is S.TAKEN


def test_a_question_taken_back_is_not_waited_for() -> None:
    story = asking()
    question = story.last()
    told(story, (LEA, K.UNDONE, {"event": question}))
    assert story.status() is S.WAITING_INTERNAL
    told(story, (KARIM, K.UNDONE, {"event": question}))
    assert story.status() is S.TAKEN


# ---- the end ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "refusal"), [(29.9, None), (30.1, R.TOO_LATE)])
def test_a_request_is_reopened_within_thirty_days_of_its_resolution(
    days: float, refusal: Refusal | None
) -> None:
    for story in (resolved(), told(resolved(), (LEA, K.REQUEST_CLOSED, {}))):
        assert story.tell(LEA, K.REQUEST_REOPENED, minutes=days * DAY) is refusal


def test_a_reopened_request_forgets_that_it_was_resolved() -> None:
    story = told(taken(), (KARIM, K.REQUEST_MERGED, MERGE), (LEA, K.REQUEST_REOPENED, {}))
    state = story.state
    assert (state.status, state.holder, state.resolved_at, state.merged_into) == (S.SENT, "", None, None)


def test_the_name_of_whoever_held_it_last_stays_after_the_end() -> None:
    assert resolved().state.holder == closed().state.holder == KARIM.login


# ---- priority --------------------------------------------------------------------------------------
def test_only_a_lead_sets_the_priority() -> None:
    story = created()
    assert story.tell(KARIM, K.REQUEST_PRIORITISED, {"priority": "P1"}) is R.NO_RIGHT
    assert story.tell(SARA, K.REQUEST_PRIORITISED, {"priority": "P0"}) is R.MALFORMED
    assert story.tell(SARA, K.REQUEST_PRIORITISED, {"priority": "P1"}) is None
    assert story.state.priority is Priority.P1


def test_escalated_twice_at_once_it_goes_up_once() -> None:
    story = created()
    told(
        story,
        (LEA, K.REQUEST_ESCALATED, {"priority": "P2"}),
        (KARIM, K.REQUEST_ESCALATED, {"priority": "P2"}),
    )
    assert story.state.priority is Priority.P2


@pytest.mark.parametrize("named", ["P1", "P3", "P4", "P9", None])
def test_an_escalation_raises_by_one_or_not_at_all(named: JSON) -> None:
    story = told(created(), (LEA, K.REQUEST_ESCALATED, {"priority": named}))
    assert story.state.priority is Priority.P3


# ---- transfers taken back --------------------------------------------------------------------------
def away(person: Person) -> Person:
    """Return somebody who has no right in the corbeille where the request now is."""
    return replace(person, handles=False)


BACK: Body = {"queue": "PREST_SOINS", "back": True, "held": True}


def test_whoever_transferred_it_takes_it_back_from_a_corbeille_that_is_not_theirs() -> None:
    story = told(taken(), (KARIM, K.REQUEST_TRANSFERRED, MOVE), (away(KARIM), K.REQUEST_TRANSFERRED, BACK))
    assert (story.state.queue, story.state.holder, story.status()) == ("PREST_SOINS", KARIM.login, S.TAKEN)


def test_nobody_else_takes_it_back_nor_after_ten_minutes_nor_elsewhere() -> None:
    story = told(taken(), (KARIM, K.REQUEST_TRANSFERRED, MOVE))
    elsewhere: Body = {**BACK, "queue": "PREST_OPT"}
    assert story.tell(away(INES), K.REQUEST_TRANSFERRED, BACK, kept=False) is R.NO_RIGHT
    assert story.tell(away(KARIM), K.REQUEST_TRANSFERRED, elsewhere, kept=False) is R.NO_RIGHT
    assert story.tell(away(KARIM), K.REQUEST_TRANSFERRED, BACK, minutes=10.1, kept=False) is R.NO_RIGHT
    lost = Person(KARIM.login, Role.AGENT)
    assert story.tell(lost, K.REQUEST_TRANSFERRED, BACK, kept=False) is R.NO_RIGHT


def test_what_somebody_took_there_stays_there() -> None:
    story = told(taken(), (KARIM, K.REQUEST_TRANSFERRED, MOVE), (INES, K.REQUEST_CLAIMED, {}))
    assert story.tell(away(KARIM), K.REQUEST_TRANSFERRED, BACK) is R.NO_RIGHT
    told(story, (INES, K.REQUEST_RELEASED, {}))
    assert story.tell(away(KARIM), K.REQUEST_TRANSFERRED, BACK) is R.NO_RIGHT


def test_only_what_undoes_a_transfer_gives_the_request_to_its_author() -> None:
    story = told(created(), (KARIM, K.REQUEST_TRANSFERRED, {**MOVE, "back": True, "held": True}))
    assert (story.status(), story.state.holder) == (S.SENT, "")


# ---- undo ------------------------------------------------------------------------------------------
def test_ones_own_words_are_taken_back_for_ten_minutes() -> None:
    later = MORNING + timedelta(minutes=10)
    assert may_undo("lea", "lea", MORNING, later)
    assert not may_undo("lea", "lea", MORNING, later + timedelta(seconds=1))
    assert not may_undo("paul", "lea", MORNING, MORNING)


def test_what_a_lead_released_is_given_back_to_whoever_held_it() -> None:
    story = taken(KARIM)
    before = story.state
    told(story, (SARA, K.REQUEST_RELEASED, {}))
    back = compensation(K.REQUEST_RELEASED, before, story.state, SARA.login)
    assert back == (K.REQUEST_ASSIGNED, {"assignee": KARIM.login})
    assert compensation(K.REQUEST_RELEASED, before, story.state) == (K.REQUEST_CLAIMED, {})


def test_undoing_does_not_override_what_a_colleague_did_meanwhile() -> None:
    story = taken(KARIM)
    before = story.state
    told(story, (KARIM, K.REQUEST_RELEASED, {}))
    back = compensation(K.REQUEST_RELEASED, before, story.state, KARIM.login)
    told(story, (INES, K.REQUEST_CLAIMED, {}))
    assert back is not None
    assert story.tell(KARIM, *back) is R.HELD_BY_OTHER


def test_an_undone_closure_leaves_it_resolved_by_whoever_resolved_it() -> None:
    story = resolved()
    before = story.state
    told(story, (LEA, K.REQUEST_CLOSED, {}))
    back = compensation(K.REQUEST_CLOSED, before, story.state, LEA.login)
    assert back is not None
    told(story, (LEA, *back))
    assert story.state == before


def test_an_undone_creation_is_cancelled() -> None:
    story = created()
    back = compensation(K.REQUEST_CREATED, None, story.state, LEA.login)
    assert back is not None
    told(story, (LEA, *back))
    assert story.status() is S.CANCELLED


# ---- totality --------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("kind", list(EventKind))
def test_a_verdict_is_applied_to_any_state_with_any_body(kind: EventKind, status: RequestStatus) -> None:
    state = STATES[status]().state
    deed = Deed(kind, event_id(90), KARIM.login, KARIM.role, MORNING, {}, stream=STREAM)
    assert isinstance(state_after(state, deed), RequestState)
    assert decide(state, deed) == decide(state, deed)


def test_an_answer_that_one_may_not_read_still_ends_the_waiting() -> None:
    state = asking().state
    deed = Deed(K.REQUEST_ANSWERED, event_id(90), LEA.login, LEA.role, MORNING, {}, stream=STREAM)
    after = state_after(state, deed)
    assert after is not None
    assert (after.status, after.questions) == (S.TAKEN, ())
