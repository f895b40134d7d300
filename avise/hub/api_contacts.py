"""What an application posts and reads about a customer, in one transaction each."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from avise.env import Env
from avise.hub.accesses import log_access
from avise.hub.api_callers import application_actor
from avise.hub.api_grants import application
from avise.hub.chain import content_hash
from avise.hub.core import HubCore
from avise.hub.dialect import Statement, row, rows
from avise.hub.http_reading import MalformedError, identity_in
from avise.hub.moments import microseconds
from avise.hub.port import Actor, HubError, Outcome, PushedEvent
from avise.models.customer import person_id
from avise.models.free_text import holds_nir_in_words
from avise.models.identifiers import holds_nir
from avise.models.journal import EventKind
from avise.models.json_types import JSON
from avise.models.request_checks import kept_fields, problems_of
from avise.models.request_types import RequestBook, RequestType
from avise.models.requests import request_stream
from avise.texts.formats import local

FUTURE = timedelta(minutes=10)
PAST = timedelta(days=366 * 10)
"""Nobody posts an exchange that is older, or that has not happened."""

_SCHEME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_RESTRICTED = frozenset(("nir", "ssn", "iban"))
"""Never a way to name somebody (decision 4)."""

_REQUEST = Statement("SELECT number FROM request WHERE stream = :stream")
_QUEUES = Statement("SELECT number, queue FROM request WHERE dossier = :dossier AND is_open = 1")
_LAST = Statement("SELECT last_seq FROM device WHERE device = :device")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the types of requests say; written above the hub, and handed to it."""

    book: RequestBook
    title: Callable[[str], str]
    """Label of a type."""
    sentence: Callable[[str, str, str, datetime | None, datetime], str]
    """What to tell the customer: type, status, corbeille, due, now."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One interaction as it was posted, read."""

    dossier: uuid.UUID
    source_id: str
    told: Mapping[str, JSON]
    asked: Mapping[str, JSON] | None = None
    """`type`, `fields` and `words` of a request to make."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it."""

    event: uuid.UUID
    received_at: datetime
    known: bool
    request: uuid.UUID | None = None
    number: str = ""


def dossier_named(reference: str, namespace: str) -> uuid.UUID:
    """Return the dossier that a reference names.

    Args:
        reference: an identity, or `scheme:value` of the identity master.
        namespace: of the site, "" when the server was not told it.

    Raises:
        HubError: `hub.unknown_customer`.
    """
    scheme, mark, value = reference.partition(":")
    if not mark:
        try:
            return identity_in(reference)
        except MalformedError:
            raise HubError("hub.unknown_customer") from None
    restricted = scheme in _RESTRICTED or holds_nir(value.encode())
    if restricted or not namespace or not value or _SCHEME.fullmatch(scheme) is None:
        raise HubError("hub.unknown_customer")
    return person_id(uuid.UUID(namespace), scheme, value)


def identity_named(reference: str) -> uuid.UUID:
    """Return the dossier that an address names: an identifier, since addresses end in logs.

    Raises:
        HubError: `hub.number_in_address`, anything else.
    """
    try:
        return identity_in(reference)
    except MalformedError:
        raise HubError("hub.number_in_address") from None


def log_look_up(connection: Connection, name: str, dossier: uuid.UUID, now: datetime) -> None:
    """Keep that an application got a customer's identifier for their number, and nothing of the number.

    Raises:
        HubError: `hub.application_refused`.
    """
    actor = application_actor(connection, name)
    log_access(connection, actor, microseconds(now), "lookup", dossier=str(dossier))


def read_synthesis(
    connection: Connection, core: HubCore, name: str, dossier: uuid.UUID, wording: Wording | None,
    now: datetime,
) -> Mapping[str, JSON]:  # fmt: skip
    """Return a customer's synthesis, each open request with what to tell them.

    Raises:
        HubError: `hub.application_refused`, `hub.no_right`.
    """
    found = dict(core.synthesis(connection, application_actor(connection, name), dossier))
    requests = found["requests"]
    if not isinstance(requests, Mapping) or not isinstance(latest := requests["latest"], list):
        raise TypeError
    queues = {line.number: line.queue for line in rows(connection, _QUEUES, dossier=str(dossier))}
    told = [line | {"sentence": _sentence(line, queues, wording, now)} for line in latest]
    return found | {"requests": dict(requests) | {"latest": told}}


def _sentence(
    line: Mapping[str, JSON], queues: Mapping[str, str], wording: Wording | None, now: datetime
) -> str:
    if wording is None:
        return ""
    due = line["due_at"]
    return wording.sentence(
        str(line["type"]),
        str(line["status"]),
        queues.get(str(line["number"]), ""),
        datetime.fromisoformat(due) if isinstance(due, str) else None,
        now,
    )


# ---- posting ---------------------------------------------------------------------------------------


def keep_exchange(
    connection: Connection, core: HubCore, name: str, posted: Exchange, wording: Wording | None, env: Env
) -> Kept:
    """Keep an interaction once, and make the request that it calls for, by the door of everybody.

    Raises:
        HubError: `hub.application_refused`, `hub.bad_interaction`, `hub.bad_request`, `hub.nir_in_words`.
    """
    actor = application_actor(connection, name)
    kept = core.post_interaction(connection, actor, posted.dossier, posted.source_id, posted.told)
    answer = Kept(kept.event, kept.received_at, kept.known)
    if posted.asked is None:
        return answer
    request = uuid.uuid5(kept.event, "request")
    if kept.known:
        found = row(connection, _REQUEST, stream=request_stream(request))
        return answer if found is None else replace(answer, request=request, number=str(found.number))
    body = _request_body(connection, actor, name, posted, wording, env)
    event = _event(connection, actor, request, body, env)
    # As a member of its team, which an application is for what it asks of the middle office.
    member = replace(actor, device=_device(actor), scopes=frozenset())
    ack = core.push(connection, member, [event])[0]
    if ack.outcome is not Outcome.ACCEPTED or not ack.effective:
        raise HubError("hub.bad_request", field="type")
    return replace(answer, request=request, number=ack.number)


def _device(actor: Actor) -> str:
    """Return the device under which an application writes (`avise.hub.posting`)."""
    return f"app.{actor.login}"


def _event(
    connection: Connection, actor: Actor, request: uuid.UUID, body: Mapping[str, JSON], env: Env
) -> PushedEvent:
    # The interaction of this transaction holds the device's row: the next number is ours.
    last = row(connection, _LAST, device=_device(actor))
    content, salt = json.dumps(body, ensure_ascii=False).encode(), bytes.fromhex(env.token())
    return PushedEvent(
        event_id=env.uuid7(),
        device_seq=(0 if last is None else last.last_seq) + 1,
        stream=request_stream(request),
        kind=EventKind.REQUEST_CREATED.value,
        schema_v=1,
        author=actor.login,
        occurred_at=env.now(),
        clock_offset_ms=0,
        body=content,
        salt=salt,
        content_sha=content_hash(salt, content),
    )


def _request_body(
    connection: Connection, actor: Actor, name: str, posted: Exchange, wording: Wording | None, env: Env
) -> Mapping[str, JSON]:  # fmt: skip
    """Return the body of a request, checked by its type as at any desk."""
    asked, today = posted.asked or {}, local(env.now()).date()
    kind = None if wording is None else wording.book.get(str(asked.get("type")), today)
    if wording is None or kind is None or actor.role not in kind.created_by:
        raise HubError("hub.bad_request", field="type")
    fields = _fields(kind, asked.get("fields"), env)
    words = str(asked.get("words") or "").strip()
    if holds_nir_in_words(words):
        raise HubError("hub.nir_in_words")
    handling, terms = kind.handling_for(fields, today), kind.terms(fields, today)
    whose = application(connection, name)
    told: dict[str, JSON] = {
        "type": kind.id,
        "type_version": kind.version,
        "title": wording.title(kind.id)[:80],
        "priority": handling.priority.value,
        "queue": handling.queue.value,
        "team": "" if whose is None else whose.team,
        "channel": posted.told["channel"],
        "words": words,
        "person": str(posted.dossier),
        "dossier": str(posted.dossier),
        "received_on": today.isoformat(),
        "fields": dict(fields),
        "documents": [
            {"id": document.id, "required": document.required, "received": False}
            for document in kind.documents_for(fields, today)
        ],
        "terms": {
            "target_minutes": terms.target_minutes,
            "hours": dict(terms.hours),
            "soon_at": terms.soon_at,
            "escalate_at": terms.escalate_at,
            "legal": terms.legal,
        },
        "confidential": kind.confidential,
    }
    return {key: value for key, value in told.items() if value not in ("", [], {})}


def _fields(kind: RequestType, typed: JSON, env: Env) -> Mapping[str, JSON]:
    fields = dict(typed) if isinstance(typed, Mapping) else {}
    problems = problems_of(kind, fields, local(env.now()).date())
    if problems:
        known = {each.id for each in kind.fields}
        # A name that is none of ours is what somebody typed: it is not repeated.
        raise HubError("hub.bad_request", field=problems[0].field if problems[0].field in known else "fields")
    return kept_fields(kind, fields)
