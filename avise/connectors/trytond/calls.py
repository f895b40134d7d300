"""Calls to a Tryton server within a session that is opened once, and once more when it has ended."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence

from avise.connectors.contract import CallContext, ConnectorEnv, ConnectorError, HttpReply
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.trytond.options import TrytondOptions
from avise.connectors.trytond.reply import SessionEndedError, result_of
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON

_JUDGED = (401, 404)
"""Statuses whose meaning is ours."""


class TrytondCalls:
    """The session of one instance.

    Args:
        options: of the connector file.
        env: of the instance.
    """

    def __init__(self, options: TrytondOptions, env: ConnectorEnv) -> None:
        self._options = options
        self._env = env
        self._session = ""
        self._opening = asyncio.Lock()

    async def version(self, ctx: CallContext) -> str:
        """Return the version of the server, "" when it does not say it; needs no session.

        Raises:
            ConnectorError: the server cannot be read.
        """
        result = result_of(await self._post(ctx, "/rpc/", "common.server.version", [], ""), ctx.request_id)
        return result if isinstance(result, str) else ""

    async def read(self, ctx: CallContext, method: str, params: Sequence[JSON]) -> object:
        """Return the result of a method that only reads.

        Raises:
            ConnectorError: AUTH when a new session is refused too; what the server tells.
        """
        path = CallValues({}, self._env.config).path(self._options.path)
        session = await self._current(ctx, path, ended="")
        try:
            return result_of(await self._post(ctx, path, method, params, session), ctx.request_id)
        except SessionEndedError:
            session = await self._current(ctx, path, ended=session)
        return result_of(await self._post(ctx, path, method, params, session), ctx.request_id)

    async def _current(self, ctx: CallContext, path: str, ended: str) -> str:
        """Return the session; calls that find it missing, or ended, open one together."""
        async with self._opening:
            if self._session in {"", ended}:
                self._session = ""
                self._session = await self._open(ctx, path)
            return self._session

    async def _open(self, ctx: CallContext, path: str) -> str:
        asked = self._options.session
        user = CallValues({}, self._env.config).text(asked.user)
        params: list[JSON] = [user, {"password": self._env.secret(asked.secret)}, asked.language]
        result = result_of(await self._post(ctx, path, "common.db.login", params, ""), ctx.request_id)
        if not isinstance(result, list) or len(result) < 2 or not all(result[:2]):
            raise ConnectorError(ErrorKind.BAD_DATA, "no session in the answer")
        number, key = result[:2]
        return base64.b64encode(f"{user}:{number}:{key}".encode()).decode("ascii")

    async def _post(
        self, ctx: CallContext, path: str, method: str, params: Sequence[JSON], session: str
    ) -> HttpReply:
        request: JSON = {"id": ctx.request_id, "method": method, "params": list(params)}
        return await ctx.http.reading().request(
            "POST",
            path,
            json=request,
            headers={"Authorization": f"Session {session}"} if session else {},
            accept_status=_JUDGED,
            template=f"{self._options.path}#{method}",
        )
