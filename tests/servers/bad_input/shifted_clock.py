"""A workstation whose wall clock is moved while its monotonic clock goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from avise.env import SystemEnv


class ShiftedEnv(SystemEnv):
    """The real world, with a wall clock that a test moves."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        """Return what the moved clock shows."""
        return super().now() + self.shift
