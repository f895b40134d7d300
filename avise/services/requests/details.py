"""One request as a screen shows it: its form in words, its path, what may be done, what is known of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from avise.models.customer import PersonId, SearchHit, customer_stream
from avise.models.errors import AviseError
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.masking import MASK
from avise.models.request_masking import masked_fields
from avise.models.request_rules import KINDS
from avise.models.request_types import OUTCOMES, Queue, RequestFieldKind, RequestType, person_of
from avise.models.requests import Attachment, ExchangeKind, Priority, Request, RequestId
from avise.models.roles import Purpose
from avise.services.comparison_values import Comparison
from avise.services.request_type_files import RequestTypes
from avise.services.request_values import (
    CheckedFact,
    FormField,
    FormLine,
    PathLine,
    PresenceKind,
    PresentColleague,
    RequestDetail,
    RequestRow,
)
from avise.services.request_wording import (
    document_label,
    field_label,
    outcome_label,
    queue_label,
    say,
    value_words,
)
from avise.services.requests.acts import RequestDeeds
from avise.services.requests.clocks import business_minutes, request_clock, request_legal_clock
from avise.services.requests.comparing import masked_conflict, request_comparison
from avise.services.requests.completing import fields_to_complete
from avise.services.requests.customer_names import CustomerNames, list_name
from avise.services.requests.joined_files import safe_name
from avise.services.requests.office import Office
from avise.services.requests.rows import Rows, origin_label
from avise.services.requests.standing import initials
from avise.texts import text
from avise.texts.formats import format_moment, local

_SAMPLES: Mapping[EventKind, Mapping[str, JSON]] = {
    EventKind.REQUEST_ASSIGNED: {"assignee": "?"},
    EventKind.REQUEST_PAUSED: {"waits_for": "member", "reason": "document"},
    EventKind.REQUEST_RESOLVED: {"outcome": "done"},
    EventKind.REQUEST_MERGED: {"into": "00000000-0000-0000-0000-000000000001"},
    EventKind.REQUEST_REPLIED: {"words": "?"},
    EventKind.REQUEST_NOTED: {"words": "?"},
    EventKind.REQUEST_MEMBER_WRITTEN: {"words": "?"},
    EventKind.REQUEST_ASKED: {"words": "?"},
}
"""What stands for what is still to be typed, when it is looked at whether a deed may be offered."""

OPENED_AGAIN = 600.0
"""Seconds during which a request opened again is the same consultation."""

FACTS_SHOWN = 6
ALERTS_SHOWN = 3


class BlobSource(Protocol):
    """The hub, to fetch a file that is not here."""

    async def get_blob(self, name: str, request: UUID) -> bytes:
        """Return an attachment."""


KnownOf = Callable[[Request], Awaitable[tuple[tuple[CheckedFact, ...], tuple[str, ...]]]]
"""Returns what the tools say of the matter of a request, and the worded alerts of its customer."""

AwayUntil = Callable[[str, datetime], datetime | None]
"""Returns until when somebody is away, None when they are there."""


class Details:
    """Makes the detail of requests.

    Args:
        office: what there is.
        names: of customers.
        types: that ship.
        known_of: what the tools say.
    """

    def __init__(self, office: Office, names: CustomerNames, types: RequestTypes, known_of: KnownOf) -> None:
        self._office = office
        self._standing = office.standing
        self._env = office.env
        self._names = names
        self._types = types
        self._known_of = known_of
        self._opened: dict[RequestId, float] = {}
        self.away_until: AwayUntil = lambda _login, _now: None

    async def note_opening(self, request: Request) -> None:
        """Write in the journal that somebody's request was opened."""
        now = self._env.monotonic()
        before = self._opened.get(request.id)
        subject = request.dossier or request.person
        if subject is None or (before is not None and now - before < OPENED_AGAIN):
            return
        body: Mapping[str, JSON] = {
            "person": str(request.person or subject),
            "purpose": Purpose.REQUEST.value,
            "request": str(request.id),
        }
        session = self._office.session
        await self._office.journal.append(session, EventKind.CONSULTED, customer_stream(subject), body)
        self._opened[request.id] = now

    async def of(
        self, found: Request, rows: Rows, deeds: RequestDeeds, related: tuple[RequestRow, ...]
    ) -> RequestDetail:
        """Return one request as this user may read it.

        Args:
            found: the request.
            rows: draws it.
            deeds: says what this user may do.
            related: other open requests of the same customer, drawn.
        """
        now = self._env.now()
        kind = self._types.book.get(found.type)
        request = self._masked(self._readable(found), kind)
        people = await self._names.of((request.person, *_people_in(request, kind)))
        facts, alerts = await self._known_of(request)
        clock = request_clock(request, now)
        present = self._present(request, rows, now)
        return RequestDetail(
            request=request,
            row=rows.row(request, people, now),
            state_line=text(
                "request.state_line",
                name=self._standing.name_of(request.requester),
                origin=origin_label(request.channel),
                when=format_moment(request.created_at, now),
            ),
            names=self._staff_names(request, present),
            clock=clock,
            legal=request_legal_clock(request),
            who=people.get(request.person) if request.person is not None else None,
            who_alerts=alerts[:ALERTS_SHOWN],
            form=self._form(request, kind, people),
            fields=self._fields(request, kind, people, local(now).date()),
            documents=tuple(
                FormLine(
                    document.id,
                    document_label(document.id),
                    text("request.document_received") if document.received else "",
                    missing=document.required and not document.received,
                )
                for document in request.documents
            ),
            facts=facts[:FACTS_SHOWN],
            facts_as_of=max((fact.as_of for fact in facts if fact.as_of is not None), default=None),
            path=self._path(request, now),
            present=present,
            allowed=self._allowed(request, deeds),
            outcomes=tuple((code, outcome_label(code)) for code in (kind.outcomes if kind else OUTCOMES)),
            queues=self._queues(request),
            sentence=say(request.type, request.status, request.queue, clock.due_at, now),
            reply_to=self._reply_to(request),
            comparison=self._comparison(request, kind, people),
            related=related,
            hub=self._standing.status,
        )

    # ---- what may be read ----------------------------------------------------------------------
    def _readable(self, request: Request) -> Request:
        """Return a request without the words that are for its corbeille alone."""
        user = self._office.session.user
        if request.queue in self._standing.readable_queues:
            return request
        lines = tuple(
            line for line in request.exchanges if line.kind is not ExchangeKind.NOTE or line.author == user
        )
        if not self._is_hidden(request):
            return replace(request, exchanges=lines)
        hidden = tuple(replace(line, words="", attachments=()) for line in lines)
        return replace(request, exchanges=hidden, fields={}, attachments=(), documents=(), conflicts=())

    def _masked(self, request: Request, kind: RequestType | None) -> Request:
        """Return a request whose form holds what this role may read: the rest never leaves the engine."""
        if kind is None:
            # Nothing says which of its fields may be read.
            hidden = tuple(replace(each, before=MASK, mine=MASK, theirs=MASK) for each in request.conflicts)
            return replace(request, fields=dict.fromkeys(request.fields, MASK), conflicts=hidden)
        session = self._office.session
        of_the_queue, own = request.queue in self._standing.readable_queues, request.requester == session.user

        def shown(fields: Mapping[str, JSON]) -> Mapping[str, JSON]:
            return masked_fields(kind, fields, session.role, of_the_queue=of_the_queue, own=own)

        conflicts = tuple(masked_conflict(each, shown) for each in request.conflicts)
        return replace(request, fields=shown(request.fields), conflicts=conflicts)

    def _is_hidden(self, request: Request) -> bool:
        """Say whether a request is for its corbeille and its requester, and this user is neither."""
        foreign = request.queue not in self._standing.readable_queues
        return request.confidential and foreign and request.requester != self._office.session.user

    def _form(
        self, request: Request, kind: RequestType | None, people: Mapping[PersonId, SearchHit]
    ) -> tuple[FormLine, ...]:
        if kind is None:
            return tuple(FormLine(name, field_label(name), MASK) for name in request.fields)
        if self._is_hidden(request):
            return tuple(FormLine(each.id, field_label(each.id), MASK) for each in kind.fields)
        names = {person: list_name(hit) for person, hit in people.items()}
        lines = []
        for each in kind.fields:
            words = value_words(each, request.fields.get(each.id), names)
            missing = each.required and each.when is None and not each.same_as and not words
            if words or missing:
                lines.append(FormLine(each.id, field_label(each.id), words, missing=missing))
        return tuple(lines)

    def _fields(
        self, request: Request, kind: RequestType | None, people: Mapping[PersonId, SearchHit], today: date
    ) -> tuple[FormField, ...]:
        if self._is_hidden(request):
            return ()
        names = {person: list_name(hit) for person, hit in people.items()}
        return fields_to_complete(request, kind, names, today)

    def _comparison(
        self, request: Request, kind: RequestType | None, people: Mapping[PersonId, SearchHit]
    ) -> Comparison | None:
        names = {person: list_name(hit) for person, hit in people.items()}
        hit = people.get(request.person) if request.person is not None else None
        return request_comparison(request, kind, names, list_name(hit), self._standing.name_of)

    # ---- who, where ----------------------------------------------------------------------------
    def _present(self, request: Request, rows: Rows, now: datetime) -> tuple[PresentColleague, ...]:
        found = []
        for presence in rows.present(request.id):
            kind = PresenceKind.WRITING if presence.writing else PresenceKind.LOOKING
            found.append(self._colleague(presence.login, kind, since=presence.since))
        until = self.away_until(request.holder, now) if request.holder else None
        if until is not None:
            found.append(self._colleague(request.holder, PresenceKind.ABSENT, until=until))
        return tuple(found)

    def _colleague(
        self, login: str, kind: PresenceKind, since: datetime | None = None, until: datetime | None = None
    ) -> PresentColleague:
        name = self._standing.name_of(login)
        return PresentColleague(login, name, initials(name), kind, since, until)

    def _staff_names(self, request: Request, present: Sequence[PresentColleague]) -> Mapping[str, str]:
        logins = {request.requester, request.holder, request.changed_by}
        logins.update(found.login for found in present)
        logins.update(stay.held_by for stay in request.stays)
        for question in request.questions:
            logins.update((question.asked_by, question.answered_by))
        for line in request.exchanges:
            logins.update((line.author, line.params.get("assignee", ""), *line.mentions))
        return {login: self._standing.name_of(login) for login in sorted(logins) if login}

    def _path(self, request: Request, now: datetime) -> tuple[PathLine, ...]:
        return tuple(
            PathLine(
                stay.starts,
                queue_label(stay.queue),
                business_minutes(request, stay.starts, stay.ends or now),
                self._standing.name_of(stay.held_by) if stay.held_by else "",
                current=stay.ends is None,
            )
            for stay in request.stays
        )

    def _reply_to(self, request: Request) -> str:
        if request.requester != self._office.session.user:
            return self._standing.name_of(request.requester)
        return self._standing.name_of(request.holder) if request.holder else queue_label(request.queue)

    # ---- what may be done ----------------------------------------------------------------------
    def _allowed(self, request: Request, deeds: RequestDeeds) -> frozenset[EventKind]:
        if request.newer:
            return frozenset()
        return frozenset(kind for kind in _OFFERED if deeds.may(request.id, kind, _sample(kind, request)))

    def _queues(self, request: Request) -> tuple[tuple[str, str], ...]:
        others = (queue.value for queue in Queue if queue.value != request.queue)
        return tuple(
            sorted(((code, queue_label(code)) for code in others), key=lambda pair: pair[1].casefold())
        )

    # ---- files ---------------------------------------------------------------------------------
    async def save_attachment(
        self, request: Request, blob: str, folder: Path, hub: Callable[[], BlobSource]
    ) -> Path:
        """Write an attachment to a folder and return the file; the hub is asked when it is not here.

        Raises:
            AviseError: `request.no_attachment`, `request.attachment_unwritten`, or the hub's own.
        """
        readable = self._readable(request)
        named = {joined.blob: joined for joined in _joined(readable)}
        if blob not in named:
            raise AviseError("request.no_attachment")
        content = await self._office.files.content(blob)
        if content is None:
            content = await hub().get_blob(blob, request.id)
        return await asyncio.to_thread(_write, folder, named[blob].name, content)


_OFFERED = KINDS - {EventKind.REQUEST_CREATED, EventKind.UNDONE, EventKind.REQUEST_ESCALATED}


def _sample(kind: EventKind, request: Request) -> Mapping[str, JSON]:
    """Return a body that stands for what is still to be typed."""
    match kind:
        case EventKind.REQUEST_TRANSFERRED:
            return {"queue": next(queue.value for queue in Queue if queue.value != request.queue)}
        case EventKind.REQUEST_PRIORITISED:
            return {"priority": next(level.value for level in Priority if level is not request.priority)}
        case EventKind.REQUEST_ANSWERED:
            return {"question": str(request.open_questions[0].event)} if request.open_questions else {}
        case _:
            return _SAMPLES.get(kind, {})


def _people_in(request: Request, kind: RequestType | None) -> tuple[PersonId, ...]:
    fields = kind.fields if kind is not None else ()
    found = (
        person_of(request.fields.get(each.id)) for each in fields if each.kind is RequestFieldKind.PERSON
    )
    return tuple(person for person in found if person is not None)


def _joined(request: Request) -> tuple[Attachment, ...]:
    return (*request.attachments, *(joined for line in request.exchanges for joined in line.attachments))


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Write a file beside those of the same name."""
    wanted = Path(safe_name(name, content))
    for count in range(1, 1000):
        path = folder / (wanted.name if count == 1 else f"{wanted.stem} ({count}){wanted.suffix}")
        try:
            with path.open("xb") as file:
                file.write(content)
        except FileExistsError:
            continue
        except OSError:
            break
        return path
    raise AviseError("request.attachment_unwritten")
