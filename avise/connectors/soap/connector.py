"""Reads a SOAP service: its description tells how requests look, a connector file what is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import cast

from zeep.exceptions import Fault
from zeep.wsse.username import UsernameToken

from avise.connectors.contract import (
    ANY_STATUS,
    Batch,
    CallContext,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Health,
    HealthReport,
    Manifest,
    Record,
)
from avise.connectors.declarative.call_values import CallValues
from avise.connectors.declarative.rows import rows_of, search
from avise.connectors.http_status import check_status
from avise.connectors.multistatus import refuse_sign_in_page
from avise.connectors.row_mapping import Row, row_mappers
from avise.connectors.shipped import HttpFileLedConnector
from avise.connectors.soap.description import description_of_file, description_of_service
from avise.connectors.soap.faults import fault_error
from avise.connectors.soap.options import Argument, Arguments, SoapOptions
from avise.connectors.soap.service import ACCEPT, Service, may_speak
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON


class SoapConnector(HttpFileLedConnector[SoapOptions]):
    """A service that is described by a WSDL."""

    options_model = SoapOptions
    code = __file__

    def __init__(self, manifest: Manifest | None = None, options: Mapping[str, JSON] | None = None) -> None:
        super().__init__(manifest, options)
        self._mappers = row_mappers(self._options.facets, self._options.timezone)
        self._meanings = {rule.code: ErrorKind(rule.means) for rule in self._options.errors}
        self._service: Service | None = None
        self._describing = asyncio.Lock()

    async def open(self, env: ConnectorEnv) -> None:
        """Take the configuration; the first call reads the description.

        Raises:
            ConnectorError: CONFIG when the password lacks.
        """
        if self._options.security is not None:
            env.secret(self._options.security.secret)
        await super().open(env)

    async def aclose(self) -> None:
        """Forget the description: the service may have another when it is opened again."""
        self._service = None

    async def check(self, ctx: CallContext) -> HealthReport:
        """Call the operation that the file names.

        Raises:
            ConnectorError: the service cannot be read.
        """
        check = self._options.check
        answer = await self._call(ctx, check.operation, check.arguments, CallValues({}, self._config))
        version = search(check.version, answer) if check.version else None
        return HealthReport(Health.OK, source_version=version if isinstance(version, str) else "")

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        """Yield the customer's records in one batch.

        Raises:
            ConnectorError: what the service tells, by the file's rules for faults.
        """
        facet = self._options.facets.get(query.facet)
        if facet is None:
            raise ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.CONNECTOR)
        values = CallValues({}, self._config, query.customer.ids)
        answer = await self._call(ctx, facet.operation, facet.arguments, values)
        rows = rows_of(answer, facet.records)
        subject = answer if isinstance(answer, Mapping) else None
        if not rows:
            # Nobody's data: whoever the answer is about, there is nothing to withhold.
            subject = subject or {}
        yield self._mappers[query.facet].batch(
            [cast("Row", row) if isinstance(row, Mapping) else {} for row in rows],
            query.limit,
            answer=subject,
        )

    async def _call(
        self, ctx: CallContext, operation: str, arguments: Arguments, values: CallValues
    ) -> object:
        """Call an operation: written and read on a thread, sent by the gateway, which no thread waits for."""
        # First of all: whoever lacks an identifier is asked nothing, not even the description.
        filled = {name: _filled(argument, values) for name, argument in arguments.items()}
        service = await self._described(ctx)
        message = await ctx.blocking(service.message, operation, filled, self._token(ctx))
        reply = await ctx.http.reading().request(
            "POST",
            CallValues({}, self._config).path(self._options.path),
            content=message.body,
            headers={**message.headers, "Accept": ACCEPT},
            accept_status=ANY_STATUS,
            template=f"{self._options.path}#{operation}",
        )
        if not may_speak(reply):
            check_status(reply, ctx.now())
        refuse_sign_in_page(reply)
        try:
            return await ctx.blocking(service.answer, operation, reply)
        except Fault as fault:
            raise fault_error(fault, self._options.fault_code, self._meanings) from None

    def _token(self, ctx: CallContext) -> UsernameToken | None:
        asked = self._options.security
        if asked is None:
            return None
        env = self._opened()
        return UsernameToken(  # type: ignore[no-untyped-call]  # the library has no types
            CallValues({}, env.config).text(asked.user),
            env.secret(asked.secret),
            use_digest=asked.digest,
            created=ctx.now(),
            zulu_timestamp=True,
        )

    async def _described(self, ctx: CallContext) -> Service:
        """Return the service; calls that find it not described yet read the description together."""
        async with self._describing:
            if self._service is None:
                self._service = await self._describe(ctx)
            return self._service

    async def _describe(self, ctx: CallContext) -> Service:
        options, values = self._options, CallValues({}, self._config)
        if options.wsdl_file is not None:
            description = await ctx.blocking(description_of_file, Path(values.text(options.wsdl_file)))
        else:
            description = await description_of_service(ctx, values.text(options.wsdl_path or ""))
        return await ctx.blocking(Service, description, options.service, options.port)


def _filled(argument: Argument, values: CallValues) -> JSON:
    if isinstance(argument, dict):
        return {name: _filled(inner, values) for name, inner in argument.items()}
    return values.text(argument) if isinstance(argument, str) else argument
