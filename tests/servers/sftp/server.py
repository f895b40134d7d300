"""A real SFTP server on loopback: asyncssh's own, on a real folder, that a test may make fail."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

USER, PASSWORD = "avise", "canary-pass-7731"


@dataclass
class SftpTool:
    """The server: where it is, and how it misbehaves."""

    folder: Path
    port: int = 0
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    client_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    drops: int = 0
    """Connections to cut, each in the middle of a file."""
    denied: str = ""
    """What the account may not do: "list" or "open"."""
    reads: list[tuple[int, int]] = field(default_factory=list)
    """Offset and size of what was read."""
    connections: int = 0

    @property
    def host_key(self) -> str:
        """The public key, as a connector file pins it."""
        return self.key.export_public_key().decode().strip()

    @property
    def private_key(self) -> str:
        """The account's key."""
        return self.client_key.export_private_key().decode()


class _Account(asyncssh.SSHServer):
    def __init__(self, tool: SftpTool) -> None:
        self._tool = tool
        tool.connections += 1

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connection = conn

    def begin_auth(self, username: str) -> bool:
        del username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key == self._tool.client_key.convert_to_public()


@asynccontextmanager
async def sftp_tool(folder: Path, port: int = 0) -> AsyncIterator[SftpTool]:
    """Serve a folder for the time of the block, on a free port unless told."""
    tool = SftpTool(folder)

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=os.fsencode(folder))

        def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            if tool.denied == "list":
                raise asyncssh.SFTPPermissionDenied("not for you")
            return super().scandir(path)

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if tool.denied == "open":
                raise asyncssh.SFTPPermissionDenied("not for you")
            return super().open(path, pflags, attrs)

        def read(self, file_obj: object, offset: int, size: int) -> bytes:
            if tool.drops and offset > 0:
                tool.drops -= 1
                self.channel.get_connection().abort()
                raise asyncssh.SFTPConnectionLost("cut")
            tool.reads.append((offset, size))
            found: bytes = super().read(file_obj, offset, size)  # type: ignore[assignment]
            return found

    server = await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[tool.key],
        server_factory=lambda: _Account(tool),
        sftp_factory=Files,
    )
    tool.port = server.get_port()
    try:
        yield tool
    finally:
        server.close()
        await server.wait_closed()
