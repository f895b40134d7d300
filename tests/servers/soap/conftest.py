"""A real SOAP service, and the connector opened over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from avise.models.json_types import JSON
from tests.servers.soap.contracts_service import PASSWORD, USER, ContractsService, contracts_service
from tests.unit.connectors.declarative.opened_file import Opened, open_connector_file

FILE = Path(__file__).parents[3] / "avise" / "connectors" / "soap" / "connector.toml"

Open = Callable[..., Awaitable[Opened]]


@pytest.fixture(scope="session")
def service() -> Iterator[ContractsService]:
    with contracts_service() as running:
        yield running


@pytest.fixture
async def open_service(tmp_path: Path) -> AsyncIterator[Open]:
    """Open the connector over whatever answers at an address, after changes of its file."""
    async with AsyncExitStack() as stack:

        async def opening(
            base_url: str, *changes: tuple[str, str], password: str = PASSWORD, **config: JSON
        ) -> Opened:
            text = FILE.read_text("utf-8")
            for old, new in changes:
                assert old in text
                text = text.replace(old, new, 1)
            path = tmp_path / "soap.toml"
            path.write_text(text, "utf-8")
            values: dict[str, JSON] = {"base_url": base_url, "user": USER, **config}
            return await open_connector_file(path, values, {"password": password}, stack)

        yield opening
