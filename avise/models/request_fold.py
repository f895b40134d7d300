"""How the events of a request's stream become what the screen shows.

Confirmed events come in the hub's order with its verdicts, which are data: a workstation never decides
again what the hub decided. The workstation's own events that the hub has not judged yet come after them
and are judged by the same rules, tentatively (`hub.md` 4, step 6).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from avise.models.event_fold import corrected, identity_in, moment_in, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.request_bodies import attachments_of, day_of, documents_of, fields_of, terms_of, texts_of
from avise.models.request_conflicts import FoldedForm
from avise.models.request_rules import (
    EXCLUSIVE,
    KINDS,
    Decision,
    Deed,
    RequestState,
    asks_requester,
    decide,
    may_undo,
    state_after,
)
from avise.models.request_undo import TAKEN_BACK
from avise.models.requests import (
    CLOCK_STOPS,
    ENDED,
    OPEN,
    AskedDocument,
    Attachment,
    Exchange,
    ExchangeKind,
    Question,
    Request,
    Stay,
    Waiting,
    request_of_stream,
)
from avise.models.roles import Role

ANSWER_MINUTES = 240
"""Minutes that a question leaves the requester when it says nothing (`domain.md` 3.2: 4 business hours)."""

HANDLER_ANSWER_MINUTES = 540
"""The same for whoever handles the request: 9 business hours."""

NEWER = "newer"
"""What a line says of an event that a later version of the program wrote."""

REFUSED = "refused"
"""Says that an event does not count when nobody said why."""

_ROLES: Mapping[str, Role] = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event with what the hub decided of it."""

    event: EventEnvelope
    ver: int
    """Place among the events of its stream, dense from 1; 0 for one that the hub has not judged."""
    at: datetime
    """By the hub's clock; corrected local time for one that it has not judged."""
    effective: bool = True
    refusal: str = ""
    number: str = ""
    """Number of the request, with the event that created it."""
    known: bool = True
    """False for a kind or a version that this program does not know."""

    @property
    def tentative(self) -> bool:
        """Whether the hub has still to judge it."""
        return self.ver == 0


def tentative(event: EventEnvelope) -> JudgedEvent:
    """Return an own event that the hub has not judged."""
    return JudgedEvent(event, 0, corrected(event))


def fold_request(events: Sequence[JudgedEvent]) -> Request | None:
    """Return the request that the events of its stream make, None when none of them created it.

    Args:
        events: confirmed ones in the order of `ver`, then tentative ones in the order of writing.
    """
    folding = _Folding(_taken_back(events))
    for judged in events:
        _take(folding, judged)
    return folding.request()


def fold_state(events: Iterable[JudgedEvent]) -> RequestState | None:
    """Return what decides of a request's next events (the hub keeps the same, in one row)."""
    state: RequestState | None = None
    for judged in events:
        state, _ = _judged(state, judged)
    return state


AWAY = "away"
"""In the body of a claim: the request was held by somebody who is away."""


ON_BOARD = "on_board"
"""In the body of a claim: its author had taken the request's customer along."""


def decision_on(state: RequestState | None, judged: JudgedEvent) -> Decision:
    """Return what the rules say of an event by the state before it."""
    return decide(state, _deed(judged))


def _deed(judged: JudgedEvent) -> Deed:
    """Return the event as it is judged: a workstation supposes that its user's perimeters allow it."""
    event = judged.event
    role = _ROLES.get(event.role, Role.AUDITOR)
    # The station knew who was away when this was written; the hub looks for itself.
    away = bool(event.body.get(AWAY))
    return Deed(
        event.kind, event.event_id, event.author, role, judged.at, event.body, stream=event.stream,
        holder_away=away, checked_out_by=event.author if event.body.get(ON_BOARD) is True else "",
    )  # fmt: skip


def _judged(state: RequestState | None, judged: JudgedEvent) -> tuple[RequestState | None, str]:
    """Return the state after an event, and why it does not count ("" when it does)."""
    if not judged.known:
        return state, ""
    if judged.tentative:
        decided = decision_on(state, judged)
        return decided.state, decided.refusal.value if decided.refusal else ""
    if not judged.effective:
        return state, judged.refusal or REFUSED
    return state_after(state, _deed(judged)), ""


def _taken_back(events: Sequence[JudgedEvent]) -> frozenset[uuid.UUID]:
    """Return the additive events that an effective `undone` takes back."""
    if all(judged.event.kind is not EventKind.UNDONE for judged in events):
        return frozenset()
    written: dict[uuid.UUID, JudgedEvent] = {}
    found = set()
    for judged in events:
        if judged.event.kind in TAKEN_BACK:
            written[judged.event.event_id] = judged
        elif judged.event.kind is EventKind.UNDONE and judged.effective and judged.known:
            target = written.get(identity_in(judged.event, "event") or judged.event.event_id)
            if target and may_undo(judged.event.author, target.event.author, target.at, judged.at):
                found.add(target.event.event_id)
    return frozenset(found)


@dataclass(slots=True)
class _Folding:
    """What a fold has gathered; the request is made of it once, at the end."""

    taken_back: frozenset[uuid.UUID]
    made: Request | None = None
    """As it was created."""
    state: RequestState | None = None
    at: datetime | None = None
    """Time of the last event; never goes back, whatever the clocks did, so that times spent add up."""
    exchanges: list[Exchange] = field(default_factory=list)
    questions: dict[uuid.UUID, Question] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    waitings: list[Waiting] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    form: FoldedForm = field(default_factory=FoldedForm)
    documents: tuple[AskedDocument, ...] = ()
    outcome: str = ""
    ended_at: datetime | None = None
    escalated_at: datetime | None = None
    acknowledged_at: datetime | None = None
    changed_at: datetime | None = None
    changed_by: str = ""
    ver: int = 0
    tentative: bool = False
    newer: bool = False

    def request(self) -> Request | None:
        """Return the request, None when nothing created it."""
        if self.made is None or self.state is None:
            return None
        state = self.state
        return replace(
            self.made,
            status=state.status,
            queue=state.queue,
            holder=state.holder,
            priority=state.priority,
            resolved_at=state.resolved_at,
            merged_into=state.merged_into,
            outcome=self.outcome if state.resolved_at is not None else "",
            fields=self.form.values,
            conflicts=self.form.conflicts,
            documents=self.documents,
            attachments=tuple(self.attachments),
            exchanges=tuple(self.exchanges),
            questions=tuple(self.questions.values()),
            stays=tuple(self.stays),
            waitings=tuple(self.waitings),
            ended_at=self.ended_at,
            escalated_at=self.escalated_at,
            acknowledged_at=self.acknowledged_at,
            changed_at=self.changed_at,
            changed_by=self.changed_by,
            ver=self.ver,
            tentative=self.tentative,
            newer=self.newer,
        )


def _take(folding: _Folding, judged: JudgedEvent) -> None:
    folding.ver = judged.ver or folding.ver
    if not judged.known:
        folding.newer = True
        event = judged.event
        if folding.made is not None:
            # Nothing of what it says is told: a line stands where it is.
            line = Exchange(event.event_id, judged.at, ExchangeKind.SYSTEM, event.author, what=NEWER)
            folding.exchanges.append(line)
        return
    if judged.event.kind not in KINDS:
        return
    before = folding.state
    after, refused = _judged(before, judged)
    if judged.event.kind is EventKind.REQUEST_CREATED:
        if before is None and after is not None:
            _create(folding, after, judged)
        return
    if before is None or after is None:
        return
    folding.tentative = folding.tentative or judged.tentative
    ended = folding.ended_at is not None
    if not refused:
        _count(folding, before, after, judged)
    if judged.event.kind is not EventKind.UNDONE and judged.event.event_id not in folding.taken_back:
        line = _line(judged, refused, ended=ended)
        # The note of a corbeille that the reader is not of comes without its words.
        if line.kind is not ExchangeKind.NOTE or line.words:
            folding.exchanges.append(line)


def _count(folding: _Folding, before: RequestState, after: RequestState, judged: JudgedEvent) -> None:
    """Apply an event that counts."""
    folding.state = after
    folding.at = _later(folding.at, judged.at)
    folding.changed_at, folding.changed_by = judged.at, judged.event.author
    if after is not before:
        _follow(folding, before, after, judged)
    if judged.event.event_id in folding.taken_back:
        return
    if judged.event.kind is not EventKind.REQUEST_NOTED:
        folding.attachments.extend(attachments_of(judged.event.body.get("attachments")))
    effect = _EFFECTS.get(judged.event.kind)
    if effect is not None:
        effect(folding, before, judged)


def _later(at: datetime | None, other: datetime) -> datetime:
    return other if at is None or other > at else at


# ---- creation --------------------------------------------------------------------------------------
def _create(folding: _Folding, state: RequestState, judged: JudgedEvent) -> None:
    event, identity = judged.event, request_of_stream(judged.event.stream)
    if identity is None:
        return
    body = event.body
    folding.made = Request(
        id=identity,
        type=state.type,
        title=text_in(event, "title"),
        status=state.status,
        priority=state.priority,
        queue=state.queue,
        team=state.team,
        requester=event.author,
        channel=text_in(event, "channel"),
        created_at=judged.at,
        terms=terms_of(body.get("terms")),
        number=judged.number,
        person=identity_in(event, "person"),
        dossier=identity_in(event, "dossier"),
        beneficiary=identity_in(event, "beneficiary"),
        contract=text_in(event, "contract"),
        company=identity_in(event, "company"),
        received_on=day_of(body.get("received_on")),
        split_from=identity_in(event, "split_from"),
        confidential=state.confidential,
    )
    folding.state, folding.at = state, judged.at
    folding.changed_at, folding.changed_by = judged.at, event.author
    folding.tentative = judged.tentative
    folding.stays.append(Stay(state.queue, judged.at, None))
    folding.documents = documents_of(body.get("documents"))
    folding.form.create(fields_of(body.get("fields")), event.author)
    first = replace(_line(judged, "", ended=False), kind=ExchangeKind.REPLY, what="", params={})
    folding.attachments.extend(first.attachments)
    if first.words or first.attachments:
        folding.exchanges.append(first)


# ---- what a change of state means ------------------------------------------------------------------
def _follow(folding: _Folding, before: RequestState, after: RequestState, judged: JudgedEvent) -> None:
    """Keep the path, the ledger of pauses and the questions in step with the state."""
    at = _later(folding.at, judged.at)
    _follow_waiting(folding, before, after, judged)
    _follow_path(folding, before, after, at)
    dropped = set(before.questions).difference(after.questions)
    if dropped and judged.event.kind is not EventKind.REQUEST_ANSWERED:
        _lapse(folding, dropped, at)
    if before.status in OPEN and after.status not in OPEN:
        _lapse(folding, folding.questions, at)


def _follow_waiting(
    folding: _Folding, before: RequestState, after: RequestState, judged: JudgedEvent
) -> None:
    if after.status is before.status:
        return
    at, waitings = _later(folding.at, judged.at), folding.waitings
    if before.status in CLOCK_STOPS and waitings:
        waitings[-1] = replace(waitings[-1], ends=at)
    if after.status in CLOCK_STOPS:
        reason = text_in(judged.event, "reason") or text_in(judged.event, "waits_for")
        waitings.append(Waiting(at, None, after.status, reason))


def _follow_path(folding: _Folding, before: RequestState, after: RequestState, at: datetime) -> None:
    ended = after.status in ENDED
    starts_again = not ended and before.status in ENDED
    if after.queue != before.queue or starts_again:
        _end_stay(folding, at)
        folding.stays.append(Stay(after.queue, at, None, after.holder))
    elif after.holder not in ("", before.holder):
        folding.stays[-1] = replace(folding.stays[-1], held_by=after.holder)
    if ended:
        _end_stay(folding, at)
        folding.ended_at = folding.ended_at or at
    else:
        folding.ended_at = None


def _end_stay(folding: _Folding, at: datetime) -> None:
    if folding.stays[-1].ends is None:
        folding.stays[-1] = replace(folding.stays[-1], ends=at)


def _lapse(folding: _Folding, questions: Iterable[uuid.UUID], at: datetime) -> None:
    for asked in tuple(questions):
        question = folding.questions.get(asked)
        if question is not None and question.is_open:
            folding.questions[asked] = replace(question, lapsed_at=at)


# ---- what an event says beyond the state -----------------------------------------------------------
def _completed(folding: _Folding, before: RequestState, judged: JudgedEvent) -> None:
    folding.form.complete(judged.event, judged.at, tentative=judged.tentative)
    _received(folding, before, judged)


def _received(folding: _Folding, _: RequestState, judged: JudgedEvent) -> None:
    named = set(texts_of(judged.event.body.get("documents")))
    if named:
        folding.documents = tuple(
            replace(each, received=each.received or each.id in named) for each in folding.documents
        )


def _asked(folding: _Folding, before: RequestState, judged: JudgedEvent) -> None:
    event = judged.event
    to_requester = asks_requester(before, event.author)
    minutes = ANSWER_MINUTES if to_requester else HANDLER_ANSWER_MINUTES
    folding.questions[event.event_id] = Question(
        event=event.event_id,
        asked_by=event.author,
        asked_at=judged.at,
        due_at=moment_in(event, "due_at") or judged.at + timedelta(minutes=minutes),
        words=text_in(event, "words"),
        to_requester=to_requester,
        lapsed_at=None if before.status in OPEN else judged.at,
    )


def _answered(folding: _Folding, before: RequestState, judged: JudgedEvent) -> None:
    told = identity_in(judged.event, "question")
    for asked in before.questions if told is None else (told,):
        question = folding.questions.get(asked)
        if question is not None and question.answered_at is None:
            folding.questions[asked] = replace(
                question, answered_at=judged.at, answered_by=judged.event.author
            )


def _resolved(folding: _Folding, _: RequestState, judged: JudgedEvent) -> None:
    folding.outcome = text_in(judged.event, "outcome")


def _merged(folding: _Folding, _: RequestState, judged: JudgedEvent) -> None:
    folding.outcome = text_in(judged.event, "outcome") or "duplicate"


def _escalated(folding: _Folding, _: RequestState, judged: JudgedEvent) -> None:
    folding.escalated_at = folding.escalated_at or judged.at


def _written(folding: _Folding, _: RequestState, judged: JudgedEvent) -> None:
    folding.acknowledged_at = folding.acknowledged_at or judged.at


_EFFECTS: Mapping[EventKind, Callable[[_Folding, RequestState, JudgedEvent], None]] = {
    EventKind.REQUEST_COMPLETED: _completed,
    EventKind.REQUEST_ATTACHED: _received,
    EventKind.REQUEST_ASKED: _asked,
    EventKind.REQUEST_ANSWERED: _answered,
    EventKind.REQUEST_RESOLVED: _resolved,
    EventKind.REQUEST_MERGED: _merged,
    EventKind.REQUEST_ESCALATED: _escalated,
    EventKind.REQUEST_MEMBER_WRITTEN: _written,
}


# ---- the conversation ------------------------------------------------------------------------------
_SPOKEN: Mapping[EventKind, ExchangeKind] = {
    EventKind.REQUEST_REPLIED: ExchangeKind.REPLY,
    EventKind.REQUEST_NOTED: ExchangeKind.NOTE,
    EventKind.REQUEST_MEMBER_WRITTEN: ExchangeKind.MEMBER,
    EventKind.REQUEST_ASKED: ExchangeKind.QUESTION,
    EventKind.REQUEST_ANSWERED: ExchangeKind.ANSWER,
}
_SYSTEM_PARAMS = ("queue", "assignee", "outcome", "reason", "waits_for", "priority", "into", "number")


def _line(judged: JudgedEvent, refused: str, *, ended: bool) -> Exchange:
    """Return the line of the conversation that an event makes."""
    event = judged.event
    kind = _SPOKEN.get(event.kind, ExchangeKind.SYSTEM)
    system = kind is ExchangeKind.SYSTEM
    told = {name: text_in(event, name) for name in _SYSTEM_PARAMS} if system else {}
    return Exchange(
        event=event.event_id,
        at=judged.at,
        kind=kind,
        author=event.author,
        words=text_in(event, "words"),
        what=event.kind.value if system else "",
        params={name: value for name, value in told.items() if value},
        mentions=texts_of(event.body.get("mentions")),
        attachments=attachments_of(event.body.get("attachments")),
        after_close=ended and event.kind not in EXCLUSIVE,
        refused=refused,
        tentative=judged.tentative,
    )
