"""The hub's time as far as a machine without a network can know it: it never goes back.

Setting a clock back does not make a lease longer: what was once the case has passed, and time goes on by
the monotonic clock while the program runs. Setting it forward ends a lease early, which the next contact
puts right: there, the hub's word replaces everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avise.env import Env


@dataclass(slots=True)
class LeaseClock:
    """Tells the latest time that is known to have come.

    Args:
        env: the clocks of this machine.
        mark: latest time known, by the hub's clock; kept on the disk by whoever uses this.
        offset: how far the hub's clock was ahead of this machine's at the last contact.
    """

    env: Env
    mark: datetime
    offset: timedelta = timedelta(0)
    _marked: float = field(init=False)

    def __post_init__(self) -> None:
        """Count from here what the monotonic clock tells."""
        self._marked = self.env.monotonic()

    def now(self) -> datetime:
        """Return the time, by the hub's clock, and know from then on that it has come."""
        lived = self.mark + timedelta(seconds=self.env.monotonic() - self._marked)
        shown = self.env.now() + self.offset
        self._set(max(lived, shown))
        return self.mark

    def contact(self, hub_now: datetime) -> None:
        """Take the hub's word, whatever was believed before."""
        self.offset = hub_now - self.env.now()
        self._set(hub_now)

    def _set(self, moment: datetime) -> None:
        self.mark, self._marked = moment, self.env.monotonic()
