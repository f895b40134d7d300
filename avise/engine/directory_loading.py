"""Fill the search directory from the identity master, then keep it up to date."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import datetime, timedelta

from avise.connectors.contract import Batch, ConnectorError, StartsOver
from avise.directory.keys import Minter
from avise.engine.source_crossing import CrossingSources
from avise.engine.whole_reading import Listing, WholeReading
from avise.env import Env
from avise.models.bulk_reading import BulkReading, Decision, DoubtKind, KeptReading, ReadingStep
from avise.models.customer import Party
from avise.models.errors import AviseError, ErrorKind
from avise.store.directory import Directory
from avise.store.errors import StoreBusyError
from avise.store.reading_file import ReadingFile

_log = logging.getLogger(__name__)

REFRESH_EVERY = 120.0
"""Seconds between two questions about changes."""

RETRY_AFTER = 5.0
"""Seconds before asking again a master that did not answer."""

KEPT_FOR = timedelta(hours=24)
"""Somebody who kept the directory in use is not asked again about everybody before that."""

_WHY_ABSENT = {
    ErrorKind.CONFIG: "directory.master_misconfigured",
    ErrorKind.AUTH: "directory.master_refuses",
    ErrorKind.BAD_DATA: "directory.master_unreadable",
}
"""Sentence of each cause that somebody must act on; any other passes by itself."""


class DirectoryLoading:
    """Keeps the directory like the identity master.

    Args:
        master: instance of the identity master.
        directory: what is filled.
        sources: where the master is.
        env: the clock.
        minter: gives persons their identifier.
        portfolio_of: login of the representative whose customers are kept, and nobody else; "" for all.
    """

    def __init__(
        self,
        master: str,
        directory: Directory,
        sources: CrossingSources,
        env: Env,
        minter: Minter,
        portfolio_of: str = "",
    ) -> None:
        self.master = master
        self._portfolio_of = portfolio_of
        self._directory = directory
        self._listing = Listing(directory, minter, self._is_kept)
        self._sources = sources
        self._env = env
        self._tried = asyncio.Event()
        self._looked = asyncio.Event()
        self._wanted = asyncio.Event()
        self._everybody_wanted = False
        self._file: ReadingFile | None = None
        self._whole: WholeReading | None = None
        self.task: asyncio.Task[None] | None = None
        self.is_elsewhere = False
        """Another program of this profile fills the directory."""
        self.rounds = 0
        """How many times the master was asked, in vain or not."""
        self.failure: AviseError | None = None
        """Why the last attempt could not write what it read (a full disk)."""
        self.left_out = False
        """What the master gave last was not taken: somebody keeps the directory in use."""
        self.trouble: ConnectorError | None = None
        """Why the master did not give all that it was asked for, the last time."""

    def start(self) -> None:
        """Start loading in the background."""
        self.task = asyncio.create_task(self._run(), name="load directory")

    async def ready(self) -> None:
        """Return once the directory holds somebody, or the master was asked in vain."""
        if not self._directory.ready:
            await self._tried.wait()

    async def aclose(self) -> None:
        """Stop; a reading under way goes on at the next start."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        await self._drop()
        await self._close_file()

    async def _close_file(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            await file.aclose()

    # ---- what is told, and decided -----------------------------------------------------------------

    @property
    def is_held(self) -> bool:
        """Whether something waits for somebody's decision."""
        return self._file is not None and self._file.kept.doubt is not None

    @property
    def file_mark(self) -> str:
        """Mark of the file that waits for somebody's decision, "" when none does."""
        doubt = self._file.kept.doubt if self._file is not None else None
        return doubt.mark if doubt is not None and doubt.kind is DoubtKind.FILE else ""

    async def known(self) -> BulkReading | None:
        """Return how the filling stands, once that is known; None where nothing can be filled."""
        await self._looked.wait()
        return self.told()

    def told(self) -> BulkReading | None:
        """Return how the filling stands; None before anything is known of it."""
        if self._file is None:
            return None
        kept = self._file.kept
        if kept.doubt is not None:
            return BulkReading(ReadingStep.HELD, kept.count, kept.total, kept.began, doubt=kept.doubt)
        if kept.began is None and self._directory.ready:
            return BulkReading(ReadingStep.FOLLOWING)
        failing = self.trouble is not None or self.failure is not None
        step = ReadingStep.INTERRUPTED if failing else ReadingStep.READING
        if self._whole is None:
            return BulkReading(step, kept.count, kept.total, kept.began)
        return self._whole.told(step)

    @property
    def absence(self) -> AviseError:
        """What there is to say of a master that gave nothing."""
        return self._directory.absence

    @property
    def kept_since(self) -> datetime | None:
        """Since when somebody keeps the directory in use; None when nobody does, or it was not noted."""
        return self._file.kept.kept_since if self._file is not None else None

    async def decide(self, decision: Decision) -> None:
        """Take what somebody decides about the doubt that waits, or afterwards what they did not want.

        Raises:
            AviseError: `bulk.nothing_held`; or nothing could be written, and the doubt waits on.
        """
        kept = self._file.kept if self._file is not None else KeptReading()
        doubt = kept.doubt
        regretted = decision is Decision.ACCEPT and bool(kept.kept_against) and kept.began is None
        if self._file is None or (doubt is None and not regretted):
            raise AviseError("bulk.nothing_held")
        persons = doubt is not None and doubt.kind is DoubtKind.PERSONS
        if doubt is not None and decision is Decision.KEEP:
            now = self._env.now()
            at, file_at = (now, None) if persons else (None, now)
            await self._file.note(doubt=None, kept_against=doubt.mark, kept_at=at, kept_file_at=file_at)
            await self._file.end()
        elif persons:
            await self._file.note(doubt=None, accepted=True)
        else:
            # Asked for from the beginning, the source doubts nothing.
            await self._file.begin(self._env.now())
            await self._file.note(accepted=True)
        self._wanted.set()

    def read_everybody(self) -> None:
        """Read everybody again now, or go on at once with the reading that is under way."""
        self._everybody_wanted = True
        self._wanted.set()

    def look_now(self) -> None:
        """Ask now what changed."""
        self._wanted.set()

    # ---- the loop ----------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            pause = RETRY_AFTER
            self._wanted.clear()
            try:
                await self._load()
                pause = REFRESH_EVERY if self._directory.ready else RETRY_AFTER
                self.failure = self.trouble = None
            except ConnectorError as error:
                self.trouble = error
                # The Sources page says more; what is listed stays usable meanwhile.
                key = _WHY_ABSENT.get(error.kind, "directory.not_loaded")
                if not self._directory.is_locked:
                    self._directory.say_why_absent(key, source=self._master_name())
            except StoreBusyError:
                pause, self.is_elsewhere = REFRESH_EVERY, True
            except AviseError as error:
                await self._give_up(error)
            except Exception as error:  # noqa: BLE001 - the filling outlives a bug of ours: told by its kind
                _log.error("the directory's filling met %s", type(error).__name__)
                await self._give_up(AviseError("error.bug"))
            self._tried.set()
            self._looked.set()
            self.rounds += 1
            await self._rest(pause)

    async def _give_up(self, error: AviseError) -> None:
        """Leave what was being built; the pages read stay, and it is tried again."""
        self.failure = error
        await self._drop()
        if not self._directory.is_locked:
            self._directory.say_why_absent(error.message_key, **error.params)

    async def _rest(self, seconds: float) -> None:
        """Wait, unless somebody wants something meanwhile."""
        waits = [
            asyncio.create_task(self._env.sleep(seconds), name="rest of the directory"),
            asyncio.create_task(self._wanted.wait(), name="wish for the directory"),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _master_name(self) -> str:
        names = (offer.name for offer in self._sources.offers() if offer.instance == self.master)
        return next(names, self.master)

    async def _load(self) -> None:
        if self._directory.is_locked:
            # Its pages are under the same key: they are there again with it.
            await self._drop()
            await self._close_file()
            return
        if self._file is None:
            self._file = await self._directory.open_reading()
            self.is_elsewhere = False
        elif self._file.directory != self._directory.path:
            # It has just gone under the key of what is on board, and so do its pages.
            await self._drop()
            self._file = await self._file.moved(self._directory.open_reading)
        self._looked.set()
        if self._file.kept.doubt is None:
            await self._read(self._file)

    async def _read(self, file: ReadingFile) -> None:
        """Go on with the reading of everybody that is under way, else read what changed."""
        self.left_out = False
        cursor = await self._directory.cursor()
        wanted, self._everybody_wanted = self._everybody_wanted, False
        if file.kept.began is not None and self._whole is None:
            self._whole = WholeReading(self._listing, file, self._env)
            await self._whole.go_on()
        elif file.kept.began is None and not cursor:
            await self._begin(file)
        if self._whole is None and not await self._read_since(file, cursor):
            return
        if self._whole is None and wanted:
            # Asked after the changes: what the source doubts is told before everybody is read.
            await self._begin(file)
        if self._whole is None:
            return
        if not file.kept.complete and not await self._read_since(file, file.kept.place):
            return
        if self._whole is not None:
            await self._finish(self._whole, file)

    async def _begin(self, file: ReadingFile, *, started_over: bool = False) -> None:
        await self._drop()
        await file.begin(self._env.now(), started_over=started_over)
        self._whole = WholeReading(self._listing, file, self._env)

    async def _read_since(self, file: ReadingFile, since: str) -> bool:
        """Take what the master gives; return False when it is not to be taken, now or at all."""
        async with aclosing(self._sources.changes(self.master, since)) as batches:
            async for batch in batches:
                if batch.doubt is not None:
                    self.left_out = batch.doubt.mark == file.kept.kept_against
                    if not self.left_out:
                        await self._drop()
                        await file.note(doubt=batch.doubt)
                    return False
                if batch.starts_over is not None and since:
                    if self._whole is None and self._was_kept_lately(file):
                        self.left_out = True
                        return False
                    await self._begin(file, started_over=batch.starts_over is StartsOver.EXPIRED)
                await self._take(batch)
        return True

    def _was_kept_lately(self, file: ReadingFile) -> bool:
        kept_at = file.kept.kept_at
        return kept_at is not None and self._env.now() - kept_at < KEPT_FOR

    async def _take(self, batch: Batch[Party]) -> None:
        self.trouble = None
        if self._directory.is_locked:
            # Nothing more is written of whom it was read for, not even sealed.
            raise self._directory.absence
        if self._whole is not None:
            await self._whole.take(batch)
            return
        # Whoever left the portfolio leaves the directory.
        listed = [party if self._is_kept(party) else replace(party, deleted=True) for party in batch.items]
        await self._directory.apply(listed, batch.cursor)

    async def _finish(self, whole: WholeReading, file: ReadingFile) -> None:
        doubt = None if file.kept.accepted or not self._directory.ready else await whole.doubt()
        if doubt is not None:
            await self._drop()
            await file.note(doubt=doubt)
            return
        self._whole = None
        await whole.finish()
        # What was not wanted before is past: it can be taken no more.
        await file.note(kept_against="", kept_at=None, kept_file_at=None)
        await file.end()
        # Whoever wanted everybody meanwhile has them.
        self._everybody_wanted = False

    async def _drop(self) -> None:
        """Forget the directory being built; what was read stays in its file."""
        if self._whole is not None:
            whole, self._whole = self._whole, None
            with suppress(AviseError):
                await whole.abandon()

    def _is_kept(self, party: Party) -> bool:
        return not self._portfolio_of or party.representative == self._portfolio_of
