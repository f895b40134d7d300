"""The steps of a call at which a hub may die; nothing listens to them but the tests that kill it there."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum, unique


@unique
class Step(StrEnum):
    """How far a call is."""

    PUSH_RECEIVED = "push_received"
    """Before its transaction."""
    DEVICE_LOCKED = "device_locked"
    STREAMS_LOCKED = "streams_locked"
    HEADS_LOCKED = "heads_locked"
    """It holds all its locks, and has written nothing yet."""
    EVENTS_WRITTEN = "events_written"
    LISTS_WRITTEN = "lists_written"
    """Read models and heads too."""
    PUSH_WRITTEN = "push_written"
    """All of it, before the commit."""
    PUSH_COMMITTED = "push_committed"
    """Before the answer."""
    PULL_READ = "pull_read"
    """Before the answer."""
    BLOB_RECEIVED = "blob_received"
    BLOB_WRITTEN = "blob_written"
    """Before the commit."""
    BLOB_COMMITTED = "blob_committed"
    """Before the answer."""


Reached = Callable[[Step], None]
"""Told each step as it is reached, on the thread that reached it."""


def unheard(step: Step) -> None:
    """Let a step pass."""
    del step
