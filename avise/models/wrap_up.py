"""The wrap-up of an exchange: reason, outcome, note, deeds and promised call-back, and its event.

`interaction_recorded` has two versions of its body. Version 1 holds the agent's own words as a title;
version 2 holds the code of the reason, the deeds and the call-back. Readers take both, and whatever
of a later version they know.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.contact_reasons import ContactReason
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.event_fold import identity_of, moment_of, text_in
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.journal import EventEnvelope
from avise.models.json_types import JSON
from avise.models.note_findings import Finding, blocking

SCHEMA_V = 2
"""Version of the body that `interaction_body` writes."""

LATEST_CALLBACK = timedelta(days=366)
"""A call-back promised for later than a year is a slip of the keyboard."""

LONGEST_ABOUT = 40
"""Characters that `Deed.about` keeps in a draft."""

_WORD = re.compile(rf"[a-z0-9_]{{0,{LONGEST_ABOUT}}}")


class Outcome(StrEnum):
    """How an exchange ended. Label: catalogue key `wrap_up.outcome.<outcome>`."""

    RESOLVED = "resolved"
    TO_FOLLOW = "to_follow"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done on the customer's screen during the exchange."""

    kind: str
    at: datetime
    about: str = ""
    """A facet, a field, a count or the code of an action, never a value of the member's."""


@dataclass(frozen=True, slots=True)
class CallbackPromise:
    """A call-back promised to whoever speaks."""

    due: datetime
    remind_at: datetime | None = None
    """When the agent wants to be reminded; None for no reminder before the hour itself."""
    words: str = ""
    """What it is about, under the rules of a note."""


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What an agent says of an exchange; a draft may lack anything."""

    reason: str = ""
    """Code of `domain.md` 3.3 ("R01"…), "" while nobody chose."""
    outcome: Outcome | None = None
    detail: str = ""
    """One of the reason's own outcomes, "" when not said."""
    note: str = ""
    deeds: tuple[Deed, ...] = ()
    callback: CallbackPromise | None = None
    channel: Channel = Channel.PHONE_IN
    direction: Direction = Direction.IN
    call_id: str = ""
    duration_s: int | None = None
    confirmed: bool = False
    """Whether the agent chose or confirmed the reason, which was only guessed until then."""
    caller: str = ""
    """Quality of whoever spoke (`avise.models.callers.CallerKind`), "" for the member."""
    caller_name: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing that would be missed: a call during which something was done is not."""
        chosen = self.reason if self.confirmed else ""
        served = self.call_id and self.deeds
        return not (chosen or self.outcome or self.detail or self.note.strip() or self.callback or served)


class Lack(StrEnum):
    """Why a wrap-up cannot be recorded. Sentence: catalogue key `wrap_up.lack.<lack>`."""

    REASON = "reason"
    UNKNOWN_REASON = "unknown_reason"
    OUTCOME = "outcome"
    DETAIL = "detail"
    NOTE = "note"
    """An internal note without words."""
    RESTRICTED = "restricted"
    """A number that must not be kept is in the note, or in the words of the call-back."""
    CALLBACK_PAST = "callback_past"
    CALLBACK_FAR = "callback_far"
    REMINDER_LATE = "reminder_late"
    """The reminder comes after the call-back itself."""


def lacks(
    wrap_up: WrapUp, reasons: Mapping[str, ContactReason], findings: Sequence[Finding], now: datetime
) -> tuple[Lack, ...]:
    """Return what keeps a wrap-up from being recorded; empty when it can be.

    Args:
        wrap_up: as the agent left it.
        reasons: by code.
        findings: of the note and of the call-back's words.
        now: the present.
    """
    found = [*_choices_lacking(wrap_up, reasons)]
    if blocking(findings):
        found.append(Lack.RESTRICTED)
    if wrap_up.callback is not None:
        found.extend(_callback_lacking(wrap_up.callback, now))
    return tuple(found)


def lacks_told(error: AviseError) -> tuple[Lack, ...]:
    """Return why a recording was refused, from the error as it comes out of the engine's process."""
    codes = error.params.get("codes", "").split() if error.message_key == "wrap_up.incomplete" else []
    return tuple(Lack(code) for code in codes if code in set(Lack))


def _choices_lacking(wrap_up: WrapUp, reasons: Mapping[str, ContactReason]) -> list[Lack]:
    if wrap_up.direction is Direction.INTERNAL and not wrap_up.reason:
        return [] if wrap_up.note.strip() else [Lack.NOTE]
    if not wrap_up.reason:
        return [Lack.REASON, *([] if wrap_up.outcome else [Lack.OUTCOME])]
    reason = reasons.get(wrap_up.reason)
    found = [] if reason is not None else [Lack.UNKNOWN_REASON]
    if wrap_up.outcome is None:
        found.append(Lack.OUTCOME)
    if reason is not None and wrap_up.detail and wrap_up.detail not in reason.outcomes:
        found.append(Lack.DETAIL)
    return found


def _callback_lacking(promise: CallbackPromise, now: datetime) -> list[Lack]:
    found = []
    if promise.due <= now:
        found.append(Lack.CALLBACK_PAST)
    if promise.due > now + LATEST_CALLBACK:
        found.append(Lack.CALLBACK_FAR)
    if promise.remind_at is not None and promise.remind_at > promise.due:
        found.append(Lack.REMINDER_LATE)
    return found


# ---- as JSON: the body of the event, and the draft -------------------------------------------------


def wrap_up_json(wrap_up: WrapUp) -> dict[str, JSON]:
    """Return a wrap-up as JSON, without what is not said."""
    written: dict[str, JSON] = {
        "reason": wrap_up.reason,
        "outcome": wrap_up.outcome.value if wrap_up.outcome is not None else "",
        "detail": wrap_up.detail,
        "note": wrap_up.note,
        "deeds": [_deed_json(deed) for deed in wrap_up.deeds],
        "callback": _callback_json(wrap_up.callback) if wrap_up.callback is not None else None,
        "channel": wrap_up.channel.value,
        "direction": wrap_up.direction.value,
        "call_id": wrap_up.call_id,
        "duration_s": wrap_up.duration_s,
        "confirmed": wrap_up.confirmed,
        "caller": wrap_up.caller,
        "caller_name": wrap_up.caller_name,
    }
    return {
        name: value for name, value in written.items() if value not in ("", None, []) and value is not False
    }


def wrap_up_from(body: Mapping[str, JSON]) -> WrapUp:
    """Return the wrap-up that JSON tells, whichever version wrote it; what cannot be read is left out."""
    callback = body.get("callback")
    deeds = body.get("deeds")
    return WrapUp(
        reason=_text(body, "reason"),
        outcome=_member(Outcome, body, None),
        detail=_text(body, "detail"),
        note=_text(body, "note"),
        deeds=tuple(deed for item in deeds if (deed := _deed_from(item))) if isinstance(deeds, list) else (),
        callback=_callback_from(callback) if isinstance(callback, dict) else None,
        channel=Channel(word) if (word := _text(body, "channel")) in set(Channel) else Channel.PHONE_IN,
        direction=Direction(word) if (word := _text(body, "direction")) in set(Direction) else Direction.IN,
        call_id=_text(body, "call_id"),
        duration_s=_seconds(body.get("duration_s")),
        confirmed=body.get("confirmed") is True,
        caller=_text(body, "caller"),
        caller_name=_text(body, "caller_name"),
    )


def _member(kind: type[Outcome], body: Mapping[str, JSON], default: Outcome | None) -> Outcome | None:
    word = _text(body, "outcome")
    return kind(word) if word in set(kind) else default


def _text(body: Mapping[str, JSON], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _seconds(value: JSON) -> int | None:
    """Return a duration; version 1 wrote it as text."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _deed_json(deed: Deed) -> dict[str, JSON]:
    about = deed.about if _WORD.fullmatch(deed.about) else ""
    return {"kind": deed.kind, "at": deed.at.isoformat(), "about": about}


def _deed_from(value: JSON) -> Deed | None:
    if not isinstance(value, dict):
        return None
    at = moment_of(value.get("at"))
    return Deed(_text(value, "kind"), at, _text(value, "about")) if at is not None else None


def _callback_json(promise: CallbackPromise) -> dict[str, JSON]:
    remind_at = promise.remind_at.isoformat() if promise.remind_at is not None else None
    return {"due": promise.due.isoformat(), "remind_at": remind_at, "words": promise.words}


def _callback_from(value: Mapping[str, JSON]) -> CallbackPromise | None:
    due = moment_of(value.get("due"))
    if due is None:
        return None
    return CallbackPromise(due, moment_of(value.get("remind_at")), _text(value, "words"))


def interaction_body(
    wrap_up: WrapUp, at: datetime, person: PersonId | None, task: uuid.UUID | None
) -> dict[str, JSON]:
    """Return the body of `interaction_recorded`, version 2.

    Args:
        wrap_up: without lack.
        at: when the exchange was.
        person: whom it was with; None while nobody knows.
        task: of the promised call-back.
    """
    body = wrap_up_json(wrap_up)
    body.pop("confirmed", None)
    body["at"] = at.isoformat()
    if person is not None:
        body["person"] = str(person)
    if task is not None:
        body["task"] = str(task)
    return body


def task_promised(event: EventEnvelope) -> uuid.UUID | None:
    """Return the task of the call-back that a recorded exchange promised."""
    return identity_of(event.body.get("task"))


def interaction_of(event: EventEnvelope) -> Interaction:
    """Return the exchange that an `interaction_recorded` event tells, whatever its version."""
    told = wrap_up_from(event.body)
    return Interaction(
        id=str(event.event_id),
        # Told by another application, or noted late, it was before it was written.
        at=moment_of(event.body.get("at")) or event.occurred_at,
        channel=told.channel,
        direction=told.direction,
        title=text_in(event, "title"),
        summary=told.note,
        status=text_in(event, "status"),
        author=text_in(event, "author") or event.author,
        reason=told.reason,
        duration_s=told.duration_s,
        links={"caller": told.caller, "caller_name": told.caller_name} if told.caller_name else {},
    )
