"""What became of a message after it was handed over: notices that others leave beside what they send.

Two forms, in the folder `notices` of the spool: a JSON of whoever sends text messages and letters, or a
delivery status notification of a mail server (RFC 3464), as its mailbox holds it. A notice is believed for
what it says of one message, whose identifier it names; nothing of its words is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.policy
import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import BytesParser, HeaderParser
from pathlib import Path

from avise.models.outgoing import MessageId

FOLDER = "notices"
"""Of the spool."""

MAX_BYTES = 512 * 1024
Mark = tuple[int, int]
"""Size and time of a file."""

NOT_DELIVERED = "not_delivered"
REASONS = frozenset({"unknown_recipient", "mailbox_full", "content_refused", NOT_DELIVERED})
"""Why a message came back. Sentence: catalogue key `message.reason.<reason>`."""

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_MESSAGE_ID = re.compile(r"<([0-9a-fA-F-]{36})@[^<>@\s]{1,255}>", re.ASCII)
_WHY = (("5.1.", "unknown_recipient"), ("5.2.2", "mailbox_full"), ("5.6.", "content_refused"),
        ("5.7.", "content_refused"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody says of one message."""

    message: MessageId
    delivered: bool
    reason: str = ""
    """Why it was not, one of `REASONS`."""
    detail: str = ""
    """The mail server's own code ("5.1.1")."""


class NoticeFolder:
    """Reads notices; those of other workstations stay where they are.

    Args:
        folder: where they are left; need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "avise-notices")
        self._seen: dict[Path, Mark] = {}
        """Files that say nothing of a message of here."""

    async def read(self) -> tuple[tuple[Path, Notice], ...]:
        """Return the notices that were not there before, each with its file."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._read)

    async def put_away(self, path: Path) -> None:
        """Delete the file of a notice that was taken."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _delete, path)

    async def leave(self, path: Path) -> None:
        """Leave the file of a notice of no message of here, and read it no more."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._leave, path)

    async def aclose(self) -> None:
        """End the thread."""
        await asyncio.to_thread(self._thread.shutdown)

    # ---- on the thread -------------------------------------------------------------------------
    def _read(self) -> tuple[tuple[Path, Notice], ...]:
        found, there = [], dict(self._files())
        self._seen = {path: mark for path, mark in self._seen.items() if there.get(path) == mark}
        for path, mark in there.items():
            if path in self._seen:
                continue
            notice = _notice_in(path)
            if notice is None:
                self._seen[path] = mark
            else:
                found.append((path, notice))
        return tuple(found)

    def _leave(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            self._seen[path] = _mark(path)

    def _files(self) -> Iterator[tuple[Path, Mark]]:
        try:
            names = sorted(path for path in self._folder.iterdir() if path.suffix in {".json", ".eml"})
        except OSError:
            return
        for path in names:
            with contextlib.suppress(OSError):
                mark = _mark(path)
                if mark[0] <= MAX_BYTES:
                    yield path, mark


def _mark(path: Path) -> Mark:
    told = path.stat()
    return told.st_size, told.st_mtime_ns


def _notice_in(path: Path) -> Notice | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return spool_notice(content) if path.suffix == ".json" else mail_notice(content)


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def spool_notice(content: bytes) -> Notice | None:
    """Read {"id", "status": "delivered" | "failed", "reason"}; None when it says nothing sound."""
    try:
        told = json.loads(content)
        message = uuid.UUID(told["id"])
        status = told["status"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if status not in ("delivered", "failed"):
        return None
    why = told.get("reason")
    reason = why if isinstance(why, str) and why in REASONS else NOT_DELIVERED
    return Notice(message, status == "delivered", "" if status == "delivered" else reason)


def mail_notice(content: bytes) -> Notice | None:
    """Read a delivery status notification; None when it is none, or only tells of a delay."""
    try:
        report = BytesParser(_class=EmailMessage, policy=email.policy.compat32).parsebytes(content)
        parts = list(report.walk())
    except (ValueError, LookupError, RecursionError):
        return None
    message = next(filter(None, map(_original, parts)), None)
    fields = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if message is None or fields is None:
        return None
    return _of_recipient(message, fields)


def _of_recipient(message: MessageId, fields: Message) -> Notice | None:
    """Return what the fields of the one recipient say: a message of ours has no other."""
    blocks = fields.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if not isinstance(block, Message):
            continue
        action = str(block.get("Action", "")).strip().lower()
        found = _STATUS.search(str(block.get("Status", "")))
        detail = found.group() if found is not None else ""
        if action == "delivered":
            return Notice(message, delivered=True, detail=detail)
        if action == "failed":
            why = next((reason for code, reason in _WHY if detail.startswith(code)), NOT_DELIVERED)
            return Notice(message, delivered=False, reason=why, detail=detail)
    return None


def _original(part: Message) -> MessageId | None:
    """Return the message whose headers a part gives back."""
    if part.get_content_type() not in ("message/rfc822", "text/rfc822-headers"):
        return None
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else payload
    headers = inner if isinstance(inner, Message) else HeaderParser().parsestr(str(inner).lstrip())
    found = _MESSAGE_ID.search(str(headers.get("Message-ID", "")))
    try:
        return uuid.UUID(found.group(1)) if found is not None else None
    except ValueError:
        return None
