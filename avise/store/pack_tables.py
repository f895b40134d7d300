"""The tables of the packs: who is wanted on board, what was read of them, documents, totals of care.

Another version of the tables is another file: what is on board is taken again.
"""

from __future__ import annotations

VERSION = 2
APPLICATION_ID = 0x41565041
"""Marks the file as packs of Avise ("AVPA")."""

TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # One row a pack that was ordered. Times are microseconds since 1970 in UTC.
    """
    CREATE TABLE pack (
        kind TEXT PRIMARY KEY, ends_at INTEGER NOT NULL, prepared_at INTEGER, ended INTEGER NOT NULL
    ) WITHOUT ROWID
    """,
    # Who, or which document, a pack should hold; state: 0 wanted, 1 held, 2 failed.
    """
    CREATE TABLE target (
        kind TEXT NOT NULL, person BLOB NOT NULL, item TEXT NOT NULL, place INTEGER NOT NULL,
        state INTEGER NOT NULL, looked_at INTEGER, PRIMARY KEY (kind, person, item)
    ) WITHOUT ROWID
    """,
    # The pages of a reading one after the other, compressed; `pages` holds their lengths.
    """
    CREATE TABLE reading (
        id INTEGER PRIMARY KEY, person BLOB NOT NULL, facet TEXT NOT NULL, instance TEXT NOT NULL,
        schema_v INTEGER NOT NULL, record_count INTEGER NOT NULL, as_of INTEGER, fetched_at INTEGER NOT NULL,
        completeness TEXT NOT NULL, truncated_because TEXT NOT NULL, unreadable INTEGER NOT NULL,
        sensitivity TEXT NOT NULL, kind TEXT NOT NULL, pages TEXT NOT NULL, body BLOB NOT NULL,
        total INTEGER,
        UNIQUE (person, facet, instance, schema_v)
    )
    """,
    """
    CREATE TABLE care_total (
        person BLOB NOT NULL, category TEXT NOT NULL, count INTEGER NOT NULL, spent TEXT NOT NULL,
        reimbursed TEXT NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (person, category)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE document (
        id INTEGER PRIMARY KEY, person BLOB NOT NULL, document TEXT NOT NULL, instance TEXT NOT NULL,
        title TEXT NOT NULL, size INTEGER NOT NULL, read_at INTEGER NOT NULL, body BLOB NOT NULL,
        UNIQUE (person, document)
    )
    """,
)

INDEXES = (
    "CREATE INDEX target_by_place ON target (kind, state, place)",
    "CREATE INDEX reading_by_kind ON reading (kind)",
)
