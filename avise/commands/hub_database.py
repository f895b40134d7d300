"""The database of a hub, as a command names it: an address of PostgreSQL, or a file and its key."""

from __future__ import annotations

import argparse
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from avise.commands.hub_parser import DATABASE_VARIABLE
from avise.commands.wrong_argument import WrongArgumentError
from avise.engine.opened_hub import hub_key_source, hub_opener
from avise.env import Env
from avise.hub.acting import Transactions
from avise.hub.dialect import is_forbidden
from avise.hub.local import SqliteTransactions
from avise.hub.migrating import NEWEST, version_of
from avise.hub.port import HubError, HubUnreachableError
from avise.hub.postgres import CONNECTIONS, PostgresTransactions
from avise.hub.refusals import HubFullError
from avise.store.connections import KEY_BYTES, check_library
from avise.store.errors import LIBRARY_ERRORS, translated
from avise.store.key_source import KeyUnavailableError

_NOT_HERE = ("key.no_keyring", "key.missing")


@dataclass(frozen=True, slots=True)
class HubDatabase:
    """Where a hub is kept."""

    where: str
    """"postgresql://…", or the path of a file."""
    key_file: Path | None = None
    """Key of a file; the system's keyring when None."""

    @property
    def is_postgres(self) -> bool:
        """Whether it is in a PostgreSQL."""
        return self.where.startswith("postgresql://")

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.where)


def chosen_database(chosen: argparse.Namespace) -> HubDatabase:
    """Return the database that a command is about.

    Raises:
        WrongArgumentError: none is named.
    """
    where = chosen.database or os.environ.get(DATABASE_VARIABLE, "")
    if not where:
        raise WrongArgumentError("hub_command.no_database")
    if "://" in where and not where.startswith("postgresql://"):
        raise WrongArgumentError("hub_command.bad_database")
    return HubDatabase(where, chosen.key_file)


@asynccontextmanager
async def opened(
    database: HubDatabase, env: Env, *, create: bool = False, connections: int = CONNECTIONS
) -> AsyncIterator[Transactions]:
    """Open a database for the time of the block.

    Args:
        database: where.
        env: clock and chance.
        create: whether a file may be made.
        connections: to PostgreSQL at once.

    Raises:
        AviseError: it cannot be used; the sentence says what to do. `hub_command.unreachable`: the server of
            the database does not answer. `hub_command.not_allowed`: its account may not do what is asked.
    """
    transactions = (
        PostgresTransactions.to(database.where, env, connections)
        if database.is_postgres
        else await _file(database, env, create=create)
    )
    try:
        yield transactions
    except HubUnreachableError:
        # Its own sentence speaks to somebody at a workstation.
        raise HubError("hub_command.unreachable") from None
    except HubFullError:
        raise HubError("hub_command.full") from None
    except DBAPIError as error:
        if not is_forbidden(error):
            raise
        raise HubError("hub_command.not_allowed") from None
    finally:
        await transactions.aclose()


async def require_ready(transactions: Transactions) -> None:
    """Refuse a database that holds no hub of this version.

    Raises:
        HubError: `hub.not_made`, `hub.older`, `hub.too_new`, `hub.unreachable`.
    """
    found = await transactions.read(version_of)
    if not found:
        raise HubError("hub.not_made")
    if found != NEWEST:
        raise HubError("hub.older" if found < NEWEST else "hub.too_new")


async def key_of(database: HubDatabase, env: Env, *, create: bool = False) -> bytes:
    """Return the key of a hub that is kept in a file.

    Raises:
        KeyUnavailableError: there is none, or it cannot be read; `key.no_hub_key` when no file was named
            and the account's keyring has none.
    """
    if database.key_file is not None:
        return _key_in(database.key_file, env, create=create)
    source = hub_key_source("keyring", database.path.parent, env, synthetic=False)
    try:
        return await source.key(create=create)
    except KeyUnavailableError as error:
        if error.message_key in _NOT_HERE:
            raise KeyUnavailableError("key.no_hub_key") from None
        raise


async def _file(database: HubDatabase, env: Env, *, create: bool) -> SqliteTransactions:
    check_library()
    path = database.path
    if path.is_dir():
        raise WrongArgumentError("hub_command.database_is_folder")
    # An empty file would become a hub without anybody in it.
    if not create and (not path.exists() or not path.stat().st_size):
        raise HubError("hub.not_made")
    if create:
        _make_folder(path.parent)
    key = await key_of(database, env, create=create and not path.exists())
    transactions = SqliteTransactions(hub_opener(path, key), env)
    try:
        await transactions.open()
    except (HubUnreachableError, HubFullError) as error:
        await transactions.aclose()
        told = "hub_command.full" if isinstance(error, HubFullError) else "hub_command.file_not_opened"
        raise HubError(told) from None
    except LIBRARY_ERRORS as error:
        await transactions.aclose()
        raise translated(error) from None
    except BaseException:
        await transactions.aclose()
        raise
    return transactions


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise HubError("hub_command.file_not_opened") from None


def _key_in(path: Path, env: Env, *, create: bool) -> bytes:
    """Return the key that a file holds in hexadecimal digits; it is written with a new hub.

    Raises:
        KeyUnavailableError: `hub_command.no_key_file`, `hub_command.bad_key_file`,
            `hub_command.key_not_written`.
    """
    if not path.exists():
        if not create:
            raise KeyUnavailableError("hub_command.no_key_file")
        return _new_key(path, env)
    try:
        key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise KeyUnavailableError("hub_command.bad_key_file") from None
    if len(key) != KEY_BYTES:
        raise KeyUnavailableError("hub_command.bad_key_file")
    return key


def _new_key(path: Path, env: Env) -> bytes:
    digits, made = env.token() + env.token(), False
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            made = True
            file.write(digits + "\n")
    except OSError:
        if made:
            # Half of a key opens nothing, and would be taken for one the next time.
            path.unlink(missing_ok=True)
        raise KeyUnavailableError("hub_command.key_not_written") from None
    return bytes.fromhex(digits)
