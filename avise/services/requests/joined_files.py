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
