"""The directory of a house, in the hub's own PostgreSQL: a schema built aside and put in place at once.

The schema holds nothing that cannot be read again from the identity master. While it is built, the searches
go on in the one that is there; a loading that was killed goes on where its last page was committed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from avise.directory.keys import Minter
from avise.directory.reading import DirectoryReader, Words
from avise.directory.writing import PartyWriter, create_tables, sort_and_index, write_meta
from avise.hub.database_roles import SERVER
from avise.hub.dialect import is_sqlite
from avise.hub.directory_line import ServerLine
from avise.hub.port import HubError
from avise.models.customer import Party

SCHEMA, BUILDING = "directory", "directory_building"

_EXISTS = "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s AND table_name = 'meta'"


AS_WRITTEN = (
    "SELECT set_config('join_collapse_limit', '1', true), set_config('enable_hashjoin', 'off', true),"
    " set_config('enable_mergejoin', 'off', true), set_config('enable_seqscan', 'off', true)"
)
"""Each statement reads its tables in the order that it names them, by their B-trees, as SQLite does: finding
that out anew cost more than the reading (ten tables make a row a person again)."""


def _exists(connection: Connection, schema: str) -> bool:
    return bool(connection.exec_driver_sql(_EXISTS, (schema,)).scalar_one())


@contextmanager
def _looking_in(connection: Connection, schema: str) -> Iterator[ServerLine]:
    """Give a line that sees one schema, for the rest of the transaction or of the block."""
    connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
    yield ServerLine(connection)
    connection.exec_driver_sql("SET LOCAL search_path = public")


class HouseDirectory:
    """The house's directory, as the server's processes read it; keeps words that were read once.

    Args:
        namespace: the site's, from which identities are derived.
    """

    def __init__(self, namespace: uuid.UUID) -> None:
        self._namespace = namespace
        self._known: tuple[str, Minter, Words] = ("", Minter(namespace, ""), Words())

    @contextmanager
    def reader(self, connection: Connection) -> Iterator[DirectoryReader]:
        """Give a reader of what was loaded.

        Raises:
            HubError: `hub.no_directory`, nothing was.
        """
        if is_sqlite(connection) or not _exists(connection, SCHEMA):
            raise HubError("hub.no_directory")
        connection.exec_driver_sql(AS_WRITTEN)
        with _looking_in(connection, SCHEMA) as line:
            bare = DirectoryReader(line, self._known[1])
            made = bare.fact("made")
            if made != self._known[0]:
                # Another loading gave the dictionaries other numbers.
                self._known = (made, Minter(self._namespace, bare.fact("scheme")), Words())
            yield DirectoryReader(line, *self._known[1:])


class HouseLoading:
    """A directory being loaded aside, by a role that may make schemas.

    Each call is to be committed by its caller: what was added then outlives a kill.

    Args:
        connection: to the hub's database.
        minter: gives persons their identity.
    """

    def __init__(self, connection: Connection, minter: Minter) -> None:
        self._connection = connection
        self._minter = minter
        self._writer: PartyWriter | None = None

    def cursor(self) -> str:
        """Return where the loading stopped, "" when it has to begin."""
        if not _exists(self._connection, BUILDING):
            return ""
        with _looking_in(self._connection, BUILDING) as line:
            return DirectoryReader(line, self._minter).fact("cursor")

    def begin(self) -> None:
        """Begin, forgetting what an earlier loading left unfinished."""
        self._connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {BUILDING} CASCADE")
        self._connection.exec_driver_sql(f"CREATE SCHEMA {BUILDING}")
        with _looking_in(self._connection, BUILDING) as line:
            create_tables(line)
            self._writer = PartyWriter(line, self._minter, bulk=True)

    def add(self, parties: Iterable[Party], cursor: str) -> None:
        """Add a page, and keep where the next one begins."""
        with _looking_in(self._connection, BUILDING) as line:
            if self._writer is None:
                self._writer = PartyWriter(line, self._minter, bulk=True)
            self._writer.write(parties)
            line.script("DELETE FROM meta")
            line.put("meta", ("name", "value"), [("cursor", cursor)], bulk=True)

    def finish(self, cursor: str, now: datetime) -> int:
        """Index what was loaded and put it in place; return how many parties it lists."""
        with _looking_in(self._connection, BUILDING) as line:
            writer = self._writer or PartyWriter(line, self._minter, bulk=True)
            line.script("SET LOCAL maintenance_work_mem = '512MB'")
            line.script("SET LOCAL max_parallel_maintenance_workers = 2")
            line.script("DELETE FROM meta")
            sort_and_index(line)
            writer.settle()
            facts = {"as_of": now.isoformat(), "made": now.isoformat(), "scheme": self._minter.scheme}
            write_meta(line, {"cursor": cursor, **facts})
            count = DirectoryReader(line, self._minter).count()
            line.script(f"GRANT USAGE ON SCHEMA {BUILDING} TO {SERVER}")
            line.script(f"GRANT SELECT ON ALL TABLES IN SCHEMA {BUILDING} TO {SERVER}")
        self._connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        self._connection.exec_driver_sql(f"ALTER SCHEMA {BUILDING} RENAME TO {SCHEMA}")
        return count


def has_directory(connection: Connection) -> bool:
    """Say whether a directory was loaded."""
    return _exists(connection, SCHEMA)


def apply_changes(connection: Connection, minter: Minter, parties: Iterable[Party], now: datetime) -> None:
    """Apply a batch of changes, in the caller's transaction."""
    with _looking_in(connection, SCHEMA) as line:
        PartyWriter(line, minter, bulk=False).write(parties)
        write_meta(line, {"as_of": now.isoformat()})
