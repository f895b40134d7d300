"""A desk whose one dossier never rests: ten thousand exchanges and two hundred updates a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

from avise.engine.starting_desk import StartingDesk
from avise.env import Env
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

ROWS = 10_000
PER_SECOND = 200
EXCHANGES_PER_SECOND = 1
"""New exchanges: each makes the whole history come again."""


class UpdatingDesk(StartingDesk):
    """Reads a dossier for real, then goes on telling that it changed.

    Args:
        desk: the real one.
        loop: the engine's.
        env: the clock.
    """

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop, env: Env) -> None:
        super().__init__(desk.session, loop)
        self._env = env
        self.told = 0
        loop.call_soon_threadsafe(self.become, desk)

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
                elif isinstance(update, OpeningSettled):
                    break
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
                self.told += 1
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
