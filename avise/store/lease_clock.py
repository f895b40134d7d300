"""The hub's time as far as a machine without a network can know it: it never goes back.

Setting a clock back does not make a lease longer: what was once the case has passed, and time goes on by
the monotonic clock while the program runs, and by one that goes on through a sleep where the system has
it. Setting it forward ends a lease early, which the next contact puts right: there, the hub's word replaces
everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avise.env import Env

Ticks = Callable[[], float | None]
"""A clock that nobody sets and that goes on through a sleep; None where there is none."""


def no_ticks() -> None:
    """Return that there is no such clock."""


@dataclass(slots=True)
class LeaseClock:
    """Tells the latest time that is known to have come.

    Args:
        env: the clocks of this machine.
        mark: latest time known, by the hub's clock; kept on the disk by whoever uses this.
        offset: how far the hub's clock was ahead of this machine's at the last contact.
        ticks: goes on through a sleep.
    """

    env: Env
    mark: datetime
    offset: timedelta = timedelta(0)
    ticks: Ticks = no_ticks
    _marked: float = field(init=False)
    _ticked: float | None = field(init=False)

    def __post_init__(self) -> None:
        """Count from here what the clocks that nobody sets tell."""
        self._set(self.mark)

    def resume(self, mark: datetime, offset: timedelta) -> None:
        """Go on from what was kept."""
        self.offset = offset
        self._set(mark)

    def now(self) -> datetime:
        """Return the time, by the hub's clock, and know from then on that it has come."""
        shown = self.env.now() + self.offset
        self._set(max(self.mark + self._lived(), shown))
        return self.mark

    def contact(self, hub_now: datetime) -> None:
        """Take the hub's word, whatever was believed before."""
        self.offset = hub_now - self.env.now()
        self._set(hub_now)

    def _lived(self) -> timedelta:
        ticks, slept = self.ticks(), 0.0
        if ticks is not None and self._ticked is not None:
            slept = ticks - self._ticked
        return timedelta(seconds=max(self.env.monotonic() - self._marked, slept))

    def _set(self, moment: datetime) -> None:
        self.mark, self._marked, self._ticked = moment, self.env.monotonic(), self.ticks()
