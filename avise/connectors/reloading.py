"""Takes a changed connector file into use while Avise runs; keeps the one before while it is broken.

The instance is built anew (`aclose` and a new one, `connectors.md` C5): readings under way end on the
instance that they began on, new ones ask the new one. Code is never reloaded: a new version of a wheel
waits for the next start.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from avise.connectors.deadline import place_of
from avise.connectors.file_watch import FileWatch, Look
from avise.connectors.instance import Loaded
from avise.connectors.ports import InstanceSettings
from avise.connectors.refusals import Refusal
from avise.connectors.roster import LOAD_S, KnowsFiles, Roster
from avise.connectors.safe_log import SafeLogger
from avise.connectors.unwaited import on_thread
from avise.env import Env
from avise.models.source_status import FileChange

LOOK_S = 1.0
"""Between two looks at the files."""

FILE_GONE = "source.file_gone"


class Reloader:
    """Follows the connector files of a profile.

    Args:
        env: the clock.
        roster: whose instances are replaced.
        files: says which file each instance has.
        replaced: called with the instance, once it was replaced.
    """

    def __init__(self, env: Env, roster: Roster, files: KnowsFiles, replaced: Callable[[str], None]) -> None:
        self._env, self._roster, self._files = env, roster, files
        self._replaced = replaced
        self._watch = FileWatch()
        self._log = SafeLogger()
        self._followers: set[asyncio.Queue[str]] = set()
        self._task: asyncio.Task[None] | None = None
        self._noted = asyncio.Event()
        self.changes: dict[str, FileChange] = {}
        """What came of the last change of each file."""

    async def start(self) -> None:
        """Note how the files are, before they are read, and look at them from time to time from now on.

        A share that hangs holds nobody: the files are then noted once it answers.
        """
        self._task = asyncio.create_task(self._keep_looking(), name="watch connector files")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOAD_S):
                await self._noted.wait()

    async def aclose(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def reloads(self) -> AsyncGenerator[str, None]:
        """Yield each instance that was replaced, until the iterator is closed."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._followers.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers.discard(queue)

    async def _look(self) -> None:
        settings = {
            one.id: one for one in self._roster.settings if one.enabled and not self._roster.set_apart(one.id)
        }
        # On a thread that nobody waits for at exit, one at a time: a share may never answer.
        found = await on_thread(lambda: self._changed(tuple(settings.values())))
        for instance, look in found.items():
            if look is Look.GONE:
                self._keep_old(instance, Refusal(FILE_GONE))
            else:
                await self._take(settings[instance])

    def _changed(self, settings: tuple[InstanceSettings, ...]) -> dict[str, Look]:
        files: dict[str, Path | None] = {one.id: self._files.file_of(one) for one in settings}
        for instance, path in files.items():
            if path is None and instance in self._roster.outside:
                self._watch.expect(instance)
        return dict(self._watch.look(files))

    async def _keep_looking(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001 - a share that answers oddly must not end the watch
                self._log.warning("connector files not looked at", detail=place_of(error))
            self._noted.set()
            await self._env.sleep(LOOK_S)

    async def _take(self, settings: InstanceSettings) -> None:
        found = await self._roster.find_again(settings)
        if isinstance(found, Refusal):
            self._keep_old(settings.id, found)
            return
        await self._replace(settings, found)

    async def _replace(self, settings: InstanceSettings, loaded: Loaded) -> None:
        await self._roster.replace(settings, loaded)
        self._replaced(settings.id)
        self.changes[settings.id] = FileChange(self._env.now())
        self._log.info("connector file taken", instance=settings.id)
        for queue in self._followers:
            queue.put_nowait(settings.id)

    def _keep_old(self, instance: str, refusal: Refusal) -> None:
        """Note why a changed file is not used; one that never was is refused as it is now."""
        self.changes[instance] = FileChange(self._env.now(), refusal.because, refusal.detail)
        self._log.warning("connector file not taken", instance=instance, reason=refusal.because)
        self._roster.refuse_again(instance, refusal)
