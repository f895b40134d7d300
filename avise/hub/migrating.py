"""Bringing the hub's schema to this version, and naming a hub that has just been made."""

from __future__ import annotations

import uuid

from sqlalchemy import Connection, inspect

from avise.env import Env
from avise.hub.database_roles import grant_rights, may_grant
from avise.hub.dialect import Statement, change, is_sqlite, row
from avise.hub.journal_rows import make_heads
from avise.hub.port import HubError
from avise.hub.stream_state import CUSTOMERS

NEWEST = "003"
"""The version of the schema that this program works with."""

_VERSION = Statement("SELECT version_num FROM alembic_version")
_SAVE_VERSION = Statement("INSERT INTO alembic_version (version_num) VALUES (:version)")
_MAKE_VERSION = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
_TABLES = Statement("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'")
_META = Statement("INSERT INTO meta (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING")


def version_of(connection: Connection) -> str:
    """Return the version of the schema that is there, "" when there is none."""
    if is_sqlite(connection):
        there = row(connection, _TABLES)
        if there is None or not there[0]:
            return ""
    elif not inspect(connection).has_table("alembic_version"):
        return ""
    found = row(connection, _VERSION)
    return str(found[0]) if found is not None else ""


def migrate(connection: Connection, env: Env, hub_id: uuid.UUID | None = None) -> None:
    """Bring the schema to `NEWEST`, in the transaction that is open, and name the hub when it is new.

    Args:
        connection: with the right to make tables.
        env: mints the hub's name.
        hub_id: the name to give, when it was chosen elsewhere.

    Raises:
        HubError: `hub.too_new`, a later version of Avise made this hub.
    """
    found = version_of(connection)
    if found > NEWEST:
        raise HubError("hub.too_new")
    if found < NEWEST:
        _upgrade(connection, found)
    if not is_sqlite(connection) and (found < NEWEST or may_grant(connection)):
        # Rights may have come since, without a table.
        grant_rights(connection)
    for name, value in (("hub_id", str(hub_id or env.uuid7())), ("epoch", "1"), ("min_version", "0.1.0")):
        change(connection, _META, name=name, value=value)
    change(connection, _META, name="colleagues_version", value="1")
    make_heads(connection, [CUSTOMERS])


def _upgrade(connection: Connection, found: str) -> None:
    """Apply the versions that are missing, named here so that a packaged program has them too."""
    from alembic.operations import Operations  # noqa: PLC0415 - slow to import, and rarely needed
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    from avise.hub.migrations.versions import (  # noqa: PLC0415 - they need alembic
        v001_baseline,
        v002_sign_in,
        v003_check_out,
    )

    connection.exec_driver_sql(_MAKE_VERSION)
    with Operations.context(MigrationContext.configure(connection)):
        for version in (v001_baseline, v002_sign_in, v003_check_out):
            if version.revision > found:
                version.upgrade()
    connection.exec_driver_sql("DELETE FROM alembic_version")
    change(connection, _SAVE_VERSION, version=NEWEST)
