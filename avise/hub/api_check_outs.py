"""The calls about portfolios on the road, and about devices that erase themselves."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from avise.hub.api_answers import answer, answering, done, value_of
from avise.hub.api_callers import actor_of
from avise.hub.api_parts import parts_of
from avise.hub.http_check_outs import MOST_BYTES, checked_out_to_json, read_check_out, receipt_in
from avise.hub.http_reading import Told

_NOTHING = frozenset[str]()
_RECEIPT = frozenset(("receipt",))
_WIPED = frozenset(("device", "receipt"))


async def check_out(request: Request) -> Response:
    """Lend a portfolio, and half of its key."""
    parts = parts_of(request)
    bearer = await parts.callers.bearer(request)
    wanted = read_check_out(await value_of(request, MOST_BYTES))
    lent = await parts.transactions.write(
        lambda connection: parts.core.check_out(connection, actor_of(connection, bearer), wanted)
    )
    return answer(checked_out_to_json(lent))


async def renew(request: Request) -> Response:
    """Lend again what was taken along."""
    parts = parts_of(request)
    bearer = await parts.callers.bearer(request)
    Told(await value_of(request), _NOTHING)
    lent = await parts.transactions.write(
        lambda connection: parts.core.renew_check_out(connection, actor_of(connection, bearer))
    )
    return answer(checked_out_to_json(lent))


async def check_in(request: Request) -> Response:
    """Take a portfolio back, from a device that was revoked too."""
    parts = parts_of(request)
    bearer = await parts.callers.bearer(request)
    Told(await value_of(request), _NOTHING)
    await parts.transactions.write(
        lambda connection: parts.core.check_in(connection, actor_of(connection, bearer, revoked_too=True))
    )
    return done()


async def begin_wipe(request: Request) -> Response:
    """Keep that the caller's device begins to erase itself."""
    parts = parts_of(request)
    bearer = await parts.callers.bearer(request)
    receipt = receipt_in(Told(await value_of(request), _RECEIPT))

    def begin(connection: Connection) -> None:
        actor = actor_of(connection, bearer, revoked_too=True)
        parts.core.begin_wipe(connection, actor, receipt)

    await parts.transactions.write(begin)
    return done()


async def wiped(request: Request) -> Response:
    """Keep that a device erased itself: it has no token any more, and says what it alone can know."""
    parts = parts_of(request)
    told = Told(await value_of(request), _WIPED)
    device, secret = told.text("device", most=256), receipt_in(told)
    await parts.transactions.write(lambda connection: parts.core.confirm_wipe(connection, device, secret))
    return done()


ROUTES = (
    Route("/check-out", answering(check_out), methods=["POST"]),
    Route("/check-out/renew", answering(renew), methods=["POST"]),
    Route("/check-in", answering(check_in), methods=["POST"]),
    Route("/wipe-begun", answering(begin_wipe), methods=["POST"]),
    Route("/wiped", answering(wiped), methods=["POST"]),
)
