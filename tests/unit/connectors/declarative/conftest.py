"""Fixtures of the tests of connector files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from avise.models.json_types import JSON
from tests.unit.connectors.declarative.opened_file import Open, Opened, open_connector_file


@pytest.fixture
async def open_file(tmp_path: Path) -> AsyncIterator[Open]:
    """Give what writes a connector file, checks it and opens it."""
    async with AsyncExitStack() as stack:

        async def opened(
            text: str, config: Mapping[str, JSON] | None = None, secrets: Mapping[str, str] | None = None
        ) -> Opened:
            path = tmp_path / "connector.toml"
            path.write_text(text, encoding="utf-8")
            return await open_connector_file(path, config or {}, secrets or {}, stack)

        yield opened


@pytest.fixture
def base(httpserver: HTTPServer) -> dict[str, JSON]:
    """Return the configuration of an instance whose tool is the test's server."""
    return {"base_url": httpserver.url_for("").rstrip("/")}
