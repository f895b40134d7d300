"""Version 5: how many records a source says there are, and when the hub acknowledged an event of ours."""

STATEMENTS = (
    "ALTER TABLE snapshot ADD COLUMN total INTEGER",
    "ALTER TABLE event_ack ADD COLUMN acked_at INTEGER",
)
