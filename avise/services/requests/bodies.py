"""The body of each event that a deed writes; what `avise.models.request_rules` and the folds read."""

from __future__ import annotations

from collections.abc import Sequence

from avise.models.json_types import JSON
from avise.models.requests import Attachment
from avise.services.request_values import RequestDeed


def body_of(deed: RequestDeed, files: Sequence[Attachment] = ()) -> dict[str, JSON]:
    """Return the body of a deed's event: what it says, and nothing empty."""
    told: dict[str, JSON] = {
        "words": deed.words.strip(),
        "queue": deed.queue,
        "assignee": deed.assignee,
        "waits_for": deed.waits_for,
        "reason": deed.reason,
        "outcome": deed.outcome,
        "priority": deed.priority,
        "question": str(deed.question) if deed.question is not None else "",
        "due_at": deed.due_at.isoformat() if deed.due_at is not None else "",
        "mentions": list(deed.mentions),
        "into": str(deed.into) if deed.into is not None else "",
        "documents": list(deed.documents),
        "fields": dict(deed.fields),
        "attachments": attachments_body(files),
    }
    return {name: value for name, value in told.items() if value not in ("", [], {})}


def attachments_body(files: Sequence[Attachment]) -> list[JSON]:
    """Return attached files as bodies hold them."""
    return [
        {"blob": file.blob, "name": file.name, "media_type": file.media_type, "size": file.size}
        for file in files
    ]
