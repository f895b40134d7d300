"""Kills at every step and at random ones: one effect a command or a visible doubt, and no lost promise.

`AVISE_KILLS=200` kills as often as wanted; `python -m tests.chaos.outbox_world` does it without pytest.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import ClassVar

import pytest

from tests.chaos.outbox_mutants import MUTANTS
from tests.chaos.outbox_world import KILLED, LONGER_LIVES_S, BrokenPromiseError, World, kill_at_random

KILLS = int(os.environ.get("AVISE_KILLS", "30"))

STEPS = (
    "confirm.before",
    "confirm.after",
    "sending.before",
    "sending.after",
    "execute.before",
    "execute.sent",
    "execute.after",
    "done.before",
    "done.after",
    "done.before#2",
    "sending.after#3",
)
AFTER_A_CRASH = ("unknown.before", "unknown.after", "verify.before", "verify.after")


def kill_at_every_step(world: World) -> None:
    """Kill a desk at each step of a sending, then at each step of the verification that follows."""
    for step in STEPS:
        assert world.live(die_at=step) == KILLED, step
    if world.idempotency == "none":
        return
    for step in AFTER_A_CRASH:
        assert world.live(die_at="execute.after") == KILLED
        assert world.live(die_at=step, promises=0) == KILLED, step


@pytest.mark.parametrize("idempotency", ["verify", "key", "none"])
def test_a_desk_killed_at_any_step_doubles_and_loses_nothing(tmp_path: Path, idempotency: str) -> None:
    with World(tmp_path, idempotency) as world:
        kill_at_every_step(world)
        # One that nobody kills: what it promised is done, however few the others got through.
        assert world.live(promises=2, until_settled=True) == 0
        world.settle()
        ended = world.check()
        assert ended["done"] > 3
        assert idempotency != "none" or ended["needs_human uncertain"] > 1


@pytest.mark.parametrize("idempotency", ["verify", "key", "client_id", "none"])
def test_a_tool_that_dies_at_any_step_does_everything_once(tmp_path: Path, idempotency: str) -> None:
    with World(tmp_path, idempotency) as world:
        for step in ("before", "after", "middle"):
            world.tool_dies(step)
            # Two under way when the tool dies would both be unknown, or one, as the moment falls.
            one_by_one = idempotency == "none"
            assert world.live(promises=2, until_settled=True, one_by_one=one_by_one) == 0
        world.wait_for_tool()
        assert world.deaths == 3
        world.settle()
        ended = world.check()
        # What is never queued is refused while the tool starts again: nothing was done, and it is said.
        unknown, told = ended["needs_human uncertain"], ended["done"] + ended["rejected"]
        assert (told, unknown) == ((3, 3) if idempotency == "none" else (6, 0))
        assert ended["done"] == 6 or idempotency == "none"


@pytest.mark.parametrize(("idempotency", "seed"), [("verify", 1), ("key", 2), ("none", 3)])
def test_kills_at_random_moments_lose_nothing_that_the_screen_called_saved(
    tmp_path: Path, idempotency: str, seed: int
) -> None:
    with World(tmp_path, idempotency) as world:
        ended = kill_at_random(world, KILLS // 3, random.Random(seed))
        promises, saved = world.told()
        assert ended.total() >= len(promises) > 0
        assert saved > 0


def test_desks_that_never_come_as_far_as_a_promise_are_told_and_not_waited_for_without_end() -> None:
    class Idle:
        lives: ClassVar[list[float]] = []

        def told(self) -> tuple[list[object], int]:
            return [], 0

        def live(self, *, after: float, promises: int) -> int:
            del promises
            self.lives.append(after)
            return KILLED

    with pytest.raises(TimeoutError, match="as far as a promise"):
        kill_at_random(Idle(), 0, random.Random(1))  # type: ignore[arg-type]  # all of a world that is asked
    assert Idle.lives == list(LONGER_LIVES_S)


@pytest.mark.parametrize("mutant", sorted(MUTANTS))
def test_a_deliberate_defect_is_found(tmp_path: Path, mutant: str) -> None:
    idempotency = "key" if "key" in mutant else "verify"
    with World(tmp_path, idempotency, mutant) as world:
        for step in ("confirm.after", "execute.after", "done.before"):
            world.live(die_at=step, after=2.0)
        world.tool_dies("after")
        world.live(promises=1, until_settled=True)
        world.settle()
        with pytest.raises(BrokenPromiseError):
            world.check()
