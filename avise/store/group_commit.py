"""Changes of the store that wait together are committed together.

A commit waits for the disk (`synchronous=FULL`); an opening hands over a score of changes within a
tenth of a second. One commit for those that wait costs one wait, and nobody is told before it.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

Change = Callable[[Connection], Any]

MOST_TOGETHER = 32
"""Changes of one commit: the first to wait is not kept waiting by an endless row of others."""


@dataclass(frozen=True, slots=True)
class PendingChange:
    """A change that waits for the writer's thread, and the caller who waits for it."""

    change: Change
    done: Future[Any] = field(default_factory=Future)

    def run(self, write: Callable[[Change], Any]) -> None:
        """Write this change alone and tell its caller."""
        try:
            result = write(self.change)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's
            self.done.set_exception(error)
        else:
            self.done.set_result(result)


def waiting(pending: queue.SimpleQueue[PendingChange]) -> list[PendingChange]:
    """Take what waits, in order, at most `MOST_TOGETHER`; from then on it cannot be given up."""
    batch: list[PendingChange] = []
    while len(batch) < MOST_TOGETHER:
        try:
            found = pending.get_nowait()
        except queue.Empty:
            break
        if found.done.set_running_or_notify_cancel():
            batch.append(found)
    return batch


def write_together(batch: Sequence[PendingChange], write: Callable[[Change], Any]) -> None:
    """Write changes in one transaction and tell every caller after its commit.

    When one of them fails nothing of the transaction is kept: each is written again in a transaction of
    its own, so that only the one that fails is told so. (A savepoint for each would not do: a full disk
    ends the whole transaction.)

    Args:
        batch: the changes, in order.
        write: runs a change in one transaction and returns its result after the commit.
    """
    if len(batch) > 1:
        try:
            results = write(lambda connection: [pending.change(connection) for pending in batch])
        except Exception:  # noqa: BLE001 - told to whom it concerns by the second writing
            results = None
        if results is not None:
            for pending, result in zip(batch, results, strict=True):
                pending.done.set_result(result)
            return
    for pending in batch:
        pending.run(write)
