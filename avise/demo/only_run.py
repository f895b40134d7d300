"""One run of the tools for a demonstration's folder: a second would take the profile from the first.

The lock is the system's and dies with its process, however that ends; the record beside it only says who
holds it, and that of a process that is gone is written over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from avise.demo.launcher import write_private
from avise.env import Env
from avise.models.errors import AviseError
from avise.store.profile_lock import ProfileInUseError, ProfileLock

RECORD_FILE = "running.json"


@dataclass(frozen=True, slots=True)
class Run:
    """Who runs the tools of a folder.

    Args:
        pid: of the process that started them; 0 when it has not said so yet.
        ready: the tools answer, and the profile reaches them.
    """

    pid: int
    ready: bool


class AlreadyRunningError(AviseError):
    """Another process runs the tools of this folder."""

    def __init__(self, folder: Path, run: Run) -> None:
        super().__init__("demo.already_running", pid=str(run.pid or "?"), folder=str(folder))
        self.run = run


class OnlyRun:
    """The right to run the tools of a folder, while the block of `taken` lasts."""

    def __init__(self, folder: Path) -> None:
        self._record = folder / RECORD_FILE

    @classmethod
    @contextmanager
    def taken(cls, folder: Path, env: Env) -> Iterator[OnlyRun]:
        """Take the right for the time of a `with` block.

        Raises:
            AlreadyRunningError: another process has it.
            AviseError: the folder cannot be written.
        """
        lock = ProfileLock(folder, env)
        try:
            lock.take()
        except ProfileInUseError:
            raise AlreadyRunningError(folder, recorded_run(folder)) from None
        run = cls(folder)
        try:
            run._note(ready=False)
            yield run
        finally:
            (folder / RECORD_FILE).unlink(missing_ok=True)
            lock.give_back()

    def note_ready(self) -> None:
        """Say that the tools answer and that the profile reaches them."""
        self._note(ready=True)

    def _note(self, *, ready: bool) -> None:
        write_private(self._record, json.dumps(asdict(Run(os.getpid(), ready))))


def recorded_run(folder: Path) -> Run:
    """Return what the record of a folder says; it means something only while the lock is held."""
    try:
        record = json.loads((folder / RECORD_FILE).read_text("utf-8"))
        return Run(int(record["pid"]), bool(record["ready"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Run(0, ready=False)
