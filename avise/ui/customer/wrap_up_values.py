"""What the wrap-up is made of on screen, and the pure rules of its draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from enum import StrEnum

from avise.models.contact_reasons import ContactReason, GuessedReason
from avise.models.interaction import Direction
from avise.models.note_findings import Finding
from avise.models.working_days import add_working_days
from avise.models.wrap_up import CallbackPromise, Deed, Outcome, WrapUp
from avise.texts.formats import PARIS, local

CALLBACK_AT = time(10)


class WrapUpStage(StrEnum):
    """What is being written. Title: key `wrap_up.title.<stage>`; button: `wrap_up.close.<stage>`."""

    CALL = "call"
    WRAP_UP = "wrap_up"
    """The call is over, its wrap-up is not."""
    NOTE = "note"
    """An internal note, without a call."""


@dataclass(frozen=True, slots=True)
class ShownWrapUp:
    """What the panel shows at one moment."""

    stage: WrapUpStage = WrapUpStage.NOTE
    reasons: tuple[ContactReason, ...] = ()
    guesses: tuple[GuessedReason, ...] = ()
    reason: str = ""
    confirmed: bool = False
    """Whether the agent chose the reason; guessed otherwise."""
    details: tuple[str, ...] = ()
    """The reason's own outcomes."""
    detail: str = ""
    outcome: Outcome = Outcome.RESOLVED
    note: str = ""
    findings: tuple[Finding, ...] = ()
    deeds: tuple[Deed, ...] = ()
    actions: Mapping[str, str] = field(default_factory=dict)
    """What staff call the actions that deeds tell of, by their code."""
    callback: CallbackPromise | None = None
    default_due: datetime | None = None
    saved_at: datetime | None = None
    told: str = ""
    """What became of what was asked; "" for nothing to say."""
    is_refusal: bool = False


def default_due(now: datetime) -> datetime:
    """Return when a call-back is promised unless told otherwise: the next working day, at ten in Paris."""
    day = add_working_days(local(now).date(), 1)
    return datetime.combine(day, CALLBACK_AT, PARIS).astimezone(UTC)


def blank() -> WrapUp:
    """Return a form on which nothing is written: a note, until a call comes."""
    return WrapUp(direction=Direction.INTERNAL)


def is_carried(left: WrapUp, mine: WrapUp) -> bool:
    """Return whether what one call left goes on in another."""
    return bool(left.call_id) and mine.direction is not Direction.INTERNAL and left.call_id != mine.call_id


def joined(left: WrapUp, mine: WrapUp, deeds: tuple[Deed, ...]) -> WrapUp:
    """Return a draft with what was written before it came; nothing of either is lost.

    Args:
        left: the draft. Words of version 0.1.0 are a note without a call.
        mine: the form on screen, whose call and choices win.
        deeds: of both.
    """
    if not left.call_id and not left.confirmed:
        left = replace(left, direction=Direction.INTERNAL)
    form = replace(
        left,
        note="\n".join(part for part in (left.note, mine.note) if part),
        outcome=mine.outcome or left.outcome,
        callback=mine.callback or left.callback,
        deeds=deeds,
        reason=left.reason if left.confirmed else "",
    )
    if mine.confirmed:
        form = replace(form, reason=mine.reason, detail=mine.detail, confirmed=True)
    if mine.direction is not Direction.INTERNAL:
        form = replace(
            form,
            call_id=mine.call_id,
            channel=mine.channel,
            direction=mine.direction,
            duration_s=mine.duration_s,
        )
    return form
