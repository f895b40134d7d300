"""The HTTP gateway lent for one call: the instance's connection with this call's deadline and retry."""

from __future__ import annotations

import json as json_text
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from avise.connectors.contract import ConnectorError, HttpReply
from avise.connectors.deadline import Deadline
from avise.connectors.http_connection import SAFE_METHODS, HttpConnection, Outgoing, Sent
from avise.connectors.retry import RetryAllowance
from avise.connectors.safe_log import SafeLogger
from avise.connectors.statistics import Statistics
from avise.env import Env
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON


@dataclass(frozen=True, slots=True)
class CallHttp:
    """Sends the requests of one call (`contract.HttpGateway`)."""

    connection: HttpConnection
    deadline: Deadline
    retry: RetryAllowance
    reference: str
    statistics: Statistics
    log: SafeLogger
    env: Env
    sent: Sent | None = None
    """Told when a request that may write leaves."""

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
        """Send one request, at most twice.

        Raises:
            ConnectorError: transport errors, and the default status table for any status outside
                `accept_status`.
        """
        sent_headers = dict(headers or {})
        if json is not None:
            content = json_text.dumps(json, ensure_ascii=False).encode()
            sent_headers.setdefault("Content-Type", "application/json")
        method = method.upper()
        sent = None if method in SAFE_METHODS else self.sent
        outgoing = Outgoing(method, path, query, content, sent_headers, accept_status, sent)
        route = f"{outgoing.method} {template or '?'}"
        try:
            return await self._counted(outgoing, route)
        except ConnectorError as error:
            pause = self.retry.take(error, safe=outgoing.method in SAFE_METHODS)
            if pause is None:
                raise
        self.statistics.retries += 1
        await self.env.sleep(pause)
        return await self._counted(outgoing, route)

    def reading(self) -> CallHttp:
        """Return the same gateway for requests that only read, whatever their method."""
        return replace(self, sent=None)

    async def stream_lines(
        self, path: str, *, headers: Mapping[str, str] | None = None, template: str = ""
    ) -> AsyncIterator[str]:
        """Yield the lines of an endless answer.

        Raises:
            ConnectorError: transport errors, and the default status table.
        """
        self.log.info("stream opened", template=f"GET {template or '?'}", reference=self.reference)
        async with self.connection.lines(path, headers or {}, self.reference) as lines:
            async for line in lines:
                yield line

    async def _counted(self, outgoing: Outgoing, route: str) -> HttpReply:
        started = self.env.monotonic()
        outcome = "cancelled"
        try:
            reply = await self.connection.send(outgoing, self.deadline, self.reference)
            outcome = "ok"
        except ConnectorError as error:
            outcome = str(error.kind)
            raise
        finally:
            milliseconds = round((self.env.monotonic() - started) * 1000)
            self.statistics.note_attempt(route, outcome, milliseconds)
            self.log.info(
                "request",
                template=route,
                outcome=outcome,
                milliseconds=milliseconds,
                reference=self.reference,
            )
        return reply


class NoGateway:
    """Stands where a connector declared no endpoint of that kind: every use of it is a BUG."""

    async def request(self, *_: object, **__: object) -> HttpReply:
        """Refuse.

        Raises:
            ConnectorError: BUG, origin connector.
        """
        raise _undeclared("http")

    def reading(self) -> NoGateway:
        """Return this: there is nothing to read either."""
        return self

    def stream_lines(self, *_: object, **__: object) -> AsyncIterator[str]:
        """Refuse.

        Raises:
            ConnectorError: BUG, origin connector.
        """
        raise _undeclared("http")

    def select(self, *_: object, **__: object) -> AsyncIterator[Sequence[Mapping[str, object]]]:
        """Refuse.

        Raises:
            ConnectorError: BUG, origin connector.
        """
        raise _undeclared("sql")


def _undeclared(gateway: str) -> ConnectorError:
    return ConnectorError(ErrorKind.BUG, f"no {gateway} endpoint declared", origin=Origin.CONNECTOR)
