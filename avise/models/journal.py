"""The journal's event envelope: what staff write, appended and never changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avise.models.json_types import JSON


class EventKind(StrEnum):
    """The kinds written by this version."""

    CONSULTED = "consulted"
    REVEALED = "revealed"
    COMPARED = "compared"
    CALLER_VERIFIED = "caller_verified"
    INTERACTION_RECORDED = "interaction_recorded"
    INTERACTION_ATTACHED = "interaction_attached"
    PERSON_ADDED = "person_added"
    TASK_ADDED = "task_added"
    TASK_DONE = "task_done"
    TASK_MOVED = "task_moved"
    TASK_ASSIGNED = "task_assigned"
    ABSENCE_DECLARED = "absence_declared"
    ABSENCE_ENDED = "absence_ended"
    COMMAND_CONFIRMED = "command_confirmed"
    COMMAND_SETTLED = "command_settled"
    CONFIRMATION_ASKED = "confirmation_asked"
    CONFIRMATION_GIVEN = "confirmation_given"
    CONFIRMATION_REFUSED = "confirmation_refused"
    CONFIRMATION_WITHDRAWN = "confirmation_withdrawn"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MESSAGE_PLANNED = "message_planned"
    MESSAGE_UNDONE = "message_undone"
    MESSAGE_STOPPED = "message_stopped"
    MESSAGE_SENT = "message_sent"
    MESSAGE_FAILED = "message_failed"
    MESSAGE_UNKNOWN = "message_unknown"
    MESSAGE_DELIVERED = "message_delivered"
    MESSAGE_RETURNED = "message_returned"
    DATA_REPORTED = "data_reported"
    EXPORTED = "exported"
    IDENTITY_PROPOSED = "identity_proposed"
    IDENTITY_REFUSED = "identity_refused"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    IDENTITY_DESCRIBED = "identity_described"
    REQUEST_CREATED = "request_created"
    REQUEST_COMPLETED = "request_completed"
    REQUEST_CLAIMED = "request_claimed"
    REQUEST_RELEASED = "request_released"
    REQUEST_ASSIGNED = "request_assigned"
    REQUEST_TRANSFERRED = "request_transferred"
    REQUEST_PAUSED = "request_paused"
    REQUEST_RESUMED = "request_resumed"
    REQUEST_ASKED = "request_asked"
    REQUEST_ANSWERED = "request_answered"
    REQUEST_REPLIED = "request_replied"
    REQUEST_NOTED = "request_noted"
    REQUEST_MEMBER_WRITTEN = "request_member_written"
    REQUEST_ATTACHED = "request_attached"
    REQUEST_PRIORITISED = "request_prioritised"
    REQUEST_ESCALATED = "request_escalated"
    REQUEST_RESOLVED = "request_resolved"
    REQUEST_CLOSED = "request_closed"
    REQUEST_REOPENED = "request_reopened"
    REQUEST_CANCELLED = "request_cancelled"
    REQUEST_MERGED = "request_merged"
    VISIT_STARTED = "visit_started"
    VISIT_ENDED = "visit_ended"
    VISIT_MISSED = "visit_missed"
    UNDONE = "undone"
    """Takes back an event of the same stream, which stays where it is (decision 30)."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What is to be written; the journal adds identity, position, time and seal."""

    stream: str
    kind: EventKind
    body: Mapping[str, JSON]
    schema_v: int = 1
    """Of the body: readers take every version that was ever written."""


@dataclass(frozen=True, slots=True)
class EventEnvelope:
    """One event of the journal.

    The header is in the clear for sorting and sending; the body is opaque bytes (JSON today).
    `content_sha = SHA-256(salt ‖ body)` so that an erasure may drop body and salt and leave the
    chain intact (decision 23). Times are aware; the hub's position decides order (decision 18).
    """

    event_id: uuid.UUID
    device_id: str
    device_seq: int
    """Dense per device, from 1."""
    stream: str
    """"customer/<PersonId>", "request/<id>"…"""
    kind: EventKind
    schema_v: int
    author: str
    role: str
    occurred_at: datetime
    """Local clock of the workstation."""
    clock_offset_ms: int
    """Measured offset to the hub's clock; 0 when unknown."""
    body: Mapping[str, JSON]
    content_sha: bytes
    salt: bytes
