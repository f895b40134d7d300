"""Backups of a hub, and hubs made again from one (decision 27).

A hub in a file is copied by SQLite's online backup, under the same key, while others go on writing. A hub
in PostgreSQL is written to one ZIP: `manifest.json` (format, version of the schema, tables, positions) and
one `<table>.copy` for each table, in the text format of `COPY`, all of one moment.

Once a backup is where it is safe, the positions that it holds are published: workstations may then forget
their own events before them. A restore raises the epoch: workstations send again what the backup lacks.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection

from avise.hub.dialect import Statement, change, change_each, row, rows
from avise.hub.migrating import version_of
from avise.hub.port import HubError

FORMAT = "avise-hub-1"

_POSITIONS = Statement("SELECT perimeter, pos FROM head ORDER BY perimeter")
_PUBLISH = Statement(
    "UPDATE head SET backed_up = :pos WHERE perimeter = :perimeter AND backed_up < :pos AND pos >= :pos"
)
_EPOCH = Statement("SELECT value FROM meta WHERE name = 'epoch'")
_SAVE_EPOCH = Statement("UPDATE meta SET value = :value WHERE name = 'epoch'")
_ALL_BACKED_UP = Statement("UPDATE head SET backed_up = pos")
_FORGET = Statement("DELETE FROM presence")
_EVENTS = Statement("SELECT 1 FROM event LIMIT 1")
_TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
    " ORDER BY tablename"
)
_COUNTED = ("access_log", "alert")
"""Tables whose rows the database numbers."""
_CHUNK = 1 << 16
_LOCKED = frozenset((5, 6))
"""SQLITE_BUSY and SQLITE_LOCKED (https://sqlite.org/rescode.html)."""


def positions_of(connection: Connection) -> Mapping[str, int]:
    """Return how far each perimeter is."""
    return {line.perimeter: line.pos for line in rows(connection, _POSITIONS)}


def publish(connection: Connection, positions: Mapping[str, int]) -> None:
    """Tell workstations that a backup holds the events up to these positions.

    Args:
        connection: of the hub that was backed up, in a transaction that writes.
        positions: as the backup gave them, once it is where it is safe.
    """
    told = [{"perimeter": name, "pos": pos} for name, pos in sorted(positions.items())]
    change_each(connection, _PUBLISH, told)


def epoch_of(connection: Connection) -> int:
    """Return how often a hub was restored, plus one."""
    found = row(connection, _EPOCH)
    return 1 if found is None else int(found[0])


def begin_epoch(connection: Connection, replaced: int = 0) -> int:
    """Begin a new epoch in a hub that has just been restored; return it.

    Args:
        connection: of the restored hub, in a transaction that writes.
        replaced: epoch of the hub that it takes the place of, when it can still be read: workstations
            know that one, and must see another.
    """
    epoch = max(epoch_of(connection), replaced) + 1
    change(connection, _SAVE_EPOCH, value=str(epoch))
    change(connection, _ALL_BACKED_UP)
    change(connection, _FORGET)
    return epoch


def back_up_file(source: Connection, target: Connection) -> Mapping[str, int]:
    """Copy a hub kept in a file into another, open under the same key; return the positions it holds.

    Args:
        source: in a transaction that only reads: SQLite does not copy from one that writes.
        target: of a new file.

    Raises:
        HubError: `hub.backup_damaged`, the copy is not whole: it must not be kept.
    """
    raw: Any = source.connection.driver_connection
    raw.backup(target.connection.driver_connection, pages=_CHUNK, progress=_go_on)
    if target.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise HubError("hub.backup_damaged")
    return positions_of(target)


def _go_on(status: int, _left: int, _pages: int) -> None:
    """Give up where the library would try for ever."""
    if status in _LOCKED:
        raise HubError("hub.backup_damaged")


def back_up_tables(connection: Connection, path: Path) -> Mapping[str, int]:
    """Write a hub kept in PostgreSQL to a file; return the positions it holds.

    Args:
        connection: of the tables' owner, at the beginning of a transaction.
        path: of the file, replaced when there is one.

    Raises:
        HubError: `hub.no_right`, the role does not see everything.
    """
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    # A role that sees a part of the feeds only gets an error, never a backup of that part.
    connection.exec_driver_sql("SET LOCAL row_security = off")
    tables = [str(found[0]) for found in connection.exec_driver_sql(_TABLES)]
    raw: Any = connection.connection.driver_connection
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, raw.cursor() as cursor:
            for table in tables:
                _write(archive, cursor, table)
            positions = positions_of(connection)
            manifest = {
                "format": FORMAT, "schema": version_of(connection), "tables": tables,
                "positions": dict(positions),
            }  # fmt: skip
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    except InsufficientPrivilege:
        raise HubError("hub.no_right") from None
    return positions


def _write(archive: zipfile.ZipFile, cursor: Any, table: str) -> None:  # noqa: ANN401 - of psycopg
    with (
        archive.open(f"{table}.copy", "w", force_zip64=True) as entry,
        cursor.copy(f"COPY {table} TO STDOUT") as copy,
    ):
        for block in copy:
            entry.write(block)


def restore_tables(connection: Connection, path: Path, replaced: int = 0) -> int:
    """Fill an empty hub of PostgreSQL from a backup; return its new epoch.

    Args:
        connection: of the tables' owner, in a transaction; the schema is at the backup's version.
        path: of the backup.
        replaced: epoch of the hub that it takes the place of, when known.

    Raises:
        HubError: `hub.restore_not_empty`; `hub.backup_damaged`, the file is no backup or not whole;
            `hub.backup_version`, made by another version of the schema.
    """
    if row(connection, _EVENTS) is not None:
        raise HubError("hub.restore_not_empty")
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            if manifest.get("format") != FORMAT or archive.testzip() is not None:
                raise HubError("hub.backup_damaged")
            if manifest["schema"] != version_of(connection):
                raise HubError("hub.backup_version")
            _fill(connection, archive, manifest["tables"])
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, EOFError):
        raise HubError("hub.backup_damaged") from None
    if positions_of(connection) != manifest["positions"]:
        raise HubError("hub.backup_damaged")
    return begin_epoch(connection, replaced)


def _fill(connection: Connection, archive: zipfile.ZipFile, tables: list[str]) -> None:
    known = {str(found[0]) for found in connection.exec_driver_sql(_TABLES)}
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor:
        for table in tables:
            if table not in known:
                raise HubError("hub.backup_version")
            cursor.execute(f"TRUNCATE {table}")
            with archive.open(f"{table}.copy") as entry, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                while block := entry.read(_CHUNK):
                    copy.write(block)
        for table in _COUNTED:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'n'), coalesce(max(n), 0) + 1, false)"  # noqa: S608 - our own names
                f" FROM {table}"
            )
