"""Waiting in tests for what another thread or the next frame does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is true; the test's own limit stops it."""
    while not condition():  # noqa: ASYNC110 - painted frames and other threads set no asyncio event
        await asyncio.sleep(0.005)
