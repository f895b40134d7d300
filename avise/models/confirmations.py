"""A second agent's confirmation of a command, as the journal's events tell it.

A confirmation is one stream, `confirmation/<command>`: asked by whoever planned the command, answered once
by somebody else, or withdrawn. The hub and every desk judge its events by the same function
(`docs/decisions/015-second-agent.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.commands import Change, CommandId
from avise.models.customer import PersonId
from avise.models.event_fold import corrected, identity_in, identity_of, moment_in, ordered, text_in
from avise.models.journal import EventEnvelope, EventKind
from avise.models.json_types import JSON
from avise.models.request_rules import Refusal

PREFIX = "confirmation/"
"""Begins the stream of every confirmation."""

KINDS = (
    EventKind.CONFIRMATION_ASKED,
    EventKind.CONFIRMATION_GIVEN,
    EventKind.CONFIRMATION_REFUSED,
    EventKind.CONFIRMATION_WITHDRAWN,
)

ASKED_FOR = timedelta(hours=4)
"""How long a colleague may answer: about half a day's work, after which the plan is too old to be judged."""

_ANSWERS = (EventKind.CONFIRMATION_GIVEN, EventKind.CONFIRMATION_REFUSED)
_ENDINGS = (*_ANSWERS, EventKind.CONFIRMATION_WITHDRAWN)


class ConfirmationState(StrEnum):
    """Where a confirmation stands."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What somebody asks a colleague to confirm."""

    command: CommandId
    asker: str
    """Login of whoever planned it."""
    person: PersonId
    source_name: str
    label: str
    """The action's name, as the connector declares it."""
    summary: str = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    """Before and after; restricted values are masked."""
    warnings: tuple[str, ...] = field(repr=False)
    touches: tuple[str, ...]
    purpose: str
    asked_at: datetime
    expires_at: datetime
    state: ConfirmationState = ConfirmationState.ASKED
    answered_by: str = ""
    because: str = field(default="", repr=False)
    """Why a colleague refused."""

    def is_open(self, now: datetime) -> bool:
        """Say whether it still waits for an answer."""
        return self.state is ConfirmationState.ASKED and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides of the next event of a confirmation."""

    asker: str
    expires_at: datetime
    ended: bool = False


def confirmation_stream(command: CommandId) -> str:
    """Return the stream of a command's confirmation."""
    return f"{PREFIX}{command}"


def command_of_stream(stream: str) -> CommandId | None:
    """Return the command whose confirmation a stream tells; None for any other stream."""
    return identity_of(stream.removeprefix(PREFIX)) if stream.startswith(PREFIX) else None


def judged_next(
    standing: Standing | None, event: EventKind, author: str, body: Mapping[str, JSON], now: datetime
) -> Standing | Refusal:
    """Return where a confirmation stands after an event, or why the event does not count.

    Four eyes: who asked never answers. The first answer is the answer; nothing is answered too late.

    Args:
        standing: before the event; None while nothing was asked.
        event: its kind.
        author: who wrote it, authenticated.
        body: of the event.
        now: when it came, by the clock of whoever judges.
    """
    if event is EventKind.CONFIRMATION_ASKED:
        return _asked(standing, author, body, now)
    if standing is None or event not in KINDS:
        return Refusal.BAD_TARGET
    if standing.ended:
        return Refusal.STATUS
    is_answer = event in _ANSWERS
    if (author == standing.asker) is is_answer:
        return Refusal.NO_RIGHT
    if is_answer and now >= standing.expires_at:
        return Refusal.TOO_LATE
    return replace(standing, ended=True)


def _asked(
    standing: Standing | None, author: str, body: Mapping[str, JSON], now: datetime
) -> Standing | Refusal:
    written = body.get("expires_at")
    try:
        expires_at = datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        expires_at = None
    if standing is not None:
        return Refusal.STATUS
    if expires_at is None or expires_at.tzinfo is None:
        return Refusal.MALFORMED
    # The clock of a workstation may be wrong: nothing waits for longer than is allowed.
    return Standing(author, min(expires_at, now + ASKED_FOR))


# ---- written -------------------------------------------------------------------------------------


def asked_body(asked: Confirmation) -> dict[str, JSON]:
    """Return the body of `confirmation_asked`."""
    return {
        "person": str(asked.person),
        "source_name": asked.source_name,
        "label": asked.label,
        "summary": asked.summary,
        "changes": [list(change) for change in asked.changes],
        "warnings": list(asked.warnings),
        "touches": list(asked.touches),
        "purpose": asked.purpose,
        "expires_at": asked.expires_at.isoformat(),
    }


# ---- read ----------------------------------------------------------------------------------------


def fold_confirmation(
    events: Iterable[EventEnvelope], accepted: Iterable[EventEnvelope] = ()
) -> Confirmation | None:
    """Return the confirmation that the events of its stream make, None when it was not asked.

    What the hub accepted is not judged again: the clocks of those who wrote may be wrong, and a command
    that the hub let go would never leave.

    Args:
        events: of one stream, on which no hub has decided; those that it accepted already are left out.
        accepted: what the hub let count, in its order.
    """
    found: Confirmation | None = None
    known = set()
    for event in accepted:
        known.add(event.event_id)
        if found is None:
            found = _read(event) if event.kind is EventKind.CONFIRMATION_ASKED else None
        elif event.kind in _ENDINGS and found.state is ConfirmationState.ASKED:
            found = _answered(found, event)
    for event in ordered(one for one in events if one.event_id not in known):
        after = judged_next(_standing(found), event.kind, event.author, event.body, corrected(event))
        if isinstance(after, Refusal):
            continue
        found = _read(event) if found is None else _answered(found, event)
        if found is None:
            return None
    return found


def _standing(found: Confirmation | None) -> Standing | None:
    if found is None:
        return None
    return Standing(found.asker, found.expires_at, found.state is not ConfirmationState.ASKED)


def _answered(asked: Confirmation, event: EventEnvelope) -> Confirmation:
    states = {
        EventKind.CONFIRMATION_GIVEN: ConfirmationState.GIVEN,
        EventKind.CONFIRMATION_REFUSED: ConfirmationState.REFUSED,
    }
    state = states.get(event.kind, ConfirmationState.WITHDRAWN)
    return replace(asked, state=state, answered_by=event.author, because=text_in(event, "because"))


def _read(event: EventEnvelope) -> Confirmation | None:
    command, person, expires_at = (
        command_of_stream(event.stream),
        identity_in(event, "person"),
        moment_in(event, "expires_at"),
    )
    if command is None or person is None or expires_at is None:
        return None
    return Confirmation(
        command=command,
        asker=event.author,
        person=person,
        source_name=text_in(event, "source_name"),
        label=text_in(event, "label"),
        summary=text_in(event, "summary"),
        changes=_changes(event.body.get("changes")),
        warnings=_texts(event.body.get("warnings")),
        touches=_texts(event.body.get("touches")),
        purpose=text_in(event, "purpose"),
        asked_at=corrected(event),
        expires_at=min(expires_at, corrected(event) + ASKED_FOR),
    )


def _texts(value: JSON) -> tuple[str, ...]:
    return tuple(text for text in value if isinstance(text, str)) if isinstance(value, list | tuple) else ()


def _changes(value: JSON) -> tuple[Change, ...]:
    found = (_texts(change) for change in value) if isinstance(value, list | tuple) else ()
    return tuple((texts[0], texts[1], texts[2]) for texts in found if len(texts) == 3)
