"""Files of this machine that are joined to a request: what may be, read before anything is written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from avise.hub.blobs import media_type
from avise.hub.port import MAX_BLOB
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.requests import Attachment

MOST_FILES = 10
"""With one act."""

LONGEST_NAME = 120

_SUFFIXES = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt", ".csv"),
}
"""Endings under which each type is written, so that opening it runs nothing; the first is added to others."""
_ELSEWHERE = frozenset('<>:"/\\|?*')
"""Signs that some systems take in a file's name for something else."""


class AttachmentPort(Protocol):
    """Keeps files until the hub has them."""

    def name_of(self, content: bytes, person: PersonId | None) -> str:
        """Return the name of a file of somebody."""

    async def keep(self, blob: str, content: bytes) -> None:
        """Keep a file."""

    async def content(self, blob: str) -> bytes | None:
        """Return a file, None when it is no longer here."""


class JoinedFiles:
    """Reads files, and keeps them.

    Args:
        kept: where.
    """

    def __init__(self, kept: AttachmentPort) -> None:
        self._kept = kept

    async def read(self, paths: Sequence[Path]) -> tuple[tuple[str, bytes, str], ...]:
        """Return the name, content and media type of some files.

        Raises:
            AviseError: `request.file_refused`, `request.file_too_big`, `request.file_unreadable` or
                `request.too_many_files`; their sentences name no file.
        """
        if len(paths) > MOST_FILES:
            raise AviseError("request.too_many_files", most=str(MOST_FILES))
        return tuple([await asyncio.to_thread(_read, path) for path in paths])

    async def keep(
        self, files: Sequence[tuple[str, bytes, str]], person: PersonId | None
    ) -> tuple[Attachment, ...]:
        """Keep files that were read, under their names for somebody."""
        found = []
        for name, content, kind in files:
            blob = await asyncio.to_thread(self._kept.name_of, content, person)
            await self._kept.keep(blob, content)
            found.append(Attachment(blob, name[-LONGEST_NAME:], kind, len(content)))
        return tuple(found)

    async def content(self, blob: str) -> bytes | None:
        """Return a file that is here."""
        return await self._kept.content(blob)


def _read(path: Path) -> tuple[str, bytes, str]:
    try:
        if path.stat().st_size > MAX_BLOB:
            raise AviseError("request.file_too_big", most=str(MAX_BLOB // 1024 // 1024))
        content = path.read_bytes()
    except OSError:
        raise AviseError("request.file_unreadable") from None
    kind = media_type(content)
    if not kind:
        raise AviseError("request.file_refused")
    return path.name, content, kind


def safe_name(name: str, content: bytes) -> str:
    """Return the name under which a file that somebody joined is written on this machine.

    It is one name in one folder, says what the file is by its content, and shows its true ending.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join("_" if sign in _ELSEWHERE else sign for sign in last if sign.isprintable())
    kept = shown.strip(". ")[-LONGEST_NAME:] or "piece"
    endings = _SUFFIXES.get(media_type(content), (".bin",))
    return kept if kept.lower().endswith(endings) else f"{kept}{endings[0]}"
