"""How the events of a request's stream become what the screen shows.

Confirmed events come in the hub's order with its verdicts, which are data: a workstation never decides
again what the hub decided. The workstation's own events that the hub has not judged yet come after them
and are judged by the same rules, tentatively (`hub.md` 4, step 6).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from avise.models.event_fold import corrected, identity_in, moment_in, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import Deed, Decision, RequestState, decide, may_undo
from avise.models.requests import (
    CLOCK_STOPS,
    AskedDocument,
    Attachment,
    Exchange,
    ExchangeKind,
    Priority,
    Question,
    Request,
    RequestStatus,
    ServiceTerms,
    Stay,
    Waiting,
    request_of_stream,
)
from avise.models.roles import Role

ANSWER_MINUTES = 240
"""Business minutes that a question leaves when it says nothing (`domain.md` 3.2: 4 h to the requester)."""


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


@dataclass(slots=True)
class _Folding:
    """What a fold is at one event: the request, and the state that judges what is tentative."""

    request: Request | None = None
    state: RequestState | None = None


def tentative(event: EventEnvelope) -> JudgedEvent:
    """Return an own event that the hub has not judged."""
    return JudgedEvent(event, 0, corrected(event))


def fold_request(events: Sequence[JudgedEvent]) -> Request | None:
    """Return the request that the events of its stream make, None when none of them created it.

    Args:
        events: confirmed ones in the order of `ver`, then tentative ones in the order of writing.
    """
    taken_back = _taken_back(events)
    folding = _Folding()
    for judged in events:
        if judged.event.event_id not in taken_back:
            _take(folding, judged)
    return folding.request


def fold_state(events: Sequence[JudgedEvent]) -> RequestState | None:
    """Return what decides of a request's next events (the hub keeps the same, in one row)."""
    folding = _Folding()
    for judged in events:
        _take(folding, judged)
    return folding.state


def decision_on(state: RequestState | None, judged: JudgedEvent) -> Decision:
    """Return what the rules say of an event by the state before it."""
    event = judged.event
    role = Role(event.role) if event.role in set(Role) else Role.AUDITOR
    return decide(state, Deed(event.kind, event.event_id, event.author, role, judged.at, event.body))


def _taken_back(events: Iterable[JudgedEvent]) -> frozenset[uuid.UUID]:
    """Return the additive events that an effective `undone` takes back."""
    written = {judged.event.event_id: judged for judged in events}
    found = set()
    for judged in written.values():
        if judged.event.kind is not EventKind.UNDONE or not judged.effective:
            continue
        target = written.get(identity_in(judged.event, "event") or judged.event.event_id)
        if target is None or target is judged:
            continue
        if may_undo(judged.event.author, target.event.author, target.at, judged.at):
            found.add(target.event.event_id)
    return frozenset(found)


def _take(folding: _Folding, judged: JudgedEvent) -> None:
    if not judged.known:
        if folding.request is not None:
            folding.request = replace(folding.request, newer=True, ver=judged.ver)
        return
    decided = decision_on(folding.state, judged)
    counts = decided.effective if judged.tentative else judged.effective
    if counts and decided.effective:
        folding.state = decided.state
    if judged.event.kind is EventKind.REQUEST_CREATED:
        if counts and folding.request is None:
            folding.request = _created(judged)
        return
    if folding.request is None or judged.event.kind is EventKind.UNDONE:
        return
    refusal = judged.refusal or (decided.refusal.value if decided.refusal and judged.tentative else "")
    request = folding.request
    if counts:
        request = _after(request, judged)
        if folding.state is not None:
            request = _as_state(request, folding.state, judged)
    line = _line(folding.request, judged, "" if counts else refusal or "refused")
    request = replace(
        request,
        exchanges=(*request.exchanges, line) if line is not None else request.exchanges,
        changed_at=judged.at,
        changed_by=judged.event.author,
        ver=judged.ver or request.ver,
        tentative=request.tentative or judged.tentative,
    )
    folding.request = request


def _created(judged: JudgedEvent) -> Request | None:
    event, identity = judged.event, request_of_stream(judged.event.stream)
    if identity is None:
        return None
    body = event.body
    priority = text_in(event, "priority")
    queue = text_in(event, "queue")
    words = text_in(event, "words")
    first = Exchange(
        event.event_id, judged.at, ExchangeKind.REPLY, event.author, words, tentative=judged.tentative,
        attachments=_attachments(body.get("attachments")),
    )  # fmt: skip
    return Request(
        id=identity,
        type=text_in(event, "type"),
        title=text_in(event, "title"),
        status=RequestStatus.SENT,
        priority=Priority(priority) if priority in set(Priority) else Priority.P3,
        queue=queue,
        team=text_in(event, "team"),
        requester=event.author,
        channel=text_in(event, "channel"),
        created_at=judged.at,
        terms=_terms(body.get("terms")),
        number=judged.number,
        person=identity_in(event, "person"),
        dossier=identity_in(event, "dossier"),
        beneficiary=identity_in(event, "beneficiary"),
        contract=text_in(event, "contract"),
        company=identity_in(event, "company"),
        received_on=_day(body.get("received_on")),
        fields=_fields(body.get("fields")),
        documents=_documents(body.get("documents")),
        attachments=first.attachments,
        exchanges=(first,) if words or first.attachments else (),
        stays=(Stay(queue, judged.at, None),),
        split_from=identity_in(event, "split_from"),
        confidential=body.get("confidential") is True,
        changed_at=judged.at,
        changed_by=event.author,
        ver=judged.ver,
        tentative=judged.tentative,
    )


def _as_state(request: Request, state: RequestState, judged: JudgedEvent) -> Request:
    """Bring what the rules keep into the request, and note what a change of it means."""
    waitings, stays = request.waitings, request.stays
    if state.status is not request.status:
        waitings = _waitings(request, state.status, judged)
    if state.queue != request.queue:
        stays = (*_ended(stays, judged.at), Stay(state.queue, judged.at, None))
    if state.holder and state.holder != request.holder and stays:
        stays = (*stays[:-1], replace(stays[-1], held_by=state.holder))
    if state.status in (RequestStatus.CLOSED, RequestStatus.CANCELLED) and request.ended_at is None:
        stays = _ended(stays, judged.at)
    ended = state.status in (RequestStatus.CLOSED, RequestStatus.CANCELLED)
    if not ended and request.ended_at is not None:
        stays = (*stays, Stay(state.queue, judged.at, None))
    return replace(
        request,
        status=state.status,
        queue=state.queue,
        holder=state.holder,
        priority=state.priority,
        waitings=waitings,
        stays=stays,
        resolved_at=state.resolved_at,
        ended_at=(request.ended_at or judged.at) if ended else None,
        merged_into=state.merged_into,
        outcome=request.outcome if state.resolved_at is not None else "",
    )


def _waitings(request: Request, status: RequestStatus, judged: JudgedEvent) -> tuple[Waiting, ...]:
    waitings = request.waitings
    if request.status in CLOCK_STOPS and waitings and waitings[-1].ends is None:
        waitings = (*waitings[:-1], replace(waitings[-1], ends=judged.at))
    if status in CLOCK_STOPS:
        return (*waitings, Waiting(judged.at, None, status, text_in(judged.event, "reason")))
    return waitings


def _ended(stays: tuple[Stay, ...], at: datetime) -> tuple[Stay, ...]:
    if not stays or stays[-1].ends is not None:
        return stays
    return (*stays[:-1], replace(stays[-1], ends=at))


def _after(request: Request, judged: JudgedEvent) -> Request:
    """Apply what an event says beyond the state: fields, documents, questions, outcome."""
    event = judged.event
    match event.kind:
        case EventKind.REQUEST_COMPLETED:
            return replace(
                request,
                fields={**request.fields, **_fields(event.body.get("fields"))},
                documents=_received(request.documents, event.body.get("documents")),
                attachments=(*request.attachments, *_attachments(event.body.get("attachments"))),
            )
        case EventKind.REQUEST_ATTACHED:
            added = _attachments(event.body.get("attachments"))
            documents = _received(request.documents, event.body.get("documents"))
            return replace(request, attachments=(*request.attachments, *added), documents=documents)
        case EventKind.REQUEST_ASKED:
            return replace(request, questions=(*request.questions, _question(request, judged)))
        case EventKind.REQUEST_ANSWERED:
            return replace(request, questions=_answered(request.questions, judged))
        case EventKind.REQUEST_RESOLVED | EventKind.REQUEST_MERGED:
            return replace(request, outcome=text_in(event, "outcome") or "duplicate")
        case EventKind.REQUEST_ESCALATED:
            return replace(request, escalated_at=request.escalated_at or judged.at)
        case EventKind.REQUEST_MEMBER_WRITTEN:
            return replace(request, acknowledged_at=request.acknowledged_at or judged.at)
        case _:
            return request


def _question(request: Request, judged: JudgedEvent) -> Question:
    event = judged.event
    return Question(
        event=event.event_id,
        asked_by=event.author,
        asked_at=judged.at,
        due_at=moment_in(event, "due_at") or judged.at + timedelta(minutes=ANSWER_MINUTES),
        words=text_in(event, "words"),
        to_requester=bool(request.holder) and request.holder == event.author,
    )


def _answered(questions: tuple[Question, ...], judged: JudgedEvent) -> tuple[Question, ...]:
    wanted = identity_in(judged.event, "question")
    return tuple(
        replace(question, answered_at=judged.at, answered_by=judged.event.author)
        if question.event == wanted and question.answered_at is None
        else question
        for question in questions
    )


_SPOKEN: Mapping[EventKind, ExchangeKind] = {
    EventKind.REQUEST_REPLIED: ExchangeKind.REPLY,
    EventKind.REQUEST_NOTED: ExchangeKind.NOTE,
    EventKind.REQUEST_MEMBER_WRITTEN: ExchangeKind.MEMBER,
    EventKind.REQUEST_ASKED: ExchangeKind.QUESTION,
    EventKind.REQUEST_ANSWERED: ExchangeKind.ANSWER,
}
_SYSTEM_PARAMS = ("queue", "assignee", "outcome", "reason", "waits_for", "priority", "into")


def _line(request: Request, judged: JudgedEvent, refused: str) -> Exchange | None:
    """Return the line of the conversation that an event makes."""
    event = judged.event
    kind = _SPOKEN.get(event.kind, ExchangeKind.SYSTEM)
    params = {name: text_in(event, name) for name in _SYSTEM_PARAMS if text_in(event, name)}
    return Exchange(
        event=event.event_id,
        at=judged.at,
        kind=kind,
        author=event.author,
        words=text_in(event, "words"),
        what="" if kind is not ExchangeKind.SYSTEM else event.kind.value,
        params=params,
        mentions=_texts(event.body.get("mentions")),
        attachments=_attachments(event.body.get("attachments")),
        after_close=request.ended_at is not None,
        refused=refused,
        tentative=judged.tentative,
    )


def _terms(value: JSON) -> ServiceTerms:
    if not isinstance(value, Mapping):
        return ServiceTerms(0)
    minutes = value.get("target_minutes")
    hours = value.get("hours")
    return ServiceTerms(
        target_minutes=minutes if isinstance(minutes, int) and 0 < minutes < 1_000_000 else 0,
        hours=dict(hours) if isinstance(hours, Mapping) else {},
        soon_at=_share(value.get("soon_at"), 0.8),
        escalate_at=_share(value.get("escalate_at"), 1.2),
        legal=value.get("legal") is True,
    )


def _share(value: JSON, default: float) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 100 else default


def _fields(value: JSON) -> Mapping[str, JSON]:
    return dict(value) if isinstance(value, Mapping) else {}


def _documents(value: JSON) -> tuple[AskedDocument, ...]:
    return tuple(
        AskedDocument(str(found.get("id")), found.get("required") is True, found.get("received") is True)
        for found in _mappings(value)
        if isinstance(found.get("id"), str)
    )


def _received(documents: tuple[AskedDocument, ...], value: JSON) -> tuple[AskedDocument, ...]:
    """Mark as received the documents that an event names."""
    named = set(_texts(value))
    return tuple(replace(found, received=found.received or found.id in named) for found in documents)


def _attachments(value: JSON) -> tuple[Attachment, ...]:
    found = []
    for entry in _mappings(value):
        blob, name, media, size = (entry.get(key) for key in ("blob", "name", "media_type", "size"))
        if isinstance(blob, str) and isinstance(name, str) and isinstance(size, int):
            found.append(Attachment(blob, name, media if isinstance(media, str) else "", size))
    return tuple(found)


def _mappings(value: JSON) -> Sequence[Mapping[str, JSON]]:
    return [found for found in value if isinstance(found, Mapping)] if isinstance(value, list | tuple) else []


def _texts(value: JSON) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(found for found in value if isinstance(found, str))


def _day(value: JSON) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
