"""A search directory put under another key: a copy of it, checked, in another file; the first one goes."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from avise.store.connections import close_quietly, open_encrypted
from avise.store.directory_building import BUILDING_SUFFIX, is_sound
from avise.store.errors import LIBRARY_ERRORS, CorruptedFileError, DiskFullError, UnwritableError, translated

_BESIDE = ("", "-wal", "-shm")


def put_under(source: Path, key: bytes, target: Path, new_key: bytes) -> None:
    """Make a directory's closed file that of another path and key; nothing when there is no file.

    A crash leaves the source, or the target, or both: whoever opens the target deletes the source.

    Raises:
        StoreError: the disk is full, or the copy did not pass; the source stays.
    """
    if not source.exists():
        return
    aside = target.with_name(target.name + BUILDING_SUFFIX)
    try:
        shutil.copyfile(source, aside)
        connection = open_encrypted(aside, key, pragmas=("journal_mode=DELETE", "temp_store=MEMORY"))
        try:
            connection.exec_driver_sql(f"PRAGMA rekey=\"x'{new_key.hex()}'\"")
        finally:
            close_quietly(connection)
        if not is_sound(aside, new_key):
            raise CorruptedFileError(file=aside.name, events="0")
    except LIBRARY_ERRORS as error:
        aside.unlink(missing_ok=True)
        raise translated(error) from None
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise (DiskFullError if error.errno == errno.ENOSPC else UnwritableError) from None
    aside.replace(target)
    forget_file(source)


def forget_file(path: Path) -> None:
    """Delete a directory's file and what is beside it."""
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
