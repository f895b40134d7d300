"""Reads a JSON-RPC 2.0 service behind a session (see README.md)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TypeVar

from avise.connectors.action_contract import ActionCommand, ActionPlan, ActionResult
from avise.connectors.batch_pieces import read_batch
from avise.connectors.checked_pages import ids_of
from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    HttpGateway,
    HttpReply,
    Manifest,
    Record,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.rows import search
from avise.connectors.jsonrpc.acting import JsonrpcActions
from avise.connectors.jsonrpc.options import JsonrpcFacet, JsonrpcOptions, Parameters, SessionSection
from avise.connectors.jsonrpc.pages import PageAsked, page_batch
from avise.connectors.jsonrpc.reply import ToolError, put_right, result_of
from avise.connectors.row_mapping import row_mappers
from avise.connectors.shipped import HttpFileLedConnector
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

T = TypeVar("T")

Meanings = Mapping[int, ErrorKind]
Read = Callable[[HttpReply, Meanings], Awaitable[T]]
"""Reads a reply, by what the codes of the service mean."""


class JsonrpcConnector(HttpFileLedConnector[JsonrpcOptions]):
    """A service called by methods with named parameters."""

    options_model = JsonrpcOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._mappers = row_mappers(self._options.facets, self._options.timezone)
        labels = {spec.action: spec.label for spec in self.manifest.actions}
        self._acting = JsonrpcActions(self._options, labels, self._call)
        self._meanings = {rule.code: ErrorKind(rule.means) for rule in self._options.errors}
        self._token = ""
        self._opening = asyncio.Lock()

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; the first call opens the session.

        Raises:
            ConnectorError: CONFIG when the secret lacks.
        """
        if self._options.session is not None:
            env.secret(self._options.session.secret)
        await super().open(env)
        self._token = ""

    async def aclose(self) -> None:
        """Forget the session."""
        self._token = ""

    async def check(self, ctx: CallContext) -> HealthReport:
        """Call the method that the file names, with a session.

        Raises:
            ConnectorError: the service cannot be read.
        """
        check = self._options.check
        values = CallValues({}, self._config)
        result = await self._call(ctx, check.method, _filled(check.params, values))
        version = search(check.version, result) if check.version else None
        return HealthReport(Health.OK, source_version=version if isinstance(version, str) else "")

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the customer's records, page by page.

        Raises:
            ConnectorError: what the service tells, whatever the status of its answer.
        """
        facet = self._options.facets.get(query.facet)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        params = _filled(facet.params, CallValues({}, self._config, query.customer.ids))
        read, seen = 0, set[str]()
        for number in range(1, (facet.pages.max_pages if facet.pages else 1) + 1):
            if ctx.remaining() <= 0:
                raise ConnectorError(ErrorKind.TIMEOUT, f"before page {number}")
            asked = PageAsked(facet, self._mappers[query.facet], query.limit, read, number)
            batch, marks = await self._page(ctx, query.facet, params | _part(facet, read), asked)
            _refuse_same_page(marks, seen)
            yield batch
            read += len(batch.items) + batch.unreadable
            if batch.completeness is not Completeness.MORE:
                return

    async def _page(
        self, ctx: CallContext, name: str, params: Mapping[str, JSON], asked: PageAsked
    ) -> tuple[Batch[Record], set[str]]:
        async def read(reply: HttpReply, meanings: Meanings) -> tuple[Batch[Record], set[str]]:
            misread = self._options.misread_utf8
            batch = await read_batch(ctx, name, page_batch, reply, ctx.request_id, meanings, misread, asked)
            return batch, _marks_of(batch, reply)

        return await self._in_session(ctx, ctx.http.reading(), asked.facet.method, params, read)

    # ---- actions ---------------------------------------------------------------------------------

    async def plan(self, command: ActionCommand, ctx: CallContext) -> ActionPlan:
        """Return what a command would change; calls a method that only reads.

        Raises:
            ConnectorError: the service could not be read, or would refuse.
        """
        return await self._acting.plan(command, self._config, ctx)

    async def execute(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Call the method that acts, once.

        Raises:
            ConnectorError: what the service told.
        """
        return await self._acting.execute(command, self._config, ctx)

    async def verify(self, command: ActionCommand, ctx: CallContext) -> ActionResult:
        """Return whether a command was done; calls a method that only reads.

        Raises:
            ConnectorError: the service could not be read.
        """
        return await self._acting.verify(command, self._config, ctx)

    # ---- calls and their session -----------------------------------------------------------------

    async def _call(
        self, ctx: CallContext, method: str, params: Mapping[str, JSON], *, acts: bool = False
    ) -> object:
        """Call a method and return its result."""
        http = ctx.http if acts else ctx.http.reading()
        return await self._in_session(ctx, http, method, params, self._result(ctx))

    def _result(self, ctx: CallContext) -> Read[object]:
        async def read(reply: HttpReply, meanings: Meanings) -> object:
            result = result_of(reply, ctx.request_id, meanings)
            return put_right(result) if self._options.misread_utf8 else result

        return read

    async def _in_session(
        self, ctx: CallContext, http: HttpGateway, method: str, params: Mapping[str, JSON], read: Read[T]
    ) -> T:
        """Call a method; when its session has ended, open another and call once more.

        A call refused for its session did nothing: an action is not sent twice by that.
        """
        session = self._options.session
        if session is None:
            return await self._send(ctx, http, method, params, read)
        token = await self._session_token(ctx, session, ended="")
        try:
            return await self._send(ctx, http, method, {**params, session.token_param: token}, read)
        except ToolError as error:
            if error.code not in session.expired_codes:
                raise
        token = await self._session_token(ctx, session, ended=token)
        return await self._send(ctx, http, method, {**params, session.token_param: token}, read)

    async def _session_token(self, ctx: CallContext, session: SessionSection, ended: str) -> str:
        """Return the session's mark; calls that find it missing, or ended, open one session together."""
        async with self._opening:
            if self._token in {"", ended}:
                self._token = ""
                env = self._opened()
                params = _filled(session.params, CallValues({}, env.config))
                params[session.secret_param] = env.secret(session.secret)
                result = await self._send(ctx, ctx.http.reading(), session.method, params, self._result(ctx))
                token = search(session.token, result)
                if not isinstance(token, str) or not token:
                    raise ConnectorError(ErrorKind.BAD_DATA, "no session in the answer")
                self._token = token
            return self._token

    async def _send(
        self, ctx: CallContext, http: HttpGateway, method: str, params: Mapping[str, JSON], read: Read[T]
    ) -> T:
        request: JSON = {"jsonrpc": "2.0", "id": ctx.request_id, "method": method, "params": dict(params)}
        path = CallValues({}, self._config).path(self._options.path)
        reply = await http.request("POST", path, json=request, template=f"{self._options.path}#{method}")
        session = self._options.session
        ended = dict.fromkeys(session.expired_codes, ErrorKind.AUTH) if session is not None else {}
        return await read(reply, {**ended, **self._meanings})


def _filled(params: Parameters, values: CallValues) -> dict[str, JSON]:
    return {name: values.text(value) if isinstance(value, str) else value for name, value in params.items()}


def _part(facet: JsonrpcFacet, start: int) -> dict[str, JSON]:
    """Return the parameters that ask for the records after `start`."""
    if facet.pages is None:
        return {}
    return {facet.pages.start_param: start, facet.pages.size_param: facet.pages.size}


def _marks_of(batch: Batch[Record], reply: HttpReply) -> set[str]:
    """Return what tells a page again: its identifiers, or its whole body when no record could be read."""
    if batch.unreadable and not batch.items:
        return {hashlib.blake2b(reply.body, digest_size=16).hexdigest()}
    return set(ids_of(batch.items))


def _refuse_same_page(marks: set[str], seen: set[str]) -> None:
    """Refuse a page that has come before: the service ignores the part that was asked."""
    if marks and marks <= seen:
        raise ConnectorError(ErrorKind.BAD_DATA, "the same page twice")
    seen |= marks
