"""Databases that answer something else than what is in them: many more rows, codes that nobody knows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avise.connectors.contract import SqlGateway
from avise.connectors.kit.pages import ROWS
from avise.models.json_types import JSON


@dataclass(frozen=True, slots=True)
class ManyRows:
    """A database that has ten thousand rows where it has a few (`contract.SqlGateway`)."""

    inner: SqlGateway
    ids: Collection[str]

    async def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        """Yield the rows there are, then the first one again under other identifiers."""
        left, model = max_rows + 1, None
        async for rows in self.inner.select(statement, params, max_rows=max_rows, chunk=chunk):
            model = model or (rows[0] if rows else None)
            left -= len(rows)
            yield rows
        if model is None:
            return
        for start in range(0, min(left, ROWS), chunk):
            yield [self._other(model, start + rank) for rank in range(min(chunk, left - start))]

    def _other(self, model: Mapping[str, Any], rank: int) -> Mapping[str, object]:
        return {name: f"{value}-{rank}" if str(value) in self.ids else value for name, value in model.items()}


@dataclass(frozen=True, slots=True)
class RecodedRows:
    """A database of a later version, with codes that this one did not have (`contract.SqlGateway`)."""

    inner: SqlGateway
    codes: Mapping[str, str]

    async def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        """Yield the rows there are, with the new codes."""
        async for rows in self.inner.select(statement, params, max_rows=max_rows, chunk=chunk):
            yield [{name: self._other(value) for name, value in row.items()} for row in rows]

    def _other(self, value: object) -> object:
        return self.codes.get(value, value) if isinstance(value, str) else value
