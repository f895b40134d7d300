"""The parties tool's web service."""

from __future__ import annotations

import base64
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from avise.demo.tools.parties.loader import CHANGES
from avise.demo.tools.parties.requests import PartyRequests, refused
from avise.demo.tools.parties.tokens import TokenDesk
from avise.demo.tools.prepared_files import Answer, ChangeableAnswers

VERSION = "6.2.1"

MEMBER_LISTS = (
    "contact-points",
    "contracts",
    "guarantees",
    "cards",
    "beneficiaries",
    "consents",
    "company",
    "establishments",
    "employees",
)
"""Lists under `/parties/{id}/`."""

_PAGE = 500
_PARIS = ZoneInfo("Europe/Paris")

_access = logging.getLogger("parties.access")


Handler = Callable[[Request], Awaitable[Response]]


class PartiesService:
    """Answers from the prepared file, to clients that hold a good token.

    Handlers only read a local file: they stay on the loop, a thread would cost more than it saves.
    """

    def __init__(self, answers: ChangeableAnswers, tokens: TokenDesk) -> None:
        self._answers = answers
        self._tokens = tokens
        self._requests = PartyRequests(answers, lambda: datetime.now(_PARIS).date())

    def application(self) -> Starlette:
        """Return the web application."""
        return Starlette(
            routes=[
                Route("/oauth/token", self._tokens.endpoint, methods=["POST"]),
                Route("/version", self._signed(self._version)),
                Route("/parties/changes", self._signed(self._changes)),
                Route("/parties/{party}/nir", self._signed(self._nir)),
                Route("/companies/{siren}", self._signed(self._company)),
                Route("/parties/{party}", self._signed(self._party)),
                Route(
                    "/parties/{party}/card-orders", self._signed(self._requests.order_card), methods=["POST"]
                ),
                Route(
                    "/parties/{party}/attestations",
                    self._signed(self._requests.issue_certificate),
                    methods=["POST"],
                ),
                Route("/parties/{party}/attestations", self._signed(self._requests.certificates)),
                Route("/parties/{party}/attestations/{number}", self._signed(self._requests.certificate)),
                Route(
                    "/parties/{party}/contact-points/address",
                    self._signed(self._requests.change_address),
                    methods=["PUT"],
                ),
                Route(
                    "/parties/{party}/contact-points/email",
                    self._signed(self._requests.change_email),
                    methods=["PUT"],
                ),
                Route("/parties/{party}/{kind}", self._signed(self._party)),
            ]
        )

    def _signed(self, handle: Handler) -> Handler:
        async def endpoint(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() == "bearer" and self._tokens.accepts(token):
                return await handle(request)
            return _unauthorized()

        return endpoint

    async def _version(self, _: Request) -> Response:
        return JSONResponse({"produit": "REFPERS", "version": VERSION, "etat": "OK"})

    async def _party(self, request: Request) -> Response:
        kind = request.path_params.get("kind", "identity")
        if kind != "identity" and kind not in MEMBER_LISTS:
            return refused(HTTPStatus.NOT_FOUND, "URL-404")
        return _conditional(request, self._answers.answer(kind, request.path_params["party"]))

    async def _company(self, request: Request) -> Response:
        return _conditional(request, self._answers.answer("companies", request.path_params["siren"]))

    async def _nir(self, request: Request) -> Response:
        party = request.path_params["party"]
        _access.info("nir party=%s request=%s", party, request.headers.get("x-request-id", "-"))
        found = self._answers.answer("nir", party)
        if found is None:
            return refused(HTTPStatus.NOT_FOUND, "PERS-404")
        return Response(found.body, media_type="application/json", headers={"Cache-Control": "no-store"})

    async def _changes(self, request: Request) -> Response:
        try:
            after = _position(request.query_params.get("since", ""))
            limit = min(int(request.query_params.get("limit", _PAGE)), _PAGE)
        except ValueError:
            return refused(HTTPStatus.BAD_REQUEST, "CHG-001")
        page = self._answers.entries(CHANGES, "", after, limit + 1)
        shown = page[:limit]
        return JSONResponse(
            {
                "changements": [change for _, change in shown],
                "curseur": _cursor(shown[-1][0] if shown else after),
                "suite": len(page) > limit,
            }
        )


def _conditional(request: Request, answer: Answer | None) -> Response:
    if answer is None:
        return refused(HTTPStatus.NOT_FOUND, "PERS-404")
    etag = f'"{answer.etag}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = [
        value.strip().removeprefix("W/") for value in request.headers.get("if-none-match", "").split(",")
    ]
    if etag in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(answer.body, media_type="application/json", headers=headers)


def _unauthorized() -> Response:
    answer = refused(HTTPStatus.UNAUTHORIZED, "AUTH-003")
    answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"c1:{position}".encode()).decode().rstrip("=")


def _position(cursor: str) -> int:
    """Read a cursor; ValueError for one that this tool did not write."""
    if not cursor:
        return 0
    text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    return int(text.removeprefix("c1:"))
