"""The engine of a window: its process, and another one when that ends without being told to."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from avise.engine.engine_process import EngineProcess, Notify
from avise.engine.loops import LoopThread
from avise.engine.starting_desk import StartingDesk
from avise.env import Env
from avise.models.errors import AviseError
from avise.services.profile import Profile

if TYPE_CHECKING:
    from logging.handlers import RotatingFileHandler

_log = logging.getLogger(__name__)

SWITCH_INTERVAL = 0.0002
"""Seconds between two offers of the window's interpreter. The thread that reads the engine's messages
holds it while it unpickles them: with the default of 5 ms, Qt's thread would wait that long for it."""

LOST_SECONDS, LOST_AT_MOST = 600.0, 3
"""So many engines may be lost in so many seconds before the window gives up starting another."""


ERASED = frozenset(("wipe.done", "wipe.unfinished"))
"""What the engine of a profile that the hub had erased says (`avise.engine.wiping`)."""


def _nothing_to_say(_error: AviseError) -> None:
    return


def _told_nobody(_notices: tuple[AviseError, ...]) -> None:
    return


class RunningEngine:
    """A loop to speak to the engine first, the rest once its process has opened the profile.

    Args:
        profile: what to open.
        env: the clock.
        process: started already, or None to start one.

    Raises:
        AviseError: `engine.lost`: the system starts no process.
    """

    def __init__(self, profile: Profile, env: Env, process: EngineProcess | None = None) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL)
        self.profile, self.env = profile, env
        self.process = process or EngineProcess()
        self.thread = LoopThread("avise engine")
        self.thread.start()
        self.desk = StartingDesk(profile.session(), self.thread.loop)
        self.passphrase: str | None = None
        """Typed by the user, for a profile whose key is sealed by one."""
        self.on_notices: Callable[[tuple[AviseError, ...]], None] = _told_nobody
        """Called, on a thread of its own, with what the start of a replacement had to set aside."""
        self.on_erased: Callable[[AviseError], None] = _nothing_to_say
        """Called, on a thread of its own, once the hub had this profile erased: nothing is left to show."""
        self._notify = Notify(self.desk.become, self._on_lost)
        self._lost: list[float] = []
        self._replacing = threading.Lock()
        self._stopped = False
        self._log_file: RotatingFileHandler | None = None

    def build_blocking(self) -> None:
        """Wait until the engine has opened the profile; run in a thread. `abandon` ends the wait.

        Raises:
            AviseError: the store or its key cannot be used.
        """
        self.process.start_blocking(self.profile.folder, self.thread.loop, self.passphrase, self._notify)

    def _on_lost(self) -> None:
        _log.error("the engine ended without being told to")
        self.desk.lose()
        threading.Thread(target=self._replace_blocking, name="avise new engine", daemon=True).start()

    def _replace_blocking(self) -> None:
        """Take another engine: what is on screen is followed again, and nothing kept is lost."""
        with self._replacing:
            if self._stopped:
                return
            self.process.stop_blocking()
            try:
                self._replace()
            except AviseError as error:
                _log.error("no engine takes its place: %s", error.message_key)
                if error.message_key in ERASED:
                    self._give_up(error)
                    self.on_erased(error)
                else:
                    self._give_up(AviseError("engine.lost"))
            else:
                if self.process.notices:
                    self.on_notices(self.process.notices)

    def _replace(self) -> None:
        now = self.env.monotonic()
        self._lost = [*(at for at in self._lost if now - at < LOST_SECONDS), now]
        if len(self._lost) > LOST_AT_MOST:
            raise AviseError("engine.lost")
        self.process = EngineProcess()
        if self._stopped:
            self.process.kill()
        self.build_blocking()

    def _give_up(self, error: AviseError) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self.thread.loop.call_soon_threadsafe(self.desk.give_up, error)

    def log_blocking(self) -> None:
        """Write the window's own log from now on; run in a thread, it imports what formats the lines."""
        from avise.engine.log_files import WINDOW_LOG_NAME, log_to_profile  # noqa: PLC0415 - as said

        with contextlib.suppress(OSError):
            # A folder that cannot be written is told by the store, whose sentence says what to do.
            self._log_file = log_to_profile(self.profile.folder, WINDOW_LOG_NAME)

    async def directory_ready(self) -> None:
        """Wait until the directory holds somebody, or until its tool was asked in vain."""
        await self.thread.call(self.process.directory_ready())

    def abandon(self) -> None:
        """Wait for no engine any more: a start, or a replacement, that is under way fails."""
        self._stopped = True
        self.process.kill()

    def stop_blocking(self) -> None:
        """End the engine in order; run in a thread."""
        self._stopped = True
        self._give_up(AviseError("engine.stopped"))
        if not self._replacing.acquire(blocking=False):
            self.process.kill()
            self._replacing.acquire()
        try:
            self.process.stop_blocking()
        finally:
            self._replacing.release()
        self.thread.stop()
        if self._log_file is not None:
            from avise.engine.log_files import stop_logging  # noqa: PLC0415 - imported with the file

            stop_logging(self._log_file)
