"""The tour waits for what a start does in the background, and no longer than its patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from avise.env import FixedEnv
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.ui.bridge import DeskBridge
from avise.ui.tour import PATIENCE, Tour, TourScript
from tests.ui.persona import HELENE
from tests.ui.scripted_desk import DIRECTORY, ScriptedDesk
from tests.ui.shell.test_desktop import staged

Run = Callable[[Coroutine[object, object, None]], None]


@dataclass
class ReadAnew(ScriptedDesk):
    """A desk whose directory is read anew at the start: asked too early, it says so."""

    early: int = 0
    """Questions that come too early."""
    why: str = "directory.building"

    @override
    async def find_by_identifier(self, scheme: str, value: str) -> PersonId | None:
        """Find by member number, once the directory is there."""
        self.asked.append(("find_by_identifier", scheme, value))
        if self.early > 0:
            self.early -= 1
            raise AviseError(self.why)
        return await super().find_by_identifier(scheme, value)


@asynccontextmanager
async def touring(desk: ReadAnew, env: FixedEnv) -> AsyncIterator[Tour]:
    """Stand a tour on a desk."""
    number = next(entry.party.member_number for entry in DIRECTORY if entry.person == HELENE)
    script = TourScript(Path(), {"P00": number}, lambda *_fault: None, lambda *_ring: None, "")
    bridge = DeskBridge(desk, asyncio.get_running_loop(), QApplication.instance())
    async with staged(desk) as stage:
        yield Tour(stage.desktop, bridge, env, script)
    bridge.close()


def _asked(desk: ReadAnew) -> int:
    return sum(asked[0] == "find_by_identifier" for asked in desk.asked)


def test_the_tour_waits_for_a_directory_that_is_read_anew(run: Run) -> None:
    async def scenario() -> None:
        desk = ReadAnew(early=3)
        async with touring(desk, FixedEnv()) as tour:
            assert await tour._person("P00") == HELENE
        assert _asked(desk) == 4

    run(scenario())


def test_a_directory_that_never_comes_ends_the_tour_with_its_reason(run: Run) -> None:
    async def scenario() -> None:
        env, desk = FixedEnv(), ReadAnew(early=10_000)
        async with touring(desk, env) as tour:
            with pytest.raises(AviseError) as never:
                await tour._person("P00")
        assert never.value.message_key == "directory.building"
        assert env.monotonic() >= PATIENCE

    run(scenario())


def test_any_other_refusal_ends_the_tour_at_once(run: Run) -> None:
    async def scenario() -> None:
        desk = ReadAnew(early=10_000, why="role.no_customers")
        async with touring(desk, FixedEnv()) as tour:
            with pytest.raises(AviseError):
                await tour._person("P00")
        assert _asked(desk) == 1

    run(scenario())
