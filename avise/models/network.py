"""How much network there is, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NetworkMode(StrEnum):
    """What may be asked of the network now."""

    ONLINE = "online"
    LIMITED = "limited"
    """Slow or counted: what the user asks goes through, nothing is read ahead."""
    OFFLINE = "offline"
    """Nothing is asked of anybody; what is on board answers."""


@dataclass(frozen=True, slots=True)
class NetworkState:
    """The mode in force.

    Args:
        mode: in force.
        forced: chosen by the user, until they choose again; otherwise it was found out.
        since: when it began.
        last_contact: when the hub or a tool answered last; None before the first time.
        clock_skew_seconds: how far this machine's clock is ahead of the hub's; None while unknown.
    """

    mode: NetworkMode
    forced: bool
    since: datetime
    last_contact: datetime | None = None
    clock_skew_seconds: float | None = None
