"""Mail servers that misbehave in every way that matters to who sends."""

from __future__ import annotations

import asyncio
from pathlib import Path

from avise.demo.mail_sink import MailSink, Reader, Writer, content, say


class FaultyMail(MailSink):
    """A sink that refuses, drops or answers nonsense where it is told to.

    Args:
        folder: where messages are written.
        answers: what is said instead, by command ("MAIL": "451 later"); "dot" is the answer to a whole
            message. "drop" closes the line there instead of answering, "" says nothing at all.
    """

    def __init__(self, folder: Path, answers: dict[str, str] | None = None) -> None:
        super().__init__(folder)
        self.answers = answers or {}
        self.commands: list[bytes] = []

    async def answer(self, verb: bytes, line: bytes, writer: Writer) -> None:
        """Answer as told."""
        self.commands.append(line)
        await self._say_or(verb.decode("ascii", "replace"), writer, line)

    async def _say_or(self, name: str, writer: Writer, line: bytes) -> None:
        told = self.answers.get(name)
        if told is None:
            await super().answer(name.encode(), line, writer)
        elif told == "drop":
            writer.transport.abort()
            raise ConnectionResetError
        elif told:
            await say(writer, told)
        else:
            await asyncio.Event().wait()

    async def take(self, reader: Reader, writer: Writer) -> None:
        """Take one message as told."""
        if "DATA" in self.answers:
            await self._say_or("DATA", writer, b"")
            return
        await say(writer, "354 go on")
        message = await content(reader)
        self.keep(message)
        await self._say_or("dot", writer, b"") if "dot" in self.answers else await say(writer, "250 kept")
