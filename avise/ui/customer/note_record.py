"""What is written in the journal when an exchange is recorded."""

from __future__ import annotations

from datetime import datetime

from avise.models.interaction import Channel, Direction
from avise.services.desk import CallState, IncomingCall
from avise.texts import text


def note_body(
    reason: str, outcome: str, words: str, call: IncomingCall | None, now: datetime
) -> dict[str, str]:
    """Return the body of the event: an exchange when there is a call, else an internal note.

    Args:
        reason: in the agent's words.
        outcome: "resolved", "to_follow" or "transferred".
        words: the note.
        call: that the customer is, or was just, on.
        now: the present, for the duration.
    """
    title = reason or text("note.untitled_call" if call is not None else "note.untitled")
    body = {
        "channel": Channel.PHONE_IN.value,
        "direction": Direction.IN.value if call is not None else Direction.INTERNAL.value,
        "title": title,
        "note": words,
        "outcome": outcome,
    }
    if call is not None:
        body["call_id"] = call.call_id
        if call.answered_at is not None:
            until = call.at if call.state is CallState.ENDED else now
            body["duration_s"] = str(max(int((until - call.answered_at).total_seconds()), 0))
    return body
