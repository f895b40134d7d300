"""One folder of a WebDAV store, as its server lists it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from lxml import etree

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.multistatus import DAV, Resource, decoded_path, is_directly_in, read_multistatus
from avise.connectors.row_mapping import Row
from avise.models.errors import ErrorKind

_STANDARD = {
    "title": f"{DAV}displayname",
    "size": f"{DAV}getcontentlength",
    "media_type": f"{DAV}getcontenttype",
    "modified": f"{DAV}getlastmodified",
    "etag": f"{DAV}getetag",
}
CUT_BY_THE_STORE = "source_limit"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder and the files directly in it."""

    own: Row
    """Properties of the folder itself."""
    files: tuple[Row, ...]
    unreadable: int
    """Files that the store could not describe."""
    truncated_because: str
    """"source_limit" when the store says that it lists a part only (507, RFC 4918, section 11.5)."""


def propfind_body(properties: Mapping[str, str]) -> bytes:
    """Return the request that asks for the standard properties and for these."""
    root = etree.Element(f"{DAV}propfind", nsmap={"d": "DAV:"})
    wanted = etree.SubElement(root, f"{DAV}prop")
    for name in dict.fromkeys([f"{DAV}resourcetype", *_STANDARD.values(), *properties.values()]):
        etree.SubElement(wanted, name)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def read_folder(reply: HttpReply, asked: str, properties: Mapping[str, str]) -> Folder:
    """Read the answer to a PROPFIND of depth 1.

    Args:
        reply: of the store.
        asked: the path asked for, below the base address.
        properties: name in a row → property.

    Raises:
        ConnectorError: BAD_DATA when the answer is not about that folder: an answer without the folder
            itself must not pass for an empty folder, and a file of elsewhere is somebody else's.
    """
    resources = read_multistatus(reply)
    own_path = decoded_path(reply.url)
    prefix = own_path.rstrip("/").removesuffix(decoded_path(asked).rstrip("/"))
    own, files, cut, unreadable = None, [], "", 0
    for resource in resources:
        if resource.path.rstrip("/") == own_path.rstrip("/"):
            if resource.status == HTTPStatus.INSUFFICIENT_STORAGE:
                cut = CUT_BY_THE_STORE
            else:
                own = resource
        elif not is_directly_in(resource.path, own_path):
            raise ConnectorError(ErrorKind.BAD_DATA, "a file of another folder in the answer")
        elif resource.status == HTTPStatus.NOT_FOUND or resource.is_collection:
            continue  # gone meanwhile, or a folder of the folder
        elif resource.status != HTTPStatus.OK:
            unreadable += 1
        else:
            files.append(_row(resource, prefix, properties))
    if own is None or not own.is_collection:
        raise ConnectorError(ErrorKind.BAD_DATA, "the folder is not in its own answer")
    return Folder(_row(own, prefix, properties), tuple(files), unreadable, cut)


def _row(resource: Resource, prefix: str, properties: Mapping[str, str]) -> Row:
    named = {**_STANDARD, **properties}
    row: dict[str, object] = {name: resource.text(prop) for name, prop in named.items()}
    row["ref"] = resource.path.removeprefix(prefix)
    row["name"] = resource.path.rstrip("/").rpartition("/")[2]
    row["media_type"] = str(row["media_type"]).partition(";")[0].strip().lower()
    row["modified"] = _moment(resource.text(_STANDARD["modified"]))
    return row


def _moment(text: str) -> str:
    """Return an HTTP date in ISO 8601, "" when there is none that can be read."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return ""
    return moment.isoformat() if moment.tzinfo is not None else ""
