"""What a damaged file still gives back, row by row; the file itself is set aside and never deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from avise.store import tables
from avise.store.connections import close_quietly, open_encrypted
from avise.store.errors import LIBRARY_ERRORS
from avise.store.identity_file import SUFFIX

COMPANIONS = ("", "-wal", "-shm", SUFFIX)
"""Suffixes of the files that belong together."""

MOST_GAPS = 500
"""Unreadable positions in a row after which salvage stops: a page holds some twenty events."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """Rows read from a damaged file, by table."""

    rows: dict[str, list[dict[str, Any]]]

    @property
    def events(self) -> int:
        """How many of our own events came back."""
        return len(self.rows.get(tables.event.name, []))


def set_aside(path: Path, reason: str, now: datetime) -> Path:
    """Rename a file and its companions so that a new one can take the place; return the new path."""
    stem = f"{path.stem}.{reason}-{now:%Y%m%d-%H%M%S}"
    target = path.with_name(stem + path.suffix)
    count = 1
    while target.exists():
        count += 1
        target = path.with_name(f"{stem}-{count}{path.suffix}")
    for suffix in COMPANIONS:
        source = path.with_name(path.name + suffix)
        if source.exists():
            source.replace(target.with_name(target.name + suffix))
    return target


def salvage(path: Path, key: bytes) -> Salvaged:
    """Read what is still readable of a file that was set aside; never raises for a damaged page."""
    rows: dict[str, list[dict[str, Any]]] = {}
    if not _head_is_readable(path, key):
        return Salvaged(rows)
    for table in tables.KEPT_BY_SALVAGE:
        found = _events(path, key) if table is tables.event else _rows(path, key, table)
        rows[table.name] = list(found)
    return Salvaged(rows)


def _head_is_readable(path: Path, key: bytes) -> bool:
    """Say whether the first page decrypts: without it, nothing does."""
    try:
        connection = open_encrypted(path, key)
    except LIBRARY_ERRORS:
        return False
    try:
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except LIBRARY_ERRORS:
        return False
    else:
        return True
    finally:
        close_quietly(connection)


def _rows(path: Path, key: bytes, table: Table) -> Iterator[dict[str, Any]]:
    """Yield the rows of a small table up to the first damaged page."""
    try:
        connection = open_encrypted(path, key)
    except LIBRARY_ERRORS:
        return
    try:
        # A file of an earlier version lacks the columns that were added since.
        there = {row[1] for row in connection.exec_driver_sql(f"PRAGMA table_info({table.name})")}
        for row in connection.execute(select(*(column for column in table.columns if column.name in there))):
            yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented public name
    except LIBRARY_ERRORS:
        return
    finally:
        close_quietly(connection)


def _events(path: Path, key: bytes) -> Iterator[dict[str, Any]]:
    """Yield the journal's rows, stepping over damaged pages.

    SQLCipher refuses everything on a connection that met a bad page, hence a new one each time.
    """
    last, end, gaps = 0, None, 0
    while gaps < MOST_GAPS:
        connection = None
        try:
            connection = open_encrypted(path, key)
            statement = select(tables.event).where(tables.event.c.device_seq > last + gaps)
            for row in connection.execute(statement.order_by(tables.event.c.device_seq)):
                if _is_whole(row):
                    yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented public name
                last, gaps = row.device_seq, 0
        except LIBRARY_ERRORS:
            gaps += 1
        else:
            return
        finally:
            if connection is not None:
                close_quietly(connection)
        end = _last_position(path, key) if end is None else end
        if end and last + gaps >= end:
            return


def _is_whole(row: Row[Any]) -> bool:
    """Say whether an event is the one that was sealed: of a page that lacks, SQLite gives zeros."""
    if row.body is None:
        return True
    return bool(hashlib.sha256((row.salt or b"") + row.body).digest() == row.content_sha)


def _last_position(path: Path, key: bytes) -> int:
    """Return the journal's last position, 0 when even that is unreadable."""
    try:
        connection = open_encrypted(path, key)
    except LIBRARY_ERRORS:
        return 0
    try:
        return int(connection.scalar(select(func.max(tables.event.c.device_seq))) or 0)
    except LIBRARY_ERRORS:
        return 0
    finally:
        close_quietly(connection)


def restore(connection: Connection, salvaged: Salvaged) -> None:
    """Write salvaged rows into a new store, in one transaction."""
    with connection.begin():
        for table in tables.KEPT_BY_SALVAGE:
            if found := salvaged.rows.get(table.name):
                connection.execute(insert(table).prefix_with("OR REPLACE"), found)
        # A damaged file may give back an older state: what seems not to have left may have.
        unsent = tables.command.c.state.in_(("awaiting_second", "confirmed", "waiting"))
        connection.execute(update(tables.command).where(unsent).values(state="sending"))
        _keep_in_step(connection, salvaged)


def _keep_in_step(connection: Connection, salvaged: Salvaged) -> None:
    """Have the hub and this journal find each other again, whatever was lost (`avise.services.sync`).

    What the hub answered for and is lost here would be counted on: the numbers would be given again. Without
    its name, this workstation is one more copy of the one that wrote.
    """
    last = int(connection.scalar(select(func.max(tables.event.c.device_seq))) or 0)
    connection.execute(delete(tables.event_ack).where(tables.event_ack.c.device_seq > last))
    named = any(row["name"] == "device_id" for row in salvaged.rows.get(tables.meta.name, ()))
    if last and not named:
        row = {"name": tables.COPIED, "value": str(last)}
        connection.execute(insert(tables.meta).prefix_with("OR REPLACE"), row)
