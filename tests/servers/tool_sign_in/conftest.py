"""A tool that lets in whoever its identity provider knows, and a host that reads it by a TOML file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx2
import pytest

from avise.connectors.host import ConnectorHost
from avise.connectors.ports import InstanceSettings, MemoryTokens, TokenPort
from avise.connectors.readings import FacetReading
from avise.connectors.registry import Registry
from avise.connectors.shared import Shared
from avise.env import Env, SystemEnv
from avise.models.customer import CustomerKey, IdentityEvidence
from avise.models.tool_sign_in import BrowserPage, DeviceCode, SignInStep, SignInWay
from avise.transport.outward import Outward
from tests.servers.host.conftest import MemorySecrets, MemorySnapshots, MovableEnv
from tests.servers.host.tool_server import Asked, Tool, reply, running_tool
from tests.servers.oidc.providers import Browser, RunningProvider, port_of, start_provider

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
[config.password]
type = "secret"
label = "Mot de passe"

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


class HurriedEnv(MovableEnv):
    """The real clock, whose long sleeps are a hundredth of what was asked; it keeps what was."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._wanted = 0
        self._reached = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if seconds >= 1:
            self.slept.append(seconds)
            if len(self.slept) >= self._wanted:
                self._reached.set()
        await asyncio.sleep(seconds / 100)

    async def waited(self, times: int) -> None:
        """Wait until as many long sleeps began."""
        self._wanted = times
        self._reached.clear()
        if len(self.slept) < times:
            await self._reached.wait()


Answer = Callable[[DeviceCode], Awaitable[object]]


async def _nothing(code: DeviceCode) -> None:
    del code


@dataclass
class Reader:
    """A host and what a test does with it."""

    host: ConnectorHost
    secrets: MemorySecrets
    code: DeviceCode = field(init=False)
    """The last that was shown."""

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

    async def sign_in_elsewhere(self, answer: Answer = _nothing) -> list[SignInStep]:
        """Sign in with a code, and do something once it is shown."""
        steps: list[SignInStep] = []
        async with aclosing(self.host.sign_in("complaints", SignInWay.DEVICE)) as told:
            async for step in told:
                steps.append(step)
                if isinstance(step, DeviceCode):
                    self.code = step
                    await answer(step)
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
        outward: Outward | None = None,
        proxy: str = "",
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
        outward: Outward | None = None,
        proxy: str = "",
    ) -> AsyncIterator[Reader]:
        folder = tmp_path / "connectors"
        folder.mkdir(exist_ok=True)
        (folder / "reclamations.toml").write_text(FILE.replace("AUTH", auth), "utf-8")
        kept = MemorySecrets(dict(secrets or {}))
        values = {"base_url": base_url, **(config or {})}
        settings = InstanceSettings("complaints", "reclamations", values, proxy=proxy)
        host = ConnectorHost(
            env or SystemEnv(),
            MemorySnapshots(),
            [settings],
            kept,
            connectors=Registry(folder),
            shared=Shared(tokens=tokens or MemoryTokens(), outward=outward or Outward()),
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


@dataclass
class DeviceProvider(RunningProvider):
    """Authlib's authorization server, and the pages of a test."""

    async def visit(self, page: str, **query: str) -> httpx2.Response:
        """Open a page."""
        async with httpx2.AsyncClient(trust_env=False) as visitor:
            return await visitor.get(f"{self.issuer}/{page}", params=query)

    async def asked(self, grant: str) -> int:
        """Return how often a grant was asked for."""
        counted: dict[str, int] = (await self.visit("asked")).json()
        return counted.get(grant, 0)

    @property
    def auth(self) -> str:
        """Its part of a connector file."""
        addresses = f'device_url = "{self.issuer}/device", token_url = "{self.issuer}/token"'
        return f'{{ type = "oidc_device", client_id = "avise-desktop", {addresses} }}'

    async def approve(self, code: DeviceCode) -> None:
        """Be the person who types the code."""
        await self.visit("approve", user_code=code.code)


@pytest.fixture
def device_provider(tmp_path: Path) -> Iterator[DeviceProvider]:
    """Run a provider that gives codes to type."""
    said = tmp_path / "device-provider.log"
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and a file of these tests
            [sys.executable, str(Path(__file__).parent / "device_provider.py")],
            stderr=output,
            stdout=subprocess.DEVNULL,
        )
    running = DeviceProvider(port_of(process, said), process)
    yield running
    running.stop()
