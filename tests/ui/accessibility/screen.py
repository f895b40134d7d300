"""One state of the window, and how to bring it up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.ui.outbox.acting_window import ActingStage
from tests.ui.scripted_desk import ScriptedDesk

Reach = Callable[[ActingStage, ScriptedDesk], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Screen:
    """One state of the window that a person meets.

    Args:
        name: of the case.
        shows: names of the classes that must be on screen.
        reach: brings it up.
        absent: somebody is away.
    """

    name: str
    shows: tuple[str, ...]
    reach: Reach
    absent: bool = False
