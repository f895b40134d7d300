"""The small world laid down in the tools, and how to start them over it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from avise.demo.launcher import DemoTools
from tests.servers.tools_b.world import SPEC, lay_down_world

StartTools = Callable[..., AbstractAsyncContextManager[DemoTools]]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder where our tools are prepared."""
    folder = tmp_path_factory.mktemp("tools-b")
    lay_down_world(folder)
    return folder


@pytest.fixture
def start(data_dir: Path) -> StartTools:
    """Return how to start some of the tools."""

    def starting(*names: str) -> AbstractAsyncContextManager[DemoTools]:
        return DemoTools.start(data_dir, SPEC, tools=names)

    return starting
