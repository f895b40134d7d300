"""Runs the connectors of a profile: what the engine asks, on the connectors' own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from avise.connectors import direct_calls
from avise.connectors.acting import Acting, offers_of
from avise.connectors.body_worker import BodyWorker
from avise.connectors.context import Caller
from avise.connectors.contract import (
    ActionCommand,
    ActionOffer,
    ActionPlan,
    ActionResult,
    Batch,
    CallEvent,
    ConnectorError,
    FacetOffer,
    Health,
    HealthReport,
    LiveQuery,
    Priority,
)
from avise.connectors.file_doubts import DECISION_FILE, FileDoubts
from avise.connectors.flight import Ask
from avise.connectors.heartbeat import Heartbeat
from avise.connectors.instance import Instance
from avise.connectors.network_gate import NetworkGate
from avise.connectors.pipeline import Pipeline
from avise.connectors.ports import InstanceSettings, SecretPort, SnapshotPort
from avise.connectors.reachability import is_offline
from avise.connectors.readings import TIMELINE, TIMELINE_OFFER, FacetReading, SourceOffer, TimelineReading
from avise.connectors.record_pages import GrowingExchanges
from avise.connectors.refusals import Refusal
from avise.connectors.registry import Registry
from avise.connectors.reloading import Reloader
from avise.connectors.roster import FindsConnectors, KnowsFiles, Roster
from avise.connectors.safe_log import SafeLogger
from avise.connectors.shared import Shared
from avise.connectors.source_rows import (
    diagnostic_of,
    offer_of,
    refusal_failure,
    refused_diagnostic,
    status_of,
)
from avise.connectors.starts import StartLog
from avise.connectors.streams import as_timeline, facet_stream, timeline_stream
from avise.connectors.tool_calls import ToolCalls
from avise.connectors.tool_sign_in import sign_in_steps
from avise.env import Env
from avise.models.bulk_reading import Decision
from avise.models.customer import CustomerKey, IdentityEvidence, Party
from avise.models.errors import AviseError, ErrorKind, Origin
from avise.models.json_types import JSON
from avise.models.snapshot import SnapshotKey
from avise.models.source_status import SourceStatus
from avise.models.tool_sign_in import SignInStep, SignInWay, ToolSignedIn

MOST_RECORDS = 500
"""Records of a facet's reading; what comes after is told as truncated (`connectors.md` §9, pitfall 5)."""

MOST_EXCHANGES = 10_000
"""Exchanges of a timeline's reading: the longest histories are read whole."""


class ConnectorHost:
    """The tools of a profile.

    Every method is called on the loop that ran `start`; values that come out are frozen.

    Args:
        env: clock, chance, identifiers.
        snapshots: where complete readings are kept.
        instances: the profile's tools.
        secrets: where their secrets are.
        connectors: finds connectors; `Registry(profile / "connectors")` in the program.
        user_agent: how Avise names itself to the tools.
        start_file: where failed starts are remembered, and beside it decisions about files; None remembers
            nothing.
        shared: by all instances; the worker that reads long answers is the host's own.
    """

    def __init__(
        self,
        env: Env,
        snapshots: SnapshotPort,
        instances: Sequence[InstanceSettings],
        secrets: SecretPort,
        *,
        connectors: FindsConnectors | None = None,
        user_agent: str = "Avise",
        start_file: Path | None = None,
        shared: Shared | None = None,
    ) -> None:
        self._env = env
        self._bodies = BodyWorker()
        shared = shared or Shared()
        self.gate = shared.gate or NetworkGate(env)
        connectors = connectors or Registry()
        self._roster = Roster(
            env,
            instances,
            secrets,
            connectors=connectors,
            user_agent=user_agent,
            starts=StartLog(start_file),
            shared=replace(shared, bodies=self._bodies, gate=self.gate),
        )
        self._pipeline = Pipeline(env, snapshots, self._cut_off)
        self._acting = Acting(self._cut_off)
        self._heartbeat = Heartbeat(env, SafeLogger())
        self._calls = ToolCalls(self._roster, self._reference)
        self._doubts = FileDoubts(start_file.with_name(DECISION_FILE) if start_file is not None else None)
        self._connectors = connectors
        self._reloader: Reloader | None = None

    # ---- life --------------------------------------------------------------------------------
    async def start(self, *, follow_files: bool = False) -> None:
        """Load every connector, then open all instances in the background, none waiting for another.

        When it returns, `offers` says what feeds what; no tool was asked anything yet.

        Args:
            follow_files: take connector files that change from now on into use.
        """
        self._heartbeat.start()
        if follow_files and isinstance(self._connectors, KnowsFiles):
            self._reloader = Reloader(self._env, self._roster, self._connectors, self._replaced)
            await self._reloader.start()
        await self._roster.load()

    async def aclose(self) -> None:
        """Stop readings, close connectors, connections, threads and the worker; may be called twice."""
        if self._reloader is not None:
            await self._reloader.aclose()
        await self._pipeline.aclose()
        await self._acting.aclose()
        await self._roster.aclose()
        await self._bodies.aclose()
        await self._heartbeat.aclose()

    async def opened(self) -> None:
        """Wait until every instance's first opening ended, well or not."""
        await asyncio.gather(*(tool.first_opening() for tool in self._roster.running.values()))

    # ---- what there is -----------------------------------------------------------------------
    def offers(self) -> Sequence[SourceOffer]:
        """Return what each instance feeds, in the profile's order, refused ones with their reason."""
        return tuple(
            offer_of(known) if isinstance(known, Instance) else known.offer for known in self._roster.all()
        )

    def secret_names(self, instance: str) -> tuple[str, ...] | None:
        """Return the secrets that an instance's connector declares, None while nobody could read it."""
        manifest = self._roster.manifest(instance)
        if manifest is None:
            return None
        return tuple(one.name for one in manifest.config if one.type == "secret")

    def status(self) -> Sequence[SourceStatus]:
        """Return the row of each tool on the Sources page."""
        changes = self._reloader.changes if self._reloader is not None else {}
        rows = (
            self._doubts.shown(status_of(known), known.connector)
            if isinstance(known, Instance)
            else known.status()
            for known in self._roster.all()
        )
        return tuple(replace(row, file_change=changes.get(row.instance)) for row in rows)

    def decide_file(self, instance: str, decision: Decision, mark: str = "") -> bool:
        """Take a decision about the file that waits, or that bears a mark; say whether there is one."""
        tool = self._roster.running.get(instance)
        return tool is not None and self._doubts.decide(instance, tool.connector, decision, mark)

    def diagnostics(self, instance: str) -> Mapping[str, JSON]:
        """Return a tool's diagnostic, by allow-list, without personal data.

        Raises:
            KeyError: no such instance.
        """
        outside = self._roster.outside.get(instance)
        if outside is not None:
            return refused_diagnostic(outside.offer, outside.refusal)
        gaps: list[JSON] = [
            {"milliseconds": gap.milliseconds, "place": gap.place} for gap in self._heartbeat.gaps
        ]
        tool = self._roster.running[instance]
        loaded = {"load_ms": self._roster.load_ms.get(instance)}
        return {**diagnostic_of(tool), **loaded, "loop_gaps": gaps}

    # ---- readings ----------------------------------------------------------------------------
    async def read_facet(
        self,
        instance: str,
        facet: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        priority: Priority = Priority.INTERACTIVE,
        force: bool = False,
    ) -> AsyncGenerator[FacetReading, None]:
        """Yield the copy at hand, then pages as they come, then the final reading.

        Errors come as a final reading with its `error`, never as an exception. The iterator ends
        without a final reading when the customer is left.

        Args:
            instance: the tool.
            facet: one that it offers.
            customer: with the identifiers that its manifest asks for; no other is passed on.
            identity: the customer on screen; an answer about somebody else is withheld.
            agent: who asks.
            purpose: why.
            priority: INTERACTIVE passes first in a full queue.
            force: ask the tool even when the copy is fresh.
        """
        tool = self._roster.running.get(instance)
        if tool is None:
            yield self._refused_reading(instance, facet)
            return
        offer = next((offer for offer in tool.manifest.facets if offer.facet == facet), None)
        caller = Caller(agent, purpose, priority)
        if offer is None:
            error = ConnectorError(ErrorKind.UNSUPPORTED, "facet not offered", origin=Origin.HOST)
            failure = tool.failure(error, self._reference())
            yield FacetReading(instance, facet, final=True, error=failure)
            return
        ask = self._ask(tool, offer, customer, identity, caller)
        async with aclosing(self._pipeline.read(tool, ask, facet_stream(tool, ask), force=force)) as readings:
            async for reading in readings:
                yield reading

    async def read_timeline(
        self,
        instance: str,
        customer: CustomerKey,
        identity: IdentityEvidence,
        *,
        agent: str,
        purpose: str,
        priority: Priority = Priority.INTERACTIVE,
        force: bool = False,
    ) -> AsyncGenerator[TimelineReading, None]:
        """Yield the exchanges that a tool lists, like `read_facet`."""
        tool = self._roster.running.get(instance)
        if tool is None:
            yield await as_timeline(self._refused_reading(instance, TIMELINE), GrowingExchanges())
            return
        caller = Caller(agent, purpose, priority)
        ask = self._ask(tool, TIMELINE_OFFER, customer, identity, caller)
        async with aclosing(
            self._pipeline.read(tool, ask, timeline_stream(tool, ask), force=force)
        ) as readings:
            exchanges = GrowingExchanges()
            async for reading in readings:
                yield await as_timeline(reading, exchanges)

    def leave(self, customer: CustomerKey) -> None:
        """Drop what waits for a customer; what runs has a second to land in the store."""
        self._pipeline.leave(customer.avise_id)

    # ---- actions -----------------------------------------------------------------------------
    def actions(self) -> Sequence[ActionOffer]:
        """Return what each running instance can be asked to do, in the profile's order."""
        tools = [known for known in self._roster.all() if isinstance(known, Instance)]
        return tuple(offer for tool in tools for offer in offers_of(tool))

    async def plan_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionPlan:
        """Return what a command would change, read anew; nothing is written.

        Raises:
            ConnectorError: the tool could not be read, or would refuse.
        """
        caller = Caller(agent, purpose, Priority.INTERACTIVE)
        return await self._acting.plan(self._running(instance), command, caller, self._reference())

    async def execute_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Send a command once. What it touches is read anew from then on, whatever copy is at hand.

        Cancelling the caller does not take back what was sent.

        Raises:
            ConnectorError: refused or not sent; `outcome_unknown` when it may have taken effect.
        """
        tool, caller = self._running(instance), Caller(agent, purpose, Priority.INTERACTIVE)
        try:
            result = await self._acting.execute(tool, command, caller, self._reference())
        except ConnectorError as error:
            if error.outcome_unknown:
                self._outdate(command, self._touched(tool, command))
            raise
        self._outdate(command, result.touched_facets)
        return result

    async def verify_action(
        self, instance: str, command: ActionCommand, *, agent: str, purpose: str
    ) -> ActionResult:
        """Return whether a command was done; only reads.

        Raises:
            ConnectorError: the tool could not be read.
        """
        tool, caller = self._running(instance), Caller(agent, purpose, Priority.INTERACTIVE)
        result = await self._acting.verify(tool, command, caller, self._reference())
        self._outdate(command, result.touched_facets)
        return result

    def _touched(self, tool: Instance, command: ActionCommand) -> Sequence[str]:
        return next((spec.touches for spec in tool.manifest.actions if spec.action == command.action), ())

    def _outdate(self, command: ActionCommand, facets: Sequence[str]) -> None:
        """Have the facets that a command touched read anew, in every tool that feeds them."""
        customer = command.customer.avise_id
        for tool in self._roster.running.values():
            offers = (*tool.manifest.facets, *([TIMELINE_OFFER] if tool.manifest.timeline else []))
            for offer in offers:
                if offer.facet in facets:
                    self._pipeline.outdate(SnapshotKey(tool.id, offer.facet, offer.schema, customer))

    # ---- calls that no copy answers ----------------------------------------------------------
    async def live_value(
        self,
        instance: str,
        field: str,
        customer: CustomerKey,
        record: str = "",
        *,
        agent: str,
        purpose: str,
    ) -> str:
        """Return one restricted value, live; "" when the tool holds none.

        Raises:
            ConnectorError: why the tool did not say.
        """
        tool = self._running(instance)
        caller = Caller(agent, purpose, Priority.INTERACTIVE)
        query = LiveQuery(field, _restrict(customer, tool.manifest.needs_ids), record)
        return await direct_calls.live_value(tool, query, caller, self._reference())

    async def changes(self, instance: str, since: str = "") -> AsyncGenerator[Batch[Party], None]:
        """Yield the parties that changed since a cursor, "" for all.

        Raises:
            ConnectorError: the directory could not be read to its end.
        """
        caller = Caller("", "directory")
        stream = direct_calls.changes(self._running(instance), since, caller, self._reference())
        async with aclosing(stream) as batches:
            async for batch in batches:
                yield batch

    async def content(
        self, instance: str, ref: str, *, agent: str, purpose: str
    ) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of a document or of a message's body.

        Raises:
            ConnectorError: why it could not be opened.
        """
        caller = Caller(agent, purpose, Priority.INTERACTIVE)
        stream = direct_calls.content(self._running(instance), ref, caller, self._reference())
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                yield piece

    async def call_events(self) -> AsyncGenerator[CallEvent, None]:
        """Yield the telephony's events, whatever instance streams them, until the iterator is closed."""
        async with aclosing(self._calls.events()) as events:
            async for event in events:
                yield event

    async def check(self, instance: str) -> HealthReport:
        """Ask a tool whether it answers.

        Raises:
            ConnectorError: CONFIG when the instance was refused or disabled.
        """
        tool = self._running(instance)
        report = await direct_calls.check(tool, self._reference())
        if report.health is Health.DEGRADED and self._doubts.remind(instance, tool.connector):
            # Perhaps told of a file that was decided about before the connector was opened.
            report = await direct_calls.check(tool, self._reference())
        return report

    async def retry_now(self, instance: str) -> None:
        """Let one probe through a suspended tool, at once; load and open one that was not.

        Raises:
            ConnectorError: CONFIG when the instance was refused or disabled.
        """
        self.gate.let_one_through()
        await self._roster.load_again(instance)
        self._calls.follow_new()
        tool = self._running(instance)
        await tool.reopen()
        tool.breaker.allow_probe()
        await self.check(instance)

    async def sign_in(self, instance: str, way: SignInWay) -> AsyncGenerator[SignInStep, None]:
        """Sign whoever works here in at a tool; see `tool_sign_in.sign_in_steps`.

        Raises:
            AviseError: `tool_sign_in.…`.
        """
        tool = self._roster.running.get(instance)
        if tool is None:
            raise AviseError("tool_sign_in.none", source=instance)
        async with aclosing(sign_in_steps(tool, way)) as steps:
            async for step in steps:
                if isinstance(step, ToolSignedIn):
                    # What the tool says now ends what its row told of the sign-in that lacked.
                    await self.check(instance)
                yield step

    async def network_back(self) -> None:
        """Try at once every tool that was set apart while the network was gone."""
        await asyncio.gather(*(tool.network_back() for tool in self._roster.running.values()))

    async def reloads(self) -> AsyncGenerator[str, None]:
        """Yield each instance whose file was taken anew, until the iterator is closed."""
        if self._reloader is not None:
            async with aclosing(self._reloader.reloads()) as instances:
                async for instance in instances:
                    yield instance

    # ---- inside ------------------------------------------------------------------------------
    def _replaced(self, instance: str) -> None:
        self._pipeline.remapped(instance)
        self._calls.follow_new()

    def _cut_off(self) -> bool:
        return is_offline(self._roster.running.values())

    def _running(self, instance: str) -> Instance:
        tool = self._roster.running.get(instance)
        if tool is None:
            raise ConnectorError(ErrorKind.CONFIG, "instance not loaded", origin=Origin.HOST)
        return tool

    def _ask(
        self,
        tool: Instance,
        offer: FacetOffer,
        customer: CustomerKey,
        identity: IdentityEvidence,
        caller: Caller,
    ) -> Ask:
        key = SnapshotKey(tool.id, offer.facet, offer.schema, customer.avise_id)
        needed = (*tool.manifest.needs_ids, *offer.needs_ids)
        limit = MOST_EXCHANGES if offer is TIMELINE_OFFER else MOST_RECORDS
        return Ask(key, offer, _restrict(customer, needed), identity, caller, self._reference(), limit)

    def _reference(self) -> str:
        """Mint what ties the panel, the log line and the header sent to the tool."""
        return self._env.token()[:12]

    def _refused_reading(self, instance: str, facet: str) -> FacetReading:
        outside = self._roster.outside.get(instance)
        refusal = outside.refusal if outside is not None else Refusal("source.refused.not_found")
        failure = refusal_failure(refusal or Refusal("source.disabled"))
        return FacetReading(instance, facet, final=True, error=failure)


def _restrict(customer: CustomerKey, needed: Sequence[str]) -> CustomerKey:
    """Return the customer with the identifiers that the manifest asks for, and no other."""
    return CustomerKey(
        customer.avise_id, {scheme: customer.ids[scheme] for scheme in needed if scheme in customer.ids}
    )
