"""What of a request's event somebody may read: all of it, its outline, or nothing.

A note is for the corbeille and whoever wrote it. A confidential request is for its corbeille and its
requester; the rest of the requester's team is told where it stands, and none of its words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from avise.hub.port import PulledEvent
from avise.hub.received_event import body_of
from avise.hub.rights import Rights
from avise.models.journal import EventKind
from avise.models.requests import request_of_stream

OUTLINE = (
    "type", "type_version", "queue", "team", "priority", "channel", "person", "dossier", "received_on",
    "terms", "confidential", "assignee", "waits_for", "question", "due_at", "event", "undoes", "back", "held",
    "into",
)  # fmt: skip
"""What an outline keeps: what the list of requests tells of it, and what its state is made of."""


_NOWHERE = "-"
"""A corbeille that nobody reads."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a request is now.

    Args:
        queue: where it is; "" for an event of no request.
        requester: who made it.
        confidential: whether it is for its corbeille and its requester.
    """

    queue: str
    requester: str
    confidential: bool


def told(
    rights: Rights, login: str, event: Row[Any] | PulledEvent, place: Place
) -> tuple[bytes | None, bytes | None]:
    """Return the body and the salt of an event, as somebody who sees that it exists may read them."""
    if not place.queue or rights.reads_queue(place.queue) or event.author == login:
        return event.body, event.salt
    if event.kind == EventKind.REQUEST_NOTED.value:
        return None, None
    if not place.confidential or place.requester == login:
        return event.body, event.salt
    return outline(event.body), None


def told_aside(rights: Rights, login: str, line: Row[Any]) -> bytes | None:
    """Return the body of an event put aside, as whoever settles it may read it.

    Args:
        rights: theirs.
        login: theirs.
        line: the event, with `now_in`, `requester` and `confidential` of its request, None when the hub
            knows none.
    """
    if request_of_stream(line.stream) is None:
        body: bytes | None = line.body
        return body
    if line.now_in is not None:
        place = Place(line.now_in, line.requester, bool(line.confidential))
    elif line.kind == EventKind.REQUEST_CREATED.value:
        made = body_of(line.body) or {}
        place = Place(str(made.get("queue") or _NOWHERE), line.author, made.get("confidential") is True)
    else:
        # Of a request that is not here yet: it may be a confidential one.
        place = Place(_NOWHERE, "", confidential=True)
    return told(rights, login, line, place)[0]


def outline(body: bytes | None) -> bytes | None:
    """Return a body without anybody's words; None once it is erased."""
    read = body_of(body) if body is not None else None
    if read is None:
        return None
    return json.dumps({name: read[name] for name in OUTLINE if name in read}).encode()
