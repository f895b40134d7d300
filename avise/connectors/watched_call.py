"""One call that knows whether anything was asked: an answer given without asking says nothing of a tool."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from avise.connectors.context import Context
from avise.connectors.contract import HttpGateway, HttpReply, SqlGateway
from avise.models.json_types import JSON

T = TypeVar("T")


class WatchedContext(Context):
    """A call's context that notes whether its gateways or its threads were used.

    A connector asks its tool by nothing else: one that speaks to a server by itself does so on these threads.
    """

    asked: bool

    async def blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a function on a thread, which may ask the tool."""
        self.asked = True
        return await super().blocking(function, *args)


def watched(context: Context) -> WatchedContext:
    """Return a context through which the same may be asked, and which notes whether anything was."""
    found = WatchedContext(**{field.name: getattr(context, field.name) for field in fields(Context)})
    found.asked = False

    def note() -> None:
        found.asked = True

    found.http, found.sql = _WatchedHttp(context.http, note), _WatchedSql(context.sql, note)
    return found


@dataclass(frozen=True, slots=True)
class _WatchedHttp:
    gateway: HttpGateway
    note: Callable[[], None]

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: JSON = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        accept_status: Collection[int] = (),
        template: str = "",
    ) -> HttpReply:
        self.note()
        return await self.gateway.request(
            method,
            path,
            query=query,
            json=json,
            content=content,
            headers=headers,
            accept_status=accept_status,
            template=template,
        )

    def reading(self) -> HttpGateway:
        return _WatchedHttp(self.gateway.reading(), self.note)

    def stream_lines(
        self, path: str, *, headers: Mapping[str, str] | None = None, template: str = ""
    ) -> AsyncIterator[str]:
        self.note()
        return self.gateway.stream_lines(path, headers=headers, template=template)


@dataclass(frozen=True, slots=True)
class _WatchedSql:
    gateway: SqlGateway
    note: Callable[[], None]

    def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        self.note()
        return self.gateway.select(statement, params, max_rows=max_rows, chunk=chunk)
