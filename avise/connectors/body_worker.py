"""The one process that reads bodies over a megabyte, seen from the program.

A thread cannot: reading three megabytes of JSON holds the interpreter, and the window with it, for tens of
milliseconds. The process is started when it is first needed, ends with the program, and is started again
when it broke or when nobody waits any more for what it does.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import pickle
import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Protocol, runtime_checkable

from avise.connectors.body_worker_process import Work, error_in, serve
from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

BIG_BODY = 1_000_000
"""Bytes; a longer body is read by the worker process (decision 9)."""

NAME = "avise bodies"
"""Of the process, as tests and process lists show it."""

_SPAWN = multiprocessing.get_context("spawn")
"""A copy of this process would carry its threads' locks and Qt with it."""

Pieces = tuple[bytes, ...]


@dataclass(eq=False, slots=True)
class _Job:
    request: bytes
    body: bytes
    given_up: bool = False


class BodyWorker:
    """Lends the worker process to the connectors; one job at a time, in the order in which they come."""

    def __init__(self) -> None:
        # Only this thread starts, feeds and ends the process; the others may kill it, under the lock.
        self._thread = ThreadPoolExecutor(1, "connectors-bodies")
        self._lock = threading.Lock()
        self._current: _Job | None = None
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._closing = False

    @property
    def pid(self) -> int | None:
        """Identifier of the process, None while there is none."""
        return self._process.pid if self._process is not None else None

    async def run(self, function: Work, body: bytes, *arguments: object) -> Pieces:
        """Return what `function(body, *arguments)` yields in the worker process.

        When the caller is cancelled the work is abandoned at once.

        Raises:
            ConnectorError: what the function raised; BUG, origin host, when the process ended under it.
        """
        job = _job(function, body, arguments)
        try:
            return await asyncio.wrap_future(self._submit(job))
        except asyncio.CancelledError:
            self._give_up(job)
            raise

    def run_blocking(self, function: Work, body: bytes, *arguments: object) -> Pieces:
        """Do the same for a thread that waits.

        Raises:
            ConnectorError: as `run`.
        """
        try:
            return self._submit(_job(function, body, arguments)).result()
        except CancelledError:
            raise _broken("worker closed") from None

    async def aclose(self) -> None:
        """End the process, whatever it is doing; may be called twice."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._closing = True
            self._stop_current()
        await asyncio.to_thread(self._finish)

    def _finish(self) -> None:
        self._thread.shutdown()
        self._end_process()

    def _submit(self, job: _Job) -> Future[Pieces]:
        try:
            return self._thread.submit(self._perform, job)
        except RuntimeError:
            raise _broken("worker closed") from None

    def _give_up(self, job: _Job) -> None:
        with self._lock:
            job.given_up = True
            if self._current is job:
                self._stop_current()

    def _stop_current(self) -> None:
        if self._current is not None and self._process is not None:
            self._current.given_up = True
            self._process.kill()

    # ---- on the thread ---------------------------------------------------------------------------

    def _perform(self, job: _Job) -> Pieces:
        connection = self._connected()
        with self._lock:
            if job.given_up or self._closing:
                raise _broken("given up")
            self._current = job
        try:
            connection.send_bytes(job.request)
            connection.send_bytes(job.body)
            verdict: Mapping[str, Any] = json.loads(connection.recv_bytes())
            pieces = tuple(connection.recv_bytes() for _ in range(verdict.get("pieces", 0)))
        except (EOFError, OSError):
            job.given_up = True
            raise _broken("worker ended") from None
        finally:
            with self._lock:
                self._current = None
            if job.given_up:
                self._end_process()
        error = error_in(verdict)
        if error is not None:
            raise error
        return pieces

    def _connected(self) -> Connection:
        if self._process is not None and not self._process.is_alive():
            self._end_process()
        if self._connection is None:
            self._connection = self._start_process()
        return self._connection

    def _start_process(self) -> Connection:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=serve, args=(theirs,), name=NAME, daemon=True)
        try:
            process.start()
        except OSError:
            ours.close()
            raise _broken("worker not started") from None
        finally:
            theirs.close()
        self._process = process
        return ours

    def _end_process(self) -> None:
        """Kill what is left; it holds nothing that has to be put away."""
        connection, self._connection = self._connection, None
        process, self._process = self._process, None
        if connection is not None:
            connection.close()
        if process is not None:
            process.kill()
            process.join()
            process.close()


@runtime_checkable
class LendsWorker(Protocol):
    """A context whose host has a worker process."""

    bodies: BodyWorker | None


def worker_for(size: int, ctx: object) -> BodyWorker | None:
    """Return the worker process for a body too long to be read here, None for any other.

    Args:
        size: bytes of the body.
        ctx: the call's context; one that lends no worker reads everything itself.
    """
    return lent_worker(ctx) if size > BIG_BODY else None


def lent_worker(ctx: object) -> BodyWorker | None:
    """Return the worker process that a call's context lends, None when it lends none."""
    return ctx.bodies if isinstance(ctx, LendsWorker) else None


def _job(function: Work, body: bytes, arguments: tuple[object, ...]) -> _Job:
    return _Job(pickle.dumps((function, arguments)), body)


def _broken(detail: str) -> ConnectorError:
    return ConnectorError(ErrorKind.BUG, detail, origin=Origin.HOST)
