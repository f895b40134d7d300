"""Opening a MariaDB, or a MySQL, so that it can only be read, in our time, under a certificate that holds."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Any

import pymysql
from pymysql.constants import CR, ER, FIELD_TYPE
from pymysql.converters import conversions
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from avise.connectors.addresses import is_remote
from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import SqlEndpoint
from avise.models.errors import ErrorKind, Origin
from avise.transport.outward import OwnWay

CONNECT_S = 3
"""As for HTTP (`connectors.md` C8)."""

ANSWER_S = 2
"""Beyond its own limit, how long a statement that the server no longer speaks of is waited for."""

_READING = frozenset(
    {"USAGE", "SELECT", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "EXECUTE", "REPLICATION CLIENT"}
)
"""What an account that only reads may be allowed; PROCESS and REPLICATION CLIENT tell of the server."""

_COLUMNS = re.compile(r"\s*\([^)]*\)")
_ZERO_DATE = "0000-00-00"


def mariadb_engine(
    url: URL, endpoint: SqlEndpoint, password: str, way: OwnWay
) -> tuple[Engine, Callable[[Any], None]]:
    """Return the engine of a database, and what interrupts it; nothing is contacted yet.

    Args:
        url: of the database, without a password.
        endpoint: what the connector file says of it.
        password: "" for none.
        way: how its server is reached.

    Raises:
        AviseError: `transport.ca_file`: a file of certificates cannot be read.
    """
    tls = _tls(url, endpoint, way)
    seconds = endpoint.statement_timeout.total_seconds()
    options: dict[str, Any] = {
        "host": url.host,
        "port": url.port or 3306,
        "user": url.username,
        "password": password,
        "database": url.database,
        "unix_socket": url.query.get("unix_socket"),
        "charset": "utf8mb4",
        "connect_timeout": CONNECT_S,
        "read_timeout": seconds + ANSWER_S,
        "write_timeout": CONNECT_S,
        "conv": _CONVERSIONS,
        "local_infile": False,
        "program_name": "avise",
        "ssl": tls,
        # Without a context of ours the library would take any certificate.
        "ssl_disabled": tls is None,
        "defer_connect": True,
    }

    def connect() -> Any:  # noqa: ANN401 - PyMySQL has no types
        made = pymysql.connect(**options)
        if url.host and not options["unix_socket"]:
            made.connect(_dialled(way, url.host, options["port"]))
        else:
            made.connect()
        return made

    def interrupt(raw: Any) -> None:  # noqa: ANN401 - as above
        # A connection outside the pool, which the statements under way may fill.
        with suppress(pymysql.err.Error, OSError), closing(connect()) as other:
            other.cursor().execute(f"KILL QUERY {int(raw.thread_id())}")

    engine = create_engine(
        f"{url.drivername}://",
        creator=connect,
        pool_size=endpoint.concurrency,
        max_overflow=0,
        pool_timeout=CONNECT_S,
        pool_pre_ping=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, entry: ConnectionPoolEntry) -> None:  # noqa: ANN401 - as above
        del entry
        with closing(connection.cursor()) as cursor:
            _limit(cursor, seconds)
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            _refuse_writer(cursor)

    return engine, interrupt


def _tls(url: URL, endpoint: SqlEndpoint, way: OwnWay) -> ssl.SSLContext | None:
    """Return how the server is recognised; None where nothing leaves the machine, or IT says so."""
    local = "unix_socket" in url.query or not is_remote(f"http://{url.host}")
    if endpoint.tls == "off" or (not endpoint.tls and local):
        return None
    return way.context(endpoint.tls_ca)


def _dialled(way: OwnWay, host: str, port: int) -> socket.socket:
    """Return a connection to the server, in the words of the driver when there is none.

    Raises:
        pymysql.err.OperationalError: no connection.
    """
    try:
        made = way.dial(host, port, CONNECT_S)
    except OSError as error:
        told = pymysql.err.OperationalError(CR.CR_CONN_HOST_ERROR, type(error).__name__)
        told.original_exception = error
        raise told from None
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return made


def _limit(cursor: Any, seconds: float) -> None:  # noqa: ANN401 - as above
    """Have the server itself stop what lasts: MariaDB counts seconds, MySQL milliseconds."""
    try:
        cursor.execute("SET SESSION max_statement_time = %s", (seconds,))
    except pymysql.err.OperationalError as error:
        if error.args[0] != ER.UNKNOWN_SYSTEM_VARIABLE:
            raise
        cursor.execute("SET SESSION max_execution_time = %s", (int(seconds * 1000),))


def _refuse_writer(cursor: Any) -> None:  # noqa: ANN401 - as above
    """Refuse an account that may write: a read-only transaction does not stop `into outfile`.

    Raises:
        ConnectorError: CONFIG with a right that it should not have.
    """
    cursor.execute("SHOW GRANTS")
    for (grant,) in cursor.fetchall():
        for right in rights_of(grant):
            if right not in _READING:
                raise ConnectorError(ErrorKind.CONFIG, f"the account may {right.lower()}", origin=Origin.HOST)


def rights_of(grant: str) -> Iterator[str]:
    """Yield the rights of one line of `SHOW GRANTS`, none for the grant of a role."""
    head, on, _ = grant.partition(" ON ")
    if on and head.startswith("GRANT "):
        for right in _COLUMNS.sub("", head.removeprefix("GRANT ")).split(","):
            yield right.strip().upper()
    if grant.endswith(" WITH GRANT OPTION"):
        yield "GRANT OPTION"


# ---- values ------------------------------------------------------------------------------------------


def _bit(value: bytes) -> int:
    return int.from_bytes(value, "big")


def _dated(read: Any) -> Any:  # noqa: ANN401 - as above
    def convert(value: str | bytes) -> object:
        text = value.decode("ascii") if isinstance(value, bytes) else value
        # MariaDB's way of writing "no date", which is no date of any calendar.
        return None if text.startswith(_ZERO_DATE) else read(value)

    return convert


_CONVERSIONS: Mapping[Any, Any] = {
    **conversions,
    FIELD_TYPE.BIT: _bit,
    **{
        kind: _dated(conversions[kind])
        for kind in (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP)
    },
}
"""PyMySQL's own, but for a BIT, which is a number, and for dates that are none."""
