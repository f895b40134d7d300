"""A transaction done on a thread: committed before a refusal is told, ended whatever becomes of who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy import Connection

from avise.hub.refusals import KeptRefusalError

T = TypeVar("T")


def committed(opening: AbstractContextManager[Connection], work: Callable[[Connection], T]) -> T:
    """Return what work returns, once its transaction is durable.

    Args:
        opening: begins a transaction and gives its connection; commits at its end.
        work: what is done in it.

    Raises:
        KeptRefusalError: of the work; what was written before it is durable.
    """
    kept: KeptRefusalError | None = None
    results: list[T] = []
    with opening as connection:
        try:
            results.append(work(connection))
        except KeptRefusalError as refusal:
            kept = refusal
    if kept is not None:
        raise kept
    return results[0]


async def finished(running: asyncio.Future[T]) -> T:
    """Wait for a thread; what it began is ended even when nobody waits any more: a cut push is sent again."""
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        running.add_done_callback(_forget)
        raise


def _forget(running: asyncio.Future[T]) -> None:
    """Take an error that nobody waits for any more."""
    if not running.cancelled():
        running.exception()
