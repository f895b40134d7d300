"""Trying the identity tool again asks it at once whom it lists, two minutes before that is due."""

from __future__ import annotations

import asyncio
from pathlib import Path

from avise.engine.engine import Engine
from tests.servers.engine.conftest import MutualInABox


async def asked_again(engine: Engine, instance: str) -> bool:
    """Try a tool again; return whether the directory was asked for before that was due."""
    loading = engine.loading
    assert loading is not None
    while loading.rounds == 0:  # noqa: ASYNC110 - the loading tells nobody of its rounds
        await asyncio.sleep(0.01)
    before = loading.rounds
    await engine.desk.retry_source(instance)
    try:
        async with asyncio.timeout(0.3 if instance != loading.master else 30):
            while loading.rounds == before:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return True


def test_trying_the_identity_tool_again_asks_for_the_directory_at_once(
    mutual: MutualInABox, tmp_path: Path
) -> None:
    with Engine.open(mutual.profile(tmp_path / "profile")) as engine:
        engine.run(engine.directory_ready())
        assert not engine.run(asked_again(engine, "benefits"))
        assert engine.run(asked_again(engine, "parties"))
