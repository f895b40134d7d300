"""An engine that counts how often its loop wakes, before it is built and once it is.

python tests/unit/engine/resting_engine.py
"""

from __future__ import annotations

import asyncio
import sys
import threading

from avise.engine.engine import Engine
from avise.engine.serving import main
from avise.engine.starting_desk import StartingDesk
from avise.services.desk import Desk

REST_S = 1.0

_may_build = threading.Event()
_start = Engine.start


def _start_when_told(engine: Engine) -> None:
    _may_build.wait()
    _start(engine)


class RestingDesk(StartingDesk):
    """Answers the number of times that the engine's loop woke in a second, in place of the setting."""

    async def setting(self, key: str) -> str:
        """Return how often the loop woke while nothing was asked of it."""
        selector = asyncio.get_running_loop()._selector  # type: ignore[attr-defined]
        select, wakes = selector.select, 0

        def counted(timeout: float | None = None) -> object:
            nonlocal wakes
            wakes += 1
            return select(timeout)

        selector.select = counted
        await asyncio.sleep(REST_S)
        del selector.select
        if key == "before it is built":
            _may_build.set()
        return str(wakes)


def _resting(desk: Desk) -> Desk:
    return RestingDesk(desk.session, asyncio.get_running_loop())


if __name__ == "__main__":
    Engine.start = _start_when_told  # type: ignore[method-assign, assignment]
    sys.exit(main(_resting))
