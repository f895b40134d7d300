"""A tool that acts in a process of its own, dies where it is told to, and has an outside ledger.

    python outbox_tool.py PORT LEDGER IDEMPOTENCY DEATH

The ledger has one line for each effect ("command person number"), on disk before the tool answers. DEATH is a
file: while it exists its first word says where the next action kills the process: `before` it was read,
`after` its effect, in the `middle` of the answer; `restore` removes it. Standard library only.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path


class Tool:
    """Does what it is asked, each time it is asked, unless its kind of idempotency says otherwise."""

    def __init__(self, ledger: Path, idempotency: str, death: Path) -> None:
        self.ledger = ledger
        self.idempotency = idempotency
        self.death = death

    def effects(self) -> list[str]:
        """Return the commands that took effect, in order."""
        text = self.ledger.read_text() if self.ledger.exists() else ""
        return [line.split()[0] for line in text.splitlines()]

    def dies(self, step: str) -> bool:
        """Say whether this is the step to die at; each death is died once."""
        try:
            wanted = self.death.read_text().strip()
        except FileNotFoundError:
            return False
        if wanted != step:
            return False
        self.death.unlink()
        return True

    def take_effect(self, command: str, person: str, number: int) -> None:
        """Write one effect, durably."""
        with self.ledger.open("a") as stream:
            stream.write(f"{command} {person} {number}\n")
            stream.flush()
            os.fsync(stream.fileno())

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # Whoever asked has died: its business.
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = (await reader.readline()).decode().split()
        length = 0
        while line := (await reader.readline()).strip():
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        body = await reader.readexactly(length)
        if not request:
            return  # Whoever connected has died before it asked.
        if request[0] == "GET":
            known = request[1].rpartition("/")[2] in self.effects()
            await respond(writer, 200 if known else 404, {"known": known})
            return
        if self.dies("before"):
            die()
        await self._act(json.loads(body), writer)

    async def _act(self, asked: dict[str, str], writer: asyncio.StreamWriter) -> None:
        again = asked["command"] in self.effects()
        if again and self.idempotency == "client_id":
            await respond(writer, 409, {"done": False})
            return
        if not (again and self.idempotency == "key"):
            self.take_effect(asked["command"], asked["person"], int(asked["number"]))
        if self.dies("after"):
            die()
        await respond(writer, 200, {"done": True}, half=self.dies("middle"))


async def respond(
    writer: asyncio.StreamWriter, status: int, body: dict[str, bool], *, half: bool = False
) -> None:
    """Write an answer, or its first half and nothing ever after."""
    payload = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(payload)}\r\nConnection: close\r\n\r\n".encode()
    whole = head + payload
    writer.write(whole[: len(whole) // 2] if half else whole)
    await writer.drain()
    if half:
        die()


def die() -> None:
    """End this process as a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    """Serve until killed."""
    port, ledger, idempotency, death = sys.argv[1:]
    tool = Tool(Path(ledger), idempotency, Path(death))
    server = await asyncio.start_server(tool.serve, "127.0.0.1", int(port), reuse_address=True)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
