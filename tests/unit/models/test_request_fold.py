"""What a request's events make of it on screen: conversation, path, pauses, questions, form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import (
    ANSWER_MINUTES,
    HANDLER_ANSWER_MINUTES,
    JudgedEvent,
    fold_request,
    fold_state,
    tentative,
)
from avise.models.request_rules import Refusal
from avise.models.requests import (
    Attachment,
    ExchangeKind,
    Priority,
    Request,
    RequestStatus,
    ServiceTerms,
    Stay,
)
from tests.unit.models.request_stories import (
    CREATION,
    INES,
    KARIM,
    LEA,
    MORNING,
    OTHER,
    REQUEST,
    SARA,
    Person,
    Story,
    created,
    taken,
    written,
)

K, S = EventKind, RequestStatus
FILE: dict[str, JSON] = {"blob": "b1", "name": "facture.pdf", "media_type": "application/pdf", "size": 4210}


def fold(story: Story, *more: JudgedEvent) -> Request:
    found = fold_request([*story.events, *more])
    assert found is not None
    return found


def own(
    story: Story, person: Person, kind: EventKind, body: dict[str, JSON] | None = None, *, nth: int = 1
) -> JudgedEvent:
    """Return what somebody wrote here after the story, not judged yet."""
    at = story.now + timedelta(minutes=nth)
    return tentative(written(person, kind, body, number=len(story.events) + nth, at=at))


# ---- creation --------------------------------------------------------------------------------------
def test_a_created_request_says_all_that_its_creation_told() -> None:
    body = {
        **CREATION, "person": str(OTHER), "dossier": str(OTHER), "split_from": str(OTHER),
        "received_on": "2026-03-20", "confidential": True, "priority": "P2", "attachments": [FILE],
        "terms": {"target_minutes": 1620, "soon_at": 0.7, "escalate_at": 1.5, "legal": True},
    }  # fmt: skip
    story = Story()
    story.tell(LEA, K.REQUEST_CREATED, body)
    story.events[0] = replace(story.events[0], number="D-2026-000187-K")
    request = fold(story)
    assert (request.id, request.number, request.type) == (REQUEST, "D-2026-000187-K", "REIMB_SEARCH")
    assert (request.status, request.queue, request.team) == (S.SENT, "PREST_SOINS", "team/plateau")
    assert (request.requester, request.channel, request.priority) == (LEA.login, "phone_in", Priority.P2)
    assert (request.person, request.dossier, request.split_from) == (OTHER, OTHER, OTHER)
    assert request.terms == ServiceTerms(1620, {}, 0.7, 1.5, legal=True)
    assert str(request.received_on) == "2026-03-20"
    assert request.confidential
    assert request.fields == {"amount": "250.15"}
    assert [(document.id, document.required, document.received) for document in request.documents] == [
        ("invoice", True, False)
    ]
    assert request.attachments == (Attachment("b1", "facture.pdf", "application/pdf", 4210),)
    assert [(line.kind, line.words) for line in request.exchanges] == [
        (ExchangeKind.REPLY, CREATION["words"])
    ]
    assert request.stays == (Stay("PREST_SOINS", story.now, None),)
    assert request.created_at == request.changed_at == story.now


@pytest.mark.parametrize(
    "value", [None, 3, True, [], "x", {"target_minutes": True, "soon_at": "x"}, {"hours": 3}]
)
def test_a_promise_that_cannot_be_read_is_no_promise(value: JSON) -> None:
    story = Story()
    story.tell(LEA, K.REQUEST_CREATED, {**CREATION, "terms": value})
    assert fold(story).terms == ServiceTerms(0)


def test_without_a_creation_there_is_no_request() -> None:
    assert fold_request([]) is None
    story = Story()
    story.tell(LEA, K.REQUEST_NOTED, {"words": "?"})
    assert fold_request(story.events) is None
    assert fold_state(story.events) is None


def test_a_stream_that_is_not_a_requests_makes_none() -> None:
    event = replace(created().events[0].event, stream="customer/x")
    assert fold_request([JudgedEvent(event, 1, MORNING)]) is None


# ---- the conversation ------------------------------------------------------------------------------
def test_what_was_refused_is_told_and_changes_nothing() -> None:
    story = taken(KARIM)
    before = fold(story)
    assert story.tell(INES, K.REQUEST_CLAIMED) is Refusal.HELD_BY_OTHER
    after = fold(story)
    line = after.exchanges[-1]
    assert (line.what, line.author, line.refused) == ("request_claimed", INES.login, "held_by_other")
    assert replace(after, exchanges=before.exchanges, ver=before.ver) == before


def test_a_refusal_without_a_reason_is_still_one() -> None:
    story = taken(KARIM)
    story.tell(INES, K.REQUEST_CLAIMED)
    story.events[-1] = replace(story.events[-1], refusal="")
    assert fold(story).exchanges[-1].refused == "refused"


def test_a_note_after_the_end_counts_and_is_flagged() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_RESOLVED, {"outcome": "done"})
    story.tell(KARIM, K.REQUEST_CLOSED)
    assert story.tell(INES, K.REQUEST_NOTED, {"words": "Vu.", "mentions": [KARIM.login, 3]}) is None
    request = fold(story)
    line = request.exchanges[-1]
    assert (line.kind, line.after_close, line.refused) == (ExchangeKind.NOTE, True, "")
    assert line.mentions == (KARIM.login,)
    assert request.status is S.CLOSED
    story.tell(LEA, K.REQUEST_REOPENED)
    assert not fold(story).exchanges[-1].after_close


def test_words_taken_back_are_gone_and_a_state_is_not() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_REPLIED, {"words": "Parti hier."})
    reply = story.last()
    story.tell(KARIM, K.UNDONE, {"event": reply}, minutes=8)
    assert "Parti hier." not in {line.words for line in fold(story).exchanges}
    claimed = str(story.events[1].event.event_id)
    story.tell(KARIM, K.UNDONE, {"event": claimed}, minutes=0)
    assert (fold(story).status, fold(story).holder) == (S.TAKEN, KARIM.login)
    assert "request_claimed" in {line.what for line in fold(story).exchanges}


@pytest.mark.parametrize(("person", "minutes"), [(INES, 1), (KARIM, 11)])
def test_words_of_others_or_of_long_ago_stay(person: Person, minutes: float) -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_REPLIED, {"words": "Parti hier."})
    story.tell(person, K.UNDONE, {"event": story.last()}, minutes=minutes)
    assert fold(story).exchanges[-1].words == "Parti hier."


def test_a_note_that_one_may_not_read_is_not_shown() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_NOTED, {"words": "Entre nous."})
    last = story.events[-1]
    shown = fold(story).exchanges
    story.events[-1] = replace(last, event=replace(last.event, body={}))
    assert fold(story).exchanges == shown[:-1]


def test_a_transfer_with_its_reason_is_a_line_that_says_both() -> None:
    story = taken()
    story.tell(
        KARIM, K.REQUEST_TRANSFERRED, {"queue": "PREST_OPT", "reason": "mal adressée", "words": "Voyez"}
    )
    line = fold(story).exchanges[-1]
    assert (line.kind, line.what, line.words) == (ExchangeKind.SYSTEM, "request_transferred", "Voyez")
    assert line.params == {"queue": "PREST_OPT", "reason": "mal adressée"}


# ---- questions -------------------------------------------------------------------------------------
def test_a_question_has_a_time_to_answer_that_depends_on_who_answers() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Quand ?"})
    story.tell(LEA, K.REQUEST_ASKED, {"words": "Où en est-elle ?"})
    due = (story.now + timedelta(hours=3)).isoformat()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Et le montant ?", "due_at": due})
    first, second, third = fold(story).questions
    assert (first.to_requester, first.due_at - first.asked_at) == (True, timedelta(minutes=ANSWER_MINUTES))
    assert not second.to_requester
    assert second.due_at - second.asked_at == timedelta(minutes=HANDLER_ANSWER_MINUTES)
    assert third.due_at.isoformat() == due


def test_an_answer_closes_its_question_alone() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Quand ?"})
    asked = story.last()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Combien ?"})
    story.tell(LEA, K.REQUEST_ANSWERED, {"question": asked, "words": "Le 2."})
    request = fold(story)
    assert [question.answered_by for question in request.questions] == [LEA.login, ""]
    assert [question.lapsed_at for question in request.questions] == [None, None]
    assert [question.words for question in request.open_questions] == ["Combien ?"]
    assert request.status is S.WAITING_INTERNAL


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (K.REQUEST_RELEASED, {}),
        (K.REQUEST_TRANSFERRED, {"queue": "PREST_OPT"}),
        (K.REQUEST_RESUMED, {}),
        (K.REQUEST_RESOLVED, {"outcome": "done"}),
    ],
)
def test_nobody_waits_any_more_for_a_question_whose_asker_let_go(
    kind: EventKind, body: dict[str, JSON]
) -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Quand ?"})
    asked = story.last()
    assert story.tell(KARIM, kind, body) is None
    request = fold(story)
    assert request.open_questions == ()
    assert request.questions[0].lapsed_at == story.now
    story.tell(LEA, K.REQUEST_ANSWERED, {"question": asked, "words": "Le 2."})
    assert fold(story).questions[0].answered_by == LEA.login


def test_what_the_requester_asked_waits_for_the_next_holder_until_the_end() -> None:
    story = taken()
    story.tell(LEA, K.REQUEST_ASKED, {"words": "Où en est-elle ?"})
    story.tell(KARIM, K.REQUEST_TRANSFERRED, {"queue": "PREST_OPT"})
    assert len(fold(story).open_questions) == 1
    story.tell(LEA, K.REQUEST_CANCELLED)
    assert fold(story).open_questions == ()


def test_an_answer_that_one_may_not_read_closes_what_was_waited_for() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_ASKED, {"words": "Quand ?"})
    story.tell(LEA, K.REQUEST_ANSWERED, {"question": story.last(), "words": "Le 2."})
    last = story.events[-1]
    story.events[-1] = replace(last, event=replace(last.event, body={}))
    request = fold(story)
    assert (request.status, request.open_questions) == (S.TAKEN, ())


# ---- path and pauses -------------------------------------------------------------------------------
def test_the_path_tells_each_corbeille_and_who_held_it_there() -> None:
    story = taken(KARIM)
    story.tell(KARIM, K.REQUEST_TRANSFERRED, {"queue": "PREST_OPT"}, minutes=60)
    moved = story.now
    story.tell(INES, K.REQUEST_CLAIMED, minutes=5)
    story.tell(INES, K.REQUEST_RESOLVED, {"outcome": "done"}, minutes=5)
    story.tell(INES, K.REQUEST_CLOSED, minutes=5)
    closed = story.now
    story.tell(LEA, K.REQUEST_REOPENED, minutes=600)
    assert fold(story).stays == (
        Stay("PREST_SOINS", MORNING + timedelta(minutes=1), moved, KARIM.login),
        Stay("PREST_OPT", moved, closed, INES.login),
        Stay("PREST_OPT", story.now, None),
    )
    assert fold(story).outcome == ""


def test_the_ledger_keeps_each_pause_with_its_reason() -> None:
    story = taken()
    story.tell(KARIM, K.REQUEST_PAUSED, {"waits_for": "member", "reason": "document"})
    first = story.now
    story.tell(SARA, K.REQUEST_ASSIGNED, {"assignee": INES.login}, minutes=30)
    story.tell(INES, K.REQUEST_RESUMED, minutes=30)
    over = story.now
    story.tell(INES, K.REQUEST_PAUSED, {"waits_for": "third_party"})
    spans = [
        (waiting.starts, waiting.ends, waiting.status, waiting.reason) for waiting in fold(story).waitings
    ]
    assert spans == [
        (first, over, S.WAITING_MEMBER, "document"),
        (story.now, None, S.WAITING_THIRD_PARTY, "third_party"),
    ]


@pytest.mark.parametrize(
    ("kind", "body", "outcome"),
    [
        (K.REQUEST_RESOLVED, {"outcome": "done_partial"}, "done_partial"),
        (K.REQUEST_MERGED, {"into": str(OTHER)}, "duplicate"),
    ],
)
def test_the_end_tells_its_outcome(kind: EventKind, body: dict[str, JSON], outcome: str) -> None:
    story = taken()
    assert story.tell(KARIM, kind, body) is None
    request = fold(story)
    assert (request.outcome, request.resolved_at) == (outcome, story.now)


# ---- form, documents, files ------------------------------------------------------------------------
def test_completing_adds_fields_documents_and_files() -> None:
    story = created()
    body: dict[str, JSON] = {"fields": {"paid_by": "member"}, "documents": ["invoice"], "attachments": [FILE]}
    story.tell(LEA, K.REQUEST_COMPLETED, body)
    request = fold(story)
    assert request.fields == {"amount": "250.15", "paid_by": "member"}
    assert [document.received for document in request.documents] == [True]
    assert [joined.name for joined in request.attachments] == ["facture.pdf"]
    story.tell(LEA, K.UNDONE, {"event": story.last()})
    again = fold(story)
    assert (again.fields, again.attachments) == ({"amount": "250.15"}, ())
    assert [document.received for document in again.documents] == [False]


def test_a_file_joined_to_any_words_is_the_requests_but_for_that_of_a_note() -> None:
    story = taken()
    words: dict[str, JSON] = {"words": "Voici.", "attachments": [FILE]}
    story.tell(KARIM, K.REQUEST_NOTED, words)
    assert fold(story).attachments == ()
    story.tell(LEA, K.REQUEST_REPLIED, words)
    assert len(fold(story).attachments) == 1


def test_the_first_escalation_and_the_first_word_to_the_member_are_kept() -> None:
    story = taken()
    story.tell(LEA, K.REQUEST_ESCALATED, {"priority": "P2"})
    escalated = story.now
    story.tell(SARA, K.REQUEST_ESCALATED)
    story.tell(KARIM, K.REQUEST_MEMBER_WRITTEN, {"words": "Bien reçu."})
    acknowledged = story.now
    story.tell(KARIM, K.REQUEST_MEMBER_WRITTEN, {"words": "C’est fait."})
    request = fold(story)
    assert (request.escalated_at, request.acknowledged_at) == (escalated, acknowledged)
    assert request.priority is Priority.P2


# ---- what the hub has not judged -------------------------------------------------------------------
def test_what_was_written_here_shows_at_once_and_says_that_it_waits() -> None:
    story = created()
    request = fold(story, own(story, KARIM, K.REQUEST_CLAIMED))
    assert (request.status, request.holder, request.tentative) == (S.TAKEN, KARIM.login, True)
    assert request.exchanges[-1].tentative
    assert request.ver == 1


def test_a_tentative_act_is_refused_once_a_colleagues_is_confirmed() -> None:
    story = created()
    mine = own(story, KARIM, K.REQUEST_CLAIMED)
    story.tell(INES, K.REQUEST_CLAIMED)
    request = fold(story, replace(mine, event=replace(mine.event, event_id=OTHER)))
    assert (request.holder, request.exchanges[-1].refused) == (INES.login, "held_by_other")


def test_a_request_written_here_is_there_before_the_hub_numbers_it() -> None:
    made = tentative(written(LEA, K.REQUEST_CREATED, number=1, at=MORNING))
    request = fold_request([made])
    assert request is not None
    assert (request.number, request.tentative, request.ver) == ("", True, 0)


def test_a_verdict_is_data_and_is_not_judged_again() -> None:
    """The hub may know more than this version: what it let count, counts."""
    story = taken(KARIM)
    event = written(INES, K.REQUEST_CLAIMED, number=3, at=story.now)
    assert fold(story, JudgedEvent(event, 3, story.now)).holder == INES.login
    refused = JudgedEvent(event, 3, story.now, effective=False, refusal="rule_of_next_year")
    assert fold(story, refused).exchanges[-1].refused == "rule_of_next_year"
    given = written(SARA, K.REQUEST_ASSIGNED, {"assignee": "who.left"}, number=3, at=story.now)
    unknown_here = JudgedEvent(given, 3, story.now, effective=False, refusal="bad_target")
    assert fold(story, unknown_here).holder == KARIM.login


def test_an_author_of_an_unknown_role_may_do_nothing() -> None:
    story = created()
    mine = own(story, KARIM, K.REQUEST_CLAIMED)
    stranger = replace(mine, event=replace(mine.event, role="director"))
    assert fold(story, stranger).exchanges[-1].refused == "no_right"


def test_an_event_of_a_newer_version_before_the_creation_makes_it_read_only_too() -> None:
    story = created()
    strange = replace(story.events[0], known=False)
    found = fold_request([strange, *story.events])
    assert found is not None
    assert found.newer
