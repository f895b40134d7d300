"""The hub of a house, on a real PostgreSQL, answers as every hub does."""

from __future__ import annotations

from tests.hub_conformance import HubConformance


class TestPostgresHub(HubConformance):
    """Each desk calls through a pool that all share."""
