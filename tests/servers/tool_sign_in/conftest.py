"""A tool that lets in whoever its identity provider knows, and a host that reads it by a TOML file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx2
import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, TokenPort
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.env import Env, SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.tool_sign_in import BrowserPage, DeviceCode, SignInStep, SignInWay
from tests.servers.host.conftest import MemorySecrets, MemorySnapshots
from tests.servers.host.tool_server import Asked, Tool, reply, running_tool
from tests.servers.oidc.providers import Browser, RunningProvider, start_provider

CUSTOMER = CustomerKey(UUID(int=7), {"member": "0482917350"})
NOBODY_ELSE = IdentityEvidence("MARCHAND", "Hélène", None)

FILE = """
avise = 1
[connector]
id = "reclamations"
name = "Réclamations"
version = "1.0.0"
contract = ">=1.0,<2"
owner = "SI Qualité"
kind = "rest"
needs_ids = ["member"]

[config.base_url]
type = "url"
label = "Adresse"
required = true
[config.issuer]
type = "url"
label = "Service de connexion"
default = ""
[config.token]
type = "secret"
label = "Jeton"

[http]
base_url = "{config.base_url}"
auth = AUTH

[check]
path = "/ping"

[[facet]]
id = "complaints"
path = "/complaints"
query = { member = "{customer.member}" }
on_404 = "error"
records = "rows"
paging = { type = "none" }
[facet.fields]
id = { from = "id", as = "id" }
subject = { from = "subject", as = "text" }
"""

BROWSER = '{ type = "oidc_user", issuer = "{config.issuer}", client_id = "avise-desktop" }'


@dataclass
class GuardedTool:
    """Answers whoever shows a token that the provider knows."""

    issuer: str
    known: dict[str, bool] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    refuses: bool = False

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        self.shown.append(token)
        if token and not self.refuses and await self._is_known(token):
            writer.write(reply({"rows": [{"id": "R-1", "subject": "Retard"}]}))
        else:
            writer.write(reply(b"", status=401))
        await writer.drain()

    async def _is_known(self, token: str) -> bool:
        if token not in self.known:
            async with httpx2.AsyncClient(trust_env=False) as asking:
                answer = await asking.get(
                    f"{self.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"}
                )
            self.known[token] = answer.status_code == 200
        return self.known[token]


@dataclass
class Reader:
    """A host and what a test does with it."""

    host: ConnectorHost
    secrets: MemorySecrets

    async def read(self, *, force: bool = True) -> FacetReading:
        """Return the final reading."""
        readings = [
            reading
            async for reading in self.host.read_facet(
                "complaints", "complaints", CUSTOMER, NOBODY_ELSE, agent="lea", purpose="call", force=force
            )
        ]
        return readings[-1]

    async def sign_in(self, browser: Browser | None, way: SignInWay = SignInWay.BROWSER) -> list[SignInStep]:
        """Sign in to the end."""
        steps: list[SignInStep] = []
        async with aclosing(self.host.sign_in("complaints", way)) as told:
            async for step in told:
                steps.append(step)
                if isinstance(step, BrowserPage) and browser is not None:
                    await browser.open(step.address)
        return steps


class Opening(Protocol):
    """Opens a host over one tool."""

    def __call__(
        self,
        base_url: str,
        auth: str,
        *,
        config: Mapping[str, str] | None = None,
        tokens: TokenPort | None = None,
        secrets: Mapping[str, str] | None = None,
        env: Env | None = None,
    ) -> AbstractAsyncContextManager[Reader]: ...


@pytest.fixture
def open_reader(tmp_path: Path) -> Opening:
    """Open a host on a connector file of these tests."""

    @asynccontextmanager
    async def opening(
        base_url: str,
        auth: str,
        *,
        config: Mapping[str, str] | None = None,
        tokens: TokenPort | None = None,
        secrets: Mapping[str, str] | None = None,
        env: Env | None = None,
    ) -> AsyncIterator[Reader]:
        folder = tmp_path / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "reclamations.toml").write_text(FILE.replace("AUTH", auth), "utf-8")
        kept = MemorySecrets(dict(secrets or {}))
        settings = InstanceSettings("complaints", "reclamations", {"base_url": base_url, **(config or {})})
        host = ConnectorHost(
            env or SystemEnv(), MemorySnapshots(), [settings], kept, connectors=Registry(folder), tokens=tokens
        )
        await host.start()
        await host.opened()
        try:
            yield Reader(host, kept)
        finally:
            await host.aclose()

    return opening


@pytest.fixture(autouse=True)
async def no_task_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task on its loop."""
    yield
    await asyncio.sleep(0)
    left = [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """Run a provider that checks PKCE and turns its refresh tokens over."""
    running = start_provider(tmp_path_factory.mktemp("provider"), strict=True)
    yield running
    running.stop()


@asynccontextmanager
async def guarded_tool(issuer: str) -> AsyncIterator[tuple[Tool, GuardedTool]]:
    """Run a tool whose tokens a provider gives."""
    behaviour = GuardedTool(issuer)
    async with running_tool(behaviour) as tool:
        yield tool, behaviour


def shown_code(steps: list[SignInStep]) -> DeviceCode:
    """Return the code that a person was shown."""
    return next(step for step in steps if isinstance(step, DeviceCode))


def as_json(value: object) -> bytes:
    """Return a JSON body."""
    return json.dumps(value).encode()
