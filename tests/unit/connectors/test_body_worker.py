"""The worker process: bytes in, bytes out, and no process left whatever happens."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from avise.connectors.body_worker import BIG_BODY, BodyWorker, worker_for
from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.answers import value_pieces
from avise.models.errors import ErrorKind, Origin
from tests.unit.connectors import worker_jobs

NOT_IN_THE_WORKER = ("PySide6", "qasync", "sqlalchemy", "sqlcipher3", "httpx2", "lxml", "keyring", "avise.ui")

_PROGRAM = """
import asyncio, sys
from avise.connectors.body_worker import BodyWorker
from tests.unit.connectors import worker_jobs

async def main():
    worker = BodyWorker()
    (pid,) = await worker.run(worker_jobs.pid_of, b"")
    print(pid.decode(), flush=True)
    await worker.run(worker_jobs.slow, b"", 60.0)

asyncio.run(main())
"""


@pytest.fixture
async def worker() -> AsyncIterator[BodyWorker]:
    """Lend a worker and see that nothing of it is left."""
    worker = BodyWorker()
    yield worker
    await worker.aclose()
    assert not multiprocessing.active_children()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


async def until_gone(pid: int) -> None:
    async with asyncio.timeout(30):
        while is_alive(pid):  # noqa: ASYNC110 - nothing tells the end of a stranger
            await asyncio.sleep(0.02)


async def until_there(told: Path) -> None:
    async with asyncio.timeout(30):
        while not told.exists():  # noqa: ASYNC110, ASYNC240 - of another process
            await asyncio.sleep(0.01)


async def begun(worker: BodyWorker, told: Path) -> asyncio.Task[tuple[bytes, ...]]:
    """Have the worker do what takes a minute, and wait until it does."""
    work = asyncio.create_task(worker.run(worker_jobs.endless, str(told).encode()))
    await until_there(told)
    return work


async def test_bytes_come_back_in_their_order(worker: BodyWorker) -> None:
    body = bytes(range(256)) * 8000
    pieces = await worker.run(worker_jobs.pieces_of, body, 100_000)
    assert b"".join(pieces) == body
    assert len(pieces) == 21
    assert await worker.run(worker_jobs.pieces_of, b"", 10) == ()


async def test_callers_share_one_process(worker: BodyWorker) -> None:
    assert worker.pid is None
    told = await asyncio.gather(*(worker.run(worker_jobs.pid_of, b"") for _ in range(5)))
    assert {int(pid) for (pid,) in told} == {worker.pid}


async def test_a_thread_may_wait_for_it(worker: BodyWorker) -> None:
    pieces = await asyncio.to_thread(worker.run_blocking, worker_jobs.pieces_of, b"abc", 2)
    assert pieces == (b"ab", b"c")


async def test_the_worker_loads_what_it_reads_with_and_nothing_of_the_window(worker: BodyWorker) -> None:
    from avise.connectors.contract import HttpReply  # noqa: PLC0415 - beside what it is about

    reply = HttpReply(200, {}, b"", "application/json", "utf-8")
    assert await worker.run(value_pieces, b'{"a": 1}', "a", reply, (), None) == (b'"1"',)
    (told,) = await worker.run(worker_jobs.modules, b"")
    loaded = json.loads(told)
    assert "avise.connectors.declarative.rows" in loaded
    assert [name for name in loaded if name.startswith(NOT_IN_THE_WORKER)] == []


async def test_an_error_of_a_connector_comes_back_whole(worker: BodyWorker) -> None:
    with pytest.raises(ConnectorError) as caught:
        await worker.run(worker_jobs.refused, b"x")
    error = caught.value
    assert (error.kind, error.detail, error.origin) == (ErrorKind.RATE_LIMITED, "too often", Origin.SOURCE)
    assert (error.retry_after, error.source_code, error.user_message) == (
        timedelta(seconds=2.5),
        "E12",
        "Trop",
    )


async def test_a_fault_of_ours_is_named_by_its_place_and_never_by_its_text(worker: BodyWorker) -> None:
    with pytest.raises(ConnectorError) as caught:
        await worker.run(worker_jobs.broken, b"MARCHAND")
    assert caught.value.kind is ErrorKind.BUG
    assert caught.value.detail.startswith("ValueError at worker_jobs.py:")
    assert await worker.run(worker_jobs.pieces_of, b"ab", 2) == (b"ab",)


async def test_a_process_that_ends_at_work_is_a_fault_of_the_host_and_the_next_work_is_done(
    worker: BodyWorker,
) -> None:
    for _ in range(2):
        with pytest.raises(ConnectorError) as caught:
            await worker.run(worker_jobs.ending, b"")
        assert (caught.value.kind, caught.value.origin) == (ErrorKind.BUG, Origin.HOST)
        assert await worker.run(worker_jobs.pieces_of, b"ab", 2) == (b"ab",)


async def test_work_that_is_given_up_frees_the_process_at_once(worker: BodyWorker, tmp_path: Path) -> None:
    (pid,) = await worker.run(worker_jobs.pid_of, b"")
    given_up = await begun(worker, tmp_path / "begun")
    given_up.cancel()
    async with asyncio.timeout(30):
        assert await worker.run(worker_jobs.pieces_of, b"ab", 2) == (b"ab",)
        await asyncio.wait([given_up])
    assert given_up.cancelled()
    assert not is_alive(int(pid))


async def test_work_that_is_given_up_before_it_began_costs_nothing(
    worker: BodyWorker, tmp_path: Path
) -> None:
    (pid,) = await worker.run(worker_jobs.pid_of, b"")
    let_go, told = tmp_path / "let go", tmp_path / "begun"
    first = asyncio.create_task(worker.run(worker_jobs.held, str(let_go).encode(), str(told)))
    await until_there(told)
    waiting = asyncio.create_task(worker.run(worker_jobs.slow, b"b", 60.0))
    await asyncio.sleep(0)  # Its one step gives the work to the queue.
    waiting.cancel()
    let_go.touch()
    assert await first == (b"let go",)
    assert await worker.run(worker_jobs.pid_of, b"") == (pid,)
    assert waiting.cancelled()


async def test_cancelling_at_any_moment_leaves_a_worker_that_works(worker: BodyWorker) -> None:
    for moment in (0.0, 0.001, 0.05, 0.2, 0.4, 0.6):
        task = asyncio.create_task(worker.run(worker_jobs.slow, b"a", 0.2))
        await asyncio.sleep(moment)
        task.cancel()
        await asyncio.wait([task])
    assert await worker.run(worker_jobs.pieces_of, b"ab", 2) == (b"ab",)


async def test_the_worker_does_not_listen_to_ctrl_c(worker: BodyWorker) -> None:
    (pid,) = await worker.run(worker_jobs.pid_of, b"")
    os.kill(int(pid), signal.SIGINT)
    assert await worker.run(worker_jobs.pid_of, b"") == (pid,)


async def test_closing_ends_what_runs_and_refuses_what_comes(tmp_path: Path) -> None:
    worker = BodyWorker()
    (pid,) = await worker.run(worker_jobs.pid_of, b"")
    running = await begun(worker, tmp_path / "begun")
    async with asyncio.timeout(30):
        await worker.aclose()
        await worker.aclose()
        await asyncio.wait([running])
    assert isinstance(running.exception(), ConnectorError)
    assert not is_alive(int(pid))
    assert not multiprocessing.active_children()
    with pytest.raises(ConnectorError):
        await worker.run(worker_jobs.pid_of, b"")


async def test_the_worker_ends_with_a_program_that_is_killed_even_at_work() -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _PROGRAM),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)},
    )
    assert program.stdout is not None
    pid = int(await program.stdout.readline())
    assert is_alive(pid)
    program.kill()
    await program.wait()
    await until_gone(pid)


def test_only_a_body_over_a_megabyte_is_for_the_worker() -> None:
    class Lends:
        bodies = BodyWorker()

    assert worker_for(BIG_BODY, Lends()) is None
    assert worker_for(BIG_BODY + 1, Lends()) is Lends.bodies
    assert worker_for(BIG_BODY + 1, object()) is None
