"""Whether tools may be asked now: while there is no network none is, so that no deadline is waited.

One object, made by the engine and read on the connectors' loop: whoever decides sets `shut`, tools say
whether they were answered. Refused before the queue and the breaker, a call counts nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from avise.connectors.contract import ConnectorError
from avise.env import Env
from avise.models.errors import ErrorKind, Failure, Origin

PROBE_SECONDS = 15.0
"""Between two calls let through while the network seems gone, to see whether it is back."""

_NO_ANSWER = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT})
_SAYS_NOTHING = frozenset({ErrorKind.OFFLINE, ErrorKind.CONFIG, ErrorKind.BUG})


class Shut(StrEnum):
    """Which calls are refused."""

    NONE = "none"
    NETWORK = "network"
    """Those of tools elsewhere: the network seems gone, and one call now and then sees whether it is."""
    ALL = "all"
    """Those of every tool that is reached by an address: the user works offline. Files are still read."""


class NetworkGate:
    """Lets calls of tools through, or not.

    Args:
        env: the clock.
    """

    def __init__(self, env: Env) -> None:
        self._env = env
        self._probed = float("-inf")
        self.shut = Shut.NONE
        self.on_news: Callable[[str, bool], None] = _nobody
        """Told, on the connectors' loop, that a tool of the network answered (True) or did not (False)."""

    def refuse(self, *, addressed: bool, remote: bool) -> None:
        """Refuse a call that may not leave now.

        Args:
            addressed: whether the tool is reached by an address, and not a file.
            remote: whether that address is on another machine.

        Raises:
            ConnectorError: OFFLINE, origin host: no breaker and no statistics count it.
        """
        if self.shut is Shut.NONE or not addressed:
            return
        if self.shut is Shut.NETWORK and (not remote or self._may_probe()):
            return
        raise ConnectorError(ErrorKind.OFFLINE, "working offline", origin=Origin.HOST)

    def let_one_through(self) -> None:
        """Take the next call as the one that sees whether the network is back ("Réessayer")."""
        self._probed = float("-inf")

    def _may_probe(self) -> bool:
        now = self._env.monotonic()
        if now - self._probed < PROBE_SECONDS:
            return False
        self._probed = now
        return True

    def heard(self, instance: str, failure: Failure | None) -> None:
        """Take what came of a call of a tool of the network; None when it was answered."""
        if failure is None:
            self.on_news(instance, True)
        elif failure.origin is not Origin.HOST and failure.kind not in _SAYS_NOTHING:
            self.on_news(instance, failure.kind not in _NO_ANSWER)


def _nobody(_instance: str, _answered: bool) -> None:
    return
