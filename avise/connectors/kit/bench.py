"""One instance of the connector, opened over the fault proxy with the program's own pipeline around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from avise.connectors.acting import Acting
from avise.connectors.body_worker import BodyWorker
from avise.connectors.context import Caller, Context
from avise.connectors.contract import (
    Batch,
    Completeness,
    Connector,
    ConnectorError,
    FacetQuery,
    HealthReport,
    ListsInteractions,
    Manifest,
    Priority,
    ReadsFacets,
    SqlGateway,
    TimelineQuery,
)
from avise.connectors.deadline import Deadline, within
from avise.connectors.direct_calls import check
from avise.connectors.endpoints import ClientCredentialsSignIn, HttpEndpoint, SqlEndpoint
from avise.connectors.flight import Ask
from avise.connectors.http_connection import Sent
from avise.connectors.instance import Instance, Loaded
from avise.connectors.kit.expired import ExpiredCertificate
from avise.connectors.kit.faults import Fault
from avise.connectors.kit.proxy import FaultProxy, Seen
from avise.connectors.kit.scenarios import Known
from avise.connectors.kit.trial import Trial, origin_of, system_tls
from avise.connectors.kit.verdicts import FailedCheck, NotApplicable
from avise.connectors.pipeline import LONGEST_DEADLINE, Pipeline, clock_of
from avise.connectors.ports import InstanceSettings, NoSnapshots
from avise.connectors.readings import TIMELINE, FacetReading
from avise.connectors.shared import Shared
from avise.connectors.streams import facet_stream, timeline_stream
from avise.connectors.trial.recording import Noted, noting
from avise.models.customer import CustomerKey
from avise.models.errors import ErrorKind
from avise.models.json_types import JSON
from avise.models.snapshot import SnapshotKey

INSTANCE = "kit"
CALLER = Caller("kit", "conformance", Priority.INTERACTIVE)
MOST = {TIMELINE: 10_000}
MOST_RECORDS = 500
"""As the host asks (`host.MOST_RECORDS`, `host.MOST_EXCHANGES`)."""


@dataclass(slots=True)
class Behind:
    """The connector, its tool's address replaced by the proxy's (`instance.Loaded`)."""

    loaded: Loaded
    proxies: dict[str, FaultProxy] = field(default_factory=dict)

    @property
    def manifest(self) -> Manifest:
        """What it declares."""
        return self.loaded.manifest

    @property
    def connector(self) -> Connector:
        """The connector itself."""
        return self.loaded.connector

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint | None:
        """Return the proxy's address in the place of the tool's."""
        endpoint = self.loaded.http_endpoint(config)
        if endpoint is None or not self.proxies:
            return endpoint
        theirs = origin_of(endpoint)
        ours = self.proxies[theirs].origin
        sign_in = endpoint.sign_in
        if isinstance(sign_in, ClientCredentialsSignIn):
            sign_in = replace(sign_in, token_url=sign_in.token_url.replace(theirs, ours))
        return replace(endpoint, base_url=endpoint.base_url.replace(theirs, ours, 1), sign_in=sign_in)

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint | None:
        """Return the database."""
        return self.loaded.sql_endpoint(config)


@dataclass(frozen=True, slots=True)
class KitSecrets:
    """Gives the scenarios' secrets."""

    values: Mapping[str, str]

    async def get(self, instance: str, name: str) -> str | None:
        """Return a secret, None when the scenarios have none of that name."""
        del instance
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the connector itself gave, before the host looked at it."""

    batches: Sequence[Batch[Any]]
    items: Sequence[Any]
    sent: Sent

    @property
    def completeness(self) -> Completeness:
        """What the last batch says."""
        return self.batches[-1].completeness if self.batches else Completeness.MORE

    @property
    def validator(self) -> str:
        """For the next conditional reading."""
        return next((batch.validator for batch in reversed(self.batches) if batch.validator), "")


@dataclass(slots=True)
class Bench:
    """An open instance, and what it is asked."""

    trial: Trial
    instance: Instance
    proxy: FaultProxy | None
    pipeline: Pipeline
    acting: Acting
    deadline: timedelta | None = None
    """In the place of the facets' own; None leaves them."""
    rows: Callable[[SqlGateway], SqlGateway] | None = None
    """Changes what a database answers to `raw`."""

    @property
    def seen(self) -> Sequence[Seen]:
        """What came to the tool since the last fault was set."""
        return self.proxy.seen if self.proxy is not None else ()

    def hurry(self) -> None:
        """Give readings the scenarios' deadline from now on: the tool is about to fail."""
        self.deadline = self.trial.scenarios.tool.deadline

    def be_patient(self) -> None:
        """Give readings the longest deadline of the host from now on: the tool is about to say very much."""
        self.deadline = LONGEST_DEADLINE

    async def fail(self, fault: Fault) -> None:
        """Make the tool fail from now on; what was seen before is forgotten."""
        if self.proxy is not None:
            await self.proxy.fail(fault)

    def seconds(self, reading: str) -> float:
        """Return the deadline of a reading."""
        return clock_of(self._ask(reading, self.trial.scenarios.known[0])).deadline_s

    def context(self, seconds: float, sent: Sent | None = None) -> Context:
        """Return what the connector is lent for one call."""
        reference = self.trial.env.token()[:8]
        return self.instance.context(CALLER, reference, Deadline(seconds), may_retry=True, sent=sent)

    async def raw(
        self,
        reading: str,
        ids: Mapping[str, str],
        *,
        limit: int = 0,
        validator: str = "",
        noted: Noted | None = None,
    ) -> RawAnswer:
        """Ask the connector itself, and return all that it gives.

        Args:
            reading: a facet, or the timeline.
            ids: of the customer.
            limit: of records; the host's own when 0.
            validator: of an earlier answer.
            noted: told what the tool answers.

        Raises:
            ConnectorError: what it raised, as the host tells it.
        """
        customer, most = self.customer(ids), limit or MOST.get(reading, MOST_RECORDS)
        seconds, sent = self.seconds(reading), Sent()
        batches: list[Batch[Any]] = []
        async with within(seconds):
            context = self.context(seconds, sent)
            if self.rows is not None:
                context.sql = self.rows(context.sql)
            if noted is not None:
                context = noting(context, noted)
            connector = self.instance.connector
            if reading == TIMELINE:
                asked: AsyncIterator[Batch[Any]] = cast("ListsInteractions", connector).interactions(
                    TimelineQuery(customer, most), context
                )
            else:
                query = FacetQuery(reading, customer, most, validator)
                asked = cast("ReadsFacets", connector).read_facet(query, context)
            async with AsyncExitStack() as scope:
                if hasattr(asked, "aclose"):
                    scope.push_async_callback(asked.aclose)
                batches += [batch async for batch in asked]
        items = [item for batch in batches for item in batch.items]
        return RawAnswer(batches, items, sent)

    async def read(self, reading: str, known: Known) -> FacetReading | None:
        """Read as the program does, and return the final reading; None when there was none."""
        ask = self._ask(reading, known)
        stream = (timeline_stream if reading == TIMELINE else facet_stream)(self.instance, ask)
        async with aclosing(self.pipeline.read(self.instance, ask, stream, force=True)) as readings:
            steps = [step async for step in readings]
        return steps[-1] if steps and steps[-1].final else None

    async def check(self) -> HealthReport:
        """Ask the tool whether it answers."""
        return await check(self.instance, self.trial.env.token()[:8])

    def customer(self, ids: Mapping[str, str]) -> CustomerKey:
        """Return a customer with the identifiers that the connector asked for."""
        return CustomerKey(self.trial.env.uuid7(), dict(ids))

    def _ask(self, reading: str, known: Known) -> Ask:
        customer, offer = self.customer(known.ids), self.trial.offer(reading)
        if self.deadline is not None:
            offer = replace(offer, deadline=self.deadline)
        key = SnapshotKey(INSTANCE, reading, offer.schema, customer.avise_id)
        reference = self.trial.env.token()[:8]
        most = MOST.get(reading, MOST_RECORDS)
        return Ask(key, offer, customer, known.identity(), CALLER, reference, most)


def kind_of(reading: FacetReading | None) -> str:
    """Return why a reading failed, "" when it did not."""
    return str(reading.error.kind) if reading is not None and reading.error is not None else ""


def need_http(bench: Bench) -> FaultProxy:
    """Return the proxy behind which the tool is.

    Raises:
        NotApplicable: the connector is not read by HTTP; `local_gold` asks the same of files and databases.
    """
    if bench.proxy is None:
        raise NotApplicable("no_http")
    return bench.proxy


@asynccontextmanager
async def open_bench(
    trial: Trial,
    *,
    expired: ExpiredCertificate | None = None,
) -> AsyncIterator[Bench]:
    """Open the connector over its tool, through the proxy, and close all of it.

    Args:
        trial: what is tested.
        expired: the tool shows this certificate.

    Raises:
        FailedCheck: it cannot be opened.
    """
    async with AsyncExitStack() as scope:
        behind = Behind(trial.subject.load())
        proxy = await _proxy_of(trial, behind, scope, expired)
        bodies = BodyWorker()
        scope.push_async_callback(bodies.aclose)
        tls = expired.client if expired is not None else system_tls()
        instance = Instance(
            InstanceSettings(INSTANCE, trial.subject.name, trial.scenarios.tool.config),
            behind,
            trial.env,
            KitSecrets(trial.secrets()),
            tls,
            "Avise conformance kit",
            Shared(bodies),
        )
        pipeline, acting = Pipeline(trial.env, NoSnapshots(), lambda: False), Acting(lambda: False)
        scope.push_async_callback(instance.aclose)
        scope.push_async_callback(acting.aclose)
        scope.push_async_callback(pipeline.aclose)
        instance.start()
        await instance.first_opening()
        if instance.opening_error is not None:
            raise not_opened(instance.opening_error)
        yield Bench(trial, instance, proxy, pipeline, acting)


def not_opened(error: ConnectorError) -> FailedCheck:
    """Return what a check says of a connector that does not open."""
    detail = error.detail if error.kind is not ErrorKind.BUG else f"BUG, {error.detail}"
    return FailedCheck("not_opened", kind=str(error.kind), detail=detail)


async def _proxy_of(
    trial: Trial, behind: Behind, scope: AsyncExitStack, expired: ExpiredCertificate | None
) -> FaultProxy | None:
    config = filled_config(trial, behind.manifest)
    try:
        endpoint = behind.http_endpoint(config)
    except ConnectorError as error:
        raise not_opened(error) from None
    if endpoint is None:
        return None
    origin = origin_of(endpoint)
    proxy = FaultProxy(
        trial.upstream(origin),
        tls=expired.server if expired is not None else None,
        spared=_sign_in_paths(endpoint),
        asked=trial.scenarios.directory.smaller_pages,
    )
    await proxy.start()
    scope.push_async_callback(proxy.aclose)
    behind.proxies[origin] = proxy
    return proxy


def filled_config(trial: Trial, manifest: Manifest) -> Mapping[str, JSON]:
    """Return the instance's configuration, defaults included, secrets excepted."""
    given = trial.scenarios.tool.config
    return {
        declared.name: given.get(declared.name, declared.default)
        for declared in manifest.config
        if declared.type != "secret"
    }


def _sign_in_paths(endpoint: HttpEndpoint) -> tuple[str, ...]:
    sign_in = endpoint.sign_in
    return (urlsplit(sign_in.token_url).path,) if isinstance(sign_in, ClientCredentialsSignIn) else ()
