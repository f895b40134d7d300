"""A new request: which types somebody may create, what each asks, what is wrong, what is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from avise.models.acts import act_of
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.journal import EventEnvelope, EventKind, NewEvent
from avise.models.json_types import JSON
from avise.models.request_checks import kept_fields, problems_of, read_fields
from avise.models.request_types import RequestField, RequestFieldKind, RequestType
from avise.models.requests import Attachment, Request, RequestId, RequestStatus, request_stream
from avise.models.sla import LegalClock, ServiceLevel, due_at, legal_clock
from avise.services.facts import Facts
from avise.services.request_prefill import PrefilledField, prefill
from avise.services.request_type_files import RequestTypes
from avise.services.request_values import (
    FieldTrouble,
    FormField,
    NewRequest,
    RequestActs,
    RequestForm,
    RequestRow,
    RequestTypeRow,
)
from avise.services.request_wording import (
    as_typed,
    choice_labels,
    document_label,
    field_label,
    problem_sentence,
    queue_label,
    say,
    type_label,
)
from avise.services.requests.bodies import attachments_body
from avise.services.requests.office import Office
from avise.services.wrap_up import refuse_restricted
from avise.texts import plural, text
from avise.texts.formats import PARIS, local

DAY_MINUTES = 540
"""Business minutes of a day (`domain.md` 3.2)."""

LONGEST_TITLE = 80

YES_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class About:
    """Whom a request is about, as the open dossier tells it."""

    facts: Facts
    person: PersonId | None = None
    dossier: PersonId | None = None
    people: Mapping[PersonId, str] | None = None
    """Persons of the dossier, by name."""
    company: PersonId | None = None
    reasons: tuple[str, ...] = ()
    """Likeliest reasons of the exchange, best first."""


AboutPort = Callable[[PersonId | None], Awaitable[About]]
"""Tells whom a request would be about; refuses whoever may not open that file."""

RowsOf = Callable[[Sequence[Request]], Awaitable[tuple[RequestRow, ...]]]


class NewRequests:
    """Creates requests.

    Args:
        office: what there is, and where it is written.
        types: that ship.
        about: tells whom it is about.
        rows: draws the requests that look the same.
    """

    def __init__(self, office: Office, types: RequestTypes, about: AboutPort, rows: RowsOf) -> None:
        self._types = types
        self._known = office.known
        self._standing = office.standing
        self._journal = office.journal
        self._files = office.files
        self._env = office.env
        self._written = office.written
        self._about = about
        self._rows = rows

    # ---- what may be created -------------------------------------------------------------------
    async def types(self, person: PersonId | None) -> tuple[RequestTypeRow, ...]:
        """Return the types that this user may create, the likeliest first."""
        today = self._today()
        reasons = (await self._about(person)).reasons if person is not None else ()
        found = self._types.book.for_role(self._standing.session.role, today)
        # Equally likely ones in the order of their reasons: a label would rank them by the language in use.
        ordered = sorted(found, key=lambda kind: (_rank(kind, reasons), kind.reasons or _NO_REASON, kind.id))
        return tuple(
            RequestTypeRow(
                kind.id,
                type_label(kind.id),
                queue_label(kind.handling.queue),
                kind.reasons,
                promise(kind.handling.sla_minutes),
            )
            for kind in ordered
        )

    async def form(self, type_id: str, person: PersonId | None) -> RequestForm:
        """Return what a type asks.

        Raises:
            AviseError: `request.no_type`.
        """
        kind = self._kind(type_id)
        about = await self._about(person)
        people = about.people or {}
        now, today = self._env.now(), self._today()
        role = self._standing.session.role
        known = prefill(self._types, kind, about.facts, role, people) if person is not None else ()
        by_field = {found.field: found for found in known}
        values: dict[str, JSON] = {found.field: found.value for found in known}
        handling = kind.handling_for(values, today)
        due = due_at(ServiceLevel(handling.sla_minutes), now, (), now)
        asked = {each.id for each in kind.asked(values, today)}
        return RequestForm(
            type=kind.id,
            label=type_label(kind.id),
            person=person,
            fields=tuple(
                _form_field(each, by_field.get(each.id), people, asked=each.id in asked)
                for each in kind.fields
            ),
            documents=tuple(
                (document.id, document_label(document.id), document.required)
                for document in kind.documents_for(values, today)
            ),
            queue_label=queue_label(handling.queue),
            due_at=due,
            say=say(kind.id, RequestStatus.SENT, handling.queue, due, now),
            duplicates=await self._rows(self._duplicates(kind, about, values)),
            legal=_legal(kind, today),
        )

    # ---- what is wrong -------------------------------------------------------------------------
    async def check(self, new: NewRequest) -> tuple[FieldTrouble, ...]:
        """Return what is missing or malformed."""
        kind = self._kind(new.type)
        problems = problems_of(kind, read_fields(kind, new.values), self._today())
        found = [FieldTrouble(problem.field, problem_sentence(problem)) for problem in problems]
        found += self._words_trouble(new)
        return tuple(found)

    def _words_trouble(self, new: NewRequest) -> list[FieldTrouble]:
        try:
            refuse_restricted(new.words, key="request.restricted")
        except AviseError as error:
            return [FieldTrouble("words", text(error.message_key, **error.params))]
        return []

    # ---- what is sent --------------------------------------------------------------------------
    async def create(self, new: NewRequest) -> RequestActs:
        """Send a request.

        Raises:
            AviseError: `request.incomplete`, `request.duplicate` unless `anyway`, `request.no_team`,
                or what a file is refused with.
        """
        request, event = await self.prepare(new)
        written: tuple[EventEnvelope, ...] = await self._journal.append_all(self._standing.session, event)
        self._written(written)
        return RequestActs(act_of(written, request), (request,))

    async def prepare(self, new: NewRequest) -> tuple[RequestId, NewEvent]:
        """Return the event that sends a request, to be written by the caller; its files are kept already.

        Raises:
            AviseError: as `create`.
        """
        kind = self._kind(new.type)
        if await self.check(new):
            raise AviseError("request.incomplete")
        if not self._standing.own_team:
            raise AviseError("request.no_team")
        about = await self._about(new.person)
        fields = kept_fields(kind, read_fields(kind, new.values))
        if not new.anyway and self._duplicates(kind, about, fields):
            raise AviseError("request.duplicate")
        files = await self._files.read(new.files)
        joined = await self._files.keep(files, new.person)
        request = self._env.uuid7()
        body = self._body(kind, new, about, fields, joined)
        return request, NewEvent(request_stream(request), EventKind.REQUEST_CREATED, body)

    def _body(
        self,
        kind: RequestType,
        new: NewRequest,
        about: About,
        fields: Mapping[str, JSON],
        joined: Sequence[Attachment],
    ) -> Mapping[str, JSON]:
        today = self._today()
        handling = kind.handling_for(fields, today)
        terms = kind.terms(fields, today)
        received = new.received_on or _received(fields) or today
        beneficiary = kind.beneficiary(fields)
        told: dict[str, JSON] = {
            "type": kind.id,
            "type_version": kind.version,
            "title": _title(kind),
            "priority": (new.priority or handling.priority).value,
            "queue": handling.queue.value,
            "team": self._standing.own_team,
            "channel": new.channel,
            "words": new.words.strip(),
            "person": _text(new.person),
            "dossier": _text(about.dossier),
            "beneficiary": _text(beneficiary),
            "company": _text(about.company),
            "contract": _contract(kind, fields),
            "received_on": received.isoformat(),
            "fields": dict(fields),
            "documents": [
                {"id": document.id, "required": document.required, "received": document.id in new.documents}
                for document in kind.documents_for(fields, today)
            ],
            "attachments": attachments_body(joined),
            "terms": {
                "target_minutes": terms.target_minutes,
                "hours": dict(terms.hours),
                "soon_at": terms.soon_at,
                "escalate_at": terms.escalate_at,
                "legal": terms.legal,
            },
            "confidential": kind.confidential,
            "split_from": _text(new.split_from),
        }
        return {name: value for name, value in told.items() if value not in ("", [], {})}

    def _duplicates(self, kind: RequestType, about: About, fields: Mapping[str, JSON]) -> tuple[Request, ...]:
        """Return the open requests that one should complete instead."""
        if about.dossier is None:
            return ()
        wanted = kind.duplicate_key(about.dossier, kind.beneficiary(fields))
        if wanted is None:
            return ()
        return tuple(
            request
            for request in self._known
            if request.is_open
            and request.type == kind.id
            and request.dossier is not None
            and kind.duplicate_key(request.dossier, request.beneficiary) == wanted
        )

    def _kind(self, type_id: str) -> RequestType:
        kind = self._types.book.get(type_id, self._today())
        if kind is None or self._standing.session.role not in kind.created_by:
            raise AviseError("request.no_type")
        return kind

    def _today(self) -> date:
        return local(self._env.now()).date()


def promise(minutes: int) -> str:
    """Return a promised delay in words: « réponse sous 3 jours ouvrés »."""
    if minutes % DAY_MINUTES == 0:
        return plural("request.promise.days", minutes // DAY_MINUTES)
    return plural("request.promise.hours", -(-minutes // 60))


def _form_field(
    each: RequestField, known: PrefilledField | None, people: Mapping[PersonId, str], *, asked: bool
) -> FormField:
    return FormField(
        id=each.id,
        label=field_label(each.id),
        kind=each.kind.value,
        required=each.required and asked,
        value=as_typed(each, known.value) if known is not None else "",
        source=known.source if known is not None else "",
        as_of=known.as_of if known is not None else None,
        choices=_choices(each, people),
        hint=text("request.field_from_copy") if known is not None and known.stale else "",
        visible=not each.folded,
    )


def _choices(each: RequestField, people: Mapping[PersonId, str]) -> tuple[tuple[str, str], ...]:
    if each.kind is RequestFieldKind.PERSON:
        return tuple((str(person), name) for person, name in people.items())
    if each.kind is RequestFieldKind.YES_NO:
        return tuple((code, text(f"value.{code}")) for code in YES_NO)
    return choice_labels(each)


_NO_REASON = ("~",)
"""After every reason: what nobody asks for by its name."""


def _rank(kind: RequestType, reasons: Sequence[str]) -> int:
    places = [place for place, reason in enumerate(reasons) if reason in kind.reasons]
    return min(places, default=len(reasons))


def _legal(kind: RequestType, received: date) -> LegalClock | None:
    if kind.legal is None:
        return None
    moment = datetime.combine(received, time(12), PARIS)
    return legal_clock(moment, kind.legal.acknowledge_working_days, kind.legal.answer_months)


def _title(kind: RequestType) -> str:
    """Return what lists show: the type's label, never a person's words."""
    return type_label(kind.id)[:LONGEST_TITLE]


def _received(fields: Mapping[str, JSON]) -> date | None:
    told = fields.get("received_on")
    return date.fromisoformat(told) if isinstance(told, str) else None


def _contract(kind: RequestType, fields: Mapping[str, JSON]) -> str:
    names = (each.id for each in kind.fields if each.kind is RequestFieldKind.CONTRACT)
    return next((str(fields[name]) for name in names if fields.get(name)), "")


def _text(identity: PersonId | None) -> str:
    return str(identity) if identity is not None else ""
