"""Version 4: what the hub acknowledged and gave, and what one desk keeps about requests."""

STATEMENTS = (
    """
    CREATE TABLE event_ack (
        device_seq INTEGER PRIMARY KEY,
        epoch INTEGER NOT NULL,
        refusal TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE TABLE hub_event (
        event_id BLOB PRIMARY KEY,
        stream TEXT NOT NULL,
        ver INTEGER NOT NULL,
        device TEXT NOT NULL,
        device_seq INTEGER NOT NULL,
        kind TEXT NOT NULL,
        schema_v INTEGER NOT NULL,
        author TEXT NOT NULL,
        role TEXT NOT NULL,
        occurred_at INTEGER NOT NULL,
        clock_offset_ms INTEGER NOT NULL,
        body BLOB,
        content_sha BLOB NOT NULL,
        effective INTEGER NOT NULL,
        refusal TEXT NOT NULL,
        number TEXT NOT NULL,
        received_at INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    "CREATE INDEX hub_event_by_stream ON hub_event (stream, ver)",
    """
    CREATE TABLE feed (
        perimeter TEXT NOT NULL,
        pos INTEGER NOT NULL,
        event_id BLOB NOT NULL,
        PRIMARY KEY (perimeter, pos)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX feed_by_event ON feed (event_id)",
    """
    CREATE TABLE feed_cursor (
        perimeter TEXT PRIMARY KEY,
        pos INTEGER NOT NULL,
        chain BLOB NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE attachment (
        blob TEXT PRIMARY KEY,
        content BLOB NOT NULL,
        kept_at INTEGER NOT NULL,
        sent_at INTEGER
    )
    """,
    """
    CREATE TABLE request_draft (
        login TEXT NOT NULL,
        request BLOB NOT NULL,
        target TEXT NOT NULL,
        text TEXT NOT NULL,
        saved_at INTEGER NOT NULL,
        PRIMARY KEY (login, request, target)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE request_seen (
        login TEXT NOT NULL,
        request BLOB NOT NULL,
        ver INTEGER NOT NULL,
        PRIMARY KEY (login, request)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE request_view (
        login TEXT NOT NULL,
        view_id TEXT NOT NULL,
        body TEXT NOT NULL,
        saved_at INTEGER NOT NULL,
        PRIMARY KEY (login, view_id)
    ) WITHOUT ROWID
    """,
)
