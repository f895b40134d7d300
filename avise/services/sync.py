"""What a workstation says to its hub, and when: a pure core that is given answers and gives what to do next.

It reads no clock and waits for nothing (decision 8): `avise.engine.hub_sync` carries its actions out and
hands it what came of them, a simulation does the same from one seed. The protocol, with what happens
where it breaks, is in `hub.md` 4.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from avise.hub.chain import FIRST, link_after
from avise.hub.port import (
    Ack,
    Head,
    HubError,
    HubUnreachableError,
    IdCollisionError,
    Outcome,
    Pulled,
    PulledEvent,
    ResendMismatchError,
    SequenceGapError,
)
from avise.models.errors import AviseError
from avise.models.fed_events import FedEvent, FedPage

VOID = "void"
"""Kind of the event that takes the number of one that can never be taken."""

POLL_SECONDS = 4.0
"""Between two looks at the hub's head, more or less `JITTER`."""
JITTER = 0.15
HIDDEN = 4.0
"""Times as long when the window is hidden, or the network slow or counted."""
BACK_OFF = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
"""Seconds before the next try after so many failures in a row."""
REFUSED_SECONDS = 60.0
"""Before the next try after the hub refused a whole call."""


# ---- what is to be done --------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ask:
    """Ask where the hub is; then `asked`."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Forget the feeds, and take what follows a position of the journal as not sent; then `begun`."""

    hub_id: uuid.UUID
    epoch: int
    position: int


@dataclass(frozen=True, slots=True)
class Rewind:
    """Take what follows a position of the journal as not sent; then `rewound`."""

    position: int


@dataclass(frozen=True, slots=True)
class Renew:
    """Take another identity of the device, for what follows a position of the journal; then `renewed`."""

    position: int


@dataclass(frozen=True, slots=True)
class Rename:
    """Give an event of the journal another identity; then `renamed`."""

    position: int


@dataclass(frozen=True, slots=True)
class Skip:
    """Have a void event go in the place of one that the hub has from a copy of here; then `skipped`."""

    position: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget feeds that may be read no more; then `forgotten`."""

    perimeters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Send:
    """Send what follows a position of the journal, files first; then `sent`."""

    after: int
    base: int
    """Taken away from positions to give the hub's sequence numbers."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask what follows each cursor; then `fetched`, keep the page, then `kept`."""

    cursors: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rest:
    """Wait so long, or until something is written or the hub tells of a change."""

    seconds: float
    listening: bool
    """Whether the hub may be asked to tell when it changes."""


Action: TypeAlias = Ask | Begin | Rewind | Renew | Rename | Skip | Forget | Send | Fetch | Rest


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the hub said of one event of the journal."""

    position: int
    state: str
    """"acked", "quarantined", "void" (it can never be taken: a void event is to go in its place) or
    "refused" (that void event was taken)."""
    effective: bool
    refusal: str = ""
    ver: int = 0
    number: str = ""


@dataclass(slots=True)
class SyncCore:
    """Where this workstation is with its hub, and what comes next.

    Args:
        hub_id: known from before, None for a hub never met.
        epoch: the hub's, when it was last met.
        base: positions of the journal that an earlier identity of the device wrote.
        written: last position of the journal.
        sent: last position that the hub acknowledged.
        cursors: position reached in each perimeter.
        chains: chain of each perimeter there.
        copied: last position that a copy of this journal had when this one took another identity.
        version: of this program.
    """

    hub_id: uuid.UUID | None
    epoch: int
    base: int
    written: int
    sent: int
    cursors: dict[str, int]
    chains: dict[str, bytes]
    copied: int = 0
    version: str = ""
    head: Head | None = None
    """The last one that was told; what it says of rights holds until the next."""
    failures: int = 0
    """Calls without an answer since the last answer."""
    refusal: AviseError | None = None
    """What the hub refuses altogether; None while it answers."""
    void: int = 0
    """Position of the last event that was said never to be taken."""
    _asks: bool = True
    _behind: bool = False
    _repair: Action | None = None
    _repairs: int = 0
    _rested: bool = field(default=True)

    # ---- what comes next -----------------------------------------------------------------------
    def next(self, jitter: float, *, hidden: bool = False, limited: bool = False) -> Action:
        """Return what is to be done now.

        Args:
            jitter: drawn in [0, 1).
            hidden: whether nobody looks at the window.
            limited: whether the network is slow or counted.
        """
        action = self._work() if self._rested else None
        if action is not None:
            return action
        self._rested = self._asks = True
        return Rest(
            self._pause(jitter, hidden=hidden or limited), listening=not self.failures and not self.refusal
        )

    def _work(self) -> Action | None:
        """Return what is to be done without waiting, None when there is nothing."""
        if self._repair is not None:
            return self._repair
        if self._asks or self.head is None:
            return Ask()
        gone = self.cursors.keys() - {found.id for found in self.head.perimeters}
        if gone and not self.too_old:
            return Forget(tuple(sorted(gone)))
        if self.written > self.sent:
            return Send(self.sent, self.base)
        return Fetch(self.reached()) if self._behind and not self.too_old else None

    @property
    def up_to_date(self) -> bool:
        """Whether everything was sent, and everything known to be there was fetched."""
        return self.head is not None and not self._behind and self.written <= self.sent and not self.failures

    @property
    def pending(self) -> int:
        """Events that the hub has not acknowledged."""
        return max(self.written - self.sent, 0)

    @property
    def too_old(self) -> bool:
        """Whether this program may send, and read no more."""
        return self.head is not None and _numbers(self.version) < _numbers(self.head.min_version)

    @property
    def trouble(self) -> AviseError | None:
        """What keeps this workstation from its hub although that answers, None when nothing does."""
        if self.refusal is not None or self.head is None:
            return self.refusal
        if self.head.wipe:
            return HubError("hub.wipe_asked")
        return HubError("hub.too_old", version=self.head.min_version) if self.too_old else None

    def _pause(self, jitter: float, *, hidden: bool) -> float:
        spread = 1 + JITTER * (2 * jitter - 1)
        if self.failures:
            return BACK_OFF[min(self.failures, len(BACK_OFF)) - 1] * spread
        if self.refusal is not None:
            return REFUSED_SECONDS * spread
        return POLL_SECONDS * (HIDDEN if hidden else 1.0) * spread

    def reached(self) -> dict[str, int]:
        """Return the position reached in each perimeter that may be read."""
        readable = self.head.perimeters if self.head is not None else ()
        return {found.id: self.cursors.get(found.id, 0) for found in readable}

    # ---- what came of it -----------------------------------------------------------------------
    def wrote(self, position: int) -> None:
        """Know that the journal has come to a position."""
        self.written = max(self.written, position)

    def woken(self) -> None:
        """Stop resting: something was written, or the hub told of a change."""
        self._rested = True

    def resumed(self) -> None:
        """Ask the hub at once, whatever was waited for: the machine slept, or its network is back."""
        # Unreachable until it has answered; the next pauses begin short again.
        self.failures, self._rested, self._asks = min(self.failures, 1), True, True

    def asked(self, head: Head) -> None:
        """Take the hub's head."""
        self._answered()
        self.head = head
        self._asks = False
        told = self.base + head.last_seq
        if (self.hub_id, self.epoch) != (head.hub_id, head.epoch):
            self._repair = Begin(head.hub_id, head.epoch, min(told, self.sent))
        elif told > self.written:
            # The hub knows events that this journal does not: another copy of it has gone on.
            self._repair = Renew(self.sent)
        elif told < self.sent:
            self._repair = Rewind(max(told, self.base))
        self._look_behind()

    def begun(self, action: Begin) -> None:
        """Know that the feeds are empty."""
        self.hub_id, self.epoch, self.sent = action.hub_id, action.epoch, action.position
        self.cursors, self.chains = {}, {}
        # What earlier identities of the device sent may be lost too: all of it goes again, under a new one.
        self._repair = Renew(0) if self.copied else None
        self.void = 0
        self._look_behind()

    def rewound(self, action: Rewind) -> None:
        """Know that what follows is to be sent again."""
        self.sent = min(self.sent, action.position)
        self._repair = None

    def renewed(self, action: Renew) -> None:
        """Know that the device has another identity: the hub has to be asked as it."""
        self.base = self.sent = action.position
        self.copied = self.written
        self._repair, self._asks, self.void = None, True, 0

    def renamed(self) -> None:
        """Know that the event has another identity."""
        self._repair = None

    def skipped(self) -> None:
        """Know that a void event goes in the place of one that the hub has already."""
        self._repair = None

    def forgotten(self, action: Forget) -> None:
        """Know that feeds are gone."""
        for perimeter in action.perimeters:
            self.cursors.pop(perimeter, None)
            self.chains.pop(perimeter, None)

    def sent_events(self, acks: Sequence[Ack]) -> tuple[Judgement, ...]:
        """Return what the hub said of the events sent, to be kept; then `acknowledged`.

        What follows one that can never be taken is sent again behind its void event.
        """
        self._answered()
        told = []
        for ack in acks:
            judgement = _judgement(ack, self.base)
            if judgement.state == "void" and judgement.position == self.void:
                self.refusal = HubError("hub.void_refused")
            told.append(judgement)
            if judgement.state == "void":
                self.void = judgement.position
                break
        if not told:
            self.refusal = HubError("hub.answers_nothing")
        return tuple(told)

    def acknowledged(self, told: Sequence[Judgement]) -> None:
        """Know that the acknowledgements are kept."""
        done = [judgement.position for judgement in told if judgement.state != "void"]
        if done:
            self.sent = max(self.sent, *done)
            self._repairs = 0
            self._behind = True
        if self.refusal is not None:
            self._rest_now()

    def fetched(self, asked: Fetch, pulled: Pulled) -> FedPage:
        """Return the page to keep.

        Raises:
            AviseError: `hub.feed_gap` when rows lack, `hub.feed_changed` when one is not the one that the
                hub wrote: the feed is not to be believed, and nothing is kept.
        """
        self._answered()
        chains = dict(self.chains)
        for perimeter, through in pulled.through.items():
            rows = [event for event in pulled.events if event.perimeter == perimeter]
            since = asked.cursors.get(perimeter, 0)
            if since + len(rows) + pulled.skipped.get(perimeter, 0) != through:
                raise HubError("hub.feed_gap", perimeter=perimeter)
            chains[perimeter] = _chain(chains.get(perimeter), since, through, rows)
        return FedPage(
            events=tuple(fed_event(event) for event in pulled.events),
            places=tuple((event.perimeter, event.pos, event.event_id) for event in pulled.events),
            since=asked.cursors,
            through=dict(pulled.through),
            chains=chains,
        )

    def kept(self, page: FedPage, *, more: bool) -> None:
        """Know that a page is kept."""
        self.cursors |= page.through
        self.chains |= page.chains
        # The head may be of before a restore: only the hub says whether there is more.
        self._behind = more

    def failed(self, error: AviseError) -> None:
        """Take what an action raised."""
        match error:
            case HubUnreachableError():
                self.failures += 1
                self._rest_now()
            case SequenceGapError() if self._repairs == 0:
                self._repair, self._repairs = Rewind(self.base + error.expected - 1), 1
            case ResendMismatchError() if self._repairs == 0:
                self._repair, self._repairs = Renew(self.sent), 1
            case IdCollisionError() if self._repairs <= self.pending:
                position = self.base + error.device_seq
                # What a copy of this journal sent under its own identity is there, and counts once.
                self._repair = Skip(position) if position <= self.copied else Rename(position)
                self._repairs += 1
            case _:
                self.refusal = error
                self._repairs = 0
                self._rest_now()

    def _rest_now(self) -> None:
        self._rested, self._asks, self._repair = False, True, None

    def _answered(self) -> None:
        self.failures, self.refusal = 0, None

    def _look_behind(self) -> None:
        if self.head is None:
            return
        places = self.head.positions
        self._behind = any(
            places.get(found.id, 0) > self.cursors.get(found.id, 0) for found in self.head.perimeters
        )


_STATES = {Outcome.QUARANTINED: "quarantined", Outcome.REFUSED: "void"}


def _judgement(ack: Ack, base: int) -> Judgement:
    state = "refused" if ack.refusal == VOID else _STATES.get(ack.outcome, "acked")
    return Judgement(ack.device_seq + base, state, ack.effective, ack.refusal, ack.ver, ack.number)


def _chain(known: bytes | None, since: int, through: int, rows: Sequence[PulledEvent]) -> bytes:
    """Return the chain after some rows; those that follow each other are checked."""
    chain, at = (known or None) if since else FIRST, since
    for event in rows:
        if event.pos <= at or event.pos > through:
            raise HubError("hub.feed_gap", perimeter=event.perimeter)
        if event.pos == at + 1 and chain is not None and link_after(chain, event) != event.chain:
            raise HubError("hub.feed_changed", perimeter=event.perimeter)
        chain, at = event.chain, event.pos
    # Past rows that were left out, the next link has nothing to follow.
    return chain if chain is not None and at == through else b""


def fed_event(event: PulledEvent) -> FedEvent:
    """Return an event that the hub gave, as it is kept."""
    return FedEvent(
        event_id=event.event_id,
        stream=event.stream,
        ver=event.ver,
        device=event.device,
        device_seq=event.device_seq,
        kind=event.kind,
        schema_v=event.schema_v,
        author=event.author,
        role=event.role,
        occurred_at=event.occurred_at,
        clock_offset_ms=event.clock_offset_ms,
        body=event.body,
        content_sha=event.content_sha,
        effective=event.effective,
        refusal=event.refusal,
        number=event.number,
        received_at=event.received_at,
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
