"""How much network there is: a pure policy, told what answered and what did not.

It reads no clock and asks nobody. `avise.engine.network_room` tells it what is observed and does what
follows: while offline no tool is called, so that no deadline is waited and no breaker opens; while
limited nothing is read ahead and the hub is asked less often.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from avise.models.network import NetworkMode, NetworkState

LOST_IN_A_ROW = 2
"""Calls of the hub without an answer before it counts as out of reach."""
LOST_TOOLS = 2
"""Tools of the network without an answer, beside the hub, that say that the network itself is gone: a hub or
a tool that is down alone takes nothing away from the others."""
SLOW_SECONDS = 2.0
"""Answers of the hub that take longer are slow: a head is some hundred bytes."""
QUICK_SECONDS = 1.0
"""Answers that take less are quick; what lies between changes nothing."""
IN_A_ROW = 3
"""Slow answers before reading ahead stops, quick ones before it begins again."""
STEP_SECONDS = 30.0
"""From there on two clocks that disagree mean a sleep, or a clock that was set."""
STEADY_SECONDS = 2.0
"""A skew that moves by less is told as it was."""


# ---- what is observed ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HubAnswered:
    """The hub answered.

    Args:
        at: when.
        seconds: that the answer took.
        skew_seconds: how far this machine's clock is ahead of the hub's.
        elsewhere: whether the hub is on a network, not on this machine.
    """

    at: datetime
    seconds: float
    skew_seconds: float
    elsewhere: bool = True


@dataclass(frozen=True, slots=True)
class HubLost:
    """A hub of the network did not answer."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """A tool of the network answered, be it with a refusal."""

    at: datetime


@dataclass(frozen=True, slots=True)
class ToolLost:
    """A tool of the network did not answer."""

    at: datetime
    instance: str


@dataclass(frozen=True, slots=True)
class RouteSeen:
    """The system said whether it knows a way out."""

    at: datetime
    there: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The user forced a mode, or (None) wants it found out."""

    at: datetime
    mode: NetworkMode | None


Observation: TypeAlias = HubAnswered | HubLost | ToolAnswered | ToolLost | RouteSeen | Chosen


# ---- what follows --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Network:
    """What is known of the network.

    Args:
        since: when the mode in force began.
        mode: in force.
        choice: of the user; None lets the mode be found out.
        last_contact: when the hub or a tool answered last.
        skew_seconds: how far this machine's clock is ahead of the hub's.
        hub_losses: calls of the hub without an answer since something answered.
        lost_tools: tools without an answer since something answered.
        route: whether the system knows a way out.
        slow: answers of the hub in a row that were slow.
        quick: answers of the hub in a row that were quick.
        crawls: whether the network counts as slow.
    """

    since: datetime
    mode: NetworkMode = NetworkMode.ONLINE
    choice: NetworkMode | None = None
    last_contact: datetime | None = None
    skew_seconds: float | None = None
    hub_losses: int = 0
    lost_tools: frozenset[str] = frozenset()
    route: bool = True
    slow: int = 0
    quick: int = 0
    crawls: bool = False

    @property
    def state(self) -> NetworkState:
        """Return what a window shows."""
        return NetworkState(
            self.mode, self.choice is not None, self.since, self.last_contact, self.skew_seconds
        )

    @property
    def found(self) -> NetworkMode:
        """Return the mode that the observations speak for, whatever was chosen."""
        lost = self.hub_losses >= LOST_IN_A_ROW and len(self.lost_tools) >= LOST_TOOLS
        cut = not self.route and bool(self.hub_losses or self.lost_tools)
        if lost or cut:
            return NetworkMode.OFFLINE
        return NetworkMode.LIMITED if self.crawls else NetworkMode.ONLINE

    def after(self, seen: Observation) -> Network:
        """Return what is known once something more was observed."""
        known = _learnt(self, seen)
        mode = known.choice or known.found
        return replace(known, mode=mode, since=seen.at) if mode is not self.mode else known


def _learnt(known: Network, seen: Observation) -> Network:
    match seen:
        case HubAnswered():
            return _hub_answered(known, seen)
        case ToolAnswered():
            return _answered(known, seen.at)
        case HubLost():
            return replace(known, hub_losses=known.hub_losses + 1)
        case ToolLost():
            return replace(known, lost_tools=known.lost_tools | {seen.instance})
        case RouteSeen():
            return replace(known, route=seen.there)
        case Chosen():
            # What was observed before a choice is old: a return to the network begins with an open mind.
            return replace(known, choice=seen.mode, hub_losses=0, lost_tools=frozenset())


def _hub_answered(known: Network, seen: HubAnswered) -> Network:
    known = replace(known, skew_seconds=_steady(known.skew_seconds, seen.skew_seconds))
    if not seen.elsewhere:
        # A hub of this machine says nothing of the network.
        return known
    slow = known.slow + 1 if seen.seconds > SLOW_SECONDS else 0
    quick = known.quick + 1 if seen.seconds < QUICK_SECONDS else 0
    crawls = quick < IN_A_ROW if known.crawls else slow >= IN_A_ROW
    return replace(_answered(known, seen.at), slow=slow, quick=quick, crawls=crawls)


def _answered(known: Network, at: datetime) -> Network:
    latest = max(known.last_contact or at, at)
    return replace(known, last_contact=latest, hub_losses=0, lost_tools=frozenset())


def _steady(told: float | None, measured: float) -> float:
    return measured if told is None or abs(measured - told) >= STEADY_SECONDS else told


# ---- sleep ---------------------------------------------------------------------------------------
class Step(StrEnum):
    """What two readings of both clocks say of the time between."""

    NONE = "none"
    SLEPT = "slept"
    """The machine slept or stood still: everybody has to be asked anew."""
    CLOCK_SET = "clock_set"
    """Its clock was set: the day went on otherwise than time did."""


def step_between(
    wall_seconds: float, steady_seconds: float, expected_seconds: float, *, counts_sleep: bool
) -> Step:
    """Return what happened between two looks at the clocks.

    Args:
        wall_seconds: that passed on the clock of the day.
        steady_seconds: that passed on a clock that nobody sets.
        expected_seconds: that were to pass.
        counts_sleep: whether that clock goes on while the machine sleeps. Where it does not, a day that
            went further may be a sleep as well: it is taken for one.
    """
    ahead = wall_seconds - steady_seconds
    if ahead < -STEP_SECONDS or (counts_sleep and ahead > STEP_SECONDS):
        return Step.CLOCK_SET
    late = max(wall_seconds, steady_seconds) - expected_seconds
    return Step.SLEPT if late > STEP_SECONDS else Step.NONE
