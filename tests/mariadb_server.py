"""A real MariaDB for tests: Debian's binaries on a folder of their own, under an unprivileged identity."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from tests.ports import free_port
from tests.servers.mailbox.certificates import write_certificates

HOW_TO_GET = "sudo apt-get install -y --no-install-recommends mariadb-server-core"
"""Holds `mariadbd`, and no service."""

_TABLES = Path("/usr/share/mysql")
_SYSTEM_TABLES = (
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
)

_UNPRIVILEGED_ID = 65534
_START_SECONDS = 60
_QUICK = (
    "--no-defaults",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=16M",
    "--innodb-log-file-size=4M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-fast-shutdown=2",
    "--innodb-use-native-aio=OFF",
    "--performance-schema=OFF",
    "--character-set-server=utf8mb4",
    "--sql-mode=",
)
"""Nothing is kept after the tests; dates that are none may be written, as in old tables."""


def why_no_mariadb() -> str:
    """Return what lacks, and the command to type; "" when a server can be started."""
    if not _program() or not (_TABLES / _SYSTEM_TABLES[0]).is_file():
        return f"MariaDB is not installed: {HOW_TO_GET}"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "setpriv is not installed: sudo apt-get install -y util-linux"
    return ""


@dataclass(frozen=True, slots=True)
class MariadbServer:
    """One server on loopback and on a socket."""

    folder: Path
    port: int
    password: str
    """Of `reader`, who may only read, and of `writer`."""
    authority: Path
    """Vouches for the server under the name "localhost"."""

    @property
    def socket(self) -> Path:
        """Where it listens too."""
        return self.folder / "s"

    def url(self, user: str = "reader", database: str = "mutual") -> str:
        """Return the address of a database, as a connector file has it."""
        return f"mariadb+pymysql://{user}@127.0.0.1:{self.port}/{database}"

    def owner(self) -> Any:  # noqa: ANN401 - PyMySQL has no types
        """Return a connection that may do everything."""
        return pymysql.connect(unix_socket=str(self.socket), user="root", charset="utf8mb4", autocommit=True)

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        with closing(self.owner()) as owner, owner.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


@contextmanager
def mariadb_server() -> Iterator[MariadbServer]:
    """Run a server for the time of the block, with two accounts and an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="avise-db-"))
    if os.geteuid() == 0:
        os.chown(folder, _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
    try:
        files = write_certificates(folder)
        files.server.chmod(0o644)
        server = MariadbServer(folder, free_port(), secrets.token_hex(12), files.authority)
        _install(folder)
        process = _started(server)
        try:
            server.run(
                "CREATE DATABASE mutual CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                f"CREATE USER reader IDENTIFIED BY '{server.password}'",
                f"CREATE USER writer IDENTIFIED BY '{server.password}'",
                "GRANT SELECT, SHOW VIEW ON mutual.* TO reader",
                "GRANT SELECT, INSERT ON mutual.* TO writer",
            )
            yield server
        finally:
            process.terminate()
            process.wait(_START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_UNPRIVILEGED_ID}", f"--regid={_UNPRIVILEGED_ID}", "--clear-groups"]


def _install(folder: Path) -> None:
    """Make the server's own tables, as `mariadb-install-db` does, which wants programs of the client."""
    statements = ["create database mysql;", "use mysql;", "set @auth_root_socket = null;"]
    statements += [(_TABLES / name).read_text("utf-8") for name in _SYSTEM_TABLES]
    (folder / "data").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "data", _UNPRIVILEGED_ID, _UNPRIVILEGED_ID)
    command = [_program(), *_QUICK, "--bootstrap", f"--datadir={folder / 'data'}"]
    subprocess.run(  # noqa: S603 - our own command
        [*_unprivileged(), *command],
        input="\n".join(statements).encode(),
        check=True,
        capture_output=True,
        cwd=folder,
    )


def _program() -> str:
    return shutil.which("mariadbd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin") or ""


def _started(server: MariadbServer) -> subprocess.Popen[bytes]:
    """Start, and wait until it answers."""
    folder = server.folder
    command = [_program(), *_QUICK, f"--datadir={folder / 'data'}", f"--socket={server.socket}"]
    command += [f"--port={server.port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}"]
    command += [f"--ssl-cert={folder / 'server.pem'}", f"--ssl-key={folder / 'server.pem'}"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*_unprivileged(), *command], stdout=quiet, stderr=quiet, cwd=folder
    )
    until = time.monotonic() + _START_SECONDS
    while True:
        if server.socket.exists():
            # Made once it listens.
            server.owner().close()
            return process
        if time.monotonic() > until or process.poll() is not None:
            process.kill()
            raise OSError(process.wait())
        time.sleep(0.05)
