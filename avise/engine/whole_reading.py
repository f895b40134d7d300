"""Everybody whom the identity master lists, read into a new directory beside the one in use.

Each page goes into the directory being built and, with the place that follows it, into the reading's file
(`avise.store.reading_file`): after a crash the pages are put into another new directory, and the source is
asked only for what follows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from avise.connectors.contract import Batch, Completeness, ConnectorError
from avise.directory.keys import Minter
from avise.env import Env
from avise.models.bulk_reading import SMALLEST_SHARE, BulkReading, Doubt, DoubtKind, ReadingStep
from avise.models.customer import Party
from avise.models.errors import ErrorKind
from avise.store.directory import Directory
from avise.store.directory_building import DirectoryBuilder
from avise.store.reading_file import ReadingFile

ASKED_ABOUT = 1_000
"""Persons of a complete reading whom the directory in use is asked about, to know how many it would lose:
all of them in a small one, within three hundredths of the share in a large one."""

PACE_SECONDS = 30.0
"""Over which the pace of a reading is told."""


class Pace:
    """How fast persons come.

    Args:
        env: the clock.
    """

    def __init__(self, env: Env) -> None:
        self._env = env
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, count: int) -> None:
        """Say how many persons were read by now."""
        now = self._env.monotonic()
        self._marks.append((now, count))
        while len(self._marks) > 2 and self._marks[0][0] < now - PACE_SECONDS:
            self._marks.popleft()

    @property
    def per_second(self) -> int | None:
        """Persons in a second lately, None before two pages."""
        if len(self._marks) < 2:
            return None
        (began, first), (ended, last) = self._marks[0], self._marks[-1]
        return round((last - first) / (ended - began)) if ended > began else None


@dataclass(frozen=True, slots=True)
class Listing:
    """The directory that is filled, and who is listed in it.

    Args:
        directory: in use meanwhile.
        minter: gives persons their identifier.
        is_kept: whether a party is listed here: a laptop carries one portfolio.
    """

    directory: Directory
    minter: Minter
    is_kept: Callable[[Party], bool]


class WholeReading:
    """One reading, from the first person to the last, over as many starts of the program as it takes.

    Args:
        listing: the directory that is filled.
        file: where pages are committed.
        env: the clock.
    """

    def __init__(self, listing: Listing, file: ReadingFile, env: Env) -> None:
        self._listing = listing
        self._file = file
        self._env = env
        self._pace = Pace(env)
        self._gone_on_from = 0
        self._builder: DirectoryBuilder | None = None
        self.path = listing.directory.path
        """Of the directory when the reading began: a laptop's may go to another file."""

    async def go_on(self) -> None:
        """Put into a new directory what an earlier start read."""
        self._builder = self._listing.directory.rebuild()
        self._gone_on_from = self._file.kept.count
        async for parties in self._file.pages():
            await self._builder.add(self._kept(parties))

    async def take(self, batch: Batch[Party]) -> None:
        """Commit a page.

        Raises:
            ConnectorError: BAD_DATA for a source that stops before its end: who is missing is not gone.
            StoreError: nothing of the page is kept.
        """
        if batch.completeness is Completeness.TRUNCATED:
            raise ConnectorError(ErrorKind.BAD_DATA, "a directory cut short")
        if self._builder is None:
            self._builder = self._listing.directory.rebuild()
        kept = self._kept(batch.items)
        await self._builder.add(kept)
        complete = batch.completeness is Completeness.COMPLETE
        total = batch.total if batch.total is not None else self._file.kept.total
        await self._file.append(kept, batch.cursor, read=len(batch.items), total=total, complete=complete)
        self._pace.note(self._file.kept.count)

    def _kept(self, parties: Sequence[Party]) -> Sequence[Party]:
        return [party for party in parties if self._listing.is_kept(party)]

    async def doubt(self) -> Doubt | None:
        """Return why somebody must look before the directory in use is replaced, None when all is well."""
        directory, kept = self._listing.directory, self._file.kept
        before = await directory.count()
        if not before:
            return None
        asked = known = number = 0
        step = max(kept.count // ASKED_ABOUT, 1)
        async for parties in self._file.pages():
            for party in parties:
                number += 1
                if number % step == 0:
                    asked += 1
                    known += await directory.by_person(self._listing.minter.person(party)) is not None
        staying = min(round(number * known / asked), before) if asked else 0
        if staying >= before * SMALLEST_SHARE:
            return None
        return Doubt(DoubtKind.PERSONS, kept.place, before, staying, None, self._env.now())

    async def finish(self) -> None:
        """Put the new directory in the place of the one in use.

        Raises:
            AviseError: it did not pass its check, or the directory went elsewhere; the old one stays.
        """
        builder, self._builder = self._builder or self._listing.directory.rebuild(), None
        try:
            await builder.finish(self._file.kept.place)
        except BaseException:
            await builder.abandon()
            raise

    async def abandon(self) -> None:
        """Forget the directory being built; the pages stay in their file."""
        if self._builder is not None:
            builder, self._builder = self._builder, None
            await builder.abandon()

    def told(self, step: ReadingStep) -> BulkReading:
        """Return what is shown of the reading."""
        kept, pace = self._file.kept, self._pace.per_second
        left = None
        if pace and kept.total is not None and step is ReadingStep.READING:
            left = round(max(kept.total - kept.count, 0) / pace)
        return BulkReading(
            step,
            count=kept.count,
            total=kept.total,
            began=kept.began,
            gone_on_from=self._gone_on_from,
            per_second=pace if step is ReadingStep.READING else None,
            seconds_left=left,
            started_over=kept.started_over,
        )
