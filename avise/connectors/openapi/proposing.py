"""From a description to a proposed connector file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from avise.connectors.declarative.vocabulary import plain, slug
from avise.connectors.openapi.actions_guess import ActionGuess, guess_actions
from avise.connectors.openapi.description_file import read_description
from avise.connectors.openapi.directory_guess import guess_directory
from avise.connectors.openapi.document import Document, Node
from avise.connectors.openapi.operations import Operation, operations_of, writing_operations_of
from avise.connectors.openapi.readings_guess import ReadingGuess, guess_readings
from avise.connectors.openapi.sign_in_guess import guess_sign_in
from avise.connectors.openapi.timeline_guess import guess_timeline
from avise.connectors.openapi.toml_pieces import one_line
from avise.connectors.openapi.writing import Found, Header, Proposal, written
from avise.models.errors import AviseError
from avise.models.facet_specs import FACETS

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEALTH = ("health", "healthcheck", "ping", "version", "status", "info", "sante", "heartbeat")
_OURS = frozenset({"accept", "authorization", "content-type", "if-none-match", "user-agent"})
"""Headers that the host writes itself."""


def propose_connector(path: Path, facets: Collection[str] = ()) -> Proposal:
    """Return a connector file proposed from an OpenAPI description.

    Args:
        path: the description.
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
    timeline = directory = None
    actions: tuple[ActionGuess, ...] = ()
    if not facets:
        used = {reading.operation.path for reading in readings}
        timeline = guess_timeline(document, operations, header.id, used)
        directory = guess_directory(document, operations, header.id)
        writing = writing_operations_of(document)
        actions = guess_actions(document, writing, header.id, [reading.facet for reading in readings])
    taken = {check, *(one.operation.path for one in (timeline, directory) if one is not None)}
    sign_in = guess_sign_in(document)
    auth_header = sign_in.auth.get("name", "").lower()
    found = Found(
        header,
        sign_in,
        check,
        dict(_headers(readings, auth_header)),
        readings,
        timeline,
        directory,
        actions,
        tuple(one for one in left if one.path not in taken),
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
        address = _with_defaults(document, server).rstrip("/")
        usable = address.startswith(("https://", "http://")) and not {"{", "?", "#", "@"} & set(address)
        if usable and address.isprintable() and " " not in address:
            return address
    return ""


def _with_defaults(document: Document, server: Node) -> str:
    """Return the address of a server with the default of each of its variables."""
    address = _text(server, "url")
    for name, variable in document.followed(server.get("variables")).items():
        default = document.followed(variable).get("default")
        if isinstance(name, str) and isinstance(default, str):
            address = address.replace("{" + name + "}", default)
    return address


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
