"""The relation tool's web service."""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from avise.demo.tools.prepared_files import FROM_THE_START, ChangeableAnswers
from avise.demo.tools.relation.address import ContactAddress, refused
from avise.demo.tools.relation.calls import Telephony
from avise.demo.tools.relation.loader import (
    BODY,
    CONTACT,
    EXCHANGES,
    MEMBER_SPACE,
    UNATTACHED,
    VISITS,
)

VERSION = "11.0.3"

_PAGE = 50
_LARGEST_PAGE = 200
_PARIS = ZoneInfo("Europe/Paris")

Handler = Callable[[Request], Awaitable[Response]]


class RelationService:
    """Answers from the prepared file, and streams calls.

    Args:
        answers: what `Loader` wrote.
        telephony: publishes the calls.
        token: the bearer token of the one client.
    """

    def __init__(self, answers: ChangeableAnswers, telephony: Telephony, token: str) -> None:
        self._answers = answers
        self._telephony = telephony
        self._token = token
        self._token_accepted = True
        self._address = ContactAddress(answers, lambda: datetime.now(_PARIS))

    def application(self) -> Starlette:
        """Return the web application."""
        contact = "/contacts/{contact}"
        return Starlette(
            routes=[
                Route("/about", self._signed(self._about)),
                Route(f"{contact}/interactions", self._signed(self._list_of(EXCHANGES))),
                Route(f"{contact}/member-space", self._signed(self._member_space)),
                Route(f"{contact}/member-space/visits", self._signed(self._list_of(VISITS))),
                Route(f"{contact}/address", self._signed(self._address.read)),
                Route(f"{contact}/address", self._signed(self._address.replace), methods=["PUT"]),
                Route("/interactions/unattached", self._signed(self._unattached)),
                Route("/messages/{message}/body", self._signed(self._message_body)),
                Route("/calls/stream", self._signed(self._calls)),
            ]
        )

    async def refuse_token(self) -> None:
        """Stop accepting the token."""
        self._token_accepted = False

    async def accept_token(self) -> None:
        """Accept the token again."""
        self._token_accepted = True

    def _signed(self, handle: Handler) -> Handler:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not self._token_accepted or not hmac.compare_digest(given, f"Bearer {self._token}".encode()):
                return refused(HTTPStatus.UNAUTHORIZED, "token")
            return await handle(request)

        return endpoint

    async def _about(self, _: Request) -> Response:
        return JSONResponse({"name": "Relation", "version": VERSION})

    async def _calls(self, request: Request) -> Response:
        return self._telephony.stream(request.headers.get("last-event-id", ""))

    async def _member_space(self, request: Request) -> Response:
        found = self._answers.answer(MEMBER_SPACE, request.path_params["contact"])
        if found is None:
            return refused(HTTPStatus.NOT_FOUND, "contact")
        return Response(found.body, media_type="application/json")

    async def _message_body(self, request: Request) -> Response:
        found = self._answers.answer(BODY, request.path_params["message"])
        if found is None:
            return refused(HTTPStatus.NOT_FOUND, "message")
        return Response(found.body, media_type="application/json")

    async def _unattached(self, request: Request) -> Response:
        return self._page(request, UNATTACHED, "", {})

    def _list_of(self, kind: str) -> Handler:
        async def endpoint(request: Request) -> Response:
            contact = request.path_params["contact"]
            known = self._answers.answer(CONTACT, contact)
            if known is None:
                return refused(HTTPStatus.NOT_FOUND, "contact")
            return self._page(request, kind, contact, {"contact": json.loads(known.body)})

        return endpoint

    def _page(self, request: Request, kind: str, owner: str, head: Mapping[str, object]) -> Response:
        try:
            after = int(request.query_params.get("apres", FROM_THE_START))
            size = min(max(int(request.query_params.get("taille", _PAGE)), 1), _LARGEST_PAGE)
        except ValueError:
            return refused(HTTPStatus.BAD_REQUEST, "page")
        page = self._answers.entries(kind, owner, after, size + 1)
        shown = page[:size]
        more = len(page) > size
        following = request.url.include_query_params(apres=shown[-1][0], taille=size) if more else None
        return JSONResponse(
            {
                **head,
                "total": self._answers.count(kind, owner),
                "resultats": [value for _, value in shown],
                "next_url": None if following is None else str(following),
            }
        )
