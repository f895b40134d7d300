"""What a member accepts to be written about, on which channel: a purpose × channel matrix, and its rule.

The matrix is a fold of the events `consent_given` and `consent_withdrawn`, together with what tools tell.
A positive act counts from its own day, a withdrawal at once; when two keepers tell different things of the
same day, the refusal holds. Rules: `domain.md` 4.2 (`OPTIN_2026`), 6.4; engineering input, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from avise.models.event_fold import corrected, effective, text_in
from avise.models.facets import FacetRecord
from avise.models.interaction import Channel
from avise.models.journal import EventEnvelope, EventKind
from avise.texts.formats import local


class ConsentPurpose(StrEnum):
    """Why one writes. Label: catalogue key `consent.purpose.<purpose>`."""

    SERVICE = "service"
    """The contract in progress: what the member asked for or must know. Needs no consent."""
    COMMERCIAL = "commercial"
    SATISFACTION = "satisfaction"
    PREVENTION = "prevention"
    PARTNERS = "partners"


class ConsentChannel(StrEnum):
    """How one reaches the member. Label: catalogue key `consent.channel.<channel>`."""

    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"


class ConsentState(StrEnum):
    """What the member said."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Regime(StrEnum):
    """What a purpose needs on a channel."""

    FREE = "free"
    """Nothing."""
    OPT_OUT = "opt_out"
    """That nobody objected."""
    OPT_IN = "opt_in"
    """A positive act beforehand, that can be proved."""


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """What is read to the member, and what is kept as its proof."""

    purpose: ConsentPurpose
    channel: ConsentChannel
    version: str
    sentence: str
    language: str


@dataclass(frozen=True, slots=True)
class ConsentAct:
    """What the member says of one cell, and how."""

    purpose: ConsentPurpose
    channel: ConsentChannel
    said_on: Channel = Channel.PHONE_IN
    """The channel on which it was said."""
    proof: str = ""
    """Words for whoever must prove it ("case cochée sur le formulaire"); no number, no address."""
    effective: date | None = None
    """Day of the act when it is not today: a form signed last week."""
    text_version: str = ""
    """Of the question asked; the one in force unless told."""


Place = tuple[ConsentPurpose, ConsentChannel]


@dataclass(frozen=True, slots=True)
class Consent:
    """One cell of the matrix."""

    purpose: ConsentPurpose
    channel: ConsentChannel
    state: ConsentState = ConsentState.UNKNOWN
    since: date | None = None
    """Day of the act."""
    until: date | None = None
    """Last day on which it counts; None when it was not written with it."""
    proof: str = ""
    """How it was said, in the words of whoever noted it."""
    text_version: str = ""
    """Version of the question that was asked."""
    source: str = ""
    """"journal", or the tool that tells it."""


@dataclass(frozen=True, slots=True)
class ConsentMatrix:
    """What one member accepts."""

    cells: Mapping[Place, Consent] = field(default_factory=dict)

    def of(self, purpose: ConsentPurpose, channel: ConsentChannel) -> Consent:
        """Return what was said for a purpose on a channel; UNKNOWN when nothing was."""
        return self.cells.get((purpose, channel)) or Consent(purpose, channel)


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """What a purpose needs, by channel, and how long a positive act counts."""

    purpose: ConsentPurpose
    regimes: Mapping[ConsentChannel, Regime] = field(default_factory=dict)
    months: int = 24
    """After so many months the question is asked again (`domain.md` 4.2)."""

    def regime(self, channel: ConsentChannel) -> Regime:
        """Return what a channel needs; a positive act when nobody wrote it."""
        if self.purpose is ConsentPurpose.SERVICE:
            return Regime.FREE
        return self.regimes.get(channel, Regime.OPT_IN)


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether one may write, and why. Sentence: catalogue key `permission.<reason>`."""

    allowed: bool
    reason: str
    since: date | None = None
    """Day of the act that the reason speaks of."""


OWN_RECORD = "journal/"
"""Begins the identifier of a record that our journal wrote over a tool's block."""

NOBODY_OBJECTED = Permission(allowed=True, reason="not_refused")
SERVICE_MESSAGE = Permission(allowed=True, reason="service")
UNVERIFIED = Permission(allowed=False, reason="unverified")
"""The tool that keeps consents did not answer: a message that needs one does not leave."""


# ---- folds ----------------------------------------------------------------------------------------


def matrix_of(events: Iterable[EventEnvelope], today: date) -> ConsentMatrix:
    """Return the matrix that a person's events make on a day, in whatever order they come.

    Args:
        events: of the person's stream; other kinds are passed over.
        today: a positive act whose own day is later does not count yet.
    """
    cells: dict[Place, Consent] = {}
    for act in (act for event in effective(events) for act in _acts(event)):
        since = act.since or date.min
        known = cells.get((act.purpose, act.channel))
        # Within a day the member may change their mind: what was written last holds.
        if since <= today and (known is None or since >= (known.since or date.min)):
            cells[act.purpose, act.channel] = act
    return ConsentMatrix(cells)


def told_by_tool(records: Iterable[FacetRecord], source: str) -> ConsentMatrix:
    """Return the matrix that the facet `consents` of a tool makes; what we wrote over it is not its own."""
    told = (_told(record, source) for record in records if not record.id.startswith(OWN_RECORD))
    return _newest(act for act in told if act is not None)


def merged(*matrices: ConsentMatrix) -> ConsentMatrix:
    """Return what holds when several keepers speak: the latest act; of the same day, the refusal."""
    return _newest(cell for matrix in matrices for cell in matrix.cells.values())


def _newest(acts: Iterable[Consent]) -> ConsentMatrix:
    cells: dict[Place, Consent] = {}
    for act in acts:
        place = (act.purpose, act.channel)
        known = cells.get(place)
        if known is None or _weight(act) > _weight(known):
            cells[place] = act
    return ConsentMatrix(cells)


_STRENGTH = {ConsentState.UNKNOWN: 0, ConsentState.YES: 1, ConsentState.NO: 2}


def _weight(act: Consent) -> tuple[date, int, str, str, date]:
    """Order acts: by day, a refusal last of its day; the rest only makes the order total."""
    said = act.since if act.since is not None and act.state is not ConsentState.UNKNOWN else date.min
    return (said, _STRENGTH[act.state], act.source, act.proof + act.text_version, act.until or date.min)


def _acts(event: EventEnvelope) -> Iterator[Consent]:
    if event.kind is EventKind.CONSENT_GIVEN:
        state = ConsentState.YES
    elif event.kind is EventKind.CONSENT_WITHDRAWN:
        state = ConsentState.NO
    else:
        return
    written = local(corrected(event)).date()
    # A withdrawal counts at once, whatever day its author wrote.
    since = _day(text_in(event, "effective")) or written
    for purpose, channel in _places(event):
        yield Consent(
            purpose,
            channel,
            state,
            since if state is ConsentState.YES else written,
            _day(text_in(event, "until")) if state is ConsentState.YES else None,
            text_in(event, "proof"),
            text_in(event, "text_version"),
            "journal",
        )


def _places(event: EventEnvelope) -> Iterator[Place]:
    """Yield the cells that an event speaks of; a withdrawal without a name speaks of all."""
    every = event.kind is EventKind.CONSENT_WITHDRAWN
    purpose, channel = text_in(event, "purpose"), text_in(event, "channel")
    asked = tuple(found for found in ConsentPurpose if found is not ConsentPurpose.SERVICE)
    for one in asked:
        for other in ConsentChannel:
            if (one == purpose or (every and not purpose)) and (other == channel or (every and not channel)):
                yield one, other


def _told(record: FacetRecord, source: str) -> Consent | None:
    words = {name: value for name, value in record.data.items() if isinstance(value, str)}
    try:
        purpose, channel = ConsentPurpose(words.get("purpose", "")), ConsentChannel(words.get("channel", ""))
        state = ConsentState(words.get("state", ""))
    except ValueError:
        return None
    return Consent(
        purpose, channel, state, _day(words.get("since", "")), None, words.get("proof", ""), "", source
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


# ---- the rule -------------------------------------------------------------------------------------


def may_send(
    matrix: ConsentMatrix, rule: ConsentRule, channel: ConsentChannel, today: date, excluded: str = ""
) -> Permission:
    """Return whether one may write to a member for a purpose on a channel, and why.

    Args:
        matrix: what the member accepts.
        rule: of the purpose.
        channel: how one would write.
        today: an act counts until its last day.
        excluded: why the member is left out of everything but service messages (a death, a complaint
            under way…), "" when nothing is against it.
    """
    if rule.purpose is ConsentPurpose.SERVICE:
        return SERVICE_MESSAGE
    if excluded:
        return Permission(allowed=False, reason=f"excluded_{excluded}")
    said = matrix.of(rule.purpose, channel)
    if said.state is ConsentState.NO:
        return Permission(allowed=False, reason="refused", since=said.since)
    if rule.regime(channel) is not Regime.OPT_IN:
        return NOBODY_OBJECTED
    return _after_opting_in(said, rule, today)


def _after_opting_in(said: Consent, rule: ConsentRule, today: date) -> Permission:
    if said.state is ConsentState.UNKNOWN:
        return Permission(allowed=False, reason="unknown")
    if last_day(said, rule) < today:
        return Permission(allowed=False, reason="expired", since=said.since)
    return Permission(allowed=True, reason="given", since=said.since)


def to_ask(matrix: ConsentMatrix, rule: ConsentRule, today: date) -> tuple[ConsentChannel, ...]:
    """Return the channels on which the question is still to be asked: nothing said, or too long ago.

    A refusal is never asked again by itself.
    """
    return tuple(channel for channel in ConsentChannel if _is_to_ask(matrix, rule, channel, today))


def _is_to_ask(matrix: ConsentMatrix, rule: ConsentRule, channel: ConsentChannel, today: date) -> bool:
    said = matrix.of(rule.purpose, channel)
    if rule.regime(channel) is not Regime.OPT_IN or said.state is ConsentState.NO:
        return False
    return said.state is ConsentState.UNKNOWN or last_day(said, rule) < today


def last_day(said: Consent, rule: ConsentRule) -> date:
    """Return the last day on which a positive act counts; long ago when its day is not known."""
    if said.until is not None:
        return said.until
    return months_after(said.since, rule.months) if said.since is not None else date.min


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(day.year + year, month + 1, 28)
