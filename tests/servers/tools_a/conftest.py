"""The small world laid down in the tools, and how to start them over it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from avise.demo.launcher import DemoTools
from avise.demo.tools.loading import tool_kinds
from avise.demo.tools.prepare import lay_down
from tests.servers.tools_a.world import OURS, SPEC, StartTools, dossier


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder where our tools are prepared."""
    folder = tmp_path_factory.mktemp("demo")
    lay_down(folder, SPEC, tool_kinds(OURS), (dossier(index) for index in range(1, SPEC.dossiers + 1)))
    return folder


@pytest.fixture
def start(data_dir: Path) -> StartTools:
    """Return how to start some of the tools."""

    def starting(*names: str, postgres: bool = False) -> AbstractAsyncContextManager[DemoTools]:
        return DemoTools.start(data_dir, SPEC, tools=names, postgres=postgres)

    return starting
