"""A command to a tool, from its confirmation to its settlement (`connectors.md` C11).

Values only; what may follow what is in `avise.models.command_rules`.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.free_text import masked_note
from avise.models.identifiers import holds_nir
from avise.models.json_types import JSON
from avise.models.merging import Choices

CommandId = uuid.UUID
"""Made once, when the action is planned; it becomes the idempotency key when the agent confirms."""

Change = tuple[str, str, str]
"""(field, before, after), as the agent reads them before confirming."""


class Idempotency(StrEnum):
    """What makes sending twice harmless, as the connector declares it (`connectors.md` C11, rule 3)."""

    NATURAL = "natural"
    """The whole is replaced under a precondition: twice gives what once gives."""
    KEY = "key"
    """The tool knows the command's identifier and answers again what it answered."""
    CLIENT_ID = "client_id"
    """We choose the identifier of what is created."""
    VERIFY = "verify"
    """Nothing: the tool is asked whether it happened before anything is sent again."""
    NONE = "none"
    """Nothing at all: never queued, never sent again."""


REPLAYABLE = frozenset({Idempotency.NATURAL, Idempotency.KEY, Idempotency.CLIENT_ID})
"""May be sent again while it is unknown whether it happened."""


class OfflineRule(StrEnum):
    """What becomes of a confirmed command whose tool cannot be reached."""

    QUEUE = "queue"
    REFUSE = "refuse"


class ConfirmRule(StrEnum):
    """Who must confirm."""

    AGENT = "agent"
    STEP_UP = "step_up"
    """The caller must be identified at the strong level (`domain.md` 2.6)."""
    SECOND_AGENT = "second_agent"
    """A colleague must confirm too, at another desk (`avise.models.confirmations`)."""


class Outcome(StrEnum):
    """What a tool says of a command that it was sent or asked about."""

    DONE = "done"
    ALREADY_DONE = "already_done"
    ACCEPTED = "accepted"
    """Taken in charge; it will be done later."""
    NOT_DONE = "not_done"
    UNKNOWN = "unknown"


class CommandState(StrEnum):
    """Where a command stands. Label: catalogue key `command.state.<state>`."""

    AWAITING_SECOND = "awaiting_second"
    """Asked of a colleague: it leaves once somebody else has confirmed it, and not before."""
    CONFIRMED = "confirmed"
    """Promised to the agent; it has not left, or the tool said that nothing came of it."""
    SENDING = "sending"
    """Written before the call: found at a start, it means that nobody knows what came of it."""
    DONE = "done"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"
    """It left and no answer says what came of it: being verified."""
    WAITING = "waiting"
    """It did not leave: the tool cannot be reached, and will be tried again."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    NEEDS_HUMAN = "needs_human"


TERMINAL = frozenset(
    {
        CommandState.DONE,
        CommandState.REJECTED,
        CommandState.CONFLICT,
        CommandState.EXPIRED,
        CommandState.CANCELLED,
    }
)
"""Nothing follows."""

SETTLED = TERMINAL | {CommandState.ACCEPTED}
"""Nothing more is done by itself."""

IN_LINE = frozenset(
    {CommandState.CONFIRMED, CommandState.SENDING, CommandState.UNKNOWN, CommandState.WAITING}
)
"""Keeps its turn: later commands to the same tool for the same person wait. What needs a person does
not: it may take days, and a refused command never holds the others."""


class CommandReason(StrEnum):
    """Why a command is where it is. Sentence: catalogue key `command.reason.<reason>`."""

    NONE = ""
    OFFLINE = "offline"
    BREAKER = "breaker"
    """Not tried: the tool is suspended after failures, or too much waits for it."""
    UNAVAILABLE = "unavailable"
    RATE_LIMITED = "rate_limited"
    AUTH = "auth"
    CONFIG = "config"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    """The tool answered something that the connector does not understand."""
    INTERRUPTED = "interrupted"
    """Avise ended between the sending and the answer."""
    NOT_VERIFIABLE = "not_verifiable"
    NOT_DONE = "not_done"
    TRIES = "tries"
    TOO_LATE = "too_late"
    RIGHTS = "rights"
    DEPENDENCY = "dependency"
    BY_USER = "by_user"
    REJECTED = "rejected"
    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    UNSUPPORTED = "unsupported"
    CONFLICT = "conflict"
    SECONDED = "seconded"
    """A colleague confirmed it."""
    SECOND_REFUSED = "second_refused"
    UNANSWERED = "unanswered"
    """No colleague answered in time."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of a command's history."""

    at: datetime
    state: CommandState
    reason: CommandReason = CommandReason.NONE


@dataclass(frozen=True, slots=True)
class CommandContent:
    """What is sent, kept until it is no longer needed; personal data, never shown in a list or a log."""

    ids: Mapping[str, str] = field(repr=False)
    """The customer's identifiers that the tool needs, by scheme."""
    input: Mapping[str, JSON] = field(repr=False)
    precondition: Mapping[str, str] = field(repr=False)
    """Record → version that the agent was looking at."""
    on_copy: bool = False
    """Planned without network, on what this workstation had along: looked at again before it leaves."""
    choices: Choices = field(default_factory=dict, repr=False)
    """What was chosen so far, field by field, once it met another change."""
    before: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the tool held when this was planned, by field, whole: a screen shows it shortened and masked."""


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One command, as its owner's outbox shows it and as the rules move it."""

    command_id: CommandId
    group_id: uuid.UUID
    """Shared by the commands of one intention carried to several tools."""
    person: PersonId
    whom: str = field(repr=False)
    """NOM Prénom, for the list."""
    instance: str
    source_name: str
    action: str
    label: str
    """The action's name, as the connector declares it."""
    summary: str = field(repr=False)
    changes: tuple[Change, ...] = field(repr=False)
    idempotency: Idempotency
    offline: OfflineRule
    touches: tuple[str, ...]
    """Facets to read again once it is done."""
    purpose: str
    confirmed_at: datetime
    not_before: datetime
    """End of the time in which it can be undone."""
    expires_at: datetime
    lifetime: timedelta
    """How long it may be tried."""
    fingerprint: bytes = field(repr=False)
    depends_on: CommandId | None = None
    needs_second: bool = False
    """It leaves only with `seconded_by`."""
    seconded_by: str = ""
    """Login of the colleague who confirmed it."""
    state: CommandState = CommandState.CONFIRMED
    reason: CommandReason = CommandReason.NONE
    next_at: datetime | None = None
    """When something will be tried next."""
    sends: int = 0
    """How many times it may have left."""
    tries: int = 0
    """Sendings that count against the bound of `command_rules.MAX_TRIES`."""
    checks: int = 0
    """Verifications since the last sending that told nothing."""
    sent_at: datetime | None = None
    uncertain: bool = False
    """It left at least once, and nothing proves what came of it. An abandoned command may stay so."""
    checked: bool = False
    """The tool could not say whether it happened: sending again is the next step, where it is harmless."""
    verdict: CommandState | None = None
    """How a tool refused a second sending while the first was uncertain: true only if the first failed."""
    message: str = field(default="", repr=False)
    """The tool's own sentence, for a refusal."""
    reference: str = ""
    """The tool's number for what was done."""
    document_name: str = ""
    because: str = field(default="", repr=False)
    """Why the user gave it up."""
    settled_at: datetime | None = None
    acknowledged: bool = False
    """The user has taken note of how it ended: it leaves the list."""
    history: tuple[Attempt, ...] = ()
    position: int = 0
    """Order of confirmation on this workstation."""
    revision: int = 0
    """Grows with each change kept: who changes an old one is refused."""

    @property
    def due_at(self) -> datetime:
        """When the next step may be taken."""
        return self.not_before if self.next_at is None else max(self.not_before, self.next_at)

    @property
    def line(self) -> tuple[str, PersonId]:
        """Commands of one line leave one after the other, in order."""
        return self.instance, self.person

    @property
    def open(self) -> bool:
        """Whether something, by itself or by a person, is still to be done."""
        return self.state not in SETTLED


@dataclass(frozen=True, slots=True)
class GroupReport:
    """How one intention carried to several tools stands."""

    group_id: uuid.UUID
    items: tuple[OutboxItem, ...]

    def names(self, *states: CommandState) -> tuple[str, ...]:
        """Return the tools whose command is in one of these states, in order of confirmation."""
        return tuple(item.source_name for item in self.items if item.state in states)

    @property
    def done(self) -> tuple[str, ...]:
        """Tools that did it or took it in charge."""
        return self.names(CommandState.DONE, CommandState.ACCEPTED)

    @property
    def under_way(self) -> tuple[str, ...]:
        """Tools that it will still be carried to by itself."""
        return self.names(*IN_LINE)

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Tools of which nobody knows whether they did it."""
        return tuple(item.source_name for item in self.items if item.uncertain)

    @property
    def not_done(self) -> tuple[str, ...]:
        """Tools that surely did not do it and will not."""
        refused = TERMINAL - {CommandState.DONE}
        return tuple(item.source_name for item in self.items if item.state in refused and not item.uncertain)


def group_reports(items: Iterable[OutboxItem]) -> tuple[GroupReport, ...]:
    """Return a report for each intention, in order of confirmation."""
    groups: dict[uuid.UUID, list[OutboxItem]] = {}
    for item in sorted(items, key=lambda item: item.position):
        groups.setdefault(item.group_id, []).append(item)
    return tuple(GroupReport(group, tuple(found)) for group, found in groups.items())


def fingerprint(instance: str, action: str, person: PersonId, content: CommandContent) -> bytes:
    """Return the seal of what a command asks: the same identifier never covers two of them."""
    whole = [
        instance,
        action,
        str(person),
        dict(content.ids),
        dict(content.input),
        dict(content.precondition),
    ]
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).digest()


MAX_SENTENCE = 300
"""Characters of a tool's sentence that are shown (`connectors.md` C10)."""

HIDDEN = "•••"

_MARKUP = re.compile(r"<[^<>]*>")


def presentable(text: str) -> str:
    """Return a tool's text as it may be kept and shown: one line, no markup, numbers that must go masked."""
    plain = " ".join(_MARKUP.sub(" ", text).split())
    masked = masked_note("".join(character for character in plain if character.isprintable()))
    if holds_nir(masked.encode("utf-8", "replace")):
        return HIDDEN
    return masked if len(masked) <= MAX_SENTENCE else masked[: MAX_SENTENCE - 1] + "…"
