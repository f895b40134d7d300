"""What a Tryton server does wrong, and what becomes of it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from avise.connectors.contract import ConnectorError
from avise.connectors.deadline import within
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.tryton.conftest import BASE, FILE, PASSWORD, READER, Tryton
from tests.servers.tryton.world import COMPANY, HELENE, NIR, YVON
from tests.unit.connectors.declarative.opened_file import Opened, Secrets, open_connector_file

Open = Callable[..., Awaitable[Opened]]


@pytest.fixture
async def open_server() -> AsyncIterator[Open]:
    """Open the connector over whatever answers at an address."""
    async with AsyncExitStack() as stack:

        async def opening(config: dict[str, JSON], password: str = PASSWORD) -> Opened:
            return await open_connector_file(FILE, config, {"password": password}, stack)

        yield opening


async def kind_of(opened: Opened, party: str = HELENE) -> tuple[ErrorKind, str]:
    with pytest.raises(ConnectorError) as caught:
        async with within(3):
            await opened.facet("identity", trytond__party=party)
    return caught.value.kind, caught.value.source_code


async def test_nobody_listens(tryton: Tryton, open_server: Open) -> None:
    opened = await open_server(tryton.config(base_url="http://127.0.0.1:1"))
    assert (await kind_of(opened))[0] is ErrorKind.UNAVAILABLE


async def test_a_wrong_password_asks_for_another(tryton: Tryton, open_server: Open) -> None:
    # Not the account of the other tests: the server makes whoever errs wait longer each time.
    opened = await open_server(tryton.config(user="autre"), "faux")
    assert await kind_of(opened) == (ErrorKind.AUTH, "")


async def test_a_base_that_is_not_there_is_a_matter_of_configuration(
    tryton: Tryton, open_server: Open
) -> None:
    opened = await open_server(tryton.config(database="ailleurs"))
    assert (await kind_of(opened))[0] is ErrorKind.CONFIG


async def test_a_session_that_was_ended_is_opened_anew_once(tryton: Tryton, open_server: Open) -> None:
    opened = await open_server(tryton.config())
    await opened.facet("identity", trytond__party=HELENE)
    template = "POST /{config.database}/rpc/#common.db.login"
    assert _logins(opened, template) == 1
    _end_other_sessions(tryton)
    (batch, *_), _ = await asyncio.gather(
        opened.facet("identity", trytond__party=HELENE), opened.facet("identity", trytond__party=YVON)
    )
    assert batch.items[0].id == HELENE
    assert _logins(opened, template) == 2


def _logins(opened: Opened, template: str) -> int:
    return sum(attempt.template == template for attempt in opened.instance.statistics.attempts)


def _end_other_sessions(tryton: Tryton) -> None:
    """End every session, as an administrator does who changes a password."""
    (user,) = tryton.call("model.res.user.search", [["login", "=", READER]], 0, None, None)
    tryton.call("model.res.user.write", [user], {"password": PASSWORD})


async def test_an_account_that_may_not_read_is_refused(tryton: Tryton, open_server: Open) -> None:
    rule: JSON = {"model": "party.party", "perm_read": False, "perm_create": True, "perm_write": True}
    made = tryton.call("model.ir.model.access.create", [rule])
    try:
        opened = await open_server(tryton.config())
        assert await kind_of(opened) == (ErrorKind.FORBIDDEN, "UserError")
    finally:
        tryton.call("model.ir.model.access.delete", made)


async def test_a_restricted_number_is_never_asked_for(tryton: Tryton, open_server: Open) -> None:
    (party,) = tryton.call("model.party.party.search", [["code", "=", COMPANY]], 0, None, None)
    tryton.call("model.party.identifier.create", [{"party": party, "type": "fr_nir", "code": NIR}])
    opened = await open_server(tryton.config())
    (batch,) = await opened.facet("identity", trytond__party=COMPANY)
    parties = [party for batch in await opened.changes() for party in batch.items]
    assert COMPANY in {party.native_id for party in parties}
    digits = NIR.replace(" ", "")
    assert digits not in f"{batch}{parties}".replace(" ", "")


# ---- what a real server never does ---------------------------------------------------------------

_SESSION = Response(json.dumps({"id": "ref-1", "result": [1, "key", None]}), content_type="application/json")


def _answering(server: HTTPServer, body: str, content_type: str = "application/json") -> None:
    def answer(request: Request) -> Response:
        login = b"common.db.login" in request.data
        return _SESSION if login else Response(body, content_type=content_type)

    server.expect_request(f"/{BASE}/rpc/").respond_with_handler(answer)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"id": "ref-1", "result"', ErrorKind.BAD_DATA),
        ('{"id": "ref-1"}', ErrorKind.BAD_DATA),
        ('{"id": "another", "result": []}', ErrorKind.BAD_DATA),
        ('{"id": "ref-1", "result": {}}', ErrorKind.BAD_DATA),
        ('{"id": "ref-1", "result": ["text"]}', ErrorKind.BAD_DATA),
        ('{"id": "ref-1", "result": [{"id": 1}, {"id": 2}]}', ErrorKind.BAD_DATA),
        ('{"id": "ref-1", "error": ["KeyError: Marchand", "Traceback"]}', ErrorKind.UNAVAILABLE),
        ('{"id": "ref-1", "error": ["RateLimitException"]}', ErrorKind.RATE_LIMITED),
        ('{"id": "ref-1", "error": ["UserWarning", ["w", "Marchand", ""]]}', ErrorKind.REJECTED),
        ('{"id": "ref-1", "error": ["ConcurrencyException", "party.party,7"]}', ErrorKind.CONFLICT),
        ('{"id": "ref-1", "error": 5}', ErrorKind.UNAVAILABLE),
        # As the server says it with status 200 when a code is wanted after the password.
        ('{"id": "ref-1", "error": ["LoginException", ["sms", "Code", "char"]]}', ErrorKind.AUTH),
        ("[]", ErrorKind.BAD_DATA),
    ],
)
async def test_an_answer_that_is_none_is_told_by_its_kind(
    httpserver: HTTPServer, tryton: Tryton, open_server: Open, body: str, kind: ErrorKind
) -> None:
    _answering(httpserver, body)
    opened = await open_server(tryton.config(base_url=httpserver.url_for("")))
    assert (await kind_of(opened))[0] is kind


async def test_a_page_in_the_place_of_an_answer_is_no_answer(
    httpserver: HTTPServer, tryton: Tryton, open_server: Open
) -> None:
    _answering(httpserver, "<html>", "text/html")
    opened = await open_server(tryton.config(base_url=httpserver.url_for("")))
    assert (await kind_of(opened))[0] is ErrorKind.BAD_DATA


async def test_a_server_that_hangs_is_left_at_the_deadline(tryton: Tryton, open_server: Open) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        opened = await open_server(tryton.config(base_url=f"http://127.0.0.1:{port}"))
        with pytest.raises(ConnectorError) as caught:
            async with within(0.3):
                await opened.facet("identity", trytond__party=HELENE)
        await opened.instance.aclose()
    assert caught.value.kind is ErrorKind.TIMEOUT


async def test_a_server_that_gives_the_same_page_again_is_stopped(
    httpserver: HTTPServer, tryton: Tryton, open_server: Open
) -> None:
    page = [{"id": number, "code": str(number), "name": "x", "active": True} for number in range(1, 201)]
    _answering(httpserver, json.dumps({"id": "ref-1", "result": page}))
    opened = await open_server(tryton.config(base_url=httpserver.url_for("")))
    with pytest.raises(ConnectorError) as caught:
        await opened.changes()
    assert (caught.value.kind, caught.value.detail) == (ErrorKind.BAD_DATA, "a page out of order")


# ---- through the host ----------------------------------------------------------------------------


@asynccontextmanager
async def host_over(config: dict[str, JSON], password: str = PASSWORD) -> AsyncIterator[ConnectorHost]:
    settings = [InstanceSettings("tryton", "trytond", config, connector_file=FILE)]
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, Secrets({"password": password}), connectors=Registry()
    )
    await host.start()
    await host.opened()
    try:
        yield host
    finally:
        await host.aclose()


async def last(host: ConnectorHost, asked: str, last_name: str = "Marchand") -> FacetReading:
    customer = CustomerKey(uuid.UUID(int=1), {"trytond.party": asked})
    identity = IdentityEvidence(last_name, "Hélène", date(1968, 3, 12), {"trytond.party": asked})
    readings = host.read_facet("tryton", "identity", customer, identity, agent="lea", purpose="call")
    return [reading async for reading in readings][-1]


async def test_an_answer_about_somebody_else_is_withheld(tryton: Tryton) -> None:
    async with host_over(tryton.config()) as host:
        good, bad = await last(host, HELENE), await last(host, YVON)
        assert host.offers()[0].directory
    assert (good.withheld, len(good.records)) == (False, 1)
    assert (bad.withheld, bad.records) == (True, ())


async def test_nothing_personal_is_written_whatever_happens(
    tryton: Tryton, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []
    cruel = json.dumps({"id": "ref-1", "error": ["UserError", [f"Marchand {PASSWORD}", NIR, None]]})
    _answering(httpserver, cruel)
    others = tryton.config(base_url=httpserver.url_for("")), tryton.config(user="quelqu’un")
    async with host_over(tryton.config()) as host:
        told += [(await last(host, asked)).error for asked in (HELENE, YVON, "P-9999")]
        told.append(dict(host.diagnostics("tryton")))
    for config, password in zip(others, (PASSWORD, "faux mot de passe"), strict=True):
        async with host_over(config, password) as host:
            told += [(await last(host, HELENE)).error, dict(host.diagnostics("tryton"))]
    written = capsys.readouterr()
    text = f"{written.out}{written.err}{told}"
    assert text.count("reading failed") >= 3
    canaries = {HELENE, YVON, "P-9999", PASSWORD, "faux mot", "Marchand", "Kerdraon", NIR, "Traceback"}
    assert {canary for canary in canaries if canary.lower() in text.lower()} == set()
