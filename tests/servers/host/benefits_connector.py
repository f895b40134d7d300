"""A connector of the tests: reads benefits by pages through the HTTP gateway, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from avise.connectors.contract import (
    Batch,
    CallContext,
    CallEvent,
    CallEventKind,
    Completeness,
    ConfigField,
    ConnectorEnv,
    FacetOffer,
    FacetQuery,
    Health,
    HealthReport,
    LiveQuery,
    Manifest,
    Record,
    TimelineQuery,
)
from avise.connectors.endpoints import HttpEndpoint, NoSignIn, SignIn, SqlEndpoint
from avise.models.customer import IdentityEvidence, Party, PartyKind
from avise.models.interaction import Channel, Direction, Interaction
from avise.models.json_types import JSON

MANIFEST = Manifest(
    id="test.benefits",
    name="Prestations",
    version="1.0.0",
    contract=">=1.0,<2",
    owner="SI Prestations",
    kind="python",
    needs_ids=("benefits.insured",),
    config=(ConfigField("base_url", "url", "Adresse"), ConfigField("token", "secret", "Jeton")),
    facets=(FacetOffer("benefits", deadline=timedelta(seconds=1), fresh_for=timedelta(minutes=2)),),
    diagnostics=("base_url",),
)


@dataclass
class BenefitsConnector:
    """Reads `{"rows": […], "next": address, "subject": {…}}`."""

    manifest: Manifest = MANIFEST
    instance: str = ""
    opened: int = 0
    closed: int = 0
    validators: list[str] = field(default_factory=list)
    seen_ids: list[Mapping[str, str]] = field(default_factory=list)

    async def open(self, env: ConnectorEnv) -> None:
        self.opened += 1
        self.instance = env.instance_id

    async def aclose(self) -> None:
        self.closed += 1

    async def check(self, ctx: CallContext) -> HealthReport:
        await ctx.http.request("GET", "/health", template="/health")
        return HealthReport(Health.OK)

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        self.validators.append(query.validator)
        self.seen_ids.append(query.customer.ids)
        path = f"/benefits/{query.customer.ids['benefits.insured']}"
        headers = {"If-None-Match": query.validator} if query.validator else {}
        while path:
            reply = await ctx.http.request("GET", path, headers=headers, template="/benefits/{insured}")
            if reply.status == 304:
                yield Batch((), Completeness.COMPLETE, not_modified=True)
                return
            answer = reply.json()
            assert isinstance(answer, dict)
            path = answer.get("next") or ""
            yield Batch(
                [record_of(row) for row in answer["rows"]],
                Completeness.MORE if path else Completeness.COMPLETE,
                validator=reply.headers.get("etag", ""),
                evidence=evidence_of(answer.get("subject")),
            )

    async def interactions(self, query: TimelineQuery, ctx: CallContext) -> AsyncIterator[Batch[Interaction]]:
        query_text = {"limit": str(query.limit)}
        reply = await ctx.http.request("GET", "/contacts", query=query_text, template="/contacts")
        answer = reply.json()
        assert isinstance(answer, list)
        yield Batch(
            [Interaction(str(item), ctx.now(), Channel.PHONE_IN, Direction.IN, "Appel") for item in answer],
            Completeness.COMPLETE,
        )

    async def live_value(self, query: LiveQuery, ctx: CallContext) -> str:
        reply = await ctx.http.request("GET", f"/{query.field}", template="/{field}")
        answer = reply.json()
        assert isinstance(answer, dict)
        return str(answer["nir"])

    async def changes(self, since: str, ctx: CallContext) -> AsyncIterator[Batch[Party]]:
        reply = await ctx.http.request("GET", "/changes", query={"since": since}, template="/changes")
        for page in pages_of(reply.json()):
            yield page

    async def call_events(self, ctx: CallContext) -> AsyncIterator[CallEvent]:
        async for line in ctx.http.stream_lines("/calls", template="/calls"):
            if line.startswith("data: "):
                yield CallEvent(line[6:], CallEventKind.RINGING, ctx.now(), "")

    async def content(self, ref: str, ctx: CallContext) -> AsyncIterator[bytes]:
        reply = await ctx.http.request("GET", f"/content/{ref}", template="/content/{ref}")
        yield reply.body


def pages_of(answer: JSON) -> Iterator[Batch[Party]]:
    """Map `[[cursor, more?, native id…], …]`."""
    assert isinstance(answer, list)
    for cursor, more, *ids in answer:
        parties = [Party(native, PartyKind.MEMBER) for native in ids]
        yield Batch(parties, Completeness.MORE if more else Completeness.COMPLETE, cursor=cursor)


def record_of(row: Mapping[str, JSON]) -> Record:
    """Map a row of the test tool."""
    data = {name: value for name, value in row.items() if name != "id"}
    return Record(str(row.get("id", "")), data)


def evidence_of(subject: Mapping[str, str] | None) -> IdentityEvidence | None:
    """Map what the test tool says of whom it speaks."""
    if subject is None:
        return None
    born = subject.get("born")
    return IdentityEvidence(
        subject.get("last", ""), subject.get("first", ""), date.fromisoformat(born) if born else None
    )


@dataclass(frozen=True)
class Found:
    """The connector as a registry would have loaded it."""

    connector: BenefitsConnector
    sign_in: SignIn = field(default_factory=NoSignIn)
    rate_per_second: float | None = None
    hosts: tuple[str, ...] = ()

    @property
    def manifest(self) -> Manifest:
        return self.connector.manifest

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint | None:
        return HttpEndpoint(
            str(config["base_url"]),
            self.sign_in,
            concurrency=self.manifest.concurrency,
            rate_per_second=self.rate_per_second,
            hosts=self.hosts,
        )

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint | None:
        assert config
        return None


def manifest_with(**changes: object) -> Manifest:
    """Return the test manifest with other values."""
    return replace(MANIFEST, **changes)  # type: ignore[arg-type]  # the caller's names are the manifest's


def facet(**changes: object) -> Sequence[FacetOffer]:
    """Return the offer of benefits with other values."""
    return (replace(MANIFEST.facets[0], **changes),)  # type: ignore[arg-type]  # same
