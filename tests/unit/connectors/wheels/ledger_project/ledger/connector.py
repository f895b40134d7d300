"""Reads a ledger that is written in its own options."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    FacetQuery,
    Health,
    HealthReport,
    Manifest,
    Record,
)


class LedgerConnector:
    """Gives the lines that its file holds.

    Args:
        manifest: of its `connector.toml`, or of the profile's own file.
        options: `[options]` of the same file.
    """

    def __init__(self, manifest: Manifest, options: Mapping[str, Any]) -> None:
        self.manifest = manifest
        self._lines: list[Mapping[str, str]] = options["lines"]

    async def open(self, env: ConnectorEnv) -> None:
        """Hold nothing."""

    async def check(self, ctx: CallContext) -> HealthReport:
        """Say that there is no tool to ask."""
        del ctx
        return HealthReport(Health.UNVERIFIED)

    async def aclose(self) -> None:
        """Release nothing."""

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the lines in one batch."""
        del query, ctx
        records = [Record(line["ref"], {"label": line["label"]}) for line in self._lines]
        yield Batch(records, Completeness.COMPLETE)
