"""From a description to a proposed connector file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from avise.connectors.declarative.vocabulary import plain, slug
from avise.connectors.openapi.document import Document, read_description
from avise.connectors.openapi.operations import Operation, operations_of
from avise.connectors.openapi.readings_guess import ReadingGuess, guess_readings
from avise.connectors.openapi.sign_in_guess import guess_sign_in
from avise.connectors.openapi.writing import Found, Header, Proposal, one_line, written
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEALTH = ("health", "healthcheck", "ping", "version", "status", "info", "sante", "heartbeat")
_OURS = frozenset({"accept", "authorization", "content-type", "if-none-match", "user-agent"})
"""Headers that the host writes itself."""


def propose_connector(path: Path, facets: Collection[str] = ()) -> Proposal:
    """Return a connector file proposed from an OpenAPI description.

    Args:
        path: the description, in JSON.
        facets: the only ones to propose; all when empty.

    Raises:
        AviseError: `connector_new.…`: the file cannot be used, or a facet does not exist.
    """
    unknown = [facet for facet in facets if facet not in FACETS]
    if unknown:
        raise AviseError("connector_new.no_facet", facet=unknown[0], facets=", ".join(FACETS))
    document = read_description(path)
    operations = operations_of(document)
    header = _header(document, path)
    readings, left = guess_readings(document, operations, header.id, tuple(facets))
    check = _check(operations)
    sign_in = guess_sign_in(document)
    auth_header = sign_in.auth.get("name", "").lower()
    found = Found(
        header,
        sign_in,
        check,
        dict(_headers(readings, auth_header)),
        readings,
        tuple(one for one in left if one.path != check),
        sorted(document.outside),
    )
    return written(found)


def _header(document: Document, path: Path) -> Header:
    info = document.table("info")
    title = one_line(_text(info, "title")) or path.stem
    contact = document.followed(info.get("contact"))
    version = _text(info, "version")
    return Header(
        id=slug(title, "mon_outil"),
        name=title,
        version=version if _VERSION.fullmatch(version) else "1.0.0",
        owner=one_line(_text(contact, "name")),
        support=one_line(_text(contact, "email")),
        source=f"{title} {version}".strip(),
        address=_address(document),
    )


def _text(table: Mapping[str, object], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _address(document: Document) -> str:
    for server in document.each(document.root.get("servers")):
        address = _text(server, "url").rstrip("/")
        usable = address.startswith(("https://", "http://")) and not {"{", "?", "#", "@"} & set(address)
        if usable and address.isprintable() and " " not in address:
            return address
    return ""


def _check(operations: Collection[Operation]) -> str:
    """Return the path of a cheap request without a customer."""
    for operation in operations:
        free = not any(one.required or one.place == "path" for one in operation.parameters)
        if (
            free
            and plain(operation.literal()).lower() in _HEALTH
            and not {"{", "}", "?", "#"} & set(operation.path)
        ):
            return operation.path
    return ""


def _headers(readings: Collection[ReadingGuess], auth_header: str) -> Iterator[tuple[str, str]]:
    """Yield the headers that readings want, each with the config value that fills it."""
    for reading in readings:
        for one in reading.operation.in_place("header"):
            if one.required and one.name.lower() not in {*_OURS, auth_header}:
                yield one.name, slug(one.name, "header")
