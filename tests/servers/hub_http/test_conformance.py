"""The hub of a house, reached by HTTP on a real PostgreSQL, answers as every hub does."""

from __future__ import annotations

import pytest

from tests.hub_conformance import HubConformance
from tests.servers.hub_http.serving import HttpHouse


@pytest.fixture
def house(served_on_postgres: HttpHouse) -> HttpHouse:
    """Take the house on PostgreSQL."""
    return served_on_postgres


class TestRemoteHub(HubConformance):
    """Each desk calls by HTTP, with a token of its own."""
