"""A real IMAP server (pymap, a process of its own) with a mailbox that is filled over IMAP, once for all."""

from __future__ import annotations

import imaplib
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from imap_tools.imap_utf7 import utf7_encode

from avise.models.json_types import JSON
from tests.ports import free_port
from tests.servers.mailbox.certificates import Certificates, write_certificates
from tests.servers.mailbox.letters import LETTERS, Posted
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file

USER = "lecture@mutuelle.example"
PASSWORD = "mot de passe à ne montrer à personne"  # noqa: S105 - of a server that lives as long as the tests
FILE = Path(__file__).parents[3] / "avise" / "connectors" / "imap" / "connector.toml"


@dataclass(frozen=True)
class Mailbox:
    """A running server and what a client needs to trust it."""

    port: int
    certificates: Certificates

    def config(self, **changes: JSON) -> dict[str, JSON]:
        """Return the configuration of an instance."""
        ours: Mapping[str, JSON] = {
            "host": "localhost",
            "port": self.port,
            "security": "starttls",
            "user": USER,
            "ca_file": str(self.certificates.authority),
        }
        return {**ours, **changes}

    def flags(self, folder: str) -> list[bytes]:
        """Return the flags of every letter of a folder, as another reader of the mailbox sees them."""
        with _signed_in(self.port, self.certificates) as client:
            client.select(_quoted(folder), readonly=True)
            return [item for item in client.fetch("1:*", "(FLAGS)")[1] if isinstance(item, bytes)]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return write_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def mailbox(certificates: Certificates) -> Iterator[Mailbox]:
    """Run the server with STARTTLS, and post the letters."""
    options = ["--cert", str(certificates.server), "--key", str(certificates.server)]
    with running(*options) as port:
        with _signed_in(port, certificates) as client:
            for folder in sorted({posted.folder for posted in LETTERS} - {"INBOX"}):
                client.create(_quoted(folder))
            for posted in LETTERS:
                _post(client, posted)
        yield Mailbox(port, certificates)


@contextmanager
def running(*options: str) -> Iterator[int]:
    """Run a server with an empty mailbox and give its port."""
    port = free_port()
    start = "from pymap.main import main; main()"
    account = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    command = [sys.executable, "-c", start, "--host", "127.0.0.1", "--port", str(port), *options, *account]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own interpreter
        try:
            _await_listening(process, port)
            yield port
        finally:
            process.terminate()


def _await_listening(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    pytest.fail("the server stopped before it listened")


@contextmanager
def _signed_in(port: int, certificates: Certificates) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("localhost", port) as client:
        # The library writes in two goes, and would wait for an acknowledgement between them.
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.starttls(ssl.create_default_context(cafile=str(certificates.authority)))
        client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
        yield client


def _post(client: imaplib.IMAP4, posted: Posted) -> None:
    status, _ = client.append(
        _quoted(posted.folder), "", imaplib.Time2Internaldate(posted.arrived), posted.raw
    )
    assert status == "OK"


def _quoted(folder: str) -> str:
    return f'"{utf7_encode(folder).decode()}"'


@pytest.fixture
async def opened(mailbox: Mailbox) -> AsyncIterator[Opened]:
    """Open the connector as it ships over the server."""
    async with AsyncExitStack() as stack:
        yield await open_connector_file(FILE, mailbox.config(), {"password": PASSWORD}, stack)
