"""Version 2: commands to tools, from confirmation to settlement, and the documents that tools gave back."""

STATEMENTS = (
    """
    CREATE TABLE command (
        position INTEGER PRIMARY KEY,
        command_id BLOB NOT NULL UNIQUE,
        group_id BLOB NOT NULL,
        login TEXT NOT NULL,
        person BLOB NOT NULL,
        instance TEXT NOT NULL,
        action TEXT NOT NULL,
        state TEXT NOT NULL,
        revision INTEGER NOT NULL,
        fingerprint BLOB NOT NULL,
        confirmed_at INTEGER NOT NULL,
        settled_at INTEGER,
        body BLOB NOT NULL,
        content BLOB
    )
    """,
    "CREATE INDEX command_by_login ON command (login, position)",
    """
    CREATE TABLE command_document (
        command_id BLOB NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        content BLOB NOT NULL,
        kept_at INTEGER NOT NULL,
        fetched_at INTEGER
    )
    """,
)
