"""The events of a stream as folds read them, from the hub's rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from avise.hub.moments import moment
from avise.hub.received_event import REQUEST_SCHEMA, body_of
from avise.models.journal import EventEnvelope, EventKind
from avise.models.request_fold import JudgedEvent

_KINDS = frozenset(kind.value for kind in EventKind)


def judged(row: Mapping[str, Any]) -> JudgedEvent:
    """Return an event with its verdict, from its row of the journal."""
    known = row["kind"] in _KINDS and row["schema_v"] <= REQUEST_SCHEMA
    envelope = EventEnvelope(
        event_id=uuid.UUID(row["event_id"]),
        device_id=row["device"],
        device_seq=row["device_seq"],
        stream=row["stream"],
        # A kind of a newer version is folded as one that changes nothing; `known` tells it apart.
        kind=EventKind(row["kind"]) if known else EventKind.REQUEST_NOTED,
        schema_v=row["schema_v"],
        author=row["author"],
        role=row["role"],
        occurred_at=moment(row["occurred_at"]),
        clock_offset_ms=row["clock_offset_ms"],
        body=body_of(row["body"]) or {},
        content_sha=row["content_sha"],
        salt=row["salt"] or b"",
    )
    return JudgedEvent(
        envelope, row["ver"], moment(row["received_at"]), bool(row["effective"]), row["refusal"],
        row["number"], known,
    )  # fmt: skip
