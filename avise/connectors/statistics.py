"""What is counted of one instance, for the Sources page and the diagnostic: no personal data in it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avise.env import Env
from avise.models.errors import ErrorKind, Failure
from avise.models.source_status import Attempt

SAMPLES = 120
"""Latencies kept for the sparkline (`ui.md` 5.16)."""
ATTEMPTS = 50
"""Last calls kept for the diagnostic (`connectors.md` C15)."""
HOUR = timedelta(hours=1)
_NO_ANSWER = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.OFFLINE})
MOST_IN_AN_HOUR = 20_000


@dataclass(frozen=True, slots=True)
class _Reading:
    at: datetime
    milliseconds: int
    failed: bool


@dataclass(slots=True)
class Statistics:
    """Latencies and failures of one instance."""

    env: Env
    attempts: deque[Attempt] = field(default_factory=lambda: deque(maxlen=ATTEMPTS))
    last_success: datetime | None = None
    last_failure: Failure | None = None
    last_failure_at: datetime | None = None
    failing_since: datetime | None = None
    """First failure of the current series, None while the last reading succeeded."""
    retries: int = 0
    truncated: int = 0
    drifts: int = 0
    withheld: int = 0
    heard: Callable[[Failure | None], None] | None = None
    """Told of each call that was answered (None) or that failed."""
    _readings: deque[_Reading] = field(default_factory=lambda: deque(maxlen=MOST_IN_AN_HOUR))
    _samples: deque[int] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def note_attempt(self, template: str, outcome: str, milliseconds: int) -> None:
        """Keep one call: a route template, never an address."""
        self.attempts.appendleft(Attempt(self.env.now(), template, outcome, milliseconds))

    def note_success(self, milliseconds: int) -> None:
        """Count a reading that the tool answered."""
        self.last_success = self.env.now()
        self.failing_since = None
        self._note(milliseconds, failed=False)
        self._tell(None)

    def note_failure(self, failure: Failure, milliseconds: int) -> None:
        """Count a reading that failed."""
        now = self.env.now()
        self.last_failure, self.last_failure_at = failure, now
        self.failing_since = self.failing_since or now
        self._note(milliseconds, failed=True)
        self._tell(failure)

    def note_answer(self) -> None:
        """Note that a check was answered: a series of missing answers is over, one of refusals is not."""
        if self.last_failure is not None and self.last_failure.kind in _NO_ANSWER:
            self.failing_since = None
        self._tell(None)

    def _tell(self, failure: Failure | None) -> None:
        if self.heard is not None:
            self.heard(failure)

    def _note(self, milliseconds: int, *, failed: bool) -> None:
        self._readings.append(_Reading(self.env.now(), milliseconds, failed))
        if not failed:
            self._samples.append(milliseconds)

    @property
    def samples(self) -> Sequence[int]:
        """Latencies of the last readings that succeeded, oldest first, in milliseconds."""
        return tuple(self._samples)

    @property
    def calls_1h(self) -> int:
        """Readings of the last hour."""
        return len(self._last_hour())

    @property
    def failures_1h(self) -> int:
        """Failed readings of the last hour."""
        return sum(reading.failed for reading in self._last_hour())

    def percentile_ms(self, share: float) -> int | None:
        """Return a percentile of the last hour's successful readings; None when there was none.

        Args:
            share: 0.5 for the median.
        """
        latencies = sorted(reading.milliseconds for reading in self._last_hour() if not reading.failed)
        if not latencies:
            return None
        return latencies[max(0, math.ceil(share * len(latencies)) - 1)]

    def _last_hour(self) -> Sequence[_Reading]:
        start = self.env.now() - HOUR
        while self._readings and self._readings[0].at < start:
            self._readings.popleft()
        return self._readings
