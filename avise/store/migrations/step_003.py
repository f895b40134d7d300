"""Version 3: messages to members, from their planning to their end."""

STATEMENTS = (
    """
    CREATE TABLE outgoing_message (
        message_id BLOB PRIMARY KEY,
        login TEXT NOT NULL,
        person BLOB NOT NULL,
        template TEXT NOT NULL,
        template_version TEXT NOT NULL,
        title TEXT NOT NULL,
        purpose TEXT NOT NULL,
        channel TEXT NOT NULL,
        language TEXT NOT NULL,
        status TEXT NOT NULL,
        planned_at INTEGER NOT NULL,
        departs_at INTEGER NOT NULL,
        changed_at INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        detail TEXT NOT NULL DEFAULT '',
        content BLOB
    ) WITHOUT ROWID
    """,
    "CREATE INDEX outgoing_message_by_departure ON outgoing_message (status, departs_at)",
)
