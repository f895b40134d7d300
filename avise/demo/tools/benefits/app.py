"""The benefits tool's web service."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from avise.demo.tools.benefits.loader import AUTHORIZATIONS, INSURED, LINES
from avise.demo.tools.prepared_files import AnswerFile

VERSION = "2019.4"
KEY_HEADER = "X-Cle-Api"
PAGE = 100
"""Lines a page; the tool offers no choice."""

SLOWNESS_S = (0.3, 0.9)
"""Between which a page takes its time; the same page always takes the same."""

Handler = Callable[[Request], Awaitable[Response]]


class BenefitsService:
    """Answers from the prepared file, after a while.

    Args:
        answers: what `Loader` wrote.
        key: the API key of the one client.
        slowness_s: bounds of the time that a page takes.
    """

    def __init__(self, answers: AnswerFile, key: str, slowness_s: tuple[float, float] = SLOWNESS_S) -> None:
        self._answers = answers
        self._key = key
        self._slowness_s = slowness_s
        self._key_accepted = True

    def application(self) -> Starlette:
        """Return the web application."""
        return Starlette(
            routes=[
                Route("/etat", self._keyed(self._state)),
                Route("/assures/{cle}/lignes", self._keyed(self._lines)),
                Route("/assures/{cle}/pec", self._keyed(self._authorizations)),
            ]
        )

    async def refuse_key(self) -> None:
        """Stop accepting the key, as when it has been replaced."""
        self._key_accepted = False

    async def accept_key(self) -> None:
        """Accept the key again."""
        self._key_accepted = True

    def _keyed(self, handle: Handler) -> Handler:
        async def endpoint(request: Request) -> Response:
            given = request.headers.get(KEY_HEADER) or request.headers.get("authorization", "")[7:]
            if not self._key_accepted or not hmac.compare_digest(given.encode(), self._key.encode()):
                return _error(HTTPStatus.UNAUTHORIZED, "CLE_INVALIDE")
            return await handle(request)

        return endpoint

    async def _state(self, _: Request) -> Response:
        return JSONResponse({"application": "PREST", "version": VERSION})

    async def _take_time(self, request: Request) -> None:
        chance = random.Random(f"{request.url.path}?{request.url.query}")
        await asyncio.sleep(chance.uniform(*self._slowness_s))

    async def _authorizations(self, request: Request) -> Response:
        await self._take_time(request)
        found = self._answers.answer(AUTHORIZATIONS, request.path_params["cle"])
        if found is None:
            return _error(HTTPStatus.NOT_FOUND, "ASSURE_INCONNU")
        return Response(found.body, media_type="application/json")

    async def _lines(self, request: Request) -> Response:
        await self._take_time(request)
        key = request.path_params["cle"]
        insured = self._answers.answer(INSURED, key)
        if insured is None:
            return _error(HTTPStatus.NOT_FOUND, "ASSURE_INCONNU")
        try:
            after = _position(request.query_params.get("curseur", ""), key)
        except ValueError:
            return _error(HTTPStatus.BAD_REQUEST, "CURSEUR_INVALIDE")
        return JSONResponse(self._page(key, json.loads(insured.body), after))

    def _page(self, key: str, insured: Mapping[str, object], after: int) -> Mapping[str, object]:
        page = self._answers.entries(LINES, key, after, PAGE + 1)
        shown = page[:PAGE]
        return {
            "assure": {name: value for name, value in insured.items() if name != "nbLignes"},
            "total": insured["nbLignes"],
            "lignes": [line for _, line in shown],
            "suivant": _cursor(shown[-1][0], key) if len(page) > PAGE else None,
        }


def _error(status: HTTPStatus, code: str) -> Response:
    return JSONResponse({"erreur": {"code": code}}, status)


def _cursor(position: int, key: str) -> str:
    return base64.urlsafe_b64encode(f"{key}/{position}".encode()).decode()


def _position(cursor: str, key: str) -> int:
    """Read a cursor; ValueError when it is another insured person's, or none of ours."""
    if not cursor:
        return 0
    owner, _, position = base64.urlsafe_b64decode(cursor).decode("ascii").partition("/")
    if owner != key:
        raise ValueError("cursor of another list")
    return int(position)
