"""Version 1: journal, feeds, read models, staff, devices, accesses, attachments.

Times are microseconds since 1970 in UTC, bodies and hashes are bytes, identities are text. `{bytes}` and
`{serial}` are what each engine calls them.
"""

from alembic import op

revision = "001"
down_revision = None

TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """
    CREATE TABLE staff (
        login TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        password_hash TEXT NOT NULL DEFAULT '',
        locked BIGINT NOT NULL DEFAULT 0,
        failures BIGINT NOT NULL DEFAULT 0,
        last_failure_at BIGINT
    )
    """,
    """
    CREATE TABLE membership (
        login TEXT NOT NULL,
        perimeter TEXT NOT NULL,
        can_write BIGINT NOT NULL,
        role TEXT NOT NULL DEFAULT '',
        valid_from BIGINT NOT NULL,
        valid_to BIGINT,
        PRIMARY KEY (login, perimeter, valid_from)
    )
    """,
    "CREATE INDEX membership_by_perimeter ON membership (perimeter, login)",
    """
    CREATE TABLE device (
        device TEXT PRIMARY KEY,
        login TEXT NOT NULL,
        last_seq BIGINT NOT NULL DEFAULT 0,
        enrolled_at BIGINT NOT NULL,
        seen_at BIGINT,
        revoked_at BIGINT,
        wipe_requested_at BIGINT,
        wiped_at BIGINT,
        clock_skew_ms BIGINT NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE head (
        perimeter TEXT PRIMARY KEY,
        pos BIGINT NOT NULL DEFAULT 0,
        chain {bytes} NOT NULL,
        backed_up BIGINT NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE stream (
        stream TEXT PRIMARY KEY,
        ver BIGINT NOT NULL DEFAULT 0,
        team TEXT NOT NULL DEFAULT '',
        queue TEXT NOT NULL DEFAULT '',
        status TEXT NOT NULL DEFAULT '',
        requester TEXT NOT NULL DEFAULT '',
        type TEXT NOT NULL DEFAULT '',
        priority TEXT NOT NULL DEFAULT '',
        holder TEXT NOT NULL DEFAULT '',
        questions TEXT NOT NULL DEFAULT '',
        paused_at BIGINT,
        resolved_at BIGINT,
        confidential BIGINT NOT NULL DEFAULT 0,
        merged_into TEXT NOT NULL DEFAULT '',
        moved_by TEXT NOT NULL DEFAULT '',
        moved_from TEXT NOT NULL DEFAULT '',
        moved_at BIGINT
    )
    """,
    """
    CREATE TABLE event (
        event_id TEXT PRIMARY KEY,
        device TEXT NOT NULL,
        device_seq BIGINT NOT NULL,
        stream TEXT NOT NULL,
        ver BIGINT NOT NULL,
        kind TEXT NOT NULL,
        schema_v BIGINT NOT NULL,
        author TEXT NOT NULL,
        role TEXT NOT NULL,
        occurred_at BIGINT NOT NULL,
        clock_offset_ms BIGINT NOT NULL,
        body {bytes},
        salt {bytes},
        content_sha {bytes} NOT NULL,
        effective BIGINT NOT NULL,
        refusal TEXT NOT NULL DEFAULT '',
        number TEXT NOT NULL DEFAULT '',
        queue TEXT NOT NULL DEFAULT '',
        received_at BIGINT NOT NULL,
        clock_doubtful BIGINT NOT NULL DEFAULT 0,
        UNIQUE (device, device_seq),
        UNIQUE (stream, ver)
    )
    """,
    """
    CREATE TABLE feed (
        perimeter TEXT NOT NULL,
        pos BIGINT NOT NULL,
        event_id TEXT NOT NULL,
        chain {bytes} NOT NULL,
        PRIMARY KEY (perimeter, pos)
    )
    """,
    "CREATE TABLE taken_back (event_id TEXT PRIMARY KEY, by_event TEXT NOT NULL)",
    """
    CREATE TABLE quarantine (
        event_id TEXT PRIMARY KEY,
        device TEXT NOT NULL,
        device_seq BIGINT NOT NULL,
        stream TEXT NOT NULL,
        kind TEXT NOT NULL,
        schema_v BIGINT NOT NULL,
        author TEXT NOT NULL,
        login TEXT NOT NULL,
        role TEXT NOT NULL,
        occurred_at BIGINT NOT NULL,
        clock_offset_ms BIGINT NOT NULL,
        body {bytes},
        salt {bytes},
        content_sha {bytes} NOT NULL,
        reason TEXT NOT NULL,
        perimeter TEXT NOT NULL DEFAULT '',
        received_at BIGINT NOT NULL,
        settled TEXT NOT NULL DEFAULT '',
        settled_by TEXT NOT NULL DEFAULT '',
        settled_at BIGINT,
        UNIQUE (device, device_seq)
    )
    """,
    "CREATE INDEX quarantine_by_perimeter ON quarantine (perimeter, settled, received_at)",
    "CREATE INDEX quarantine_by_stream ON quarantine (stream)",
    """
    CREATE TABLE request (
        stream TEXT PRIMARY KEY,
        id TEXT NOT NULL,
        number TEXT NOT NULL,
        type TEXT NOT NULL,
        title TEXT NOT NULL,
        queue TEXT NOT NULL,
        team TEXT NOT NULL,
        requester TEXT NOT NULL,
        holder TEXT NOT NULL,
        status TEXT NOT NULL,
        is_open BIGINT NOT NULL,
        priority TEXT NOT NULL,
        channel TEXT NOT NULL,
        person TEXT NOT NULL,
        dossier TEXT NOT NULL,
        due_at BIGINT NOT NULL,
        late_at BIGINT NOT NULL,
        legal_due BIGINT,
        created_at BIGINT NOT NULL,
        changed_at BIGINT NOT NULL,
        changed_by TEXT NOT NULL,
        resolved_at BIGINT,
        ended_at BIGINT,
        escalated_at BIGINT,
        acknowledged_at BIGINT,
        received_on TEXT NOT NULL,
        outcome TEXT NOT NULL,
        merged_into TEXT NOT NULL,
        confidential BIGINT NOT NULL,
        open_questions TEXT NOT NULL,
        attachments BIGINT NOT NULL,
        pauses TEXT NOT NULL,
        terms TEXT NOT NULL,
        newer BIGINT NOT NULL,
        ver BIGINT NOT NULL
    )
    """,
    "CREATE UNIQUE INDEX request_by_number ON request (number)",
    "CREATE INDEX request_by_queue ON request (queue, is_open, due_at, id)",
    "CREATE INDEX request_by_lateness ON request (queue, is_open, late_at)",
    "CREATE INDEX request_by_queue_created ON request (queue, created_at, id)",
    "CREATE INDEX request_by_queue_changed ON request (queue, changed_at, id)",
    "CREATE INDEX request_by_team ON request (team, is_open, due_at, id)",
    "CREATE INDEX request_by_team_created ON request (team, created_at, id)",
    "CREATE INDEX request_by_team_changed ON request (team, changed_at, id)",
    "CREATE INDEX request_by_holder ON request (holder, is_open, due_at, id)",
    "CREATE INDEX request_by_requester ON request (requester, is_open, due_at, id)",
    "CREATE INDEX request_by_dossier ON request (dossier, created_at)",
    "CREATE INDEX request_by_person ON request (person, created_at)",
    """
    CREATE TABLE queue_count (
        queue TEXT PRIMARY KEY,
        open_count BIGINT NOT NULL DEFAULT 0,
        unheld_count BIGINT NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TABLE hour_count (
        queue TEXT NOT NULL,
        hour BIGINT NOT NULL,
        received BIGINT NOT NULL DEFAULT 0,
        done BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (queue, hour)
    )
    """,
    """
    CREATE TABLE timeline (
        dossier TEXT NOT NULL,
        at BIGINT NOT NULL,
        event_id TEXT NOT NULL,
        channel TEXT NOT NULL,
        PRIMARY KEY (dossier, at, event_id)
    )
    """,
    "CREATE INDEX timeline_by_event ON timeline (event_id)",
    """
    CREATE TABLE synthesis (
        dossier TEXT PRIMARY KEY,
        contacts BIGINT NOT NULL DEFAULT 0,
        open_requests BIGINT NOT NULL DEFAULT 0,
        open_complaints BIGINT NOT NULL DEFAULT 0
    )
    """,
    "CREATE TABLE request_number (year BIGINT PRIMARY KEY, last BIGINT NOT NULL)",
    """
    CREATE TABLE presence (
        login TEXT NOT NULL,
        device TEXT NOT NULL,
        request TEXT NOT NULL,
        writing BIGINT NOT NULL,
        since BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        PRIMARY KEY (login, device, request)
    )
    """,
    """
    CREATE TABLE access_log (
        n {serial},
        at BIGINT NOT NULL,
        login TEXT NOT NULL,
        role TEXT NOT NULL,
        device TEXT NOT NULL,
        what TEXT NOT NULL,
        dossier TEXT NOT NULL,
        request TEXT NOT NULL,
        purpose TEXT NOT NULL,
        reason TEXT NOT NULL,
        granted BIGINT NOT NULL
    )
    """,
    "CREATE INDEX access_log_by_login ON access_log (login, at)",
    "CREATE INDEX access_log_by_dossier ON access_log (dossier, at)",
    "CREATE TABLE opening (login TEXT PRIMARY KEY, total BIGINT NOT NULL)",
    """
    CREATE TABLE alert (
        n {serial},
        at BIGINT NOT NULL,
        login TEXT NOT NULL,
        device TEXT NOT NULL,
        what TEXT NOT NULL,
        seen_by TEXT NOT NULL DEFAULT '',
        seen_at BIGINT
    )
    """,
    """
    CREATE TABLE blob (
        name TEXT PRIMARY KEY,
        size BIGINT NOT NULL,
        media TEXT NOT NULL,
        content {bytes} NOT NULL,
        login TEXT NOT NULL,
        at BIGINT NOT NULL
    )
    """,
    "CREATE TABLE blob_use (name TEXT NOT NULL, stream TEXT NOT NULL, PRIMARY KEY (name, stream))",
    """
    CREATE TABLE posted (
        source TEXT NOT NULL,
        source_id TEXT NOT NULL,
        event_id TEXT NOT NULL,
        PRIMARY KEY (source, source_id)
    )
    """,
)


def upgrade() -> None:
    """Make every table."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = {
        "{bytes}": "BLOB" if sqlite else "BYTEA",
        "{serial}": "INTEGER PRIMARY KEY AUTOINCREMENT"
        if sqlite
        else "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    }
    for statement in TABLES:
        written = statement
        for word, meaning in words.items():
            written = written.replace(word, meaning)
        op.execute(written)
