"""One service as its description has it: requests written, answers read; the library calls nobody."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import zeep
from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, XMLParseError
from zeep.helpers import serialize_object
from zeep.wsdl.attachments import MessagePack
from zeep.wsdl.bindings.soap import Soap12Binding, SoapBinding
from zeep.wsdl.messages import DocumentMessage
from zeep.wsse.username import UsernameToken

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.soap.description import Description, unfit
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

_UNREADABLE = (
    ZeepError, ValueError, LookupError, AttributeError, TypeError, RecursionError, etree.LxmlError,
)  # fmt: skip
"""What the library raises on a description, or on an answer, that is not what it takes it for."""
_SPEAKS = frozenset({HTTPStatus.OK, HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR})
"""Statuses of an answer, or of a fault (SOAP 1.1, 6.2; SOAP 1.2 part 2, 7.5.2.2)."""
ACCEPT = "text/xml, application/soap+xml, application/xml, multipart/related"
_XML = frozenset({"text/xml", "application/soap+xml", "application/xml", "multipart/related"})


@dataclass(frozen=True, slots=True)
class Message:
    """A request, ready to be sent."""

    body: bytes
    headers: Mapping[str, str]


class Service:
    """A port of a service.

    Args:
        description: with everything that it imports.
        service: its name, None for the first.
        port: its name, None for the first.

    Raises:
        ConnectorError: CONFIG when the description cannot be read, or has no such port.
    """

    def __init__(self, description: Description, service: str | None, port: str | None) -> None:
        # Nothing is forbidden twice: the documents are at hand, and no other can be had.
        settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, force_https=False)
        try:
            self._client = zeep.Client(  # type: ignore[no-untyped-call]  # the library has no types
                description.root,
                transport=_Gathered(description.documents),
                settings=settings,
                plugins=[_RefusesOthers()],
            )
            found = _named(self._client.wsdl.services, service)
            self._binding = _named(found.ports, port).binding
        except _UNREADABLE:
            raise unfit("it cannot be read") from None
        if not isinstance(self._binding, SoapBinding):
            raise unfit("no such port speaks SOAP")

    def message(
        self, operation: str, arguments: Mapping[str, JSON], token: UsernameToken | None = None
    ) -> Message:
        """Return the request of an operation.

        Args:
            operation: its name.
            arguments: its elements.
            token: who asks, in the header of the message.

        Raises:
            ConnectorError: CONFIG for an operation that there is none of, BUG for arguments that do not fit.
        """
        known = self._operation(operation)
        try:
            envelope = known.create(**arguments).content
            if token is not None:
                envelope, _ = token.apply(envelope, {})  # type: ignore[no-untyped-call]  # see above
        except (ZeepError, ValueError, LookupError, AttributeError, TypeError, OverflowError):
            detail = f"arguments of {operation} do not fit"
            raise ConnectorError(ErrorKind.BUG, detail, origin=Origin.CONNECTOR) from None
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        action = known.soapaction or ""
        if isinstance(self._binding, Soap12Binding):
            return Message(body, {"Content-Type": f'application/soap+xml; charset=utf-8; action="{action}"'})
        return Message(body, {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'})

    def answer(self, operation: str, reply: HttpReply) -> object:
        """Return the answer of an operation as plain values, without a float.

        An element that is alone in its answer is taken off, and so is what holds nothing but it.

        Raises:
            Fault: told by the service.
            ConnectorError: BAD_DATA for what is no answer of the description.
        """
        known = self._operation(operation)
        if reply.content_type not in _XML:
            raise ConnectorError(ErrorKind.BAD_DATA, f"no SOAP answer ({reply.content_type})")
        try:
            found = self._binding.process_reply(self._client, known, _Received(reply))
            root = found.root if isinstance(found, MessagePack) else found
            return _plain(serialize_object(root, dict))  # type: ignore[no-untyped-call]  # see above
        except Fault:
            raise
        except _UNREADABLE:
            raise ConnectorError(ErrorKind.BAD_DATA, "no SOAP answer of this operation") from None

    def _operation(self, name: str) -> Any:  # noqa: ANN401 - the library has no types
        try:
            return self._binding.get(name)
        except (ValueError, LookupError, ZeepError):
            raise unfit(f"no operation {name}") from None


def may_speak(reply: HttpReply) -> bool:
    """Tell whether a reply is an answer or a fault, whatever its status says."""
    return reply.status in _SPEAKS and reply.content_type in _XML


class _RefusesOthers(zeep.Plugin):
    """Refuses an answer of another operation, which the library would take for one without content."""

    def ingress(
        self,
        envelope: etree._Element,
        http_headers: Mapping[str, str],
        operation: Any,  # noqa: ANN401 - the library has no types
    ) -> tuple[etree._Element, Mapping[str, str]]:
        """Look at the name of what is in the body; XMLParseError when it is not the operation's."""
        namespace = operation.nsmap["soap-env"]
        body = envelope.find(f"{{{namespace}}}Body")
        told = next(body.iterchildren(tag=etree.Element), None) if body is not None else None
        expected = getattr(operation.output.body, "qname", None)
        if told is None or expected is None or not isinstance(operation.output, DocumentMessage):
            return envelope, http_headers
        if told.tag not in {f"{{{namespace}}}Fault", expected.text} and expected.localname != "Body":
            raise XMLParseError("another element in the body")  # type: ignore[no-untyped-call]  # see above
        return envelope, http_headers


class _Gathered:
    """Gives the documents that were gathered, where the library expects somebody who fetches."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = documents

    def load(self, url: str) -> bytes:
        """Return a document; ValueError for one that was not gathered."""
        found = self._documents.get(url)
        if found is None:
            raise ValueError("not gathered")
        return found


class _Received:
    """A reply as the library reads one."""

    def __init__(self, reply: HttpReply) -> None:
        self.status_code = reply.status
        self.content = reply.body
        self.encoding = reply.charset
        self.headers = {"Content-Type": reply.headers.get("content-type", reply.content_type)}


def _named(things: Mapping[str, Any], name: str | None) -> Any:  # noqa: ANN401 - the library has no types
    return next(iter(things.values())) if name is None else things[name]


def _plain(value: object) -> object:
    """Return a value of the library as those of JSON, decimals and dates as the mapping reads them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value if value is None or isinstance(value, str | bool | int | Decimal) else None
