"""The directory of a house, in the hub's own PostgreSQL: a schema built aside and put in place at once.

The schema holds nothing that cannot be read again from the identity master. While it is built, the searches
go on in the one that is there; a loading that was killed goes on where its last page was committed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from avise.directory.keys import Minter
from avise.directory.reading import DirectoryReader, Words
from avise.directory.statements import Statement
from avise.directory.writing import PartyWriter, create_tables, sort_and_index, write_meta
from avise.hub.database_roles import SERVER
from avise.hub.dialect import is_sqlite
from avise.hub.directory_line import ServerLine
from avise.hub.port import HubError
from avise.models.customer import Party

SCHEMA, BUILDING = "directory", "directory_building"

_EXISTS = "SELECT count(*) FROM information_schema.tables WHERE table_schema = %s AND table_name = 'meta'"

_GONE = "CREATE TABLE IF NOT EXISTS gone (native TEXT NOT NULL, number BIGINT NOT NULL)"
"""Whom the source deleted while it was read (`PartyWriter.gone`): known again after a stop."""

ASKED_ABOUT = 1_000
"""Persons of the directory in place who are looked for in the one that will replace it."""

_LISTED = f"SELECT count(*) FROM {SCHEMA}.party"  # noqa: S608 - our own tables
_STAYING = f"""
SELECT count(*), count(stays.native)
FROM (SELECT person, native FROM {SCHEMA}.party WHERE id %% %s = 0) AS asked
LEFT JOIN LATERAL (
    SELECT native FROM {BUILDING}.party AS built
    WHERE built.person = asked.person AND built.native = asked.native LIMIT 1
) AS stays ON true"""  # noqa: S608 - our own tables

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

    def facts(self) -> Mapping[str, str]:
        """Return what is noted of the loading, empty when there is none."""
        return _facts(self._connection, BUILDING)

    def cursor(self) -> str:
        """Return where the loading stopped, "" when it has to begin."""
        return self.facts().get("cursor", "")

    def begin(self, facts: Mapping[str, str] | None = None) -> None:
        """Begin, forgetting what an earlier loading left unfinished."""
        self.forget()
        self._connection.exec_driver_sql(f"CREATE SCHEMA {BUILDING}")
        with _looking_in(self._connection, BUILDING) as line:
            create_tables(line)
            line.script(_GONE)
            self._writer = PartyWriter(line, self._minter, bulk=True)
            _note(line, facts or {})

    def add(self, parties: Sequence[Party], cursor: str, facts: Mapping[str, str] | None = None) -> None:
        """Add a page, and keep where the next one begins, with whatever else is to be noted."""
        with _looking_in(self._connection, BUILDING) as line:
            writer = self._writing(line)
            writer.write(parties)
            gone = [(party.native_id, writer.gone[party.native_id]) for party in parties if party.deleted]
            line.put("gone", ("native", "number"), gone, bulk=True)
            _note(line, {"cursor": cursor, **(facts or {})})

    def note(self, facts: Mapping[str, str]) -> None:
        """Note something else of the loading; what was noted under other names stays."""
        noted = {**self.facts(), **facts}
        with _looking_in(self._connection, BUILDING) as line:
            _note(line, noted)

    def index(self) -> None:
        """Sort and index what was loaded, unless that was done before a stop."""
        if self.facts().get("indexed"):
            return
        with _looking_in(self._connection, BUILDING) as line:
            writer = self._writing(line)
            line.script("SET LOCAL maintenance_work_mem = '512MB'")
            line.script("SET LOCAL max_parallel_maintenance_workers = 2")
            sort_and_index(line)
            writer.settle()
            line.script("DROP TABLE gone")
        self._writer = None
        self.note({"indexed": "yes"})

    def staying(self) -> tuple[int, int]:
        """Return how many the one in place lists, and about how many of them stay in this one, indexed."""
        if not _exists(self._connection, SCHEMA):
            return 0, 0
        before = int(self._connection.exec_driver_sql(_LISTED).scalar_one())
        asked, known = self._connection.exec_driver_sql(_STAYING, (max(before // ASKED_ABOUT, 1),)).one()
        return before, min(round(before * known / asked), before) if asked else 0

    def put_in_place(self, facts: Mapping[str, str], now: datetime) -> int:
        """Put what was indexed in place; return how many parties it lists."""
        with _looking_in(self._connection, BUILDING) as line:
            made = {"as_of": now.isoformat(), "made": now.isoformat(), "scheme": self._minter.scheme}
            _note(line, {**facts, **made})
            count = DirectoryReader(line, self._minter).count()
            line.script(f"GRANT USAGE ON SCHEMA {BUILDING} TO {SERVER}")
            line.script(f"GRANT SELECT ON ALL TABLES IN SCHEMA {BUILDING} TO {SERVER}")
        if _exists(self._connection, SCHEMA):
            # The table that each search reads first: once it is held, no search is under way whose other
            # tables would be waited for, while it waits for those that were locked before.
            self._connection.exec_driver_sql(f"LOCK TABLE {SCHEMA}.meta IN ACCESS EXCLUSIVE MODE")
        self._connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        self._connection.exec_driver_sql(f"ALTER SCHEMA {BUILDING} RENAME TO {SCHEMA}")
        return count

    def finish(self, cursor: str, now: datetime) -> int:
        """Index what was loaded and put it in place; return how many parties it lists."""
        self.index()
        return self.put_in_place({"cursor": cursor}, now)

    def forget(self) -> None:
        """Forget what was loaded; what is in place stays."""
        self._writer = None
        self._connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {BUILDING} CASCADE")

    def _writing(self, line: ServerLine) -> PartyWriter:
        """Return the writer; after a stop, one that knows what the one before had written."""
        if self._writer is None:
            self._writer = PartyWriter(line, self._minter, bulk=True)
            line.script(_GONE)
            self._writer.gone |= dict(
                line.rows(Statement("SELECT native, max(number) FROM gone GROUP BY native"))
            )
        return self._writer


def has_directory(connection: Connection) -> bool:
    """Say whether a directory was loaded."""
    return _exists(connection, SCHEMA)


def facts_in_place(connection: Connection) -> Mapping[str, str]:
    """Return what is noted of the directory in place, empty when there is none."""
    return _facts(connection, SCHEMA)


def apply_changes(
    connection: Connection,
    minter: Minter,
    parties: Iterable[Party],
    now: datetime,
    facts: Mapping[str, str] | None = None,
) -> None:
    """Apply a batch of changes with whatever is to be noted, in the caller's transaction."""
    with _looking_in(connection, SCHEMA) as line:
        PartyWriter(line, minter, bulk=False).write(parties)
        write_meta(line, {"as_of": now.isoformat(), **(facts or {})})


def note_in_place(connection: Connection, facts: dict[str, str]) -> None:
    """Note something of the directory in place, in the caller's transaction."""
    with _looking_in(connection, SCHEMA) as line:
        write_meta(line, facts)


def _facts(connection: Connection, schema: str) -> Mapping[str, str]:
    if not _exists(connection, schema):
        return {}
    with _looking_in(connection, schema) as line:
        return {str(name): str(value) for name, value in line.rows(Statement("SELECT name, value FROM meta"))}


def _note(line: ServerLine, facts: Mapping[str, str]) -> None:
    """Note these facts and no other: a directory being built has no key by which one is replaced."""
    line.script("DELETE FROM meta")
    line.put("meta", ("name", "value"), list(facts.items()), bulk=True)
