"""One configured tool: its connector, its gateways, its limits, and the states of its life."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from avise.connectors.addresses import is_elsewhere, is_remote
from avise.connectors.breaker import Breaker
from avise.connectors.bulkhead import Bulkhead
from avise.connectors.context import Caller, Context, InstanceEnv
from avise.connectors.contract import (
    Connector,
    ConnectorError,
    HttpGateway,
    Manifest,
    SqlGateway,
    UsesServer,
)
from avise.connectors.deadline import Deadline, within
from avise.connectors.endpoints import HttpEndpoint, SqlEndpoint
from avise.connectors.http_connection import HttpConnection, Sent
from avise.connectors.http_gateway import CallHttp, NoGateway
from avise.connectors.instance_config import filled_config
from avise.connectors.instance_secrets import InstanceSecrets
from avise.connectors.network_gate import NetworkGate
from avise.connectors.ports import InstanceSettings, SecretPort
from avise.connectors.retry import RetryAllowance, RetryBudget
from avise.connectors.safe_log import SafeLogger
from avise.connectors.shared import Shared
from avise.connectors.statistics import Statistics
from avise.connectors.tool_access import ToolAccess
from avise.connectors.user_tokens import UserTokens
from avise.env import Env
from avise.models.errors import ErrorKind, Failure, Origin
from avise.models.json_types import JSON
from avise.transport.outward import OwnWay

OPEN_S = 10.0
CLOSE_S = 2.0
FIRST_REOPENING_S = 5.0
LONGEST_REOPENING_S = 300.0
THREADS = 8

_PASSING = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMITED, ErrorKind.OFFLINE})


class Loaded(Protocol):
    """A connector that was found and admitted, not opened yet."""

    @property
    def manifest(self) -> Manifest:
        """What it declares."""

    @property
    def connector(self) -> Connector:
        """The connector of this instance alone."""

    def http_endpoint(self, config: Mapping[str, JSON]) -> HttpEndpoint | None:
        """Return its HTTP tool; ConnectorError(CONFIG) when the values are unfit."""

    def sql_endpoint(self, config: Mapping[str, JSON]) -> SqlEndpoint | None:
        """Return its database; ConnectorError(CONFIG) when the values are unfit."""


class InstanceState(StrEnum):
    """Where an admitted instance stands (`connectors.md` C5)."""

    OPENING = "opening"
    READY = "ready"
    NEEDS_AUTH = "needs_auth"
    MISCONFIGURED = "misconfigured"
    DOWN = "down"
    CLOSED = "closed"


_STATE_AFTER: Mapping[ErrorKind, InstanceState] = {
    ErrorKind.AUTH: InstanceState.NEEDS_AUTH,
    **dict.fromkeys(_PASSING, InstanceState.DOWN),
}


class Instance:
    """Opens a connector, lends it what it needs and closes it.

    Args:
        settings: the profile's.
        loaded: its connector.
        env: clock and chance.
        secrets: where its secrets are.
        tls: context shared by all instances.
        user_agent: how Avise names itself.
        shared: with the other instances of a host; alone when it is not told.
    """

    def __init__(
        self,
        settings: InstanceSettings,
        loaded: Loaded,
        env: Env,
        secrets: SecretPort,
        tls: ssl.SSLContext,
        user_agent: str,
        shared: Shared | None = None,
    ) -> None:
        shared = shared or Shared()
        self.id = settings.id
        self.settings = settings
        self.loaded = loaded
        self.manifest = loaded.manifest
        self.name = settings.name or loaded.manifest.name
        self.env = env
        self.breaker = Breaker(env)
        self.bulkhead = Bulkhead(max(1, loaded.manifest.concurrency))
        self.statistics = Statistics(env, heard=self._heard)
        self.budget = RetryBudget()
        self.log = SafeLogger(instance=settings.id, connector=loaded.manifest.id)
        self.state = InstanceState.OPENING
        self.since = env.now()
        self.opening_error: ConnectorError | None = None
        self.reopens_at: datetime | None = None
        self.remote = False
        """Its tool is on the network, not on this machine; known once its address was read."""
        self.addressed = False
        """It is reached by an address, and not a file."""
        self._gate = shared.gate or NetworkGate(env)
        self._secrets = InstanceSecrets(settings.id, loaded.manifest, secrets)
        self._access = ToolAccess(
            settings.id,
            self._secrets,
            shared.tokens,
            tls,
            shared.outward,
            settings.proxy,
            env,
            user_agent,
        )
        self._way = OwnWay(shared.outward, settings.proxy)
        self._bodies = shared.bodies
        self._settled = asyncio.Event()
        self._opening: asyncio.Task[None] | None = None
        self._users = 0
        self._renewing = asyncio.Lock()
        self._http: HttpConnection | None = None
        self._sql: SqlGateway = NoGateway()
        self._pool = ThreadPoolExecutor(
            min(THREADS, max(1, loaded.manifest.concurrency)), f"connector-{settings.id}"
        )

    @property
    def busy(self) -> bool:
        """Whether somebody is being answered: it must not be closed yet."""
        return bool(self._users) or not self.bulkhead.empty

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Count as busy for a call that takes no place of the bulkhead."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1

    @property
    def connector(self) -> Connector:
        """The connector of this instance."""
        return self.loaded.connector

    @property
    def user_tokens(self) -> UserTokens | None:
        """Of the person who signs in there by themselves; known once its address was read."""
        return self._access.user_tokens

    @property
    def certificate_ends(self) -> datetime | None:
        """When the certificate of ours that the tool is shown ends; None where it is shown none."""
        return self._access.certificate_ends

    # ---- life --------------------------------------------------------------------------------
    def start(self) -> None:
        """Open in the background, again and again while the tool is unreachable."""
        if self._opening is None or self._opening.done():
            self._opening = asyncio.create_task(self._keep_opening(), name=f"open {self.id}")

    async def reopen(self) -> None:
        """Try to open now, whatever was decided before (the button « Réessayer »)."""
        if self.state is InstanceState.READY:
            await self._take_new_secrets()
        elif self.state is not InstanceState.OPENING:
            await self._open_anew()

    async def _open_anew(self) -> None:
        await self._stop_opening()
        self._change(InstanceState.OPENING)
        self._settled.clear()
        await self._close_connector()
        self.start()

    async def _take_new_secrets(self) -> None:
        """Open anew when another secret or certificate would be shown than the one that the tool refused."""
        async with self._renewing:
            if self._refused and await self._access.changed():
                await self._open_anew()

    @property
    def _refused(self) -> bool:
        """Whether the tool, or the absence of a secret, keeps the instance from being used."""
        if self.state is InstanceState.READY:
            last = self.statistics.last_failure
            return (
                self.statistics.failing_since is not None and last is not None and last.kind is ErrorKind.AUTH
            )
        return self.state in {InstanceState.NEEDS_AUTH, InstanceState.MISCONFIGURED}

    async def ready(self, patience: float) -> None:
        """Wait until the first opening ends.

        Raises:
            ConnectorError: why the instance is not open; TIMEOUT when that takes longer than `patience`;
                OFFLINE at once while there is no network.
        """
        self._refuse_offline()
        if self._refused:
            await self._take_new_secrets()
        if self.state is InstanceState.OPENING:
            try:
                async with asyncio.timeout(patience):
                    await self._settled.wait()
            except TimeoutError:
                raise ConnectorError(ErrorKind.TIMEOUT, "still opening", origin=Origin.HOST) from None
        if self.opening_error is not None:
            error = self.opening_error
            raise ConnectorError(error.kind, error.detail, origin=error.origin, source_code=error.source_code)
        if self.state is InstanceState.CLOSED:
            raise ConnectorError(ErrorKind.UNAVAILABLE, "closed", origin=Origin.HOST)

    def _refuse_offline(self) -> None:
        self._gate.refuse(addressed=self.addressed, remote=self.remote)

    def _heard(self, failure: Failure | None) -> None:
        if self.remote:
            self._gate.heard(self.id, failure)

    async def network_back(self) -> None:
        """Try at once what waits because the network was gone."""
        self.breaker.allow_probe()
        if self.state is InstanceState.DOWN:
            await self._open_anew()

    async def signed_in(self) -> None:
        """Try at once what waits because nobody was signed in."""
        self.breaker.allow_probe()
        if self.state is InstanceState.NEEDS_AUTH:
            await self._open_anew()

    async def first_opening(self) -> None:
        """Wait until the first opening ended, well or not."""
        await self._settled.wait()

    async def aclose(self) -> None:
        """Close the connector, its connections and its threads; a thread that hangs is left behind."""
        await self._stop_opening()
        await self._secrets.aclose()
        self._change(InstanceState.CLOSED)
        self._settled.set()
        await self._close_connector()
        await self._access.aclose()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _stop_opening(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait([self._opening])
            self._opening = None

    async def _keep_opening(self) -> None:
        pause = FIRST_REOPENING_S
        while True:
            error = await self._try_to_open()
            self._settled.set()
            if error is None or error.kind not in _PASSING:
                return
            jittered = pause * (1 + 0.1 * self.env.random())
            self.reopens_at = self.env.now() + timedelta(seconds=jittered)
            await self.env.sleep(jittered)
            pause = min(pause * 2, LONGEST_REOPENING_S)

    async def _try_to_open(self) -> ConnectorError | None:
        try:
            async with within(OPEN_S):
                await self._open()
        except ConnectorError as error:
            await self._close_connector()
            first = self.opening_error is None
            self.opening_error = error
            self._heard(self.failure(error, ""))
            self._change(_STATE_AFTER.get(error.kind, InstanceState.MISCONFIGURED))
            if first:
                # One line at the loss, one at the recovery: what repeats says nothing more.
                self.log.warning("instance not opened", kind=str(error.kind), detail=error.detail)
            return error
        if self.opening_error is not None:
            self.log.info("instance recovered")
        self.opening_error, self.reopens_at = None, None
        self._change(InstanceState.READY)
        return None

    async def _open(self) -> None:
        secrets = await self._secrets.open()
        config = filled_config(self.settings, self.manifest, self._secrets.lacking())
        http = self.loaded.http_endpoint(config)
        if http is not None:
            self.remote, self.addressed = is_remote(http.base_url), True
            self._http = await self._access.connect(http, self._pool)
        sql = self.loaded.sql_endpoint(config)
        if sql is not None:
            self.addressed = self.addressed or not sql.url.startswith("sqlite")
        if isinstance(self.connector, UsesServer) and (server := self.connector.server_host(config)):
            self.remote, self.addressed = is_elsewhere(server), True
        self._refuse_offline()
        if sql is not None:
            self._sql = await self._open_sql(sql)
        await self.connector.open(InstanceEnv(self.id, config, self.log, secrets, self._way))

    async def _open_sql(self, endpoint: SqlEndpoint) -> SqlGateway:
        # Imported here, so that a site without SQL never pays for SQLAlchemy.
        from avise.connectors.sql.gateway import open_sql_gateway  # noqa: PLC0415

        password = await self._secrets.get(endpoint.password_secret) if endpoint.password_secret else ""
        return await open_sql_gateway(endpoint, password, self._pool, self._way)

    async def _close_connector(self) -> None:
        try:
            async with within(CLOSE_S):
                await self.connector.aclose()
        except ConnectorError as error:
            self.log.warning("instance not closed", kind=str(error.kind), detail=error.detail)
        if self._http is not None:
            await self._http.aclose()
            self._http = None
        close_sql = getattr(self._sql, "aclose", None)
        if close_sql is not None:
            await close_sql()
        self._sql = NoGateway()

    def _change(self, state: InstanceState) -> None:
        if state is not self.state:
            self.state, self.since = state, self.env.now()

    # ---- calls -------------------------------------------------------------------------------
    def context(
        self,
        caller: Caller,
        reference: str,
        deadline: Deadline,
        *,
        may_retry: bool,
        sent: Sent | None = None,
    ) -> Context:
        """Return what the connector is lent for one call.

        Args:
            caller: who asks.
            reference: the call's.
            deadline: the call's.
            may_retry: False for a breaker's probe, for `check` and for actions.
            sent: told when a request that may write leaves.
        """
        self.budget.earn()
        return Context(
            request_id=reference,
            priority=caller.priority,
            agent=caller.agent,
            purpose=caller.purpose,
            http=self._gateway(reference, deadline, sent, may_retry=may_retry),
            sql=self._sql,
            deadline=deadline,
            env=self.env,
            pool=self._pool,
            bodies=self._bodies,
        )

    def _gateway(
        self, reference: str, deadline: Deadline, sent: Sent | None, *, may_retry: bool
    ) -> HttpGateway:
        if self._http is None:
            return NoGateway()
        median_s = (self.statistics.percentile_ms(0.5) or 0) / 1000
        retry = RetryAllowance(self.env, deadline, self.budget, median_s, allowed=may_retry)
        return CallHttp(self._http, deadline, retry, reference, self.statistics, self.log, self.env, sent)

    def note_reading(self, facet: str, outcome: str, milliseconds: int) -> None:
        """Keep one reading among the last calls, unless the HTTP gateway keeps its requests."""
        if self._http is None:
            self.statistics.note_attempt(f"{self.manifest.kind} {facet}", outcome, milliseconds)

    def failure(self, error: ConnectorError, reference: str) -> Failure:
        """Return what a screen may know of an error."""
        now = self.env.now()
        waits = [wait for wait in (error.retry_after, self.breaker.retry_in) if wait is not None]
        retry_at = now + max(waits) if waits else self.reopens_at
        return Failure(
            kind=error.kind,
            origin=error.origin,
            reference=reference,
            since=self.statistics.failing_since,
            retry_at=retry_at,
            source_code=error.source_code,
            detail=error.detail,
            sign_in=error.kind is ErrorKind.AUTH and self.user_tokens is not None,
        )
