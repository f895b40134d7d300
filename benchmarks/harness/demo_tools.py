"""A child process that keeps the simulated tools of the demonstration running, with their profile.

    python -m benchmarks.harness.demo_tools FOLDER DOSSIERS [heavy]

Prints one JSON line, `{"profile": …, "members": […], "heavy": […]}`, and ends when its standard input is
closed. With `heavy`, the ten very long dossiers are among them, and told apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from avise.demo.launcher import DemoTools
from avise.demo.population.generate import iter_dossiers
from avise.demo.population.personas import HEAVY_MEMBER_NUMBERS
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import write_profile

LIFE_SECONDS = 900.0


async def serve(folder: Path, dossiers: int, *, heavy: bool = False) -> None:
    """Start the tools, write the profile, tell where it is, wait."""
    spec = WorldSpec(dossiers, datetime.now(UTC).date(), heavy=heavy)
    async with DemoTools.start(folder / "data", spec, quick=True) as tools:
        write_profile(folder / "profile", tools)
        members = [
            dossier.member.ids.member_number
            for dossier in iter_dossiers(spec)
            if not dossier.member.restricted and dossier.member.kind == "member"
        ]
        told = {
            "profile": str(folder / "profile"),
            "members": [number for number in members if not (heavy and number in HEAVY_MEMBER_NUMBERS)],
            "heavy": list(HEAVY_MEMBER_NUMBERS) if heavy else [],
        }
        print(json.dumps(told), flush=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_until_closed(), LIFE_SECONDS)


async def _until_closed() -> None:
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    await orders.read()


if __name__ == "__main__":
    # They stand for tools on machines of their own: here they must not take the window's processor.
    os.nice(10)
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), heavy="heavy" in sys.argv[3:]))
