"""What a SOAP service and its description do wrong, and what becomes of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from avise.connectors.contract import Completeness, ConnectorError
from avise.connectors.deadline import within
from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.env import SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.servers.soap.conftest import FILE, Open
from tests.servers.soap.contracts_service import BROKEN, HELENE, PASSWORD, USER, YVON, ContractsService
from tests.unit.connectors.declarative.opened_file import Opened, Secrets

WSDL = Path(__file__).with_name("wsdl") / "prestations.wsdl"
SOAP = "application/soap+xml"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


async def kind_of(opened: Opened) -> tuple[ErrorKind, str]:
    with pytest.raises(ConnectorError) as caught:
        async with within(3):
            await opened.facet("contracts", contracts__member=HELENE)
    return caught.value.kind, caught.value.detail


async def test_nobody_listens(open_service: Open) -> None:
    assert (await kind_of(await open_service("http://127.0.0.1:1")))[0] is ErrorKind.UNAVAILABLE


async def test_a_service_that_hangs_is_left_at_the_deadline_and_holds_no_thread(
    service: ContractsService, open_service: Open, tmp_path: Path
) -> None:
    wsdl = tmp_path / "contrats.wsdl"
    wsdl.write_bytes(service.description)
    ended = asyncio.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    async with await asyncio.start_server(silence, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        opened = await open_service(address, ('wsdl_path = "/?wsdl"', f'wsdl_file = "{wsdl}"'))
        for _ in range(2):
            with pytest.raises(ConnectorError) as caught:
                async with within(0.3):
                    await opened.facet("contracts", contracts__member=HELENE)
            assert caught.value.kind is ErrorKind.TIMEOUT
        async with asyncio.timeout(30):
            await asyncio.gather(*(opened.context().blocking(int) for _ in range(4)))
        ended.set()


# ---- descriptions --------------------------------------------------------------------------------

_BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
_FILE = '<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        (("<definitions", "definitions"), ErrorKind.CONFIG),
        (("<definitions", f"{_BOMB}<definitions"), ErrorKind.CONFIG),
        (("<definitions", f"{_FILE}<definitions"), ErrorKind.CONFIG),
        (('schemaLocation="prestations.xsd"', 'schemaLocation="/etc/passwd"'), ErrorKind.CONFIG),
        (('schemaLocation="prestations.xsd"', 'schemaLocation="../prestations.xsd"'), ErrorKind.CONFIG),
        (('schemaLocation="prestations.xsd"', 'schemaLocation="http://127.0.0.1:9/a.xsd"'), ErrorKind.CONFIG),
        (('schemaLocation="prestations.xsd"', 'schemaLocation="absent.xsd"'), ErrorKind.CONFIG),
        (('name="ListeReponse"><part', 'name="Autre"><part'), ErrorKind.CONFIG),
        (('operation name="Liste"', 'operation name="Autre"'), ErrorKind.CONFIG),
    ],
)
@pytest.mark.filterwarnings("ignore:The wsdl.operation")
async def test_a_description_in_files_that_is_unfit_is_a_matter_of_configuration(
    open_service: Open, tmp_path: Path, changed: tuple[str, str], kind: ErrorKind
) -> None:
    folder = tmp_path / "description"
    folder.mkdir()
    text = WSDL.read_text("utf-8")
    assert changed[0] in text
    (folder / "prestations.wsdl").write_text(text.replace(*changed), "utf-8")
    (folder / "prestations.xsd").write_bytes(WSDL.with_suffix(".xsd").read_bytes())
    opened = await open_service("http://127.0.0.1:1", *_by_file(folder / "prestations.wsdl"))
    found, detail = await kind_of(opened)
    assert (found, "description of the service" in detail) == (kind, True)


def _by_file(path: Path) -> list[tuple[str, str]]:
    return [
        ('wsdl_path = "/?wsdl"', f'wsdl_file = "{path}"'),
        ('operation = "ListContracts"', 'operation = "Liste"'),
        ("{ member = ", "{ adherent = "),
    ]


async def test_a_description_that_leads_to_another_origin_is_not_followed(
    httpserver: HTTPServer, open_service: Open
) -> None:
    text = WSDL.read_text("utf-8").replace("prestations.xsd", "http://127.0.0.1:9/prestations.xsd")
    httpserver.expect_request("/").respond_with_data(text, content_type="text/xml")
    opened = await open_service(httpserver.url_for("").rstrip("/"))
    assert await kind_of(opened) == (ErrorKind.BAD_DATA, "next address of another origin")
    assert len(httpserver.log) == 1


# ---- answers -------------------------------------------------------------------------------------


def _answering(server: HTTPServer, body: str, status: int = 200, content_type: str = SOAP) -> str:
    answer = Response(body, status=status, content_type=content_type)
    server.expect_request("/", method="POST").respond_with_response(answer)
    return server.url_for("").rstrip("/")


def _envelope(body: str) -> str:
    namespaces = f'xmlns:e="{SOAP_12}" xmlns:t="urn:mutuelle:prestations"'
    return f"<e:Envelope {namespaces}><e:Body>{body}</e:Body></e:Envelope>"


def _fault(code: str, detail: str = "") -> str:
    return _envelope(
        f"<e:Fault><e:Code><e:Value>e:{code}</e:Value></e:Code><e:Reason><e:Text xml:lang='fr'>"
        f"Marchand {PASSWORD}</e:Text></e:Reason><e:Detail>{detail}</e:Detail></e:Fault>"
    )


_LINE = (
    '<t:ligne numero="L1"><t:date>2026-03-02</t:date><t:montant>0.30</t:montant><t:taux>0.1</t:taux>'
    "<t:saisi>2026-03-02T10:00:00</t:saisi><t:tiers>true</t:tiers></t:ligne>"
)
_RULES = """
[[options.errors]]
code = "ADH-404"
means = "not_found"

[[options.errors]]
code = "REF-1"
means = "rejected"

"""


def _detail(code: str) -> str:
    return f"<t:erreur><t:code>{code}</t:code></t:erreur>"


@pytest.mark.parametrize(
    ("body", "status", "content_type", "kind"),
    [
        (_envelope("<t:ListeReponse>") + "<", 200, SOAP, ErrorKind.BAD_DATA),
        (_envelope("<t:Autre/>"), 200, SOAP, ErrorKind.BAD_DATA),
        (_envelope(""), 200, SOAP, ErrorKind.BAD_DATA),
        ("<t/>", 200, SOAP, ErrorKind.BAD_DATA),
        ("", 200, SOAP, ErrorKind.BAD_DATA),
        (_FILE + _envelope("<t:ListeReponse>&f;</t:ListeReponse>"), 200, "text/xml", ErrorKind.BAD_DATA),
        (_BOMB + _envelope("<t:ListeReponse>&b;</t:ListeReponse>"), 200, "text/xml", ErrorKind.BAD_DATA),
        ("<html>", 200, "text/html", ErrorKind.BAD_DATA),
        ("<html><input type=password>", 200, "text/html", ErrorKind.AUTH),
        ("{}", 200, "application/json", ErrorKind.BAD_DATA),
        ("<html>", 500, "text/html", ErrorKind.UNAVAILABLE),
        ("<html>", 503, "text/html", ErrorKind.UNAVAILABLE),
        ("no", 401, "text/plain", ErrorKind.AUTH),
        ("no", 403, "text/plain", ErrorKind.FORBIDDEN),
        ("no", 429, "text/plain", ErrorKind.RATE_LIMITED),
        (_fault("Receiver"), 500, SOAP, ErrorKind.UNAVAILABLE),
        (_fault("Receiver"), 200, SOAP, ErrorKind.UNAVAILABLE),
        (_fault("Sender"), 400, SOAP, ErrorKind.BUG),
        (_fault("Receiver", _detail("ADH-404")), 500, SOAP, ErrorKind.NOT_FOUND),
        (_fault("Receiver", _detail("REF-1")), 500, SOAP, ErrorKind.REJECTED),
    ],
)
async def test_an_answer_is_told_by_its_kind(
    httpserver: HTTPServer, open_service: Open, body: str, status: int, content_type: str, kind: ErrorKind
) -> None:
    address = _answering(httpserver, body, status, content_type)
    rules = ("[options.check]", f"{_RULES}[options.check]")
    where = ('path = "/"', 'path = "/"\nfault_code = "detail.erreur.code || code"')
    opened = await open_service(address, *_by_file(WSDL), rules, where)
    with pytest.raises(ConnectorError) as caught:
        await opened.facet("contracts", contracts__member=HELENE)
    assert caught.value.kind is kind
    assert PASSWORD not in f"{caught.value}{caught.value.detail}{caught.value.source_code}"
    assert caught.value.user_message == (f"Marchand {PASSWORD}" if kind is ErrorKind.REJECTED else "")


async def test_values_of_every_type_are_read_without_a_float(
    httpserver: HTTPServer, open_service: Open
) -> None:
    address = _answering(httpserver, _envelope(f"<t:ListeReponse>{_LINE}</t:ListeReponse>"))
    fields = FILE.read_text("utf-8").partition("[options.facets.contracts.fields]\n")[2]
    ours = """
id = "numero"
number = "numero"
plan = { from = "taux", as = "decimal" }
effective_date = "date"
"""
    opened = await open_service(
        address,
        *_by_file(WSDL),
        (fields, ours),
        ('records = "contracts.contract || `[]`"', 'records = "@ || `[]`"'),
        ('subject = { last_name = "holder" }', 'extra = ["montant", "saisi", "tiers"]'),
        ("{ adherent = ", '{ periode = { depuis = "2020-01-01", lignes = 50 }, adherent = '),
    )
    (batch,) = await opened.facet("contracts", contracts__member=HELENE)
    (record,) = batch.items
    assert dict(record.data) == {"number": "L1", "plan": "0.1", "effective_date": "2026-03-02"}
    assert dict(record.extra) == {"montant": "0.30", "saisi": "2026-03-02T10:00:00", "tiers": True}
    sent = httpserver.log[0][0]
    assert 'action="urn:mutuelle:prestations:Liste"' in sent.headers["Content-Type"]
    assert b"<ns0:lignes>50</ns0:lignes>" in sent.data
    assert HELENE.encode() in sent.data


async def test_an_answer_without_a_line_is_empty(httpserver: HTTPServer, open_service: Open) -> None:
    address = _answering(httpserver, _envelope("<t:ListeReponse/>"))
    records = ('records = "contracts.contract || `[]`"', 'records = "@ || `[]`"')
    opened = await open_service(address, *_by_file(WSDL), records)
    (batch,) = await opened.facet("contracts", contracts__member=HELENE)
    assert (batch.items, batch.completeness) == ((), Completeness.COMPLETE)


async def test_arguments_that_do_not_fit_are_a_fault_of_the_file(open_service: Open) -> None:
    changes = [*_by_file(WSDL), ("{ adherent = ", "{ adhrent = ")]
    opened = await open_service("http://127.0.0.1:1", *changes)
    assert await kind_of(opened) == (ErrorKind.BUG, "arguments of Liste do not fit")


# ---- through the host ----------------------------------------------------------------------------


@asynccontextmanager
async def host_over(config: dict[str, JSON], password: str = PASSWORD) -> AsyncIterator[ConnectorHost]:
    settings = [InstanceSettings("soap", "soap", config, connector_file=FILE)]
    host = ConnectorHost(
        SystemEnv(), NoSnapshots(), settings, Secrets({"password": password}), connectors=Registry()
    )
    await host.start()
    await host.opened()
    try:
        yield host
    finally:
        await host.aclose()


async def last(host: ConnectorHost, asked: str) -> FacetReading:
    customer = CustomerKey(uuid.UUID(int=1), {"contracts.member": asked})
    identity = IdentityEvidence("Marchand", "Hélène", date(1968, 3, 12))
    readings = host.read_facet("soap", "contracts", customer, identity, agent="lea", purpose="call")
    return [reading async for reading in readings][-1]


async def test_an_answer_about_somebody_else_is_withheld(service: ContractsService) -> None:
    async with host_over({"base_url": service.base_url, "user": USER}) as host:
        good, bad = await last(host, HELENE), await last(host, YVON)
    assert (good.withheld, len(good.records)) == (False, 3)
    assert (bad.withheld, bad.records) == (True, ())


async def test_nothing_personal_is_written_whatever_happens(
    service: ContractsService, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []
    for password in (PASSWORD, "faux mot de passe"):
        async with host_over({"base_url": service.base_url, "user": USER}, password) as host:
            told += [(await last(host, asked)).error for asked in (HELENE, YVON, BROKEN, "9999999999")]
            told.append(dict(host.diagnostics("soap")))
    written = capsys.readouterr()
    text = f"{written.out}{written.err}{told}"
    assert text.count("reading failed") >= 6
    canaries = {HELENE, YVON, BROKEN, "9999999999", PASSWORD, "faux mot", "Marchand", "Kerdraon", "Confort"}
    assert {canary for canary in canaries if canary.lower() in text.lower()} == set()
