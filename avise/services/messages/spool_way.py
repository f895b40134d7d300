"""Leaves text messages and letters in a folder, for those who send or print them.

One file a message, whole or absent, readable by its owner alone, named by the message's own identifier:
nothing of a person is in a file's name.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from avise.models.outgoing import LetterPage, MessageContent, OutgoingMessage
from avise.services.messages.letter_pdf import Letterhead, letter_pages, letter_pdf
from avise.services.messages.ways import SENT, Delivery, Outcome

PRIVATE = 0o600


class SmsWay:
    """Leaves text messages as JSON: {"id", "from", "to", "text", "created_at"}.

    Args:
        folder: where they are taken from; created when missing.
        mutual: the name that writes.
    """

    def __init__(self, folder: Path, mutual: str) -> None:
        self._folder = folder
        self._mutual = mutual
        self._thread = ThreadPoolExecutor(1, "avise-sms")

    async def deliver(self, message: OutgoingMessage, content: MessageContent, now: datetime) -> Delivery:
        """Leave a text message in the folder."""
        written = json.dumps(
            {
                "id": str(message.id),
                "from": self._mutual,
                "to": content.recipient,
                "text": content.body,
                "created_at": now.isoformat(),
            },
            ensure_ascii=False,
            indent=1,
        )
        path = self._folder / f"sms-{message.id}.json"
        return await _left(self._thread, path, written.encode("utf-8"))

    async def aclose(self) -> None:
        """End the thread."""
        await asyncio.to_thread(self._thread.shutdown)


class LetterWay:
    """Leaves letters as PDF, addressed for a window envelope.

    Args:
        folder: where they are taken from; created when missing.
        letterhead: who writes.
    """

    def __init__(self, folder: Path, letterhead: Letterhead) -> None:
        self._folder = folder
        self._letterhead = letterhead
        self._thread = ThreadPoolExecutor(1, "avise-letters")

    async def pages(self, content: MessageContent, language: str, now: datetime) -> tuple[LetterPage, ...]:
        """Return a letter as it would be printed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._thread, letter_pages, self._letterhead, content, language, now
        )

    async def deliver(self, message: OutgoingMessage, content: MessageContent, now: datetime) -> Delivery:
        """Leave a letter in the folder."""
        loop = asyncio.get_running_loop()
        written = await loop.run_in_executor(
            self._thread, letter_pdf, self._letterhead, content, message.language, now
        )
        return await _left(self._thread, self._folder / f"letter-{message.id}.pdf", written)

    async def aclose(self) -> None:
        """End the thread."""
        await asyncio.to_thread(self._thread.shutdown)


async def _left(thread: ThreadPoolExecutor, path: Path, content: bytes) -> Delivery:
    try:
        await asyncio.shield(asyncio.wrap_future(thread.submit(_write, path, content)))
    except OSError:
        # The file stands under its name only once it is whole: nothing was left.
        return Delivery(Outcome.NOT_YET, "spool_unwritable")
    return SENT


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise
