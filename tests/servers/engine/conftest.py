"""A mutual in a box for the tests: the eight tools started once a session on a small population."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from avise.demo.faults import Fault, FaultKind, break_tool
from avise.demo.launcher import DemoTools
from avise.demo.population.spec import WorldSpec
from avise.demo.profile import DemoUser, write_profile
from avise.engine.engine import Engine
from avise.engine.loops import LoopThread


@dataclass(frozen=True, slots=True)
class MutualInABox:
    """Running tools and how to make profiles that reach them."""

    data: Path
    tools: DemoTools

    def profile(self, folder: Path, user: DemoUser | None = None) -> Path:
        """Write a profile of its own for a test."""
        write_profile(folder, self.tools, user)
        return folder

    def set_fault(self, tool: str, kind: FaultKind, **values: float) -> None:
        """Break a tool, or mend it."""
        break_tool(self.data, tool, Fault(kind, **values))  # type: ignore[arg-type]  # seconds only


@pytest.fixture(scope="session")
def mutual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MutualInABox]:
    """Start the eight tools on the `mini` population, once."""
    data = tmp_path_factory.mktemp("mutual")
    thread = LoopThread("demo tools of the tests")
    thread.start()
    ending, ready = threading.Event(), threading.Event()
    boxes: list[MutualInABox] = []

    async def keep() -> None:
        spec = WorldSpec.for_preset("mini", date(2026, 3, 24))
        async with DemoTools.start(data, spec) as tools:
            boxes.append(MutualInABox(data, tools))
            ready.set()
            await asyncio.to_thread(ending.wait)

    kept = thread.submit(keep())
    try:
        while not ready.wait(0.2):
            if kept.done():
                kept.result()
        yield boxes[0]
    finally:
        ending.set()
        kept.result(30)
        thread.stop()


@pytest.fixture
def engine(mutual: MutualInABox, tmp_path: Path) -> Iterator[Engine]:
    """Open an engine on a profile of its own; every tool is mended afterwards."""
    with ExitStack() as stack:
        opened = stack.enter_context(Engine.open(mutual.profile(tmp_path / "profile")))
        opened.run(opened.directory_ready())
        yield opened
    for name in mutual.tools.tools:
        mutual.set_fault(name, FaultKind.NONE)
