"""An engine with a dossier that never rests: ten thousand exchanges and two hundred updates a second.

python -m benchmarks.harness.updating_desk --engine
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from avise.engine.serving import main as serve
from avise.engine.starting_desk import StartingDesk
from avise.env import Env, SystemEnv
from avise.models.customer import PersonId
from avise.models.facets import FacetView
from avise.models.interaction import TimelineEntry
from avise.models.roles import Purpose
from avise.services.customer_updates import (
    CustomerUpdate,
    FacetChanged,
    OpeningSettled,
    TimelineChanged,
)
from avise.services.desk import Desk

UPDATES = "two hundred updates a second"
"""Reason of an opening that never rests."""

TOLD = "bench.told"
"""Setting that counts the changes told."""

ROWS = 10_000
PER_SECOND = 200
EXCHANGES_PER_SECOND = 1
"""New exchanges: each makes the whole history come again."""


class UpdatingDesk(StartingDesk):
    """A desk whose dossiers opened for `UPDATES` are read for real, then go on telling that they changed.

    Args:
        desk: the real one.
        loop: the engine's.
        env: the clock.
    """

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, env: Env) -> None:
        super().__init__(desk.session, loop)
        self._env = env
        self._told = 0
        self.become(desk)

    async def setting(self, key: str) -> str:
        """Answer how many changes were told, besides what every desk knows."""
        return str(self._told) if key == TOLD else await super().setting(key)

    async def open_customer(
        self, person: PersonId, purpose: Purpose, reason: str = ""
    ) -> AsyncIterator[CustomerUpdate]:
        """Give what is read, then `PER_SECOND` changes a second until the iterator is closed."""
        views: dict[str, FacetView] = {}
        entries: tuple[TimelineEntry, ...] = ()
        async with aclosing(super().open_customer(person, purpose, reason)) as read:  # type: ignore[type-var]
            async for update in read:
                yield update
                if isinstance(update, FacetChanged) and update.view.records:
                    views[update.view.facet] = update.view
                elif isinstance(update, TimelineChanged):
                    entries = update.entries
                elif isinstance(update, OpeningSettled) and reason == UPDATES:
                    break
        if reason == UPDATES:
            async for changed in self._changes(list(views.values()), long_history(entries)):
                yield changed

    async def _changes(
        self, views: list[FacetView], entries: tuple[TimelineEntry, ...]
    ) -> AsyncIterator[CustomerUpdate]:
        yield TimelineChanged(entries)
        started, number = self._env.monotonic(), 0
        while True:
            due = int((self._env.monotonic() - started) * PER_SECOND)
            while number < due:
                number += 1
                place = number % len(views)
                views[place] = turned(views[place])
                yield FacetChanged(views[place])
                self._told += 1
                if number % (PER_SECOND // EXCHANGES_PER_SECOND) == 0:
                    newest = replace(entries[0], id=f"new/{number}", at=entries[0].at + timedelta(seconds=1))
                    entries = (newest, *entries)
                    yield TimelineChanged(entries)
            await self._env.sleep(1 / PER_SECOND)


def turned(view: FacetView) -> FacetView:
    """Return a block whose first record went to the end: everything in it must be drawn again."""
    return replace(view, records=(*view.records[1:], view.records[0]), refreshing=not view.refreshing)


def long_history(entries: Sequence[TimelineEntry]) -> tuple[TimelineEntry, ...]:
    """Return ten thousand exchanges made of those of a real dossier, newest first."""
    return tuple(
        replace(
            entries[number % len(entries)],
            id=f"copy/{number}",
            at=entries[0].at - timedelta(hours=number),
        )
        for number in range(ROWS)
    )


def _dressed(desk: Desk) -> Desk:
    return UpdatingDesk(desk, asyncio.get_running_loop(), SystemEnv())


if __name__ == "__main__":
    sys.exit(serve(_dressed))
