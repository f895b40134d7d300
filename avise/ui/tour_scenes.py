"""What every scene of the tour plays with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QSize

from avise.ui.shell.desktop import Desktop
from avise.ui.theme import Scheme

SMALL, LARGE = QSize(1366, 768), QSize(1920, 1080)


class Draw(Protocol):
    """Draws the window to a file."""

    def __call__(self, file: str, shows: str, size: QSize = ..., scheme: Scheme = ...) -> None:
        """Draw; `shows` is told in `tour.json`."""


@dataclass(frozen=True, slots=True)
class Scenes:
    """Some pictures of the tour, drawn one after the other.

    Args:
        desktop: the window and what moves it.
        draw: draws the window.
        until: waits until something is true.
        breath: lets what was told reach the screen.
    """

    desktop: Desktop
    draw: Draw
    until: Callable[[Callable[[], bool]], Awaitable[None]]
    breath: Callable[[], Awaitable[None]]
