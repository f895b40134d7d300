"""The engine in a process of its own: it answers as the one here does, and its end is noticed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.engine.engine_child import engine_command, start_engine_child
from avise.engine.engine_process import EngineProcess, Notify
from avise.engine.loops import LoopThread
from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.services.desk import Desk
from avise.texts import set_language, text
from tests.unit.engine.test_engine_end import SETTINGS

PATIENCE = 120.0
"""An engine gives way to everything else: on a busy machine it takes its time to start."""
SPEAKING = Path(__file__).with_name("speaking_engine.py")
RESTING = Path(__file__).with_name("resting_engine.py")
MOST_WAKES = 10
"""In a second at rest: the outbox looks around every few seconds; a loop that polls wakes a hundred times."""
SECONDS_TO_REST = 30
"""Within which what a start leaves behind ends, however busy the machine is."""


class Served:
    """An engine's process, and the loop that speaks to it."""

    def __init__(self, folder: Path, command: list[str] | None = None) -> None:
        self.folder = folder
        self.thread = LoopThread("window")
        self.thread.start()
        self.process = EngineProcess(start_engine_child(command))
        self.lost = threading.Event()

    def start(self) -> Desk:
        """Open the profile in the other process."""
        desks: list[Desk] = []
        self.process.start_blocking(self.folder, self.thread.loop, None, Notify(desks.append, self.lost.set))
        self.run(asyncio.sleep(0))
        return desks[0]

    def run(self, coroutine: Coroutine[object, object, object]) -> object:
        """Run something on the loop and wait for it."""
        return self.thread.submit(coroutine).result(PATIENCE)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    found = Served(tmp_path)
    yield found
    found.process.stop_blocking()
    found.thread.stop()


def test_the_desk_of_another_process_answers_as_one_here(served: Served) -> None:
    desk = served.start()
    assert desk.session.user == "lea.girard"

    async def work() -> str:
        await desk.change_setting("theme", "dark")
        await desk.change_setting(key="language", value="en")
        return await desk.setting("theme")

    assert served.run(work()) == "dark"


def test_an_error_of_the_desk_crosses_with_its_key_and_parameters(served: Served) -> None:
    desk = served.start()
    served.run(served.process.directory_ready())
    with pytest.raises(AviseError) as refused:
        served.run(desk.search("marchand", limit=3))
    assert refused.value.message_key == "directory.master_misconfigured"
    assert refused.value.params == {"source": "parties"}


def test_a_bug_of_the_desk_crosses_without_its_text(served: Served) -> None:
    desk = served.start()
    with pytest.raises(AviseError) as refused:
        served.run(desk.check_source("0482917350"))
    assert (refused.value.message_key, refused.value.params) == ("error.bug", {})


def test_a_stream_crosses_until_it_is_closed(served: Served) -> None:
    desk = served.start()

    async def first() -> object:
        async with aclosing(desk.sources()) as sources:  # type: ignore[type-var]  # a generator
            return await anext(aiter(sources))

    assert served.run(first()) == ()


def test_a_profile_that_does_not_open_is_told_by_its_sentence(served: Served) -> None:
    (served.folder / "settings.toml").write_text("[user\n", encoding="utf-8")
    with pytest.raises(AviseError) as refused:
        served.start()
    assert refused.value.message_key == "profile.syntax"
    assert refused.value.params["file"].endswith("settings.toml")


def test_a_killed_engine_ends_what_waits_and_is_told_once(served: Served) -> None:
    desk = served.start()

    async def wait_for_a_call() -> None:
        async with aclosing(desk.calls()) as calls:  # type: ignore[type-var]  # a generator
            async for _call in calls:
                pass

    waiting = served.thread.submit(wait_for_a_call())
    served.run(asyncio.sleep(0.2))
    os.kill(served.process.process_id, signal.SIGKILL)
    with pytest.raises(AviseError) as ended:
        waiting.result(PATIENCE)
    assert ended.value.message_key == "engine.interrupted"
    assert served.lost.wait(PATIENCE)
    with pytest.raises(AviseError) as refused:
        served.run(desk.setting("theme"))
    assert refused.value.message_key == "engine.interrupted"


def test_an_engine_that_is_told_to_stop_is_not_lost(served: Served) -> None:
    served.start()
    served.process.stop_blocking()
    assert not served.lost.is_set()


def test_an_engine_whose_window_is_gone_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    process = subprocess.Popen(  # noqa: S603 - this very program
        engine_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) == 0


def test_cancelling_a_call_here_cancels_it_there(served: Served) -> None:
    desk = served.start()

    async def cancelled() -> bool:
        waiting = asyncio.ensure_future(desk.search("marchand"))
        await asyncio.sleep(0)
        waiting.cancel()
        try:
            await waiting
        except asyncio.CancelledError:
            return await desk.setting("theme") != ""
        return False

    assert served.run(cancelled()) is True


def test_the_engine_writes_in_the_language_that_the_window_speaks_now(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    served = Served(tmp_path, [sys.executable, str(SPEAKING)])
    try:
        desk = served.start()
        assert served.run(desk.setting("engine.lost")) == text("engine.lost")
        set_language("en")
        assert served.run(desk.setting("engine.lost")) == text("engine.lost")
        assert text("engine.lost").startswith("Avise’s engine")
    finally:
        served.process.stop_blocking()
        served.thread.stop()


def test_an_answer_that_cannot_cross_is_told_as_a_bug_and_the_next_one_comes(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    served = Served(tmp_path, [sys.executable, str(SPEAKING)])
    try:
        desk = served.start()
        with pytest.raises(AviseError) as refused:
            served.run(desk.draft(PersonId("0" * 32)))
        assert refused.value.message_key == "error.bug"
        assert served.run(desk.setting("engine.lost")) == text("engine.lost")
    finally:
        served.process.stop_blocking()
        served.thread.stop()


def test_a_wait_for_an_engine_that_does_not_answer_ends_when_it_is_killed(tmp_path: Path) -> None:
    silent = [sys.executable, "-c", "import time; time.sleep(60)"]
    served = Served(tmp_path, silent)
    try:
        threading.Timer(0.5, served.process.kill).start()
        with pytest.raises(AviseError) as refused:
            served.start()
        assert refused.value.message_key == "engine.lost"
    finally:
        served.process.stop_blocking()
        served.thread.stop()


def test_a_second_engine_waits_until_the_first_one_has_ended(served: Served) -> None:
    served.start()
    second = Served(served.folder)
    try:
        threading.Timer(1.0, served.process.stop_blocking).start()
        assert second.run(second.start().setting("theme"))
        assert not served.lost.is_set()
    finally:
        second.process.stop_blocking()
        second.thread.stop()


def test_an_engine_that_is_asked_to_terminate_by_the_system_waits_for_its_window(served: Served) -> None:
    desk = served.start()
    os.kill(served.process.process_id, signal.SIGTERM)
    assert served.run(desk.setting("theme"))
    assert not served.lost.is_set()


def test_an_engine_that_nothing_is_asked_of_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    resting = Served(tmp_path, [sys.executable, str(RESTING)])
    try:
        desk = resting.start()
        ready = resting.thread.submit(resting.process.directory_ready())
        before = resting.run(desk.setting("before it is built"))
        ready.result(PATIENCE)
        # What a start leaves behind ends first: the purge, the first looks.
        seconds = (int(str(resting.run(desk.setting("once built")))) for _ in range(SECONDS_TO_REST))
        assert any(wakes <= MOST_WAKES for wakes in seconds)
    finally:
        resting.process.stop_blocking()
        resting.thread.stop()
    assert int(str(before)) <= MOST_WAKES
