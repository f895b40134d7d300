"""Gateways that note what was asked and what came back, around those that the host lends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from avise.connectors.context import Context
from avise.connectors.contract import ConnectorError, HttpGateway, HttpReply, SqlGateway
from avise.connectors.declarative.csv_table import Lines
from avise.connectors.trial.values import Asked
from avise.env import Env
from avise.models.json_types import JSON

T = TypeVar("T")

Row = Mapping[str, object]


@dataclass(slots=True)
class Noted:
    """What one reading asked and got."""

    env: Env
    asked: list[Asked] = field(default_factory=list)
    replies: list[tuple[str, HttpReply]] = field(default_factory=list)
    """With the route that was asked."""
    rows: list[tuple[str, Row]] = field(default_factory=list)
    """Of a database, with the statement; of a file, with ""."""

    def note(self, route: str, outcome: str, began: float) -> None:
        """Note one request."""
        self.asked.append(Asked(route, outcome, round((self.env.monotonic() - began) * 1000)))


class NotingHttp:
    """An HTTP gateway whose requests are noted by route."""

    def __init__(self, gateway: HttpGateway, noted: Noted) -> None:
        self._gateway, self._noted = gateway, noted

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
        """Send one request and note it."""
        began = self._noted.env.monotonic()
        names = "?" + "&".join(query) if query else ""
        # The address itself holds identifiers: without a route, only the method is told.
        route = f"{method} {template}{names}".rstrip()
        try:
            reply = await self._gateway.request(
                method,
                path,
                query=query,
                json=json,
                content=content,
                headers=headers,
                accept_status=accept_status,
                template=template,
            )
        except ConnectorError as error:
            self._noted.note(route, str(error.kind), began)
            raise
        self._noted.note(route, str(reply.status), began)
        self._noted.replies.append((template, reply))
        return reply

    def reading(self) -> HttpGateway:
        """Return the same gateway: a trial never acts."""
        return NotingHttp(self._gateway.reading(), self._noted)

    def stream_lines(
        self, path: str, *, headers: Mapping[str, str] | None = None, template: str = ""
    ) -> AsyncIterator[str]:
        """Read lines; nothing of them is noted."""
        return self._gateway.stream_lines(path, headers=headers, template=template)


class NotingSql:
    """A database gateway whose rows are noted."""

    def __init__(self, gateway: SqlGateway, noted: Noted) -> None:
        self._gateway, self._noted = gateway, noted

    async def select(
        self, statement: str, params: Mapping[str, JSON], *, max_rows: int, chunk: int = 200
    ) -> AsyncIterator[Sequence[Row]]:
        """Yield rows and note them."""
        began, count = self._noted.env.monotonic(), 0
        route = " ".join(statement.split())
        try:
            async for rows in self._gateway.select(statement, params, max_rows=max_rows, chunk=chunk):
                count += len(rows)
                self._noted.rows.extend((statement, row) for row in rows)
                yield rows
        except ConnectorError as error:
            self._noted.note(route, str(error.kind), began)
            raise
        self._noted.note(route, str(count), began)


class NotingContext(Context):
    """A call's context that also notes the lines which a file gives for a key."""

    noted: Noted

    async def blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a function on a thread; note lines."""
        began = self.noted.env.monotonic()
        found = await super().blocking(function, *args)
        if isinstance(found, Lines):
            self.noted.rows.extend(("", row) for row in found.rows)
            self.noted.note("csv", str(len(found.rows)), began)
        return found


def noting(context: Context, noted: Noted) -> NotingContext:
    """Return a context through which everything asked is noted."""
    watched = NotingContext(
        request_id=context.request_id,
        priority=context.priority,
        agent=context.agent,
        purpose=context.purpose,
        http=NotingHttp(context.http, noted),
        sql=NotingSql(context.sql, noted),
        deadline=context.deadline,
        env=context.env,
        pool=context.pool,
    )
    watched.noted = noted
    return watched
