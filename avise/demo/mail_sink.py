"""A mail server for demonstrations: takes every message on the loopback and writes it as an .eml file.

    async with MailSink.start(folder) as sink:
        sink.port

Speaks the part of SMTP that senders use (RFC 5321): EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT. Nothing it
takes goes anywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

HOST = "127.0.0.1"
MAX_MESSAGE = 1_000_000
"""Bytes of one message."""

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


class MailSink:
    """Takes messages and keeps them as files.

    Args:
        folder: where they are written; created when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._lines: set[asyncio.Task[None]] = set()

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, folder: Path) -> AsyncIterator[MailSink]:
        """Take messages for the time of the block."""
        sink = cls(folder)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        server = await asyncio.start_server(sink.serve, HOST, 0, limit=MAX_MESSAGE)
        sink.port = server.sockets[0].getsockname()[1]
        try:
            yield sink
        finally:
            server.close()
            for line in sink._lines:
                line.cancel()
            await asyncio.gather(*sink._lines, return_exceptions=True)
            await server.wait_closed()

    async def serve(self, reader: Reader, writer: Writer) -> None:
        """Speak with one sender."""
        task = asyncio.current_task()
        if task is not None:
            self._lines.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.LimitOverrunError, ValueError):
                await self._talk(reader, writer)
        finally:
            if task is not None:
                self._lines.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _talk(self, reader: Reader, writer: Writer) -> None:
        await say(writer, "220 sink ready")
        while line := await reader.readline():
            verb = line.split(b" ", 1)[0].strip().upper()
            if verb == b"DATA":
                await self.take(reader, writer)
                continue
            await self.answer(verb, line, writer)
            if verb == b"QUIT":
                return

    async def answer(self, verb: bytes, line: bytes, writer: Writer) -> None:
        """Answer any command but DATA."""
        del line
        answers = {
            b"EHLO": "250 sink", b"HELO": "250 sink", b"MAIL": "250 ok", b"RCPT": "250 ok", b"RSET": "250 ok",
            b"NOOP": "250 ok", b"QUIT": "221 bye",
        }  # fmt: skip
        await say(writer, answers.get(verb, "502 not here"))

    async def take(self, reader: Reader, writer: Writer) -> None:
        """Take one message and keep it."""
        await say(writer, "354 go on")
        self.keep(await content(reader))
        await say(writer, "250 kept")

    def keep(self, message: bytes) -> None:
        """Write a message under a name that says nothing."""
        path = self.folder / f"{secrets.token_hex(8)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(message)

    def messages(self) -> list[bytes]:
        """Return the messages kept, in no order."""
        return [path.read_bytes() for path in self.folder.glob("*.eml")]


async def content(reader: Reader) -> bytes:
    """Return a message up to its final dot, dots undoubled; empty when the sender left before."""
    lines = []
    while (line := await reader.readline()) not in (b".\r\n", b""):
        lines.append(line[1:] if line.startswith(b".") else line)
    if not line:
        raise ConnectionResetError
    return b"".join(lines)


async def say(writer: Writer, answer: str) -> None:
    """Send one answer."""
    writer.write(answer.encode("ascii") + b"\r\n")
    await writer.drain()
