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
from avise.store.connections import close_quietly
from avise.store.errors import LIBRARY_ERRORS


async def backup(asked: Asked) -> int:
    """Write a backup under another name, give it its own once it is whole, then publish what it holds."""
    database, path = chosen_database(asked.chosen), Path(asked.chosen.file)
    half = path.with_name(path.name + ".part")
    half.unlink(missing_ok=True)
    try:
        if database.is_postgres:
            positions = await asked.transactions.read(lambda connection: back_up_tables(connection, half))
        else:
            key = await key_of(database, asked.env)
            positions = await asked.transactions.read(lambda connection: _copy(connection, half, key))
        _keep(half, path)
    except OSError:
        raise HubError("hub_command.not_written") from None
    finally:
        half.unlink(missing_ok=True)
    await asked.transactions.write(lambda connection: publish(connection, positions))
    say("hub_command.backup", file=path.name)
    return 0


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
    epoch = await asked.transactions.write(lambda connection: restore_tables(connection, path, replaced))
    say("hub_command.restore", epoch=str(epoch))
    return 0


async def restore_file(database: HubDatabase, path: Path, replaced: int, env: Env) -> int:
    """Make a hub in a file again from a backup.

    Raises:
        HubError: `hub.restore_not_empty`, there is a hub already; `hub.backup_damaged`.
    """
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


def _restored(path: Path, half: Path, key: bytes, replaced: int) -> int:
    if not path.exists():
        raise HubError("hub.backup_damaged")
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
