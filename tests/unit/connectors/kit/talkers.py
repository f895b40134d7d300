"""Connectors of tools with a protocol of their own: sound ones, and some with one defect each."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from avise.connectors.contract import (
    Batch,
    CallContext,
    Completeness,
    ConnectorError,
    FacetOffer,
    FacetQuery,
    HttpReply,
    Record,
)
from avise.connectors.endpoints import HttpEndpoint
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from tests.unit.connectors.kit.little_tool import ENVELOPE
from tests.unit.connectors.kit.sound_connector import MANIFEST, SCHEME, SoundConnector, as_table

TALKER = replace(MANIFEST, facets=(FacetOffer("contributions"),), actions=())
BROKEN: list[tuple[type[SoundConnector], str]] = []
"""Connector, and name of the check that catches it."""


def caught_by(check: str) -> Callable[[type[SoundConnector]], type[SoundConnector]]:
    """Enter a broken connector."""

    def enter(broken: type[SoundConnector]) -> type[SoundConnector]:
        BROKEN.append((broken, check))
        return broken

    return enter


class Talker(SoundConnector):
    """Reads contributions, in whatever way its rows come."""

    def __init__(self) -> None:
        super().__init__()
        self.manifest = TALKER

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        rows = await self.rows(query.customer.ids[SCHEME], ctx)
        records = [Record(row["no"], {"amount": self.amount(row)}) for row in rows]
        yield Batch(records, Completeness.COMPLETE)

    async def rows(self, member: str, ctx: CallContext) -> Sequence[Mapping[str, Any]]:
        raise NotImplementedError


class SoundSoap(Talker):
    async def rows(self, member: str, ctx: CallContext) -> Sequence[Mapping[str, Any]]:
        headers = {"Content-Type": "text/xml", "Accept": "text/xml"}
        reply = await ctx.http.reading().request(
            "POST", "/soap", content=member.encode(), headers=headers, accept_status={500}
        )
        return self.rows_of(self.parsed(reply))

    def parsed(self, reply: HttpReply) -> etree._Element:
        if reply.content_type != "text/xml":
            raise ConnectorError(ErrorKind.BAD_DATA, "no envelope")
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(reply.body, parser)
        except etree.XMLSyntaxError:
            raise ConnectorError(ErrorKind.BAD_DATA, "no XML") from None
        if b"<!DOCTYPE" in reply.body:
            raise ConnectorError(ErrorKind.BAD_DATA, "a document type")
        return root

    def rows_of(self, root: etree._Element) -> Sequence[Mapping[str, Any]]:
        if root.find(f".//{{{ENVELOPE}}}Fault") is not None:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "fault")
        if root.find(".//rows") is None:
            raise ConnectorError(ErrorKind.BAD_DATA, "no rows")
        return [{child.tag: child.text for child in row} for row in root.iterfind(".//row")]


class SoundTryton(Talker):
    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint:
        return HttpEndpoint(str(config["base_url"]))

    async def rows(self, member: str, ctx: CallContext) -> Sequence[Mapping[str, Any]]:
        await self.call(ctx, "common.db.login", [])
        return self.rows_of(await self.call(ctx, "model.premium.search_read", [member]))

    def rows_of(self, result: JSON) -> Sequence[Mapping[str, Any]]:
        if not isinstance(result, list):
            raise ConnectorError(ErrorKind.BAD_DATA, "no rows")
        return [as_table(row) for row in result]

    async def call(self, ctx: CallContext, method: str, params: list[JSON]) -> JSON:
        headers = {"Authorization": "Session YWJj"} if params else {}
        request: JSON = {"id": ctx.request_id, "method": method, "params": params}
        reply = await ctx.http.reading().request(
            "POST", "/rpc", json=request, headers=headers, template=f"/rpc#{method}"
        )
        return self.result(as_table(reply.json()), ctx.request_id)

    def result(self, answer: dict[str, Any], call: str) -> JSON:
        if answer["id"] != call:
            raise ConnectorError(ErrorKind.BAD_DATA, "another call")
        if answer.get("error"):
            raise ConnectorError(self.kind_of(answer["error"]), "told")
        result: JSON = answer.get("result")
        return result

    def kind_of(self, error: JSON) -> ErrorKind:
        meanings = {
            "LoginException": ErrorKind.AUTH,
            "RateLimitException": ErrorKind.RATE_LIMITED,
            "UserError": ErrorKind.FORBIDDEN,
            "UserWarning": ErrorKind.REJECTED,
            "ConcurrencyException": ErrorKind.CONFLICT,
        }
        name = error[0] if isinstance(error, list) else ""
        return meanings.get(str(name), ErrorKind.UNAVAILABLE)


@caught_by("soap_faults_are_told")
class TakesAFaultForNoRows(SoundSoap):
    def rows_of(self, root: etree._Element) -> Sequence[Mapping[str, Any]]:
        return [{child.tag: child.text for child in row} for row in root.iterfind(".//row")]


@caught_by("xml_entities_stay_outside")
class FillsInEntities(SoundSoap):
    def parsed(self, reply: HttpReply) -> etree._Element:
        return etree.fromstring(reply.body, etree.XMLParser(resolve_entities=True))

    def amount(self, row: Mapping[str, Any]) -> str:
        return str(row["cents"])


@caught_by("xml_entities_stay_outside")
class FetchesWhatIsNamed(SoundSoap):
    async def rows(self, member: str, ctx: CallContext) -> Sequence[Mapping[str, Any]]:
        self.named = ""
        try:
            return await super().rows(member, ctx)
        finally:
            if self.named:
                reader, writer = await asyncio.open_connection("127.0.0.1", int(self.named))
                writer.write(b"GET /entity.txt HTTP/1.1\r\n\r\n")
                await reader.readline()
                writer.close()

    def parsed(self, reply: HttpReply) -> etree._Element:
        self.named = (re.findall(r"127\.0\.0\.1:(\d+)/entity", reply.body.decode()) or [""])[0]
        return super().parsed(reply)


@caught_by("call_errors_are_told")
class TakesNoResultForNoRows(SoundTryton):
    def rows_of(self, result: JSON) -> Sequence[Mapping[str, Any]]:
        return super().rows_of(result or [])


@caught_by("tryton_refusals_are_told")
class KnowsNoRefusal(SoundTryton):
    def kind_of(self, _: JSON) -> ErrorKind:
        return ErrorKind.UNAVAILABLE
