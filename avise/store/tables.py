"""The store's current tables, as statements are written against them.

The migrations make the schema; a test holds both together.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

metadata = MetaData()


def _text(name: str, *, primary: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary, nullable=False)


def _integer(name: str, *, primary: bool = False, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, primary_key=primary, nullable=nullable)


def _blob(name: str, *, primary: bool = False, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, primary_key=primary, nullable=nullable)


meta = Table("meta", metadata, _text("name", primary=True), _text("value"))

COPIED = "device_copied"
"""Name of the last position of the journal that a copy of this store may have sent too."""

event = Table(
    "event", metadata,
    _integer("device_seq", primary=True), _blob("event_id"), _text("device_id"), _text("stream"),
    _text("kind"), _integer("schema_v"), _text("author"), _text("role"), _integer("occurred_at"),
    _integer("clock_offset_ms"),
    _blob("body", nullable=True), _blob("salt", nullable=True), _blob("content_sha"), _text("state"),
)  # fmt: skip
"""Times are microseconds since 1970 in UTC, here and below; body and salt are null once erased."""

snapshot = Table(
    "snapshot", metadata,
    _integer("id", primary=True), _text("instance"), _text("facet"), _integer("schema_v"), _blob("customer"),
    _text("query_hash"), _integer("record_count"), _integer("size"), _integer("as_of", nullable=True),
    _integer("fetched_at"), _integer("usable_until"), _text("validator"), _text("completeness"),
    _text("truncated_because"), _integer("unreadable"), _text("sensitivity"),
    Column("last_error", Text), _integer("last_error_at", nullable=True), _integer("total", nullable=True),
)  # fmt: skip

snapshot_page = Table(
    "snapshot_page", metadata,
    Column("snapshot", Integer, ForeignKey("snapshot.id", ondelete="CASCADE"), primary_key=True),
    _integer("number", primary=True), _blob("body"),
)  # fmt: skip

draft = Table(
    "draft", metadata,
    _text("login", primary=True), _blob("person", primary=True), _text("text"), _integer("saved_at"),
)  # fmt: skip

session_tab = Table(
    "session_tab", metadata,
    _text("login", primary=True), _integer("position", primary=True), _blob("person"), _text("label"),
    _integer("active"),
)  # fmt: skip

setting = Table(
    "setting", metadata, _text("login", primary=True), _text("name", primary=True), _text("value")
)

sealed = Table(
    "sealed", metadata,
    _text("instance", primary=True), _text("name", primary=True), _blob("nonce"), _blob("body"),
    _integer("sealed_at"),
)  # fmt: skip

recent = Table(
    "recent", metadata,
    _text("login", primary=True), _blob("person", primary=True), _integer("opened_at"),
)  # fmt: skip

command = Table(
    "command", metadata,
    _integer("position", primary=True), _blob("command_id"), _blob("group_id"), _text("login"),
    _blob("person"), _text("instance"), _text("action"), _text("state"), _integer("revision"),
    _blob("fingerprint"), _integer("confirmed_at"), _integer("settled_at", nullable=True), _blob("body"),
    _blob("content", nullable=True),
)  # fmt: skip
"""One row a command (`avise.store.outbox`); the content is null once it is no longer needed."""

command_document = Table(
    "command_document", metadata,
    _blob("command_id", primary=True), _text("name"), _blob("content"), _integer("kept_at"),
    _integer("fetched_at", nullable=True),
)  # fmt: skip

outgoing_message = Table(
    "outgoing_message", metadata,
    _blob("message_id", primary=True), _text("login"), _blob("person"), _text("template"),
    _text("template_version"), _text("title"), _text("purpose"), _text("channel"), _text("language"),
    _text("status"), _integer("planned_at"), _integer("departs_at"), _integer("changed_at"),
    _integer("attempts"), _text("reason"), _text("detail"), _blob("content", nullable=True),
)  # fmt: skip
"""One row a message (`avise.store.outgoing`); the content is null once it is no longer needed."""

event_ack = Table(
    "event_ack", metadata,
    _integer("device_seq", primary=True), _integer("epoch"), _text("refusal"),
    _integer("acked_at", nullable=True),
)  # fmt: skip
"""What the hub said of our own events, in the order of their numbers; those above the last are to be sent.
The time is the hub's; null where an earlier version did not keep it."""

hub_event = Table(
    "hub_event", metadata,
    _blob("event_id", primary=True), _text("stream"), _integer("ver"), _text("device"),
    _integer("device_seq"), _text("kind"), _integer("schema_v"), _text("author"), _text("role"),
    _integer("occurred_at"), _integer("clock_offset_ms"), _blob("body", nullable=True),
    _blob("content_sha"), _integer("effective"), _text("refusal"), _text("number"), _integer("received_at"),
)  # fmt: skip
"""Events pulled from the hub, with its verdict on each; several feeds may hold the same one."""

feed = Table(
    "feed", metadata, _text("perimeter", primary=True), _integer("pos", primary=True), _blob("event_id")
)

feed_cursor = Table(
    "feed_cursor", metadata, _text("perimeter", primary=True), _integer("pos"), _blob("chain")
)

attachment = Table(
    "attachment", metadata,
    _text("blob", primary=True), _blob("content"), _integer("kept_at"), _integer("sent_at", nullable=True),
)  # fmt: skip
"""Files joined to requests, until the hub has them."""

request_draft = Table(
    "request_draft", metadata,
    _text("login", primary=True), _blob("request", primary=True), _text("target", primary=True),
    _text("text"), _integer("saved_at"),
)  # fmt: skip

request_seen = Table(
    "request_seen", metadata,
    _text("login", primary=True), _blob("request", primary=True), _integer("ver"),
)  # fmt: skip

request_view = Table(
    "request_view", metadata,
    _text("login", primary=True), _text("view_id", primary=True), _text("body"), _integer("saved_at"),
)  # fmt: skip

KEPT_BY_SALVAGE = (
    meta,
    event,
    command,
    outgoing_message,
    draft,
    session_tab,
    setting,
    sealed,
    recent,
    command_document,
    event_ack,
    attachment,
    request_draft,
    request_view,
)
"""What a damaged file gives back, most precious first; snapshots are read again from their tools,
and feeds from the hub."""
