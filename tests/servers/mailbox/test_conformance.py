"""The connector that ships reaches gold over a real server; each check signs in, and so takes its time."""

from __future__ import annotations

import os

import pytest

from avise.connectors.kit.pytest_suite import connector_suite
from avise.models.json_types import JSON
from tests.servers.mailbox.conftest import FILE, Mailbox

_TOOL: dict[str, JSON] = {}


@pytest.fixture(scope="module", autouse=True)
def running(mailbox: Mailbox) -> None:
    """Tell the suite where the server is."""
    _TOOL.update(mailbox.config())


TestConformance = pytest.mark.skipif(
    "AVISE_TESTS_SLOW" not in os.environ, reason="half a minute: with AVISE_TESTS_SLOW=1 only"
)(connector_suite(FILE, "scenarios.toml", level="gold", config=lambda: _TOOL))
