"""A SOAP 1.1 service over HTTP: what it is asked and what it answers must fit its own schema."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "urn:mutuelle:contrats"
USER, PASSWORD = "lecture", "mot de passe du service"
HELENE, YVON, EMPTY, BROKEN = "0482917350", "0482917351", "0482917352", "0482917353"
LONG, LONG_LIST = "0482917354", 620
VERSION = "7.1"
PLAN = "Confort & bien-être"

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_RESPONSE = f'Response xmlns="{NAMESPACE}">'
_VERSION = f"<Version{_RESPONSE}<version>{VERSION}</version></VersionResponse>"
_KNOWN: Mapping[str, tuple[str, list[tuple[str, str]]]] = {
    HELENE: ("Marchand Hélène", [("C-0001", "A"), ("C-0002", "R"), ("C-0003", "Z")]),
    YVON: ("Kerdraon Yvon", [("C-0009", "A")]),
    EMPTY: ("Sans Contrat", []),
    LONG: ("Long Marc", [(f"L-{place:04d}", "A") for place in range(LONG_LIST)]),
}
"""Holder, and number and state of the contracts, by member."""


@dataclass
class ContractsService:
    """A running service, and what a test looks at."""

    description: bytes
    base_url: str = ""
    digests: int = 0
    texts: int = 0
    unfit: list[str] = field(default_factory=list)
    """Requests and answers that its schema refuses."""
    _nonces: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        inner = next(etree.fromstring(self.description).iter("{*}schema"))
        # Written out and read again, so that it declares the prefixes of what was around it.
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(inner)))

    def answer(self, body: bytes, action: str) -> tuple[int, bytes]:
        """Return the status and the answer of a request."""
        envelope = etree.fromstring(body)
        if not self._is_signed(envelope):
            return _fault("wsse:FailedAuthentication", f"{USER} is not known")
        (request,) = next(envelope.iter(f"{{{_SOAP}}}Body"))
        self._check(request)
        operations: Mapping[str, Callable[[etree._Element], str]] = {
            f'"{NAMESPACE}:Version"': lambda _: _VERSION,
            f'"{NAMESPACE}:ListContracts"': _contracts,
        }
        try:
            response = operations[action](request)
        except KeyError as error:
            return _fault("s:Server.UnknownMember", f"no member {error}")
        except OSError as error:
            return _fault("s:Server", str(error))
        self._check(etree.fromstring(response))
        return 200, _envelope(response)

    def _check(self, element: etree._Element) -> None:
        if not self._schema.validate(etree.fromstring(etree.tostring(element))):
            self.unfit.append(str(self._schema.error_log))

    def _is_signed(self, envelope: etree._Element) -> bool:
        """Check the token of WS-Security, in clear or as a digest; a number used once comes once."""
        user = envelope.findtext(f".//{{{_WSSE}}}Username")
        told = envelope.find(f".//{{{_WSSE}}}Password")
        if told is None or user != USER:
            return False
        if told.get("Type", "").endswith("#PasswordText"):
            self.texts += 1
            return told.text == PASSWORD
        self.digests += 1
        nonce = envelope.findtext(f".//{{{_WSSE}}}Nonce") or ""
        created = envelope.findtext(f".//{{{_WSU}}}Created") or ""
        fresh = nonce not in self._nonces
        self._nonces.add(nonce)
        mixed = base64.b64decode(nonce) + created.encode() + PASSWORD.encode()
        expected = base64.b64encode(hashlib.sha1(mixed).digest()).decode()  # noqa: S324 - as the profile says
        return fresh and told.text == expected


def _contracts(request: etree._Element) -> str:
    member = request.findtext(f"{{{NAMESPACE}}}member") or ""
    if member == BROKEN:
        raise OSError(f"no connection to the base of {HELENE}")
    holder, contracts = _KNOWN[member]
    rows = "".join(
        f"<contract><number>{number}</number><plan>{escape(PLAN)}</plan>"
        f"<since>2020-01-01</since><state>{state}</state></contract>"
        for number, state in contracts
    )
    told = f"<holder>{holder}</holder><contracts>{rows}</contracts>"
    return f"<ListContracts{_RESPONSE}{told}</ListContractsResponse>"


def _fault(code: str, words: str) -> tuple[int, bytes]:
    told = f"<faultcode>{code}</faultcode><faultstring>{escape(words)}</faultstring>"
    return 500, _envelope(f"<s:Fault>{told}</s:Fault>")


def _envelope(body: str) -> bytes:
    namespaces = f'xmlns:s="{_SOAP}" xmlns:wsse="{_WSSE}"'
    return f"<s:Envelope {namespaces}><s:Body>{body}</s:Body></s:Envelope>".encode()


@contextmanager
def contracts_service() -> Iterator[ContractsService]:
    """Run the service on a port of its choice."""
    service = ContractsService((Path(__file__).parent / "wsdl" / "contrats.wsdl").read_bytes())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, service.description)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(*service.answer(body, self.headers.get("SOAPAction", "")))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.base_url = f"http://127.0.0.1:{server.server_address[1]}"
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        try:
            yield service
        finally:
            server.shutdown()
            serving.join()
