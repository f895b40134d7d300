"""Attachments: kept once under a keyed hash of their content, given only through a request."""

from __future__ import annotations

import re
import uuid
import zipfile
from datetime import datetime
from io import BytesIO

from sqlalchemy import Connection

from avise.hub.accesses import log_access
from avise.hub.dialect import Statement, change, row
from avise.hub.moments import microseconds
from avise.hub.port import MAX_BLOB, Actor, HubError
from avise.hub.rights import require_customers, rights_of
from avise.models.requests import request_stream

_NAME = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
"""First bytes of the types that are taken (each type's own specification)."""
_OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""A member of the archive that tells what an Office file is."""
_MACROS = "vbaProject.bin"

_KEPT = Statement("SELECT size, content = :content AS same FROM blob WHERE name = :name")
_KEEP = Statement(
    "INSERT INTO blob (name, size, media, content, login, at)"
    " VALUES (:name, :size, :media, :content, :login, :at) ON CONFLICT (name) DO NOTHING"
)
_USED = Statement(
    "SELECT b.content, r.queue, r.team, r.requester, r.confidential, r.dossier FROM blob b"
    " JOIN blob_use u ON u.name = b.name JOIN request r ON r.stream = u.stream"
    " WHERE b.name = :name AND u.stream = :stream"
)


def media_type(content: bytes) -> str:
    """Return what a file is by its first bytes, never by its name; "" for a type that is not taken."""
    for signature, media in _SIGNATURES:
        if content.startswith(signature):
            return media
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return "text/plain" if _is_text(content) else ""


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.endswith(_MACROS) for name in names):
        return ""
    return next((media for member, media in _OFFICE.items() if member in names), "")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and all(sign >= " " or sign in "\t\r\n\f" for sign in text)


def put_blob(connection: Connection, actor: Actor, name: str, content: bytes, now: datetime) -> None:
    """Keep an attachment; the same again is harmless.

    Raises:
        HubError: `hub.no_right`, `hub.blob_name`, `hub.blob_size`, `hub.blob_type`; `hub.blob_other`,
            the name is taken by another content.
    """
    at = microseconds(now)
    require_customers(rights_of(connection, actor, at))
    if _NAME.fullmatch(name) is None:
        raise HubError("hub.blob_name")
    if not 0 < len(content) <= MAX_BLOB:
        raise HubError("hub.blob_size", most=str(MAX_BLOB // 1024 // 1024))
    media = media_type(content)
    if not media:
        raise HubError("hub.blob_type")
    change(
        connection,
        _KEEP,
        name=name,
        size=len(content),
        media=media,
        content=content,
        login=actor.login,
        at=at,
    )
    kept = row(connection, _KEPT, name=name, content=content)
    if kept is None or not kept.same:
        raise HubError("hub.blob_other")


def get_blob(connection: Connection, actor: Actor, name: str, request: uuid.UUID, now: datetime) -> bytes:
    """Return an attachment of a request that the actor may read; it is logged.

    Raises:
        HubError: `hub.not_found` when there is none, or it is not theirs to read.
    """
    at = microseconds(now)
    rights = rights_of(connection, actor, at)
    require_customers(rights)
    if _NAME.fullmatch(name) is None:
        raise HubError("hub.not_found")
    found = row(connection, _USED, name=name, stream=request_stream(request))
    if found is None or not rights.reads(found.queue, found.team):
        raise HubError("hub.not_found")
    if found.confidential and not rights.reads_queue(found.queue) and found.requester != actor.login:
        raise HubError("hub.not_found")
    log_access(connection, actor, at, "attachment", dossier=found.dossier, request=str(request))
    content: bytes = found.content
    return content
