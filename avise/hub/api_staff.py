"""The calls of a workstation: each is one transaction, in which its author's rights are read again."""

from __future__ import annotations

import re

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from avise.hub import staff
from avise.hub.acting import LOGGED
from avise.hub.api_answers import MOST_PUSH_BYTES, answer, answering, content_of, done, value_of
from avise.hub.api_callers import Bearer, actor_of, newcomer
from avise.hub.api_parts import Parts, parts_of
from avise.hub.api_pokes import lines
from avise.hub.http_reading import MalformedError, Told, identity_in
from avise.hub.http_values import (
    ack_to_json,
    head_to_json,
    opened_to_json,
    page_to_json,
    pulled_to_json,
    read_presence,
    read_push,
)
from avise.hub.port import MAX_BLOB, PAGE, Actor, Head, HubError, View
from avise.hub.steps import Step
from avise.models.errors import AviseError
from avise.models.roles import Purpose

PRESENCES = 20
RIGHTS_EVERY_S = 60.0
"""A stream reads its author's rights again that often (`hub.md` S4)."""
LONGEST_STREAM_S = 900.0
"""Then whoever listens shows a token again."""

_HEAD = frozenset(("presence",))
_PULL = frozenset(("cursors", "limit"))
_OPEN = frozenset(("purpose", "reason"))
_QUERY = frozenset(("filters", "cursor", "limit"))
_BLOB = re.compile(r"[A-Za-z0-9_-]{16,128}")


async def _bearer(request: Request) -> tuple[Parts, Bearer]:
    parts = parts_of(request)
    return parts, await parts.callers.bearer(request)


async def enrol(request: Request) -> Response:
    """Make the caller's device known; again is harmless."""
    parts, bearer = await _bearer(request)
    await parts.transactions.write(
        lambda connection: parts.core.enrol(connection, newcomer(connection, bearer))
    )
    return done()


async def head(request: Request) -> Response:
    """Tell where the hub is."""
    parts, bearer = await _bearer(request)
    found = await parts.transactions.read(
        lambda connection: parts.core.head(connection, actor_of(connection, bearer, revoked_too=True))
    )
    return answer(head_to_json(found))


async def head_with_presence(request: Request) -> Response:
    """Keep what a station looks at, and tell where the hub is."""
    parts, bearer = await _bearer(request)
    told = Told(await value_of(request), _HEAD)
    presences = told.each("presence", lambda one: read_presence(one, strict=True), PRESENCES)

    def tell(connection: Connection) -> Head:
        actor = actor_of(connection, bearer)
        parts.core.tell_presences(connection, actor, presences)
        return parts.core.head(connection, actor)

    return answer(head_to_json(await parts.transactions.write(tell)))


async def push(request: Request) -> Response:
    """Take events; a revoked device's are put aside for a supervisor, never dropped."""
    parts, bearer = await _bearer(request)
    events = read_push(await value_of(request, MOST_PUSH_BYTES))
    parts.core.reached(Step.PUSH_RECEIVED)
    acks = await parts.transactions.write(
        lambda connection: parts.core.push(connection, actor_of(connection, bearer, revoked_too=True), events)
    )
    parts.core.reached(Step.PUSH_COMMITTED)
    return answer({"acks": [ack_to_json(ack) for ack in acks]})


async def pull(request: Request) -> Response:
    """Give what follows each cursor."""
    parts, bearer = await _bearer(request)
    told = Told(await value_of(request), _PULL)
    cursors, limit = told.numbers("cursors"), told.number("limit", PAGE, 1)
    pulled = await parts.transactions.read(
        lambda connection: parts.core.pull(connection, actor_of(connection, bearer), cursors, limit)
    )
    return answer(pulled_to_json(pulled))


async def open_subject(request: Request) -> Response:
    """Log that a customer's file is opened, then give it."""
    parts, bearer = await _bearer(request)
    dossier = identity_in(request.path_params["dossier"])
    told = Told(await value_of(request), _OPEN)
    purpose, reason = _purpose(told.text("purpose")), told.text("reason", "")
    opened = await parts.transactions.write(
        lambda connection: parts.core.open_subject(
            connection, actor_of(connection, bearer), dossier, purpose, reason
        )
    )
    return answer(opened_to_json(opened))


async def query(request: Request) -> Response:
    """Give one page of a list."""
    parts, bearer = await _bearer(request)
    view = _view(request.path_params["view"])
    told = Told(await value_of(request), _QUERY)
    filters, cursor, limit = told.mapping("filters"), told.text("cursor", ""), told.number("limit", 50, 1)
    run = parts.transactions.write if view in LOGGED else parts.transactions.read
    page = await run(
        lambda connection: parts.core.query(
            connection, actor_of(connection, bearer), view, filters, cursor, limit
        )
    )
    return answer(page_to_json(page))


async def put_blob(request: Request) -> Response:
    """Keep an attachment; its author is known before its content is read."""
    name = _blob_name(request)
    parts, actor = await _known(request)
    try:
        content = await content_of(request, MAX_BLOB, 60.0)
    except HubError as error:
        if error.message_key != "hub.too_large":
            raise
        raise HubError("hub.blob_size", most=str(MAX_BLOB // 1024 // 1024)) from None
    parts.core.reached(Step.BLOB_RECEIVED)
    await parts.transactions.write(lambda connection: parts.core.put_blob(connection, actor, name, content))
    parts.core.reached(Step.BLOB_COMMITTED)
    return done()


async def get_blob(request: Request) -> Response:
    """Give an attachment of a request."""
    parts, bearer = await _bearer(request)
    name, of = _blob_name(request), identity_in(request.query_params.get("request"))
    content = await parts.transactions.write(
        lambda connection: parts.core.get_blob(connection, actor_of(connection, bearer), name, of)
    )
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(content, 200, headers, "application/octet-stream")


async def wipe_done(request: Request) -> Response:
    """Keep that the caller's device destroyed what it held."""
    parts, bearer = await _bearer(request)

    def confirm(connection: Connection) -> None:
        actor = actor_of(connection, bearer, revoked_too=True)
        staff.confirm_wipe(connection, actor.device, parts.env.now())

    await parts.transactions.write(confirm)
    return done()


async def pokes(request: Request) -> Response:
    """Say, for as long as the caller may listen, which perimeter is where."""
    parts, bearer = await _bearer(request)
    names = await _readable(parts, bearer)
    listener = parts.pokes.listen(names)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    stream = lines(parts.pokes, listener, Listening(parts, bearer, names).may_go_on)
    return StreamingResponse(stream, headers=headers, media_type="text/event-stream")


class Listening:
    """Who listens to a stream, and whether they still may.

    Args:
        parts: of this process.
        bearer: who listens.
        names: perimeters that they could read when they began.
    """

    def __init__(self, parts: Parts, bearer: Bearer, names: frozenset[str]) -> None:
        self._parts = parts
        self._bearer = bearer
        self._names = names
        self._began = self._checked = parts.env.monotonic()

    async def may_go_on(self) -> bool:
        """Say whether they may, by rights that are at most a minute old."""
        now = self._parts.env.monotonic()
        if now - self._began > LONGEST_STREAM_S:
            return False
        if now - self._checked <= RIGHTS_EVERY_S:
            return True
        self._checked = now
        try:
            return await _readable(self._parts, self._bearer) == self._names
        except AviseError:
            return False


async def _readable(parts: Parts, bearer: Bearer) -> frozenset[str]:
    """Return the perimeters that the caller may read now."""
    found = await parts.transactions.read(
        lambda connection: parts.core.head(connection, actor_of(connection, bearer))
    )
    return frozenset(found.positions)


async def _known(request: Request) -> tuple[Parts, Actor]:
    parts, bearer = await _bearer(request)
    return parts, await parts.transactions.read(lambda connection: actor_of(connection, bearer))


def _blob_name(request: Request) -> str:
    name: str = request.path_params["name"]
    if _BLOB.fullmatch(name) is None:
        raise HubError("hub.blob_name")
    return name


def _view(word: str) -> View:
    try:
        return View(word)
    except ValueError:
        raise HubError("hub.no_call") from None


def _purpose(word: str) -> Purpose:
    try:
        return Purpose(word)
    except ValueError:
        raise MalformedError from None


async def ready(request: Request) -> Response:
    """Tell whether this process can reach its database: for whoever watches it, without a token."""
    parts = parts_of(request)
    await parts.transactions.read(lambda connection: parts.core.positions(connection, ("",)))
    return answer({"ready": True})


ROUTES = (
    Route("/ready", answering(ready), methods=["GET"]),
    Route("/devices", answering(enrol), methods=["POST"]),
    Route("/head", answering(head), methods=["GET"]),
    Route("/head", answering(head_with_presence), methods=["POST"]),
    Route("/push", answering(push), methods=["POST"]),
    Route("/pull", answering(pull), methods=["POST"]),
    Route("/subjects/{dossier}/open", answering(open_subject), methods=["POST"]),
    Route("/query/{view}", answering(query), methods=["POST"]),
    Route("/blobs/{name}", answering(put_blob), methods=["PUT"]),
    Route("/blobs/{name}", answering(get_blob), methods=["GET"]),
    Route("/pokes", answering(pokes), methods=["GET"]),
    Route("/wipe-done", answering(wipe_done), methods=["POST"]),
)
