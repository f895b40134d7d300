"""Reads the XML answers of WebDAV and CalDAV servers: `207 Multi-Status` (RFC 4918, section 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from lxml import etree

from avise.connectors.contract import ConnectorError, HttpReply
from avise.models.errors import ErrorKind

DAV = "{DAV:}"
XML_TYPE = 'application/xml; charset="utf-8"'
XML_HEADERS = {"Accept": "application/xml, text/xml", "Content-Type": XML_TYPE}

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of an answer."""

    path: str
    """Decoded path of its address."""
    href: str
    """The same as the server wrote it, percent-encoded, without origin."""
    status: int
    """Of the resource as a whole; 200 when the server told one for each property."""
    properties: Mapping[str, etree._Element]
    """Those that the server has, by qualified name ("{DAV:}getetag")."""

    def text(self, name: str) -> str:
        """Return the text of a property, "" when the server has it not."""
        element = self.properties.get(name)
        return "" if element is None else "".join(str(part) for part in element.itertext()).strip()

    @property
    def is_collection(self) -> bool:
        """Whether it is a folder or a calendar."""
        kind = self.properties.get(f"{DAV}resourcetype")
        return kind is not None and kind.find(f"{DAV}collection") is not None


def read_multistatus(reply: HttpReply) -> list[Resource]:
    """Return the resources of an answer, in its order.

    Raises:
        ConnectorError: BAD_DATA when it is no multistatus; AUTH when it is a sign-in page.
    """
    refuse_sign_in_page(reply)
    if reply.status != HTTPStatus.MULTI_STATUS:
        raise ConnectorError(ErrorKind.BAD_DATA, f"status {reply.status} is no multistatus")
    root = _parsed(reply.body)
    if root.tag != f"{DAV}multistatus":
        raise ConnectorError(ErrorKind.BAD_DATA, "XML is no multistatus")
    return [_resource(element) for element in root.iterchildren(f"{DAV}response")]


def refuse_sign_in_page(reply: HttpReply) -> None:
    """Refuse a page that asks for a password, which proxies send with status 200.

    Raises:
        ConnectorError: AUTH.
    """
    page = reply.status == HTTPStatus.OK and reply.content_type in _PAGE_TYPES
    if page and b"password" in reply.body.lower():
        raise ConnectorError(ErrorKind.AUTH, "sign-in page in place of data")


def decoded_path(url: str) -> str:
    """Return the decoded path of an address.

    Raises:
        ConnectorError: BAD_DATA when it cannot be read.
    """
    try:
        return unquote(urlsplit(url).path, errors="strict")
    except ValueError:
        raise ConnectorError(ErrorKind.BAD_DATA, "unreadable address in the answer") from None


def is_directly_in(path: str, folder: str) -> bool:
    """Tell whether a decoded path is that of something directly in a folder, or in a calendar."""
    below = path.removeprefix(f"{folder.rstrip('/')}/")
    return below != path and bool(below) and "/" not in below.rstrip("/") and below not in {".", ".."}


def _parsed(body: bytes) -> etree._Element:
    # No entity is resolved and nothing is fetched: an answer must not read our files.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise ConnectorError(ErrorKind.BAD_DATA, "not XML") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise ConnectorError(ErrorKind.BAD_DATA, "XML with a document type")
    return root


def _resource(element: etree._Element) -> Resource:
    written = (element.findtext(f"{DAV}href") or "").strip()
    if not written:
        raise ConnectorError(ErrorKind.BAD_DATA, "response without an address")
    told = element.find(f"{DAV}status")
    properties: dict[str, etree._Element] = {}
    for group in element.iterchildren(f"{DAV}propstat"):
        found = group.find(f"{DAV}prop")
        if found is not None and _status(group.findtext(f"{DAV}status")) == HTTPStatus.OK:
            properties |= {str(child.tag): child for child in found.iterchildren(etree.Element)}
    return Resource(
        path=decoded_path(written),
        href=urlsplit(written).path,
        status=HTTPStatus.OK if told is None else _status(told.text),
        properties=properties,
    )


def _status(line: str | None) -> int:
    """Return the code of "HTTP/1.1 200 OK"."""
    words = (line or "").split()
    if len(words) < 2 or not words[1].isascii() or not words[1].isdigit():
        raise ConnectorError(ErrorKind.BAD_DATA, "response without a status")
    return int(words[1])
