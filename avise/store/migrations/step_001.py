"""Version 1: journal, snapshots by page, drafts and tabs, settings, sealed secrets, recents."""

STATEMENTS = (
    """
    CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE event (
        device_seq INTEGER PRIMARY KEY,
        event_id BLOB NOT NULL UNIQUE,
        device_id TEXT NOT NULL,
        stream TEXT NOT NULL,
        kind TEXT NOT NULL,
        schema_v INTEGER NOT NULL,
        author TEXT NOT NULL,
        role TEXT NOT NULL,
        occurred_at INTEGER NOT NULL,
        clock_offset_ms INTEGER NOT NULL,
        body BLOB,
        salt BLOB,
        content_sha BLOB NOT NULL,
        state TEXT NOT NULL DEFAULT 'pending'
    )
    """,
    "CREATE INDEX event_by_stream ON event (stream, device_seq)",
    """
    CREATE TABLE snapshot (
        id INTEGER PRIMARY KEY,
        instance TEXT NOT NULL,
        facet TEXT NOT NULL,
        schema_v INTEGER NOT NULL,
        customer BLOB NOT NULL,
        query_hash TEXT NOT NULL,
        record_count INTEGER NOT NULL,
        size INTEGER NOT NULL,
        as_of INTEGER,
        fetched_at INTEGER NOT NULL,
        usable_until INTEGER NOT NULL,
        validator TEXT NOT NULL,
        completeness TEXT NOT NULL CHECK (completeness IN ('complete', 'truncated')),
        truncated_because TEXT NOT NULL,
        unreadable INTEGER NOT NULL,
        sensitivity TEXT NOT NULL,
        last_error TEXT,
        last_error_at INTEGER,
        UNIQUE (customer, facet, instance, schema_v, query_hash)
    )
    """,
    "CREATE INDEX snapshot_by_end ON snapshot (usable_until)",
    "CREATE INDEX snapshot_by_reading ON snapshot (fetched_at)",
    """
    CREATE TABLE snapshot_page (
        snapshot INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (snapshot, number)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE draft (
        login TEXT NOT NULL,
        person BLOB NOT NULL,
        text TEXT NOT NULL,
        saved_at INTEGER NOT NULL,
        PRIMARY KEY (login, person)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE session_tab (
        login TEXT NOT NULL,
        position INTEGER NOT NULL,
        person BLOB NOT NULL,
        label TEXT NOT NULL,
        active INTEGER NOT NULL,
        PRIMARY KEY (login, position)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE setting (
        login TEXT NOT NULL,
        name TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (login, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sealed (
        instance TEXT NOT NULL,
        name TEXT NOT NULL,
        nonce BLOB NOT NULL,
        body BLOB NOT NULL,
        sealed_at INTEGER NOT NULL,
        PRIMARY KEY (instance, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE recent (
        login TEXT NOT NULL,
        person BLOB NOT NULL,
        opened_at INTEGER NOT NULL,
        PRIMARY KEY (login, person)
    ) WITHOUT ROWID
    """,
)
