"""The house's directory read from whatever lists everybody, or brought up to date by what changed.

The same guards as on a workstation (`avise.engine.directory_loading`): a reading goes on where it was
stopped, and what would remove half of the persons waits for somebody. Here the pages are kept in the
directory being built itself, which PostgreSQL makes durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from avise.connectors.contract import Batch, Completeness, ConnectorError, StartsOver
from avise.engine.directory_loading import KEPT_FOR
from avise.engine.whole_reading import Pace
from avise.env import Env
from avise.hub.directory_loading import HouseFiller, HouseStanding
from avise.hub.on_threads import finished
from avise.models.bulk_reading import BulkReading, Decision, Doubt, DoubtKind, KeptReading, ReadingStep
from avise.models.customer import Party
from avise.models.errors import AviseError, ErrorKind

T = TypeVar("T")


class HouseSource(Protocol):
    """Lists everybody: a connector, or a file."""

    @property
    def name(self) -> str:
        """By which it is known again: a place is good for one source."""

    def changes(self, since: str) -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties changed since a place, "" for all, each page with the place that follows it."""


class HouseFilling:
    """Fills the house's directory from one source. End it with `aclose`.

    Args:
        open_filler: connects to the hub's database; called on a thread.
        source: who exists.
        env: the clock.
    """

    def __init__(self, open_filler: Callable[[], HouseFiller], source: HouseSource, env: Env) -> None:
        self._open_filler = open_filler
        self._source = source
        self._env = env
        self._thread = ThreadPoolExecutor(1, "avise-house-filling")
        self._filler: HouseFiller | None = None
        self._standing = HouseStanding(
            listed=False, changeable=False, place="", kept=KeptReading(), building=False
        )
        self._pace = Pace(env)
        self._gone_on_from = 0
        self.listed: int | None = None
        """How many the directory lists, once a new one was put in place."""
        self.changed = 0
        """Changes applied to the one in place."""
        self.left_out = False
        """What came was not taken: somebody keeps the directory in place."""

    # ---- what is told, and decided -----------------------------------------------------------------

    def told(self) -> BulkReading:
        """Return how the filling stands."""
        kept = self._standing.kept
        if kept.doubt is not None:
            return BulkReading(ReadingStep.HELD, kept.count, kept.total, kept.began, doubt=kept.doubt)
        if not self._standing.building:
            return BulkReading(ReadingStep.FOLLOWING, self.changed)
        pace = self._pace.per_second
        left = round(max(kept.total - kept.count, 0) / pace) if pace and kept.total is not None else None
        return BulkReading(
            ReadingStep.READING,
            kept.count,
            kept.total,
            kept.began,
            gone_on_from=self._gone_on_from,
            per_second=pace,
            seconds_left=left,
            started_over=kept.started_over,
        )

    @property
    def kept_since(self) -> datetime | None:
        """Since when somebody keeps the directory in place; None when nobody does, or it was not noted."""
        return self._standing.kept.kept_since

    async def decide(self, decision: Decision) -> None:
        """Take what somebody decides about the doubt that waits, or afterwards what they did not want.

        `fill` then goes on.

        Raises:
            AviseError: `bulk.nothing_held`.
        """
        filler = await self._opened()
        kept = self._standing.kept
        doubt = kept.doubt
        regretted = decision is Decision.ACCEPT and bool(kept.kept_against) and not self._standing.building
        if doubt is None and not regretted:
            raise AviseError("bulk.nothing_held")
        persons = doubt is not None and doubt.kind is DoubtKind.PERSONS
        if doubt is not None and decision is Decision.KEEP:
            if self._standing.building:
                await self._on(filler.forget)
            now = self._env.now()
            at, file_at = (now, None) if persons else (None, now)
            decided = KeptReading(kept_against=doubt.mark, kept_at=at, kept_file_at=file_at)
            await self._on(lambda: filler.note_in_place(decided))
        elif persons:
            await self._on(lambda: filler.note(replace(kept, doubt=None, accepted=True)))
        else:
            # Asked for from the beginning, the source doubts nothing.
            await self._begin(filler, accepted=True)

    # ---- filling -----------------------------------------------------------------------------------

    async def fill(self, *, everybody: bool) -> BulkReading:
        """Go on with the reading of everybody that is under way; else begin one, or read what changed.

        May be called again after an error of the source: it goes on from the last page.

        Args:
            everybody: read everybody when no reading is under way.

        Returns:
            FOLLOWING, or HELD when somebody must decide.

        Raises:
            ConnectorError: the source could not be read to its end; what was read is kept.
            AviseError: nothing can be brought up to date, or the database cannot be used.
        """
        filler = await self._opened()
        standing, self.left_out = self._standing, False
        if standing.kept.doubt is not None:
            return self.told()
        if standing.building:
            self._gone_on_from = self._gone_on_from or standing.kept.count
            if not standing.kept.complete and not await self._read(filler, standing.kept.place):
                return self.told()
        elif not everybody:
            self._refuse_unlisted(standing, changeable=bool(standing.place))
            await self._read(filler, standing.place)
        elif not standing.place or await self._look(filler, standing.place):
            await self._begin(filler)
            await self._read(filler, "")
        if self._standing.building and self._standing.kept.doubt is None:
            await self._finish(filler)
        return self.told()

    async def apply_all(self) -> int:
        """Apply everything that the source gives as changes; return how many.

        Raises:
            AviseError: `hub_command.no_directory_yet`, `hub_command.directory_from_another`.
        """
        filler = await self._opened()
        self._refuse_unlisted(self._standing, changeable=self._standing.changeable)
        async with aclosing(self._source.changes("")) as batches:
            async for batch in batches:
                await self._apply(filler, batch, "")
        return self.changed

    async def aclose(self) -> None:
        """End, once what runs has ended; may be called twice."""
        if self._filler is not None:
            filler, self._filler = self._filler, None
            await self._on(filler.close)
        await asyncio.to_thread(self._thread.shutdown)

    def _refuse_unlisted(self, standing: HouseStanding, *, changeable: bool) -> None:
        if not standing.listed:
            raise AviseError("hub_command.no_directory_yet")
        if not changeable:
            raise AviseError("hub_command.directory_from_another")

    async def _look(self, filler: HouseFiller, place: str) -> bool:
        """Ask what changed; say whether everybody is still to be read.

        What the source doubts is told before everybody is read, and a source that starts over gives
        everybody at once.
        """
        async with aclosing(self._source.changes(place)) as batches:
            first = await anext(batches, None)
            if first is None or not (first.doubt or first.starts_over):
                return True
            if not await self._accepts(filler, first, place):
                return False
            await self._take(filler, first)
            async for batch in batches:
                await self._take(filler, batch)
        return False

    async def _read(self, filler: HouseFiller, since: str) -> bool:
        """Take what the source gives; say whether it gave it all and it was to be taken."""
        async with aclosing(self._source.changes(since)) as batches:
            async for batch in batches:
                if not await self._accepts(filler, batch, since):
                    return False
                await self._take(filler, batch)
        return True

    async def _accepts(self, filler: HouseFiller, batch: Batch[Party], since: str) -> bool:
        """Say whether a batch is to be taken; a reading of everybody begins when the source starts over."""
        kept = self._standing.kept
        if batch.doubt is not None:
            self.left_out = batch.doubt.mark == kept.kept_against
            if not self.left_out:
                await self._hold(filler, batch.doubt)
            return False
        if batch.starts_over is not None and since:
            lately = kept.kept_at is not None and self._env.now() - kept.kept_at < KEPT_FOR
            if lately and not self._standing.building:
                self.left_out = True
                return False
            await self._begin(filler, started_over=batch.starts_over is StartsOver.EXPIRED)
        return True

    async def _take(self, filler: HouseFiller, batch: Batch[Party]) -> None:
        if batch.completeness is Completeness.TRUNCATED:
            raise ConnectorError(ErrorKind.BAD_DATA, "a directory cut short")
        if not self._standing.building:
            await self._apply(filler, batch, batch.cursor)
            return
        kept = self._standing.kept
        kept = replace(
            kept,
            place=batch.cursor,
            count=kept.count + len(batch.items),
            total=batch.total if batch.total is not None else kept.total,
            complete=batch.completeness is Completeness.COMPLETE,
        )
        await self._on(lambda: filler.add(batch.items, kept))
        self._stand(kept)
        self._pace.note(kept.count)

    async def _apply(self, filler: HouseFiller, batch: Batch[Party], place: str) -> None:
        await self._on(lambda: filler.apply(batch.items, place))
        self.changed += len(batch.items)

    async def _begin(
        self, filler: HouseFiller, *, started_over: bool = False, accepted: bool = False
    ) -> None:
        kept = KeptReading(
            self._env.now(),
            started_over=started_over,
            accepted=accepted,
            kept_against=self._standing.kept.kept_against,
        )
        await self._on(lambda: filler.begin(kept))
        self._gone_on_from = 0
        self._standing = replace(self._standing, building=True, kept=kept)

    async def _hold(self, filler: HouseFiller, doubt: Doubt) -> None:
        held = replace(self._standing.kept, doubt=doubt)
        note = filler.note if self._standing.building else filler.note_in_place
        await self._on(lambda: note(held))
        self._stand(held)

    async def _finish(self, filler: HouseFiller) -> None:
        kept = self._standing.kept
        if self._standing.listed and not kept.accepted:
            doubt = await self._on(lambda: filler.doubt(kept.place))
            if doubt is not None:
                await self._hold(filler, doubt)
                return
        self.listed = await self._on(lambda: filler.put_in_place(kept))
        self._standing = HouseStanding(
            listed=True, changeable=True, place=kept.place, kept=KeptReading(), building=False
        )

    def _stand(self, kept: KeptReading) -> None:
        self._standing = replace(self._standing, kept=kept)

    async def _opened(self) -> HouseFiller:
        """Return the filler, and know again where the directory stands."""
        if self._filler is None:
            self._filler = await self._on(self._open_filler)
        self._standing = await self._on(self._filler.standing)
        return self._filler

    async def _on(self, work: Callable[[], T]) -> T:
        """Do work on the thread of the connection; it is ended even when nobody waits any more."""
        return await finished(asyncio.get_running_loop().run_in_executor(self._thread, work))
