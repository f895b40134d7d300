"""The connector that ships reaches gold over a real service."""

from __future__ import annotations

import pytest

from avise.connectors.kit.pytest_suite import connector_suite
from avise.models.json_types import JSON
from tests.servers.soap.conftest import FILE
from tests.servers.soap.contracts_service import USER, ContractsService

_TOOL: dict[str, JSON] = {"user": USER}


@pytest.fixture(scope="module", autouse=True)
def running(service: ContractsService) -> None:
    """Tell the suite where the service is."""
    _TOOL["base_url"] = service.base_url


TestConformance = connector_suite(FILE, "scenarios.toml", level="gold", config=lambda: _TOOL)
