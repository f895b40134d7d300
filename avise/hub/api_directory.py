"""The calls of a workstation to the house's directory; POST, for a name must stand in no address."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avise.directory.party_json import answer_to_json, entry_to_json
from avise.hub.api_answers import answer, answering, value_of
from avise.hub.api_callers import actor_of
from avise.hub.api_parts import Parts, parts_of
from avise.hub.directory import HouseDirectory
from avise.hub.directory_asking import MOST_SHOWN, DirectoryAsking
from avise.hub.http_reading import MalformedError, Told, identity_in
from avise.hub.port import Actor
from avise.models.customer import DirectoryEntry, SearchAnswer

T = TypeVar("T")

LONGEST_WORDS = 200
MOST_KNOWN = 100
_SEARCH = frozenset(("words", "limit"))
_WIDER = frozenset(("words", "limit", "known"))
_FIND = frozenset(("person", "family", "phone", "scheme", "value"))


def _asking(parts: Parts) -> DirectoryAsking:
    """Return what this process keeps of the directory between calls: words of its dictionaries."""
    found = parts.state.get("directory")
    if not isinstance(found, DirectoryAsking):
        namespace = uuid.UUID(parts.namespace or str(uuid.UUID(int=0)))
        found = parts.state["directory"] = DirectoryAsking(HouseDirectory(namespace), parts.env)
    return found


async def _asked(request: Request, ask: Callable[[DirectoryAsking, Connection, Actor], T]) -> T:
    parts = parts_of(request)
    bearer = await parts.callers.bearer(request)
    asking = _asking(parts)
    return await parts.transactions.write(
        lambda connection: ask(asking, connection, actor_of(connection, bearer))
    )


async def search(request: Request) -> Response:
    """Find people by any key in any form."""
    told = Told(await value_of(request), _SEARCH)
    words, limit = told.text("words", most=LONGEST_WORDS), told.number("limit", MOST_SHOWN, 1)
    found: SearchAnswer = await _asked(
        request, lambda asking, connection, actor: asking.search(connection, actor, words, limit)
    )
    return answer(answer_to_json(found))


async def search_wider(request: Request) -> Response:
    """Find who else it may be when two letters are wrong."""
    told = Told(await value_of(request), _WIDER)
    words, limit = told.text("words", most=LONGEST_WORDS), told.number("limit", MOST_SHOWN, 1)
    known = frozenset(told.each("known", identity_in, MOST_KNOWN))
    found: SearchAnswer = await _asked(
        request, lambda asking, connection, actor: asking.search_wider(connection, actor, words, known, limit)
    )
    return answer(answer_to_json(found))


async def find(request: Request) -> Response:
    """Find people by one exact key: an identity, a dossier, a telephone number, an identifier of a tool."""
    told = Told(await value_of(request), _FIND)
    found = await _asked(request, _finding(told))
    return answer({"entries": [entry_to_json(entry) for entry in found]})


def _finding(told: Told) -> Callable[[DirectoryAsking, Connection, Actor], tuple[DirectoryEntry, ...]]:
    person, family = told.text("person", ""), told.text("family", "")
    phone, scheme, value = told.text("phone", ""), told.text("scheme", ""), told.text("value", "")
    if person:
        wanted = identity_in(person)
        return lambda asking, connection, actor: asking.named(connection, actor, wanted)
    if family:
        dossier = identity_in(family)
        return lambda asking, connection, actor: asking.family(connection, actor, dossier)
    if phone:
        return lambda asking, connection, actor: asking.called(connection, actor, phone)
    if not (scheme and value):
        raise MalformedError
    return lambda asking, connection, actor: asking.bearing(connection, actor, scheme, value)


ROUTES = (
    Route("/directory/search", answering(search), methods=["POST"]),
    Route("/directory/search-wider", answering(search_wider), methods=["POST"]),
    Route("/directory/find", answering(find), methods=["POST"]),
)
