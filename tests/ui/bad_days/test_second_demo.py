"""A demonstration whose tools already run: the window opens on them, and they stay as they were."""

from __future__ import annotations

from avise.commands.demo_run import DemoFolder
from avise.demo.profile import SETTINGS_FILE
from tests.servers.demo.test_second_start import Serve, again, folder, ran, serve

__all__ = ["folder", "serve"]


async def test_a_window_is_opened_on_the_tools_that_run(serve: Serve, folder: DemoFolder) -> None:
    async with serve() as first:
        settings = (folder.profile / SETTINGS_FILE).read_bytes()
        status, told, errors = await ran("--check-start", *again(folder))
        assert (status, str(folder.profile) in told, f"processus {first.pid}" in errors) == (0, True, True)
        assert (folder.profile / SETTINGS_FILE).read_bytes() == settings
        assert first.returncode is None
