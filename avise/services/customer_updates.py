"""What the stream of an opening customer is made of; the window draws these values and nothing else.

`OpenCustomer.open(...)` yields `HeaderChanged` first (from the store, within 150 ms of a call), then
the others in any order, each replacing what the window held, and `OpeningSettled` once, when no
reading is under way any more. Nothing waits for anything else.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from avise.models.callers import THE_MEMBER, Caller
from avise.models.customer import PartyKind, PersonId
from avise.models.facets import FacetView
from avise.models.interaction import TimelineEntry


class Severity(StrEnum):
    """Order of the alerts in the header: danger first."""

    DANGER = "danger"
    WARN = "warn"
    NOTE = "note"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Alert:
    """One chip of the header's third line. Text: catalogue key `alert.<id>` with `params`."""

    id: str
    severity: Severity
    priority: int
    """1 first (`domain.md` 2.1)."""
    icon: str
    params: Mapping[str, str]
    facet: str = ""
    """Facet that a click shows."""
    opens: str = ""
    """Command that a click runs instead (`avise.ui.shortcuts`), "" for none."""


class VerificationLevel(StrEnum):
    """How sure one is of who calls (`domain.md` 2.6)."""

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Verification:
    """State of the caller's verification for this session."""

    level: VerificationLevel = VerificationLevel.NONE
    correct: int = 0
    wrong: int = 0
    needed: int = 3
    at: datetime | None = None
    caller: Caller = THE_MEMBER
    """Who says to be calling, and in which quality."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fixed strip over the screen; values masked for the role, empty when unknown."""

    person: PersonId
    dossier: PersonId
    title: str
    last_name: str
    first_name: str
    birth_date: date | None
    age: int | None
    member_number: str
    phone: str
    email: str
    address: str
    nir_masked: str
    plan: str
    member_since: date | None
    company_name: str
    restricted: bool
    advisor: str
    identifiers: Mapping[str, str]
    """Identifier in each tool, restricted schemes excepted."""
    from_directory_only: bool = False
    """True while identity has not been read from its tool."""
    kind: PartyKind = PartyKind.MEMBER
    siren: str = ""
    """Of a company, with `siret`; its name is in `last_name`."""
    siret: str = ""
    hr_contact: str = ""
    """Who answers for a company."""
    affiliated: int | None = None
    """How many members a company's contract covers."""


@dataclass(frozen=True, slots=True)
class SuggestedAction:
    """One action of a suggestion, the first by Enter. Label: catalogue key `action.<id>`."""

    id: str
    """"insert", "show", "request", "act" or "message"."""
    icon: str
    target: str = ""
    """A facet to show, a request type, a tool's action or a message template; "" for "insert"."""


class Likelihood(StrEnum):
    """A word, never a percentage."""

    VERY_LIKELY = "very_likely"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggested answer. `question` and `answer` are sentences ready to be read aloud."""

    id: str
    question: str
    answer: str
    """At most 95 characters; the part between ** is the fact, shown in bold."""
    likelihood: Likelihood
    reason: str
    """Reason code of `domain.md` 3.3."""
    facets: tuple[str, ...]
    """Facets that it rests on."""
    stale: bool = False
    """Rests on a stale reading: says so and stands one rank lower."""
    actions: tuple[SuggestedAction, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderChanged:
    """The header, whole."""

    header: Header


@dataclass(frozen=True, slots=True)
class FacetChanged:
    """One block, whole. A facet fed by two tools gives one view a tool."""

    view: FacetView


@dataclass(frozen=True, slots=True)
class AlertsChanged:
    """All alerts, by severity then priority."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class SuggestionsChanged:
    """At most three suggested answers, best first, and on how many fresh sources they rest."""

    suggestions: tuple[Suggestion, ...]
    fresh_sources: int


@dataclass(frozen=True, slots=True)
class TimelineChanged:
    """The whole unified timeline, newest first, and what is missing from it."""

    entries: tuple[TimelineEntry, ...]
    missing_sources: tuple[str, ...] = ()
    """Names of the tools that could not be read: the history may lack their lines."""
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class VerificationChanged:
    """State of the caller's verification."""

    verification: Verification


@dataclass(frozen=True, slots=True)
class OpeningSettled:
    """No reading is under way any more."""

    fresh: int
    stale: int
    failed: int
    forbidden: int
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class NotKept:
    """Something that should be kept on this workstation could not be (a full disk)."""

    message_key: str
    """Sentence in the catalogue."""
    params: Mapping[str, str]


CustomerUpdate = (
    HeaderChanged
    | FacetChanged
    | AlertsChanged
    | SuggestionsChanged
    | TimelineChanged
    | VerificationChanged
    | OpeningSettled
    | NotKept
)


def update_key(update: object) -> Hashable:
    """Return under which key a later value of the same kind, or of the same block, takes its place."""
    match update:
        case FacetChanged():
            return (update.view.facet, update.view.source)
        case NotKept():
            # Each is a thing that staff must know.
            return ("not kept", update.message_key, tuple(update.params.items()))
        case _:
            # Calls of one stream are told apart: a second one must not take the end of the first.
            return (type(update).__name__, getattr(update, "call_id", ""))
