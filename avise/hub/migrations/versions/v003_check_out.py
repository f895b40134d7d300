"""Version 3: portfolios taken on the road, the hub's half of their key, and wipes that are confirmed later.

A check-out is one row a device; `half` is emptied once it has ended. `wipe_receipt` is the digest of what a
device that begins to erase itself will say once it has, when it can no longer sign in.
"""

from alembic import op

revision = "003"
down_revision = "002"

_TABLES = (
    """
    CREATE TABLE check_out (
        device TEXT PRIMARY KEY,
        login TEXT NOT NULL,
        half {bytes} NOT NULL,
        days BIGINT NOT NULL,
        taken_at BIGINT NOT NULL,
        renewed_at BIGINT NOT NULL,
        ends_at BIGINT NOT NULL,
        ended_at BIGINT,
        ended_why TEXT NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX check_out_by_login ON check_out (login)",
    "CREATE TABLE checked_out (person TEXT NOT NULL, device TEXT NOT NULL, PRIMARY KEY (person, device))",
    "CREATE INDEX checked_out_by_device ON checked_out (device)",
    "INSERT INTO meta (name, value) VALUES ('check_outs', '0') ON CONFLICT (name) DO NOTHING",
    "ALTER TABLE device ADD COLUMN wipe_receipt TEXT NOT NULL DEFAULT ''",
)


def upgrade() -> None:
    """Make the tables."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _TABLES:
        op.execute(statement.replace("{bytes}", "BLOB" if sqlite else "BYTEA"))
