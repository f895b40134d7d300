"""`/v360`: what other applications of the house read of a customer, and post (decision 26)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPBearer
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Call

from avise.hub.api_answers import TooOftenError, answer, content_of, refusal
from avise.hub.api_contacts import (
    FUTURE,
    PAST,
    Exchange,
    dossier_named,
    identity_named,
    keep_exchange,
    log_look_up,
    read_synthesis,
)
from avise.hub.api_grants import check_application
from avise.hub.api_parts import Parts, parts_of
from avise.hub.api_v360_forms import (
    LONGEST_REFERENCE,
    AccessAnswer,
    ApplicationSecret,
    CustomerIdentity,
    CustomerNumber,
    InteractionAnswer,
    PostedInteraction,
    Refusal,
    Synthesis,
)
from avise.hub.http_reading import from_json
from avise.hub.port import HubError
from avise.hub.tokens import ACCESS_LIFE, Scope, issue_application_token
from avise.models.errors import AviseError

DESCRIPTION = """
What the applications of the house (mobile app, portal, sites, chatbot) share about a customer: they post
exchanges, and read a synthesis. Get an access token with the secret that the hub's administrator gave
(`avise hub token add`), show it as `Authorization: Bearer …`, and get another one after a quarter of an hour.
Every reading is logged. A refusal is `{"key", "params"}`; `429` says how many seconds to wait.
"""
MOST_BYTES = 64 * 1024
TOKENS_A_MINUTE = 30
"""Tries of one application to get a token, in one process."""
LOOK_UPS_A_MINUTE = 120
"""Numbers that one application may turn into identifiers, in one process: it may keep what it got."""
MOST_COUNTED = 10_000

_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": words}
    for status, words in {
        400: "Something in it is not what this call takes.",
        401: "No token, or one that is not good any more.",
        403: "A good token, without that right.",
        404: "Nobody is known under that reference.",
        413: "Larger than this call takes.",
        422: "A field is missing, unknown or malformed; `params.field` names it.",
        429: "Too many calls; `Retry-After` says how many seconds to wait.",
        503: "The hub cannot answer now: try again.",
    }.items()
}

_bearer = HTTPBearer(auto_error=False, description="An access token of `POST /v360/token`.")


@dataclass(slots=True)
class Pace:
    """Calls of each application to this process, in buckets that fill again with time."""

    left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def count(self, name: str, now: float, a_minute: int) -> None:
        """Count one call.

        Raises:
            TooOftenError: too many for now.
        """
        calls, at = self.left.get(name, (float(a_minute), now))
        calls = min(float(a_minute), calls + (now - at) * a_minute / 60)
        if calls < 1:
            raise TooOftenError(max(1, round((1 - calls) * 60 / a_minute)))
        if len(self.left) >= MOST_COUNTED and name not in self.left:
            self.left.clear()
        self.left[name] = (calls - 1, now)


def _paced(parts: Parts, name: str, a_minute: int) -> None:
    pace = parts.state.setdefault("pace", Pace())
    if not isinstance(pace, Pace):
        raise TypeError
    pace.count(name, parts.env.monotonic(), a_minute)


def _caller(request: Request, scope: Scope) -> str:
    parts = parts_of(request)
    name = parts.callers.application(request, scope)
    _paced(parts, f"call {name}", parts.calls_a_minute)
    return name


async def _reader(request: Request, shown: Annotated[object, Depends(_bearer)]) -> str:
    del shown
    return _caller(request, Scope.V360_READ)


async def _writer(request: Request, shown: Annotated[object, Depends(_bearer)]) -> str:
    del shown
    return _caller(request, Scope.V360_WRITE)


async def get_token(request: Request, shown: ApplicationSecret) -> AccessAnswer:
    """Get an access token, good for a quarter of an hour, for the rights that the application has."""
    parts = parts_of(request)
    _paced(parts, f"token {shown.application}", TOKENS_A_MINUTE)
    found = await parts.transactions.read(
        lambda connection: check_application(connection, shown.application, shown.secret)
    )
    signing = parts.callers.signing
    token = issue_application_token(
        signing.keys, signing.hub_id, parts.env, application=found.name, scopes=found.scopes
    )
    return AccessAnswer(access_token=token, expires_in=int(ACCESS_LIFE.total_seconds()))


async def get_customer(
    request: Request,
    name: Annotated[str, Depends(_reader)],
    identifier: Annotated[
        str,
        Path(
            max_length=LONGEST_REFERENCE,
            description="Avise's identifier of the dossier. A number never goes into an address:"
            " `POST /v360/customers/lookup` gives the identifier for it.",
            examples=["0196fe00-0000-7000-8000-000000000001"],
            json_schema_extra={"format": "uuid"},
        ),
    ],
) -> Synthesis:
    """Read a customer's synthesis, from the shared journal alone; the reading is logged."""
    parts = parts_of(request)
    dossier = identity_named(identifier)
    found = await parts.transactions.write(
        lambda connection: read_synthesis(
            connection, parts.core, name, dossier, parts.wording, parts.env.now()
        )
    )
    return Synthesis.model_validate(found)


async def look_up_customer(
    request: Request, number: CustomerNumber, name: Annotated[str, Depends(_reader)]
) -> CustomerIdentity:
    """Get the identifier of a customer for their number in the house; logged, without the number."""
    parts = parts_of(request)
    _paced(parts, f"look up {name}", LOOK_UPS_A_MINUTE)
    dossier = dossier_named(f"{number.scheme}:{number.value}", parts.namespace)
    await parts.transactions.write(lambda connection: log_look_up(connection, name, dossier, parts.env.now()))
    return CustomerIdentity(dossier=dossier)


async def post_interaction(
    request: Request, response: Response, posted: PostedInteraction, name: Annotated[str, Depends(_writer)]
) -> InteractionAnswer:
    """Keep an exchange once for each `source_id`, and make the request that it calls for."""
    parts = parts_of(request)
    exchange = _exchange(parts, posted)
    kept = await parts.transactions.write(
        lambda connection: keep_exchange(connection, parts.core, name, exchange, parts.wording, parts.env)
    )
    response.status_code = 200 if kept.known else 201
    return InteractionAnswer(
        event=kept.event, received_at=kept.received_at, known=kept.known, request=kept.request,
        number=kept.number,
    )  # fmt: skip


def _exchange(parts: Parts, posted: PostedInteraction) -> Exchange:
    now = parts.env.now()
    if not now - PAST < posted.at < now + FUTURE:
        raise HubError("hub.bad_interaction", field="at")
    told = posted.model_dump(
        mode="json", include={"channel", "direction", "reason", "title", "summary", "author", "duration_s"}
    )
    told["at"] = posted.at.isoformat()
    asked = None if posted.request is None else posted.request.model_dump(mode="json")
    return Exchange(dossier_named(posted.customer, parts.namespace), posted.source_id, told, asked)


class SmallBodies:
    """Before anything is parsed: a body that is small enough, and JSON that a database keeps.

    Args:
        app: the application.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Call, receive: Receive, send: Send) -> None:
        """Hand one call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            content = await content_of(Request(scope, receive), MOST_BYTES)
            if content:
                from_json(content)
        except AviseError as error:
            await refusal(error)(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": content, "more_body": False}

        await self._app(scope, again, send)


async def _malformed(request: Request, error: Exception) -> Response:
    """Name the field that is wrong, never what it held."""
    del request
    place: tuple[object, ...] = ()
    if isinstance(error, RequestValidationError):
        found = error.errors()[0]
        # A name that nobody knows is something that was typed.
        place = found["loc"][:-1] if found["type"] == "extra_forbidden" else found["loc"]
    words = ".".join(str(step) for step in place)[:100]
    return answer({"key": "hub.malformed", "params": {"field": words}}, 422)


def v360_application() -> FastAPI:
    """Return the application mounted under `/v360`, which describes itself in OpenAPI."""
    app = FastAPI(
        title="Avise: V360",
        version="1",
        description=DESCRIPTION,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(SmallBodies)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_api_route("/token", get_token, methods=["POST"], responses=_told(400, 401, 413, 422, 429, 503))
    app.add_api_route(
        "/customers/{identifier}",
        get_customer,
        methods=["GET"],
        responses=_told(400, 401, 403, 404, 413, 422, 429, 503),
    )
    app.add_api_route(
        "/customers/lookup",
        look_up_customer,
        methods=["POST"],
        responses=_told(400, 401, 403, 404, 413, 422, 429, 503),
    )
    app.add_api_route(
        "/interactions",
        post_interaction,
        methods=["POST"],
        status_code=201,
        responses={
            200: {"model": InteractionAnswer, "description": "It had been posted before."},
            **_told(400, 401, 403, 404, 413, 422, 429, 503),
        },
    )
    return app


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: _REFUSALS[status] for status in statuses}
