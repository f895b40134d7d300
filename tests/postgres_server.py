"""A real PostgreSQL for tests: started from its wheel under an unprivileged identity (decision 51)."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from avise.demo.tools.contributions.postgres_base import PostgresUnavailableError, binaries
from tests.ports import free_port

_UNPRIVILEGED_ID = 65534
_START_SECONDS = 90


@dataclass
class PostgresServer:
    """One server on loopback, which a test may crash and start again."""

    folder: Path
    port: int
    password: str
    fsync: bool = False
    template: str = ""
    """A database that holds a new hub, once somebody has made one: a copy of it is made in no time."""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        settings = (f"unix_socket_directories={self.folder}", f"fsync={'on' if self.fsync else 'off'}")
        command = [str(binaries() / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        for setting in (*settings, "max_connections=80", "listen_addresses=127.0.0.1"):
            command += ["-c", setting]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*_unprivileged(), *command], stdout=quiet, stderr=quiet, cwd=self.folder
        )
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def crash(self) -> None:
        """Stop at once, without finishing anything: what was not durable is lost."""
        self._signal(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop, cutting whoever is connected."""
        self._signal(signal.SIGINT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(_START_SECONDS)
            self._process = None

    def database(self, template: str = "template1") -> str:
        """Make a database, empty or as another is; return its name."""
        name = f"hub_{secrets.token_hex(6)}"
        with psycopg.connect(self.url(), autocommit=True) as owner:
            owner.execute(f"create database {name} template {template}".encode())
        return name


def has_postgres() -> bool:
    """Say whether this platform has the binaries."""
    try:
        return (binaries() / "postgres").exists()
    except PostgresUnavailableError:
        return False


def _unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise PostgresUnavailableError("setpriv is not installed")
    return [setpriv, f"--reuid={_UNPRIVILEGED_ID}", f"--regid={_UNPRIVILEGED_ID}", "--clear-groups"]


@contextmanager
def postgres_server(*, fsync: bool = False) -> Iterator[PostgresServer]:
    """Run a server for the time of the block."""
    folder = Path(tempfile.mkdtemp(prefix="avise-hub-"))
    try:
        server = PostgresServer(folder, free_port(), secrets.token_urlsafe(18), fsync)
        password = folder / "password"
        password.write_text(server.password, "utf-8")
        if os.geteuid() == 0:
            os.chown(folder, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
            os.chown(password, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
        made = [str(binaries() / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--no-sync"]
        made += ["--pwfile", str(password), "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale"]
        subprocess.run([*_unprivileged(), *made], check=True, capture_output=True, cwd=folder)  # noqa: S603 - ours
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
