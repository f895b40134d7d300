"""Whether a failed read may be tried once more: the only retry of the whole way (`connectors.md` C8)."""

from __future__ import annotations

from dataclasses import dataclass

from avise.connectors.contract import ConnectorError
from avise.connectors.deadline import Deadline
from avise.env import Env
from avise.models.errors import ErrorKind

SHARE = 0.1
"""A tool earns a tenth of a retry with each call…"""
LARGEST_BUDGET = 10.0
FIRST_BUDGET = 2.0
"""… and starts with two, so that a quiet tool may be tried again too."""
SHORTEST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 0.2
HEADROOM = 1.5
"""A retry needs this many median durations before the deadline."""


class NotSentError(ConnectorError):
    """The request never reached the tool, so that sending it again cannot do anything twice."""


class RetryBudget:
    """Bounds a tool's retries to a share of its calls, so that we never double a tool's trouble."""

    def __init__(self) -> None:
        self._left = FIRST_BUDGET

    def earn(self) -> None:
        """Count one call."""
        self._left = min(self._left + SHARE, LARGEST_BUDGET)

    def spend(self) -> bool:
        """Take one retry; False when there is none."""
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


@dataclass(slots=True)
class RetryAllowance:
    """The at most one retry of one call."""

    env: Env
    deadline: Deadline
    budget: RetryBudget
    median_s: float
    """Usual duration of a call to this tool, 0 when unknown."""
    allowed: bool = True
    """False for a breaker's probe, for `check`, and once the retry is taken."""

    def take(self, error: ConnectorError, *, safe: bool) -> float | None:
        """Take the retry if this error may have one.

        Args:
            error: what the first attempt raised.
            safe: the request only reads, by its method.

        Returns:
            Seconds to wait first, None when there is no second attempt.
        """
        if not self.allowed or not self._is_passing(error, safe=safe):
            return None
        pause = self._pause(error)
        if self.deadline.remaining() <= max(pause, HEADROOM * self.median_s):
            return None
        if not self.budget.spend():
            return None
        self.allowed = False
        return pause

    def _is_passing(self, error: ConnectorError, *, safe: bool) -> bool:
        if isinstance(error, NotSentError):
            return error.kind in {ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT}
        if not safe:
            return False
        if error.kind is ErrorKind.RATE_LIMITED:
            return error.retry_after is not None
        return error.kind is ErrorKind.UNAVAILABLE

    def _pause(self, error: ConnectorError) -> float:
        jittered = SHORTEST_PAUSE_S + (LONGEST_PAUSE_S - SHORTEST_PAUSE_S) * self.env.random()
        asked = error.retry_after.total_seconds() if error.retry_after is not None else 0.0
        return max(asked, jittered)
