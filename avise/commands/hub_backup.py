"""`avise hub backup | restore`: a hub of one moment in a file, and a hub made again from one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection

from avise.commands.hub_asked import Asked, say
from avise.commands.hub_database import HubDatabase, chosen_database, key_of
from avise.engine.opened_hub import hub_opener
from avise.env import Env
from avise.hub.backing_up import back_up_file, back_up_tables, begin_epoch, publish, restore_tables
from avise.hub.port import HubError
from avise.hub.refusals import HubFullError
from avise.store.connections import close_quietly
from avise.store.errors import LIBRARY_ERRORS


async def backup(asked: Asked) -> int:
    """Write a backup under another name, give it its own once it is whole, then publish what it holds."""
    database, path = chosen_database(asked.chosen), Path(asked.chosen.file)
    half = _half_of(path)
    try:
        if database.is_postgres:
            positions = await asked.transactions.read(lambda connection: back_up_tables(connection, half))
        else:
            key = await key_of(database, asked.env)
            positions = await asked.transactions.read(lambda connection: _copy(connection, half, key))
        _keep(half, path)
    except (OSError, HubFullError):
        raise HubError("hub_command.not_written") from None
    finally:
        half.unlink(missing_ok=True)
    await asked.transactions.write(lambda connection: publish(connection, positions))
    say("hub_command.backup", file=path.name)
    return 0


def _half_of(path: Path) -> Path:
    """Return where a backup is written until it is whole; nothing is there.

    Raises:
        HubError: `hub_command.not_written`: no file can stand there.
    """
    if path.is_dir() or not path.parent.is_dir():
        raise HubError("hub_command.not_written")
    half = path.with_name(path.name + ".part")
    try:
        half.touch()
        half.unlink()
    except OSError:
        raise HubError("hub_command.not_written") from None
    return half


def _copy(source: Connection, path: Path, key: bytes) -> Mapping[str, int]:
    target = hub_opener(path, key)(False)
    try:
        return back_up_file(source, target)
    finally:
        # Closing folds the copy's log into it: one file is left.
        close_quietly(target)


def _keep(half: Path, path: Path) -> None:
    """Give a whole file its name, once it is on the disk."""
    with half.open("rb") as written:
        os.fsync(written.fileno())
    half.chmod(0o600)
    half.replace(path)


async def restore(asked: Asked) -> int:
    """Fill an empty hub of PostgreSQL from a backup."""
    path, replaced = Path(asked.chosen.file), asked.chosen.replaced_epoch
    _refuse_no_backup(path)
    epoch = await asked.transactions.write(lambda connection: restore_tables(connection, path, replaced))
    say("hub_command.restore", epoch=str(epoch))
    return 0


async def restore_file(database: HubDatabase, path: Path, replaced: int, env: Env) -> int:
    """Make a hub in a file again from a backup.

    Raises:
        HubError: `hub.restore_not_empty`, there is a hub already; `hub.backup_damaged`;
            `hub_command.no_backup`.
    """
    _refuse_no_backup(path)
    if database.path.exists():
        raise HubError("hub.restore_not_empty")
    key = await key_of(database, env)
    database.path.parent.mkdir(parents=True, exist_ok=True)
    half = database.path.with_name(database.path.name + ".part")
    half.unlink(missing_ok=True)
    try:
        epoch = _restored(path, half, key, replaced)
        for left in ("-wal", "-shm"):
            # The log of the file that stood here: its pages would come over those of the backup.
            database.path.with_name(database.path.name + left).unlink(missing_ok=True)
        _keep(half, database.path)
    except OSError:
        raise HubError("hub_command.not_restored") from None
    except LIBRARY_ERRORS:
        raise HubError("hub.backup_damaged") from None
    finally:
        half.unlink(missing_ok=True)
    say("hub_command.restore", epoch=str(epoch))
    return 0


def _refuse_no_backup(path: Path) -> None:
    """Refuse what is no file.

    Raises:
        HubError: `hub_command.no_backup`.
        OSError: it may not be read.
    """
    if not path.is_file():
        raise HubError("hub_command.no_backup", file=str(path))
    path.open("rb").close()


def _restored(path: Path, half: Path, key: bytes, replaced: int) -> int:
    source, target = hub_opener(path, key)(True), hub_opener(half, key)(False)
    try:
        with source.begin():
            back_up_file(source, target)
        # Reading the copy began a transaction.
        target.rollback()
        with target.begin():
            return begin_epoch(target, replaced)
    finally:
        close_quietly(source)
        close_quietly(target)
