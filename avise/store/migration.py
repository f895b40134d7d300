"""Bringing a file's schema to the current version, in one transaction, after a copy of the file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from avise.store.errors import (
    LIBRARY_ERRORS,
    DiskFullError,
    MigrationError,
    NewerVersionError,
    StoreError,
    translated,
)
from avise.store.migrations import STEPS, Step

MINOR_BITS = 16
"""`PRAGMA user_version` packs major << 16 | minor: a newer minor only added things and is tolerated."""


def current_version(steps: Sequence[Step] = STEPS) -> int:
    """Return the major version that this program writes."""
    return steps[-1].version


def version_of(connection: Connection) -> int:
    """Return the major version of an open file; 0 for an empty one."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one()) >> MINOR_BITS


def refuse_newer(connection: Connection, steps: Sequence[Step] = STEPS) -> None:
    """Refuse a file that a later version of the program wrote.

    Raises:
        NewerVersionError: with both versions.
    """
    found = version_of(connection)
    if found > current_version(steps):
        raise NewerVersionError(found=str(found), known=str(current_version(steps)))


def migrate(connection: Connection, steps: Sequence[Step], application_id: int) -> None:
    """Apply the missing steps, all or none, and mark the file as ours.

    Args:
        connection: on the file, outside any transaction.
        steps: all of them, in order.
        application_id: `PRAGMA application_id` of the file.

    Raises:
        DiskFullError: when the disk is full.
        MigrationError: when a step fails; the file is as it was.
    """
    try:
        with connection.begin():
            found = version_of(connection)
            for step in steps:
                if step.version <= found:
                    continue
                for statement in step.statements:
                    connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA application_id={application_id}")
            connection.exec_driver_sql(f"PRAGMA user_version={current_version(steps) << MINOR_BITS}")
    except LIBRARY_ERRORS as error:
        failure: StoreError = translated(error)
        if isinstance(failure, DiskFullError):
            raise failure from None
        raise MigrationError(to=str(current_version(steps))) from None


def copy_before(path: Path, version: int, now: datetime) -> Path:
    """Copy a closed, checkpointed file beside itself before it is migrated; return the copy.

    Raises:
        DiskFullError: when there is no room for the copy: nothing is migrated then.
    """
    copy = path.with_name(f"{path.stem}.v{version}-{now:%Y%m%d-%H%M%S}{path.suffix}")
    try:
        shutil.copyfile(path, copy)
        with copy.open("rb+") as stream:
            os.fsync(stream.fileno())
    except OSError:
        copy.unlink(missing_ok=True)
        raise DiskFullError from None
    return copy
