"""What each role of the database may do, on PostgreSQL (decision 24): asked for after every migration.

The tables belong to a role that nobody signs in as. The server's role adds to the journal and cannot
change or delete an event; erasing the content of one is a role apart. Row-level security keeps a statement
of ours that forgot its condition from reading, or feeding, a perimeter that the call is not about.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from avise.hub.journal_rows import HEADER
from avise.hub.stream_state import HOUSE

OWNER, SERVER, ERASURE = "avise_hub_owner", "avise_hub_server", "avise_hub_erasure"
"""Roles without a password: whoever signs in is a member of one."""

KEPT = frozenset(("event", "feed", "taken_back", "access_log", "blob", "blob_use", "posted"))
"""Tables to which the server adds, and in which it changes nothing."""

_EMPTIED = frozenset(("presence", "timeline", "refresh_grant", "signing_key", "checked_out"))
"""Tables whose rows the server takes away."""

_SETTING = "avise.perimeters"
_CONDITION = (
    f"perimeter = ANY ((SELECT string_to_array(current_setting('{_SETTING}', true), E'\\n'))::text[])"
)

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"


_OWNS = "SELECT pg_has_role(oid, 'USAGE') FROM pg_roles WHERE rolname = %s"


def may_grant(connection: Connection) -> bool:
    """Say whether whoever is connected, on PostgreSQL, may give the roles their rights again."""
    return bool(connection.exec_driver_sql(_OWNS, (OWNER,)).scalar())


def grant_rights(connection: Connection) -> None:
    """Make the three roles and give each its rights, as often as wanted.

    Args:
        connection: on PostgreSQL, of a role that may make roles and owns the tables or the database.
    """
    for role in (OWNER, SERVER, ERASURE):
        connection.exec_driver_sql(
            f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}')"  # noqa: S608 - our own names
            f" THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
        )
    tables = [str(row[0]) for row in connection.exec_driver_sql(_TABLES)]
    for statement in (*_ownership(tables), *_server_rights(tables), *_erasure_rights(), *_row_security()):
        connection.exec_driver_sql(statement)


def _ownership(tables: Iterable[str]) -> Iterable[str]:
    for table in tables:
        yield f"ALTER TABLE {table} OWNER TO {OWNER}"


def _server_rights(tables: Iterable[str]) -> Iterable[str]:
    for table in tables:
        yield f"REVOKE ALL ON {table} FROM PUBLIC, {SERVER}"
        if table == "alembic_version":
            yield f"GRANT SELECT ON {table} TO {SERVER}"
            continue
        rights = "SELECT, INSERT" if table in KEPT else "SELECT, INSERT, UPDATE"
        yield f"GRANT {rights}{', DELETE' if table in _EMPTIED else ''} ON {table} TO {SERVER}"


def _erasure_rights() -> Iterable[str]:
    for table in ("event", "quarantine", "feed", "head"):
        yield f"REVOKE ALL ON {table} FROM {ERASURE}"
    for table in ("event", "quarantine"):
        yield f"GRANT SELECT (event_id, stream, kind, received_at) ON {table} TO {ERASURE}"
        yield f"GRANT SELECT (body) ON {table} TO {ERASURE}"
        yield f"GRANT UPDATE (body, salt) ON {table} TO {ERASURE}"
    yield f"GRANT SELECT (name, stream) ON blob_use TO {ERASURE}"
    yield f"GRANT SELECT (name), DELETE ON blob TO {ERASURE}"
    yield f"GRANT SELECT ON alembic_version TO {ERASURE}"
    # To find which exchanges a customer's events attach, and what no longer has words.
    yield f"GRANT SELECT (effective) ON event TO {ERASURE}"
    for table in ("timeline", "taken_back"):
        yield f"GRANT SELECT, DELETE ON {table} TO {ERASURE}"
    yield f"GRANT SELECT (dossier), UPDATE (contacts) ON synthesis TO {ERASURE}"
    yield f"GRANT INSERT ON access_log TO {ERASURE}"
    # To feed the house again, without a body, what was decided of the customer and another record.
    yield f"GRANT SELECT ({', '.join((*HEADER, 'content_sha'))}) ON event TO {ERASURE}"
    yield f"GRANT SELECT, INSERT ON feed TO {ERASURE}"
    yield f"GRANT SELECT, UPDATE (pos, chain) ON head TO {ERASURE}"


def _row_security() -> Iterable[str]:
    yield "ALTER TABLE feed ENABLE ROW LEVEL SECURITY"
    yield "DROP POLICY IF EXISTS feed_of_the_call ON feed"
    yield (
        f"CREATE POLICY feed_of_the_call ON feed TO {SERVER} USING ({_CONDITION}) WITH CHECK ({_CONDITION})"
    )
    yield "ALTER TABLE head ENABLE ROW LEVEL SECURITY"
    yield "DROP POLICY IF EXISTS every_head ON head"
    yield f"CREATE POLICY every_head ON head TO {SERVER} USING (true) WITH CHECK (true)"
    for table in ("feed", "head"):
        of_house = f"perimeter = '{HOUSE}'"
        yield f"DROP POLICY IF EXISTS {table}_of_the_house ON {table}"
        yield (
            f"CREATE POLICY {table}_of_the_house ON {table} TO {ERASURE}"
            f" USING ({of_house}) WITH CHECK ({of_house})"
        )
