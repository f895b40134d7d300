"""The engine of a desk at rest without a network, and the processor time that it takes.

    python -m benchmarks.harness.resting PROFILE SECONDS

Follows what a window follows. Prints one JSON line, `{"share": …, "wakes": …}`: the share of one processor,
and how often a thread of this process was put to work in a second.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.models.network import NetworkMode
from avise.services.profile import load_profile
from avise.services.request_values import RequestQuery

SETTLING_SECONDS = 4.0


async def _follow(values: AsyncIterator[object]) -> None:
    async with aclosing(values) as told:  # type: ignore[type-var]  # a generator
        async for _ in told:
            pass


async def measured(engine: Engine, seconds: float) -> dict[str, float]:
    """Work offline with everything followed, and look at the processor time of some seconds."""
    desk, network = engine.desk, engine.network
    if network is None:
        raise RuntimeError("nobody works at this desk")
    await engine.directory_ready()
    await network.choose(NetworkMode.OFFLINE)
    followed: list[AsyncIterator[object]] = [
        desk.sources(), desk.outbox(), desk.hub_status(), desk.follow_network(), desk.calls(),
        desk.request_board(RequestQuery("me/held")),
    ]  # fmt: skip
    following = [asyncio.ensure_future(_follow(values)) for values in followed]
    await asyncio.sleep(SETTLING_SECONDS)
    before, waited, began = time.process_time(), _waits(), time.monotonic()
    await asyncio.sleep(seconds)
    elapsed = time.monotonic() - began
    share, wakes = (time.process_time() - before) / elapsed, (_waits() - waited) / elapsed
    for task in following:
        task.cancel()
    await asyncio.gather(*following, return_exceptions=True)
    return {"share": share, "wakes": wakes}


def _waits() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw


def main() -> None:
    """Open the profile as a window's engine does, measure, end."""
    engine = Engine(load_profile(Path(sys.argv[1]), device=""), SystemEnv(), at_desk=True)
    try:
        engine.start()
        told = engine.run(measured(engine, float(sys.argv[2])))
    finally:
        engine.stop()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
