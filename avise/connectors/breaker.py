"""A circuit breaker that only the tool can open: the user's cancellations count nowhere.

Written here because the published ones count cancellations as failures or let every probe through
(`connectors.md` §2). States and figures follow `connectors.md` C8.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum

from avise.connectors.contract import ConnectorError
from avise.env import Env
from avise.models.errors import ErrorKind, Origin

THRESHOLD = 4
"""Failures in a row that open the breaker."""
FIRST_OPENING_S = 15.0
LONGEST_OPENING_S = 120.0
JITTER = 0.1
"""An opening lasts up to a tenth longer, so that workstations do not probe together."""

_FAILURES = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT})
_SAYS_NOTHING = frozenset({ErrorKind.CONFIG, ErrorKind.BUG, ErrorKind.OFFLINE})
"""Neither proves that the tool is dead nor that it is alive."""


class BreakerState(StrEnum):
    """CLOSED lets calls through, OPEN refuses them, HALF_OPEN lets one probe through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Breaker:
    """Stops calling a tool that keeps failing, then tries it again with a single call.

    Args:
        env: gives the monotonic clock and the jitter.
    """

    def __init__(self, env: Env) -> None:
        self._env = env
        self._failures = 0
        self._opening_s = FIRST_OPENING_S
        self._opens_until: float | None = None
        self._probing = False
        # A result that started before the state last changed says nothing about the new state.
        self._generation = 0

    @property
    def state(self) -> BreakerState:
        """Whether calls pass now."""
        if self._opens_until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self._env.monotonic() < self._opens_until else BreakerState.HALF_OPEN

    @property
    def retry_in(self) -> timedelta | None:
        """How long until a probe is let through, None when the breaker is closed."""
        if self._opens_until is None:
            return None
        return timedelta(seconds=max(0.0, self._opens_until - self._env.monotonic()))

    def allow_probe(self) -> None:
        """Let the next call through as the probe, at once (the button « Réessayer »)."""
        if self._opens_until is not None:
            self._opens_until = self._env.monotonic()

    def refuse_if_open(self) -> None:
        """Spare a call the queue when it would be refused at its end.

        Raises:
            ConnectorError: UNAVAILABLE, origin host.
        """
        if self.state is BreakerState.OPEN:
            raise self._refusal()

    @contextmanager
    def guard(self) -> Iterator[bool]:
        """Wrap one call to the tool; yields whether it is the probe.

        A cancellation inside counts nowhere and frees the probe's place.

        Raises:
            ConnectorError: UNAVAILABLE, origin host, when no call may pass now.
        """
        probe = self._admit()
        generation = self._generation
        try:
            yield probe
        except ConnectorError as error:
            if error.kind in _FAILURES:
                self._failed(generation)
            elif error.kind not in _SAYS_NOTHING:
                self._succeeded(generation)
            raise
        else:
            self._succeeded(generation)
        finally:
            if probe:
                self._probing = False

    def _admit(self) -> bool:
        state = self.state
        if state is BreakerState.CLOSED:
            return False
        if state is BreakerState.OPEN or self._probing:
            raise self._refusal()
        self._probing = True
        return True

    def _refusal(self) -> ConnectorError:
        return ConnectorError(
            ErrorKind.UNAVAILABLE, "circuit open", origin=Origin.HOST, retry_after=self.retry_in
        )

    def _succeeded(self, generation: int) -> None:
        if generation != self._generation:
            return
        self._failures = 0
        if self._opens_until is not None:
            self._opens_until = None
            self._opening_s = FIRST_OPENING_S
            self._generation += 1

    def _failed(self, generation: int) -> None:
        if generation != self._generation:
            return
        self._failures += 1
        if self._opens_until is None and self._failures < THRESHOLD:
            return
        if self._opens_until is not None:
            self._opening_s = min(self._opening_s * 2, LONGEST_OPENING_S)
        self._opens_until = self._env.monotonic() + self._opening_s * (1 + JITTER * self._env.random())
        self._generation += 1
