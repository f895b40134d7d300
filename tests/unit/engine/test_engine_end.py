"""The engine ends in order (decision 43)."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from avise.engine.engine import Engine
from avise.env import SystemEnv
from avise.services.profile import SETTINGS_NAME, load_profile

SETTINGS = """
site_namespace = "8d3c1c4e-5d8b-4c3e-9a53-0e6f3d6f1a11"
identity_master = "parties"
synthetic = true

[user]
login = "lea.girard"
name = "Léa Girard"
role = "agent"

[key]
source = "demo"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / SETTINGS_NAME).write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def loops_running() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("avise ")]


def test_an_engine_that_never_started_can_be_stopped(folder: Path) -> None:
    Engine(load_profile(folder, ""), SystemEnv()).stop()
    assert loops_running() == []


def test_what_is_asked_of_the_store_ends_before_it_closes(folder: Path) -> None:
    read: list[object] = []
    with Engine.open(folder) as engine:
        started = threading.Event()
        # Held here: a task that waits on what only itself holds may be collected.
        never = asyncio.Event()

        async def wait_then_read() -> None:
            started.set()
            try:
                await never.wait()
            finally:
                read.append(await engine.desk.saved_tabs())

        engine.submit(wait_then_read())
        assert started.wait(30)
    assert read == [()]
    assert loops_running() == []


def test_a_step_that_fails_at_the_end_leaves_no_thread_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> None:
        raise OSError("at the end")

    monkeypatch.setattr("avise.connectors.host.ConnectorHost.aclose", fail)
    with pytest.raises(OSError, match="at the end"), Engine.open(folder):
        pass
    assert loops_running() == []
