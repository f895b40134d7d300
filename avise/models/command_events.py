"""What can happen to a command; `avise.models.command_rules` says what it then becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from avise.models.commands import Outcome
from avise.models.errors import ErrorKind


@dataclass(frozen=True, slots=True)
class SendStarted:
    """It is about to leave: kept before the call."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The tool answered the sending."""

    outcome: Outcome
    reference: str = ""


@dataclass(frozen=True, slots=True)
class SendFailed:
    """The sending ended on an error."""

    kind: ErrorKind
    outcome_unknown: bool = False
    """The request may have taken effect."""
    by_host: bool = False
    """It did not leave this workstation."""
    retry_after: timedelta | None = None
    message: str = ""
    """The tool's own sentence."""


@dataclass(frozen=True, slots=True)
class LookFailed:
    """Its tool could not be looked at before it left, or would refuse: nothing was sent."""

    kind: ErrorKind
    by_host: bool = False
    retry_after: timedelta | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rebased:
    """What it sends was put together with what others changed meanwhile, before it ever left."""

    fingerprint: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Differs:
    """Somebody else changed the same fields since it was planned: a person chooses, nothing leaves."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A start found it being sent: the process that sent it has ended, or its row was salvaged."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The tool was asked whether it happened."""

    outcome: Outcome
    reference: str = ""


@dataclass(frozen=True, slots=True)
class VerifyFailed:
    """The tool could not be asked whether it happened."""

    kind: ErrorKind


@dataclass(frozen=True, slots=True)
class Expired:
    """Its time is over."""


@dataclass(frozen=True, slots=True)
class GivenToHuman:
    """Nothing more can be done by itself."""


@dataclass(frozen=True, slots=True)
class RightsLost:
    """Its author may no longer do this."""


@dataclass(frozen=True, slots=True)
class DependencyFailed:
    """What it depends on will not be done."""


@dataclass(frozen=True, slots=True)
class ToolBack:
    """Its tool answers again: no need to wait longer."""


@dataclass(frozen=True, slots=True)
class ResendAsked:
    """Its owner wants it tried now."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Its owner gives it up, or takes note of how it ended."""

    because: str = ""


@dataclass(frozen=True, slots=True)
class Seconded:
    """A colleague confirmed it."""

    by: str


@dataclass(frozen=True, slots=True)
class SecondRefused:
    """A colleague refused it."""

    by: str
    because: str = ""


CommandEvent = (
    SendStarted
    | Answered
    | SendFailed
    | LookFailed
    | Rebased
    | Differs
    | Interrupted
    | Verified
    | VerifyFailed
    | Expired
    | GivenToHuman
    | RightsLost
    | DependencyFailed
    | ToolBack
    | ResendAsked
    | Abandoned
    | Seconded
    | SecondRefused
)
