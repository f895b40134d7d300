"""An engine on a profile whose only tool is the misbehaving counter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from avise.engine.loops import LoopThread
from tests.servers.bad_input.guichet import CONNECTOR, SECRETS, SETTINGS, Guichet
from tests.servers.host.tool_server import running_tool


@dataclass
class BadDay:
    """The counter, its address and a profile that reads it."""

    guichet: Guichet
    base_url: str
    profile: Path


@pytest.fixture
def day(tmp_path: Path) -> Iterator[BadDay]:
    """Run the counter in a thread of its own, and write a profile."""
    guichet = Guichet()
    thread = LoopThread("counter of the tests")
    thread.start()
    ready, ending = threading.Event(), list[asyncio.Event]()
    told: list[str] = []

    async def keep() -> None:
        async with running_tool(guichet) as tool:
            ending.append(asyncio.Event())
            told.append(tool.base_url)
            ready.set()
            await ending[0].wait()

    kept = thread.submit(keep())
    try:
        while not ready.wait(0.2):
            if kept.done():
                kept.result()
        yield BadDay(guichet, told[0], written_profile(tmp_path / "profile", told[0]))
    finally:
        if ending:
            thread.loop.call_soon_threadsafe(ending[0].set)
        kept.result(10)
        thread.stop()


def written_profile(folder: Path, base_url: str) -> Path:
    """Write a profile that reads the counter at an address."""
    (folder / "connectors").mkdir(parents=True)
    (folder / "connectors" / "guichet.toml").write_text(CONNECTOR, "utf-8")
    (folder / "settings.toml").write_text(SETTINGS.replace("{base_url}", base_url), "utf-8")
    (folder / "demo-secrets.toml").write_text(SECRETS, "utf-8")
    return folder
