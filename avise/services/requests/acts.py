"""What is done to requests here: judged at once by the rules, written, shown, then sent (`hub.md` 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from avise.models.acts import act_of
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.event_fold import identity_of
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.merging import Keep
from avise.models.request_checks import problems_of
from avise.models.request_conflicts import SETTLES, WAS, first_conflicts
from avise.models.request_fold import AWAY, ON_BOARD, JudgedEvent, fold_state
from avise.models.request_rules import (
    EXCLUSIVE,
    HANDLING,
    Deed,
    Refusal,
    RequestState,
    compensation,
    decide,
)
from avise.models.request_types import Queue
from avise.models.request_undo import TAKEN_BACK
from avise.models.requests import (
    Attachment,
    Request,
    RequestId,
    RequestStatus,
    request_of_stream,
    request_stream,
)
from avise.services.request_type_files import RequestTypes
from avise.services.request_values import BULK_LIMIT, RequestActs, RequestDeed
from avise.services.requests.bodies import body_of
from avise.services.requests.completing import completed
from avise.services.requests.office import Office
from avise.services.requests.standing import QUEUES
from avise.services.wrap_up import refuse_restricted
from avise.texts import text
from avise.texts.formats import local

WORDED = frozenset({EventKind.REQUEST_RESOLVED, EventKind.REQUEST_REPLIED, EventKind.REQUEST_MEMBER_WRITTEN})
"""Deeds that may close the request as well."""

_QUEUE_CODES = frozenset(queue.value for queue in Queue)


@dataclass(frozen=True, slots=True)
class _Planned:
    """The events of one request that a deed writes."""

    request: RequestId
    events: tuple[NewEvent, ...] = ()
    refusal: Refusal | None = None


class RequestDeeds:
    """Does things to requests.

    Args:
        office: what there is, and where it is written.
        types: say what may be written in a form.
        is_away: says whether somebody declared an absence that lasts.
    """

    def __init__(
        self, office: Office, types: RequestTypes, is_away: Callable[[str], bool] = lambda _login: False
    ) -> None:
        self._types = types
        self._is_away = is_away
        self._known = office.known
        self._standing = office.standing
        self._journal = office.journal
        self._files = office.files
        self._env = office.env
        self._written = office.written

    async def act(self, requests: Sequence[RequestId], deed: RequestDeed) -> RequestActs:
        """Do something to requests.

        Raises:
            AviseError: `request.too_many`, `request.file_refused`…, or the store could not write.
        """
        wanted = tuple(dict.fromkeys(requests))
        if len(wanted) > BULK_LIMIT:
            raise AviseError("request.too_many", most=str(BULK_LIMIT))
        refuse_restricted(deed.words, key="request.restricted")
        files = await self._files.read(deed.files)
        planned = []
        for request in wanted:
            person = self._person(request)
            joined = await self._files.keep(files, person) if files else ()
            done, seen = self._typed(request, self._chosen(request, deed))
            planned.append(self._plan(request, done, self._body(request, done, joined, seen)))
        return await self._write(planned)

    def _chosen(self, request: RequestId, deed: RequestDeed) -> RequestDeed:
        """Return a deed with the values that its choices keep.

        Raises:
            AviseError: `conflict.settled`, or `conflict.changed_again`: it was chosen on something else.
        """
        found = self._known.get(request)
        if not deed.choices or found is None:
            return deed
        waiting, kept = first_conflicts(found), dict(deed.fields)
        for name, choice in deed.choices.items():
            if name not in waiting:
                raise AviseError("conflict.settled")
            if choice.seen != found.fields.get(name):
                raise AviseError("conflict.changed_again")
            kept[name] = waiting[name].mine if choice.keep is Keep.MINE else found.fields.get(name)
        return replace(deed, fields=kept)

    def _typed(self, request: RequestId, deed: RequestDeed) -> tuple[RequestDeed, Mapping[str, JSON]]:
        """Return a deed with the values of what was typed, and what its author saw in those fields.

        Raises:
            AviseError: `request.field_wrong`: what was typed cannot stand in the form.
        """
        found = self._known.get(request)
        if not deed.typed or found is None:
            return deed, {}
        today = local(self._env.now()).date()
        fields, seen = completed(found, self._types.book.get(found.type), deed.typed, today)
        return replace(deed, fields={**deed.fields, **fields}), seen

    def _body(
        self, request: RequestId, deed: RequestDeed, files: Sequence[Attachment], seen: Mapping[str, JSON]
    ) -> dict[str, JSON]:
        body, found = body_of(deed, files), self._known.get(request)
        if found is not None and deed.fields:
            body[WAS] = {name: seen.get(name, found.fields.get(name)) for name in deed.fields}
        if found is not None and deed.choices:
            waiting = first_conflicts(found)
            body[SETTLES] = [str(waiting[name].event) for name in deed.choices]
        return body

    def _person(self, request: RequestId) -> PersonId | None:
        found = self._known.get(request)
        return found.person if found is not None else None

    def may(self, request: RequestId, kind: EventKind, body: Mapping[str, JSON]) -> bool:
        """Say whether a deed would count now."""
        return self._refusal(self._known.state(request), request, kind, body) is None

    def _plan(self, request: RequestId, deed: RequestDeed, body: Mapping[str, JSON]) -> _Planned:
        found = self._known.get(request)
        state = self._known.state(request)
        if found is None or state is None:
            return _Planned(request, refusal=Refusal.UNKNOWN_REQUEST)
        if found.newer:
            return _Planned(request, refusal=Refusal.NO_RIGHT)
        if deed.fields and not self._fits(found, deed.fields):
            return _Planned(request, refusal=Refusal.MALFORMED)
        refusal = self._refusal(state, request, deed.kind, body)
        if refusal is not None:
            return _Planned(request, refusal=refusal)
        if deed.kind is EventKind.REQUEST_CLAIMED and state.holder:
            body = {**body, AWAY: True}
        if deed.kind in HANDLING and self._on_board(request):
            body = {**body, ON_BOARD: True}
        events = [NewEvent(request_stream(request), deed.kind, body)]
        if deed.then_close and deed.kind in WORDED:
            after = decide(state, self._deed(state, request, deed.kind, body)).state
            refusal = self._refusal(after, request, EventKind.REQUEST_CLOSED, {})
            if refusal is not None:
                return _Planned(request, refusal=refusal)
            events.append(NewEvent(request_stream(request), EventKind.REQUEST_CLOSED, {}))
        return _Planned(request, tuple(events))

    def _fits(self, request: Request, fields: Mapping[str, JSON]) -> bool:
        """Say whether fields may be written in the form of a request."""
        kind = self._types.book.get(request.type)
        if kind is None:
            return False
        today = local(self._env.now()).date()
        problems = problems_of(kind, {**request.fields, **fields}, today)
        return all(problem.field not in fields for problem in problems)

    def _refusal(
        self, state: RequestState | None, request: RequestId, kind: EventKind, body: Mapping[str, JSON]
    ) -> Refusal | None:
        """Return why a deed would not count, by the rules and by what this station knows of the house."""
        if state is None:
            return Refusal.UNKNOWN_REQUEST
        decision = decide(state, self._deed(state, request, kind, body))
        if decision.refusal is not None:
            return decision.refusal
        if kind is EventKind.REQUEST_TRANSFERRED and body.get("queue") not in _QUEUE_CODES:
            return Refusal.BAD_TARGET
        if kind is EventKind.REQUEST_ASSIGNED and not self._may_hold(body.get("assignee"), state.queue):
            return Refusal.BAD_TARGET
        if kind is EventKind.REQUEST_MERGED and not self._takes_in(body.get("into")):
            return Refusal.BAD_TARGET
        return None

    def _takes_in(self, into: JSON) -> bool:
        """Say whether somebody goes on with a request; the hub alone knows of those that are not here."""
        identity = identity_of(into)
        found = self._known.get(identity) if identity is not None else None
        return found is None or (found.merged_into is None and found.status is not RequestStatus.CANCELLED)

    def _may_hold(self, login: JSON, queue: str) -> bool:
        """Say whether somebody works in a corbeille; the hub alone knows of those whom nobody knows here."""
        found = self._standing.colleague(login) if isinstance(login, str) else None
        return found is None or f"{QUEUES}{queue}" in found.perimeters

    def _on_board(self, request: RequestId) -> bool:
        """Say whether this user took the customer of a request along on the road."""
        found = self._known.get(request)
        return found is not None and any(map(self._standing.carries, (found.person, found.dossier)))

    def _deed(
        self, state: RequestState, request: RequestId, kind: EventKind, body: Mapping[str, JSON]
    ) -> Deed:
        session = self._standing.session
        return Deed(
            kind, UUID(int=0), session.user, session.role, self._env.now(), body,
            handles=self._standing.handles(state), requests=self._standing.requests(state),
            stream=request_stream(request), holder_away=bool(state.holder) and self._is_away(state.holder),
            checked_out_by=session.user if kind in HANDLING and self._on_board(request) else "",
        )  # fmt: skip

    async def _write(self, planned: Sequence[_Planned]) -> RequestActs:
        events = [event for plan in planned for event in plan.events]
        refused = tuple(
            (plan.request, refusal_sentence(plan.refusal.value))
            for plan in planned
            if plan.refusal is not None
        )
        if not events:
            return RequestActs(None, (), refused)
        written = await self._journal.append_all(self._standing.session, *events)
        self._written(written)
        done = tuple(plan.request for plan in planned if plan.events)
        return RequestActs(act_of(written, done[0]), done, refused)

    # ---- taken back ----------------------------------------------------------------------------
    def taking_back(self, events: Sequence[EventEnvelope]) -> tuple[NewEvent, ...]:
        """Return the events that take others of requests back, the last first.

        Raises:
            AviseError: `undo.already`, or `request.cannot_undo` when something happened since.
        """
        states: dict[RequestId, RequestState | None] = {}
        found: list[NewEvent] = []
        for event in reversed(events):
            request = request_of_stream(event.stream)
            if request is None:
                continue
            state = states[request] if request in states else self._known.state(request)
            new = self._taking_back(event, request)
            decision = decide(state, self._deed_of(new, state, request)) if state is not None else None
            if decision is None or decision.refusal is not None:
                if request in states:
                    # What came after was taken back, and this with it.
                    continue
                raise AviseError("request.cannot_undo")
            states[request] = decision.state
            found.append(new)
        return tuple(found)

    def _taking_back(self, event: EventEnvelope, request: RequestId) -> NewEvent:
        history = self._known.events(request)
        if _taken_back_already(event, history):
            raise AviseError("undo.already")
        if event.kind in TAKEN_BACK:
            return NewEvent(event.stream, EventKind.UNDONE, {"event": str(event.event_id)})
        place = next((at for at, told in enumerate(history) if told.event.event_id == event.event_id), None)
        if place is None or event.kind not in EXCLUSIVE | {EventKind.REQUEST_PRIORITISED}:
            raise AviseError("request.cannot_undo")
        before, after = fold_state(history[:place]), fold_state(history[: place + 1])
        made = compensation(event.kind, before, after, event.author) if after is not None else None
        if made is None:
            raise AviseError("request.cannot_undo")
        kind, body = made
        return NewEvent(event.stream, kind, {**body, "undoes": str(event.event_id)})

    def _deed_of(self, new: NewEvent, state: RequestState, request: RequestId) -> Deed:
        return self._deed(state, request, new.kind, new.body)


def _taken_back_already(event: EventEnvelope, history: Sequence[JudgedEvent]) -> bool:
    mark = str(event.event_id)
    return any(
        told.effective and mark in (told.event.body.get("undoes"), told.event.body.get("event"))
        for told in history
        if told.event.event_id != event.event_id
    )


def refusal_sentence(refusal: str) -> str:
    """Return why a deed does not count, in words."""
    known = refusal in set(Refusal)
    return text(f"request.refused.{refusal if known else 'refused'}")
