"""Whatever is done to a request, in whatever order and with whatever body: what must always hold."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avise.models.event_fold import UNDO_FOR
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_fold import (
    NEWER,
    JudgedEvent,
    decision_on,
    fold_request,
    fold_state,
    tentative,
)
from avise.models.request_rules import (
    EXCLUSIVE,
    HANDLING,
    KINDS,
    Deed,
    Refusal,
    RequestState,
    compensation,
    decide,
    state_after,
)
from avise.models.request_undo import TAKEN_BACK
from avise.models.requests import CLOCK_STOPS, ENDED, HELD, OPEN, Request, RequestStatus, Stay, Waiting
from avise.models.roles import Role
from tests.unit.models.request_stories import (
    CREATION,
    INES,
    KARIM,
    LEA,
    MORNING,
    OTHER,
    PEOPLE,
    REQUEST,
    SARA,
    STREAM,
    Person,
    Story,
    event_id,
    written,
)

K = EventKind
MOST = 25


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody does, before it is judged."""

    person: Person
    kind: EventKind
    body: dict[str, Any]
    minutes: float
    apt: bool = False
    """Bent to something that this person may do when its time comes, so that lives are full."""


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just("0" * 32)
    | st.just("2026-03-24T12:00:00+14:00"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "queue", "team", "type", "title", "words", "priority", "assignee", "waits_for", "reason", "outcome",
    "question", "event", "into", "back", "held", "confidential", "due_at", "terms", "fields", "documents",
    "attachments", "mentions", "person", "dossier", "received_on", "split_from",
)  # fmt: skip
JUNK_BODIES = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JUNK, max_size=12)
REFERENCES = st.integers(0, MOST).map(lambda number: str(event_id(number)))
GOOD_BODIES = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(("PREST_SOINS", "PREST_DENT")),
        "team": st.just("team/plateau"),
        "type": st.just("REIMB_SEARCH"),
        "words": st.sampled_from(("Bonjour", "Merci", "")),
        "assignee": st.sampled_from([person.login for person in PEOPLE]),
        "waits_for": st.sampled_from(("member", "third_party")),
        "outcome": st.just("done"),
        "priority": st.sampled_from(("P1", "P2", "P3", "P4")),
        "question": REFERENCES,
        "event": REFERENCES,
        "into": st.sampled_from((str(OTHER), str(REQUEST))),
        "back": st.booleans(),
        "held": st.booleans(),
    }
)
MINUTES = st.sampled_from((0.0, 1.0, 9.0, 11.0, 600.0, 20 * 1440.0))
HANDS = (KARIM, KARIM, KARIM, KARIM, SARA, INES, LEA)
"""Those who can do most."""
ANY = st.builds(
    Told,
    st.sampled_from(PEOPLE),
    st.sampled_from([*sorted(KINDS), K.CONSULTED]),
    st.one_of(GOOD_BODIES, JUNK_BODIES),
    MINUTES,
)
ACTS = (
    K.REQUEST_CLAIMED, K.REQUEST_ASSIGNED, K.REQUEST_ASKED, K.REQUEST_PAUSED, K.REQUEST_RESUMED,
    K.REQUEST_ANSWERED, K.REQUEST_TRANSFERRED, K.REQUEST_RESOLVED, K.REQUEST_CLOSED, K.REQUEST_REOPENED,
    K.REQUEST_RELEASED, K.REQUEST_MERGED, K.UNDONE, K.REQUEST_NOTED, K.REQUEST_COMPLETED, K.REQUEST_REPLIED,
    K.REQUEST_ESCALATED, K.REQUEST_PRIORITISED, K.REQUEST_ATTACHED, K.REQUEST_MEMBER_WRITTEN,
    K.REQUEST_CANCELLED,
)  # fmt: skip
APT_BODIES = [
    {
        "queue": queue, "waits_for": waits_for, "priority": priority, "assignee": assignee, "outcome": "done",
        "into": str(OTHER), "words": "Bonjour", "back": back, "held": back,
    }
    for queue, waits_for, priority, assignee, back in (
        ("PREST_DENT", "member", "P1", INES.login, False),
        ("PREST_SOINS", "third_party", "P2", KARIM.login, True),
        ("PREST_DENT", "third_party", "P3", KARIM.login, False),
        ("PREST_SOINS", "member", "P4", SARA.login, False),
    )
]  # fmt: skip
APT = st.builds(
    Told,
    st.sampled_from(HANDS),
    st.sampled_from(ACTS),
    st.sampled_from(APT_BODIES),
    st.sampled_from((1.0, 11.0, 600.0)),
    st.just(value=True),
)
LIVES = (
    st.lists(APT, max_size=MOST)
    | st.lists(APT, min_size=12, max_size=MOST)
    | st.lists(APT | ANY, max_size=MOST)
)


def lived(deeds: list[Told], *, begun: bool = True) -> Life:
    """Return what a hub makes of deeds, each judged once at its place."""
    life = Life(Story())
    if begun:
        life.do(Told(LEA, K.REQUEST_CREATED, dict(CREATION), 1))
    for told in deeds:
        life.do(told)
    return life


@dataclass(slots=True)
class Life:
    """A story with what was done in it."""

    story: Story
    deeds: list[Told] = field(default_factory=list)

    def do(self, told: Told) -> None:
        done = self._apt(told) if told.apt and self.story.states[-1] is not None else told
        self.story.tell(done.person, done.kind, done.body, minutes=done.minutes)
        self.deeds.append(done)

    def _apt(self, told: Told) -> Told:
        """Return the first kind from this one on that this person may do now; as it is when there is none."""
        state = self.story.state
        body = {**told.body, "event": self.story.last()}
        if state.questions:
            body["question"] = str(state.questions[0])
        if told.minutes < 10 and state.moved_by == told.person.login:
            body["queue"] = state.moved_from
        place = ACTS.index(told.kind)
        for kind in (told.kind, K.REQUEST_CLAIMED, K.REQUEST_REOPENED, *ACTS[place:], *ACTS[:place]):
            if self.story.tell(told.person, kind, body, minutes=told.minutes, kept=False) is None:
                return replace(told, kind=kind, body=body)
        return told

    def acts(self) -> Iterator[tuple[Told, RequestState, RequestState]]:
        """Yield each thing done that counts, with the states before and after it."""
        steps = zip(self.deeds, self.story.decisions, self.story.states, self.story.states[1:], strict=False)
        for told, decision, before, after in steps:
            if decision.effective and before is not None and after is not None:
                yield told, before, after


def own(deeds: list[Told], life: Life) -> list[JudgedEvent]:
    """Return deeds as a workstation wrote them after what the hub confirmed."""
    more = copy.deepcopy(life)
    for told in deeds:
        more.do(told)
    return [tentative(judged.event) for judged in more.story.events[len(life.story.events) :]]


def shown(request: Request) -> tuple[object, ...]:
    return (
        request.status, request.queue, request.holder, request.priority, request.resolved_at,
        request.merged_into,
    )  # fmt: skip


def kept(state: RequestState) -> tuple[object, ...]:
    return (
        state.status, state.queue, state.holder, state.priority, state.resolved_at, state.merged_into
    )  # fmt: skip


# ---- the rules -------------------------------------------------------------------------------------
@given(LIVES)
def test_a_request_has_one_holder_in_the_states_that_need_one_and_none_in_its_corbeille(
    deeds: list[Told],
) -> None:
    for state in lived(deeds).story.states[1:]:
        assert state is not None
        assert state.status not in HELD or state.holder
        assert state.status is not RequestStatus.SENT or not state.holder


@given(LIVES)
def test_questions_and_pauses_never_outlive_the_holding_of_the_request(deeds: list[Told]) -> None:
    for state in lived(deeds).story.states[1:]:
        assert state is not None
        assert (state.paused_at is not None) == (state.status in CLOCK_STOPS)
        if state.status not in CLOCK_STOPS:
            assert bool(state.questions) == (state.status is RequestStatus.WAITING_INTERNAL)
        assert (state.resolved_at is None) == (state.status in (*OPEN, RequestStatus.CANCELLED))
        assert state.merged_into is None or state.status is RequestStatus.CLOSED


@given(LIVES, st.booleans())
def test_a_refused_event_changes_nothing(deeds: list[Told], begun: bool) -> None:
    story = lived(deeds, begun=begun).story
    for place, decision in enumerate(story.decisions):
        if not decision.effective:
            assert story.states[place + 1] is story.states[place]


@given(LIVES)
def test_what_never_changes_does_not(deeds: list[Told]) -> None:
    first, *others = lived(deeds).story.states[1:]
    assert first is not None
    for state in others:
        assert state is not None
        assert (state.team, state.requester, state.type) == (first.team, first.requester, first.type)
        assert state.confidential is first.confidential


@given(LIVES)
def test_only_exclusive_events_change_who_holds_a_request_and_where(deeds: list[Told]) -> None:
    story = lived(deeds).story
    for judged, before, after in zip(story.events, story.states, story.states[1:], strict=False):
        if judged.event.kind not in EXCLUSIVE and before is not None and after is not None:
            assert (after.holder, after.queue) == (before.holder, before.queue)


@given(LIVES)
def test_nobody_without_the_right_moves_a_request(deeds: list[Told]) -> None:
    for told, _, _ in lived(deeds).acts():
        assert told.person.role is not Role.AUDITOR
        if told.kind is K.REQUEST_TRANSFERRED:  # may be taken back from a corbeille not one's own
            continue
        assert told.person.handles or told.person.requests
        assert told.person.handles or told.kind not in HANDLING


@given(LIVES, ANY)
def test_no_text_that_a_hub_judged_can_stop_a_station(deeds: list[Told], told: Told) -> None:
    """What the hub says counts, is applied, whatever this program would have said of it."""
    story = lived(deeds).story
    made = written(told.person, told.kind, told.body, number=99, at=story.now)
    ver = len(story.events) + 1
    forced = fold_request([*story.events, JudgedEvent(made, ver, story.now)])
    assert forced is not None
    assert forced.ver == ver
    for kind in EventKind:
        deed = Deed(kind, event_id(99), told.person.login, told.person.role, story.now, told.body)
        assert isinstance(state_after(story.state, deed), RequestState)


@given(
    st.none() | st.just(MORNING), JUNK_BODIES, st.sampled_from(list(EventKind)), st.sampled_from(list(Role))
)
def test_any_body_ends_in_a_decision(at: Any, body: dict[str, JSON], kind: EventKind, role: Role) -> None:  # noqa: ANN401
    state = None if at is None else lived([]).story.state
    deed = Deed(kind, event_id(1), "lea.girard", role, MORNING, body)
    decision = decide(state, deed)
    assert decision == decide(state, deed)
    assert decision.effective or decision.state is state


# ---- the fold --------------------------------------------------------------------------------------
@given(LIVES)
def test_the_fold_of_confirmed_events_is_what_the_hub_decided_step_by_step(deeds: list[Told]) -> None:
    story = lived(deeds).story
    assert fold_state(story.events) == story.state
    for place in range(1, len(story.events) + 1):
        request, state = fold_request(story.events[:place]), story.states[place]
        assert request is not None
        assert state is not None
        assert shown(request) == kept(state)
        assert (request.ver, request.tentative) == (place, False)


@given(LIVES, LIVES)
def test_what_is_not_judged_yet_is_judged_on_top_of_what_is(before: list[Told], after: list[Told]) -> None:
    life = lived(before)
    story, tail = life.story, own(after, life)
    state: RequestState | None = story.state
    for judged in tail:
        state = decision_on(state, judged).state
    request = fold_request([*story.events, *tail])
    assert request is not None
    assert state is not None
    assert shown(request) == kept(state)
    assert fold_state([*story.events, *tail]) == state
    assert request.ver == len(story.events)


@given(LIVES, st.integers(0, MOST))
def test_what_was_confirmed_never_changes_when_more_comes(deeds: list[Told], cut: int) -> None:
    story = lived(deeds).story
    earlier, later = fold_request(story.events[: cut + 1]), fold_request(story.events)
    assert earlier is not None
    assert later is not None
    gone = {exchange.event for exchange in earlier.exchanges} - {line.event for line in later.exchanges}
    kinds = {judged.event.event_id: judged.event.kind for judged in story.events}
    assert {kinds[line] for line in gone} <= TAKEN_BACK
    left = [line for line in earlier.exchanges if line.event not in gone]
    assert left == list(later.exchanges[: len(left)])
    ended = [stay for stay in earlier.stays if stay.ends is not None]
    assert ended == list(later.stays[: len(ended)])
    over = [waiting for waiting in earlier.waitings if waiting.ends is not None]
    assert over == list(later.waitings[: len(over)])
    assert (earlier.id, earlier.created_at, earlier.terms) == (later.id, later.created_at, later.terms)


@given(LIVES)
def test_stays_follow_each_other_from_the_creation_to_the_end(deeds: list[Told]) -> None:
    story = lived(deeds).story
    request = fold_request(story.events)
    assert request is not None
    assert request.stays[0].starts == request.created_at
    assert request.stays[-1].ends == request.ended_at
    assert (request.ended_at is not None) == (request.status in ENDED)
    assert request.stays[-1].queue == request.queue
    for earlier, later in zip(request.stays, request.stays[1:], strict=False):
        assert earlier.ends is not None
        assert earlier.starts <= earlier.ends
        assert earlier.ends == later.starts or _ended_between(story, earlier, later)


def _ended_between(story: Story, earlier: Stay, later: Stay) -> bool:
    """Say whether a request was closed, then reopened, between two stays."""
    between = [
        state
        for judged, state in zip(story.events, story.states[1:], strict=True)
        if earlier.ends is not None and earlier.ends <= judged.at <= later.starts
    ]
    return bool(between) and any(state is not None and state.status in ENDED for state in between)


@given(LIVES)
def test_times_of_waiting_never_overlap_and_the_last_is_open_only_while_it_waits(deeds: list[Told]) -> None:
    request = fold_request(lived(deeds).story.events)
    assert request is not None
    for earlier, later in zip(request.waitings, request.waitings[1:], strict=False):
        assert earlier.ends is not None
        assert earlier.starts <= earlier.ends <= later.starts
    waits = bool(request.waitings) and request.waitings[-1].ends is None
    assert waits == (request.status in CLOCK_STOPS)


@given(LIVES)
def test_times_add_up_on_a_clock_that_goes_back(deeds: list[Told]) -> None:
    story = lived(deeds).story
    backwards = [
        replace(judged, at=MORNING - timedelta(minutes=place)) for place, judged in enumerate(story.events)
    ]
    request = fold_request(backwards)
    assert request is not None
    spans: list[Stay | Waiting] = [*request.stays, *request.waitings]
    for spent in spans:
        assert spent.ends is None or spent.starts <= spent.ends


@given(LIVES)
def test_the_open_questions_to_the_requester_are_those_that_the_state_waits_for(deeds: list[Told]) -> None:
    story = lived(deeds).story
    request = fold_request(story.events)
    assert request is not None
    waited = set(story.state.questions)
    answers_taken_back = {
        question.event
        for question in request.open_questions
        if question.to_requester and question.event not in waited
    }
    undone = {judged.event.body.get("event") for judged in story.events if judged.event.kind is K.UNDONE}
    for judged in story.events:
        if judged.event.kind is K.REQUEST_ANSWERED and str(judged.event.event_id) in undone:
            answers_taken_back.discard(event_of(judged.event.body.get("question")))
    assert answers_taken_back == set()
    assert waited <= {question.event for question in request.questions}
    if request.status not in OPEN:
        assert request.open_questions == ()


def event_of(text: JSON) -> Any:  # noqa: ANN401
    return next((event_id(number) for number in range(MOST + 1) if str(event_id(number)) == text), None)


@given(LIVES, st.integers(0, MOST))
def test_an_event_of_a_newer_version_makes_the_request_read_only_and_changes_nothing_else(
    deeds: list[Told], place: int
) -> None:
    story = lived(deeds).story
    place = min(place, len(story.events))
    strange = JudgedEvent(
        written(PEOPLE[0], K.REQUEST_NOTED, {"words": "?"}, number=98, at=story.now),
        1,
        story.now,
        known=False,
    )
    request = fold_request([*story.events[:place], strange, *story.events[place:]])
    plain = fold_request(story.events)
    assert request is not None
    assert plain is not None
    assert request.newer
    lines = tuple(line for line in request.exchanges if line.what != NEWER)
    assert len(request.exchanges) - len(lines) == (place > 0)
    assert replace(request, newer=False, ver=0, exchanges=lines) == replace(plain, ver=0)


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), JUNK_BODIES), max_size=12), JUNK_BODIES)
def test_a_stream_of_unreadable_bodies_still_makes_a_request(
    bodies: list[tuple[EventKind, dict[str, JSON]]], first: dict[str, JSON]
) -> None:
    """The hub's verdicts count although bodies were erased, or come from another version."""
    every = [(K.REQUEST_CREATED, first), *bodies]
    events = [
        JudgedEvent(written(PEOPLE[6], kind, body, number=place, at=MORNING), place, MORNING)
        for place, (kind, body) in enumerate(every, start=1)
    ]
    request = fold_request(events)
    assert request is not None
    assert request.id == REQUEST
    assert fold_state(events) is not None


# ---- undo ------------------------------------------------------------------------------------------
COMPENSATED = EXCLUSIVE - {K.REQUEST_CANCELLED, K.REQUEST_REOPENED, K.REQUEST_CREATED}


@given(LIVES)
def test_an_act_taken_back_at_once_leaves_the_request_as_it_was(deeds: list[Told]) -> None:
    for told, before, after in lived(deeds).acts():
        if told.kind in COMPENSATED:
            _taken_back_at_once(told, before, after)


def _taken_back_at_once(told: Told, before: RequestState, after: RequestState) -> None:
    person = told.person
    back = compensation(told.kind, before, after, person.login)
    if back is None:
        assert told.kind is K.REQUEST_RESUMED
        assert before.status is RequestStatus.WAITING_INTERNAL
        return
    at = after.moved_at or after.resolved_at or MORNING
    handles = person.handles and told.kind is not K.REQUEST_TRANSFERRED
    made = Deed(back[0], event_id(99), person.login, person.role, at, back[1], handles, person.requests)
    decision = decide(after, made)
    assert decision.effective, (decision.refusal, back)
    found = decision.state
    assert found is not None
    assert found.queue == before.queue
    if _leads_anothers_move(told.kind, before, person):
        assert found.status is RequestStatus.SENT
        return
    assert found.holder == before.holder
    loses_wait = before.status in HELD and told.kind in (
        K.REQUEST_RELEASED, K.REQUEST_TRANSFERRED, K.REQUEST_RESOLVED, K.REQUEST_MERGED,
    )  # fmt: skip
    assert found.status is (RequestStatus.TAKEN if loses_wait else before.status)
    assert found.priority is before.priority


def _leads_anothers_move(kind: EventKind, before: RequestState, person: Person) -> bool:
    """Say whether a lead moved what somebody else held: it comes back to the corbeille, not to them."""
    return kind is K.REQUEST_TRANSFERRED and before.holder not in ("", person.login)


def test_what_cannot_be_taken_back_says_so() -> None:
    state = lived([]).story.state
    assert compensation(K.REQUEST_CANCELLED, state, state) is None
    assert compensation(K.REQUEST_REOPENED, state, state) is None
    assert compensation(K.REQUEST_NOTED, state, state) is None


@pytest.mark.parametrize("kind", sorted(set(EventKind) - KINDS))
def test_a_kind_of_another_stream_does_not_count_and_is_not_shown(kind: EventKind) -> None:
    story = lived([]).story
    assert story.tell(PEOPLE[0], kind, dict(CREATION)) is Refusal.MALFORMED
    request = fold_request(story.events)
    assert request is not None
    assert len(request.exchanges) == 1


def test_every_kind_is_exclusive_or_taken_back_or_told_why_not() -> None:
    """An escalation stays: what it raised may have been acted upon. A priority is set again."""
    neither = KINDS - EXCLUSIVE - TAKEN_BACK
    assert neither == {K.REQUEST_ESCALATED, K.REQUEST_PRIORITISED, K.UNDONE}
    assert STREAM.endswith(str(REQUEST))
    assert timedelta(0) < UNDO_FOR
