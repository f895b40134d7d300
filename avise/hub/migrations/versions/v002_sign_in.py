"""Version 2: what signing in over HTTP needs: keys, refresh tokens, and other applications of the house.

A refresh token and an application's secret are kept as digests: neither can be read back.
"""

from alembic import op

revision = "002"
down_revision = "001"

_TABLES = (
    "CREATE TABLE signing_key (kid TEXT PRIMARY KEY, jwk TEXT NOT NULL, made_at BIGINT NOT NULL)",
    """
    CREATE TABLE refresh_grant (
        digest TEXT PRIMARY KEY,
        family TEXT NOT NULL,
        login TEXT NOT NULL,
        device TEXT NOT NULL,
        signed_in_at BIGINT NOT NULL,
        issued_at BIGINT NOT NULL,
        replaced_at BIGINT,
        revoked_at BIGINT
    )
    """,
    "CREATE INDEX refresh_grant_by_family ON refresh_grant (family)",
    "CREATE INDEX refresh_grant_by_login ON refresh_grant (login)",
    "CREATE INDEX refresh_grant_by_age ON refresh_grant (issued_at)",
    """
    CREATE TABLE application (
        name TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        scopes TEXT NOT NULL,
        team TEXT NOT NULL,
        made_at BIGINT NOT NULL,
        revoked_at BIGINT
    )
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _TABLES:
        op.execute(statement)
