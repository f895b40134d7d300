"""One server, reached by a key that somebody wrote down beforehand: listed and read, never written to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from stat import S_ISREG
from typing import Any

import asyncssh

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

CONNECT_S = 3.0
"""As for HTTP (`connectors.md` C8)."""
SIGN_IN_S = 5.0
ANSWER_S = 8.0
"""For one listing or one piece of a file."""
KEEPALIVE_S = 15

# Names of users and of files stand in its lines (`connectors.md` §9, pitfall 13).
logging.getLogger("asyncssh").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class SftpEndpoint:
    """One server, and how one signs in there.

    Args:
        host: its name or its address.
        port: where it listens.
        user: of the account, which should only be allowed to read.
        folder: where files arrive.
        host_key: the server's public key, as `known_hosts` writes it; "" when `known_hosts` has it.
        known_hosts: a file of such keys; "" when `host_key` is the one.
        secrets: "password", or "key" and perhaps "passphrase".
    """

    host: str
    port: int
    user: str
    folder: str
    host_key: str = ""
    known_hosts: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class RemoteEntry:
    """A file of the folder."""

    name: str
    size: int
    modified_ns: int


class SftpConnection:
    """Lists and reads one folder over one connection, opened when it is needed and again when it is lost.

    Every method runs on the connectors' loop.

    Args:
        endpoint: of the server.

    Raises:
        ConnectorError: CONFIG for a key that cannot be read, or a server that nothing vouches for.
    """

    def __init__(self, endpoint: SftpEndpoint) -> None:
        self._endpoint = endpoint
        self._options = _options(endpoint)
        self._opening = asyncio.Lock()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    async def entries(self) -> list[RemoteEntry]:
        """Return the files of the folder.

        Raises:
            ConnectorError: the server cannot be reached, or does not let us read.
        """
        async with _told("folder"), asyncio.timeout(CONNECT_S + SIGN_IN_S + ANSWER_S):
            client = await self._opened()
            found = await client.readdir(self._endpoint.folder)
        return [entry for name in found if (entry := _entry(name)) is not None]

    async def read(self, name: str, offset: int, size: int) -> bytes:
        """Return a piece of a file; over a new connection, once, when the one that there was is lost.

        Raises:
            ConnectorError: as `entries`.
        """
        for is_last in (False, True):
            try:
                return await self._read(name, offset, size)
            except ConnectorError as error:
                await self.aclose()
                if is_last or error.kind is not ErrorKind.UNAVAILABLE:
                    raise
        raise AssertionError

    async def _read(self, name: str, offset: int, size: int) -> bytes:
        async with _told("file"), asyncio.timeout(CONNECT_S + SIGN_IN_S + ANSWER_S):
            client = await self._opened()
            path = f"{self._endpoint.folder.rstrip('/')}/{name}"
            async with client.open(path, "rb", encoding=None) as remote:
                piece: bytes = await remote.read(size, offset)
                return piece

    async def aclose(self) -> None:
        """Close the connection; may be called twice."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is not None:
            connection.abort()
            with suppress(asyncssh.Error, OSError):
                await connection.wait_closed()

    async def _opened(self) -> asyncssh.SFTPClient:
        async with self._opening:
            if self._client is None or self._connection is None or self._connection.is_closed():
                await self.aclose()
                self._connection = await asyncssh.connect(
                    self._endpoint.host, self._endpoint.port, **self._options
                )
                self._client = await self._connection.start_sftp_client()
            return self._client


def _options(endpoint: SftpEndpoint) -> dict[str, Any]:
    """Return how a connection is made: nothing is taken from the user's own SSH files or agent."""
    secrets = endpoint.secrets
    keys = _private_keys(secrets)
    return {
        "username": endpoint.user,
        "known_hosts": _trusted(endpoint),
        "password": secrets.get("password") if not keys else None,
        "client_keys": keys,
        "agent_path": None,
        "config": None,
        "connect_timeout": CONNECT_S,
        "login_timeout": SIGN_IN_S,
        "keepalive_interval": KEEPALIVE_S,
    }


def _trusted(endpoint: SftpEndpoint) -> object:
    """Return the keys by which the server is recognised.

    `None` would have asyncssh trust whoever answers: it is never returned.
    """
    try:
        if endpoint.host_key:
            return ([asyncssh.import_public_key(endpoint.host_key)], [], [])
        return asyncssh.read_known_hosts(endpoint.known_hosts)
    except (asyncssh.KeyImportError, ValueError):
        raise ConnectorError(
            ErrorKind.CONFIG, "the key of the server is unreadable", origin=Origin.HOST
        ) from None
    except OSError as error:
        detail = f"known_hosts: {type(error).__name__}"
        raise ConnectorError(ErrorKind.CONFIG, detail, origin=Origin.HOST) from None


def _private_keys(secrets: Mapping[str, str]) -> list[asyncssh.SSHKey]:
    if not secrets.get("key"):
        return []
    try:
        return [asyncssh.import_private_key(secrets["key"], secrets.get("passphrase") or None)]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError):
        raise ConnectorError(ErrorKind.CONFIG, "our private key is unreadable", origin=Origin.HOST) from None


def _entry(found: asyncssh.SFTPName) -> RemoteEntry | None:
    attributes = found.attrs
    regular = attributes.permissions is not None and S_ISREG(attributes.permissions)
    if not regular or attributes.size is None:
        return None
    name = found.filename if isinstance(found.filename, str) else found.filename.decode("utf-8", "replace")
    modified = (attributes.mtime or 0) * 1_000_000_000 + (attributes.mtime_ns or 0)
    return RemoteEntry(name, attributes.size, modified)


@asynccontextmanager
async def _told(what: str) -> AsyncIterator[None]:
    """Tell what goes wrong in our words: theirs hold names of files and of users.

    Args:
        what: "folder" or "file", that is asked for.
    """
    try:
        yield
    except TimeoutError:
        raise ConnectorError(ErrorKind.TIMEOUT, f"sftp {what}") from None
    except (asyncssh.Error, OSError) as error:
        raise _error(error, what) from None


def _error(error: Exception, what: str) -> ConnectorError:
    match error:
        case asyncssh.HostKeyNotVerifiable():
            return ConnectorError(ErrorKind.CONFIG, "the server is not the one that is known")
        case asyncssh.KeyExchangeFailed():
            return ConnectorError(ErrorKind.CONFIG, "no common algorithm")
        case asyncssh.PermissionDenied():
            return ConnectorError(ErrorKind.AUTH, "sign-in refused")
        case asyncssh.SFTPPermissionDenied():
            return ConnectorError(ErrorKind.FORBIDDEN, f"{what} forbidden")
        case asyncssh.SFTPNoSuchFile() | asyncssh.SFTPNoSuchPath() | asyncssh.SFTPNotADirectory():
            kind = ErrorKind.CONFIG if what == "folder" else ErrorKind.UNAVAILABLE
            return ConnectorError(kind, f"no such {what}")
        case _:
            return ConnectorError(ErrorKind.UNAVAILABLE, type(error).__name__)
