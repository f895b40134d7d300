"""A sound connector of what comes in pieces: the directory, documents to open, and the telephone."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from avise.connectors.contract import (
    Batch,
    CallContext,
    CallEvent,
    CallEventKind,
    Completeness,
    ConfigField,
    ConnectorEnv,
    ConnectorError,
    FacetOffer,
    FacetQuery,
    Health,
    HealthReport,
    Manifest,
    Record,
)
from avise.connectors.declarative.csv_place import Edition, file_doubt
from avise.connectors.endpoints import BearerSignIn, HttpEndpoint
from avise.models.bulk_reading import Doubt
from avise.models.customer import Party, PartyKind
from avise.models.errors import ErrorKind
from tests.unit.connectors.kit.sound_connector import MANIFEST, SCHEME, as_table

PUBLISHER = replace(MANIFEST, facets=(FacetOffer("documents"),), actions=(), directory=True, call_events=True)
FILE_MANIFEST = Manifest(
    id="little_file",
    name="Fichier",
    version="1.0.0",
    contract=">=1.0,<2",
    owner="SI Essais",
    kind="python",
    config=(ConfigField("file", "file", "Fichier"),),
    directory=True,
)


class SoundPublisher:
    """Reads letters and opens them, publishes everybody, hears calls."""

    def __init__(self) -> None:
        self.manifest = PUBLISHER
        self.env: ConnectorEnv | None = None

    def http_endpoint(self, config: Mapping[str, Any]) -> HttpEndpoint:
        return HttpEndpoint(str(config["base_url"]), BearerSignIn("token"))

    async def open(self, env: ConnectorEnv) -> None:
        self.env = env

    async def aclose(self) -> None:
        """Nothing is held."""

    async def check(self, ctx: CallContext) -> HealthReport:
        await ctx.http.request("GET", "/about", template="/about")
        return HealthReport(Health.OK)

    # ---- letters -------------------------------------------------------------------------------
    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        path = f"/members/{query.customer.ids[SCHEME]}/letters"
        reply = await ctx.http.request("GET", path, template="/members/{member}/letters")
        rows = as_table(reply.json())["rows"]
        yield Batch([Record(row["no"], {"title": row["title"]}) for row in rows], Completeness.COMPLETE)

    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        yield await self.letter(ref, ctx)

    async def letter(self, ref: str, ctx: CallContext) -> bytes:
        reply = await ctx.http.request(
            "GET", f"/letters/{ref}", headers={"Accept": "application/pdf"}, template="/letters/{letter}"
        )
        if reply.content_type != "application/pdf":
            raise ConnectorError(ErrorKind.BAD_DATA, "no letter")
        return reply.body

    # ---- everybody -----------------------------------------------------------------------------
    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        after = since
        while True:
            page = await self.people(after, ctx)
            numbers = [row["no"] for row in page["rows"]]
            self.look(numbers, after)
            after = max(numbers, default=after)
            parties = [Party(row["no"], PartyKind.MEMBER, last_name=row["name"]) for row in page["rows"]]
            more = page["more"]
            yield Batch(parties, Completeness.MORE if more else Completeness.COMPLETE, cursor=after)
            if not more:
                return

    async def people(self, after: str, ctx: CallContext) -> dict[str, Any]:
        reply = await ctx.http.request("GET", "/people", query={"after": after}, template="/people")
        return as_table(reply.json())

    def look(self, numbers: Sequence[str], after: str) -> None:
        if any(number <= after for number in numbers):
            raise ConnectorError(ErrorKind.BAD_DATA, "the same page twice")

    # ---- calls ---------------------------------------------------------------------------------
    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        async for line in ctx.http.stream_lines("/calls", headers={"Accept": "text/plain"}):
            call = self.call_of(line)
            if call is not None:
                yield call
        raise ConnectorError(ErrorKind.UNAVAILABLE, "the stream ended")

    def call_of(self, line: str) -> CallEvent | None:
        try:
            told = json.loads(line)
            at = datetime.fromisoformat(told["at"])
            return CallEvent(told["call"], CallEventKind(told["what"]), at, told["number"])
        except (ValueError, KeyError, TypeError):
            return None


class SoundFile:
    """Publishes everybody from a file, one number a line."""

    def __init__(self) -> None:
        self.manifest = FILE_MANIFEST
        self.path = Path()

    async def open(self, env: ConnectorEnv) -> None:
        self.path = Path(str(env.config["file"]))

    async def aclose(self) -> None:
        """Nothing is held."""

    async def check(self, _: CallContext) -> HealthReport:
        return HealthReport(Health.OK)

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        body = await ctx.blocking(self.path.read_bytes)
        newest = Edition(self.path.name, len(body), 0)
        before = Edition(self.path.name, int(since or 0), 0)
        doubt = self.doubt(before, newest)
        if doubt is not None:
            yield Batch((), Completeness.COMPLETE, cursor=since, doubt=doubt)
            return
        parties = [Party(number, PartyKind.MEMBER, last_name="N") for number in body.decode().split()]
        yield Batch(parties, Completeness.COMPLETE, cursor=str(len(body)))

    def doubt(self, before: Edition, newest: Edition) -> Doubt | None:
        return file_doubt(before, newest)
