"""The description of a service (WSDL) with everything that it imports, gathered before it is read.

Whoever reads it then loads nothing by itself: what lies on the network comes through the gateway, from the
service's own origin only; what lies in files comes from the folder of the first. A document type is refused:
with entities, a few lines become gigabytes or hold a file of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from avise.connectors.contract import CallContext, ConnectorError, HttpReply
from avise.connectors.multistatus import refuse_sign_in_page
from avise.models.errors import ErrorKind, Origin

MOST_DOCUMENTS = 100
LARGEST_DOCUMENT = 16 * 1024 * 1024

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_XSD = "{http://www.w3.org/2001/XMLSchema}"
_IMPORTS: Mapping[str, str] = {
    f"{_WSDL}import": "location",
    f"{_XSD}import": "schemaLocation",
    f"{_XSD}include": "schemaLocation",
    f"{_XSD}redefine": "schemaLocation",
}


@dataclass(frozen=True, slots=True)
class Description:
    """A whole description.

    Args:
        root: address of the document to begin with.
        documents: all of them, by address.
    """

    root: str
    documents: Mapping[str, bytes]


async def description_of_service(ctx: CallContext, path: str) -> Description:
    """Return the description that a service gives of itself.

    Raises:
        ConnectorError: BAD_DATA for a description that leads to another origin or is none; what the
            gateway found.
    """
    first = await _fetched(ctx, path)
    root = first.url
    documents = {root: first.body}
    waiting = list(imports_of(first.body, root))
    while waiting:
        address = waiting.pop()
        if address in documents:
            continue
        if len(documents) >= MOST_DOCUMENTS:
            raise unfit("too many documents")
        # Another origin is refused by the gateway.
        reply = await _fetched(ctx, address)
        documents[address] = reply.body
        waiting += imports_of(reply.body, address)
    return Description(root, documents)


async def _fetched(ctx: CallContext, address: str) -> HttpReply:
    reply = await ctx.http.request("GET", address, headers={"Accept": "*/*"}, template="/{wsdl}")
    refuse_sign_in_page(reply)
    return reply


def description_of_file(path: Path) -> Description:
    """Return the description in a file; reads files.

    Raises:
        ConnectorError: CONFIG when a file is not there, is none, or leads out of its folder.
    """
    folder = path.resolve().parent
    root = path.resolve().as_uri()
    documents: dict[str, bytes] = {}
    waiting = [root]
    while waiting:
        address = waiting.pop()
        if address in documents:
            continue
        if len(documents) >= MOST_DOCUMENTS:
            raise unfit("too many documents")
        documents[address] = _read(address, folder)
        waiting += imports_of(documents[address], address)
    return Description(root, documents)


def imports_of(document: bytes, address: str) -> Iterator[str]:
    """Yield the addresses of what a document imports.

    Raises:
        ConnectorError: CONFIG for what is no XML, or has a document type.
    """
    for element in _parsed(document).iter(*_IMPORTS):
        location = element.get(_IMPORTS[str(element.tag)])
        if location:
            yield urljoin(address, location)


def _parsed(document: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        raise unfit("no XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise unfit("a document type in it")
    return root


def _read(address: str, folder: Path) -> bytes:
    parts = urlsplit(address)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or not path.is_relative_to(folder):
        raise unfit("it leads out of its folder")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_DOCUMENT + 1)
    except OSError:
        raise unfit("a file is not there") from None
    if len(content) > LARGEST_DOCUMENT:
        raise unfit("too large")
    return content


def unfit(detail: str) -> ConnectorError:
    """Return the error of a description that cannot be used."""
    return ConnectorError(ErrorKind.CONFIG, f"description of the service: {detail}", origin=Origin.CONNECTOR)
