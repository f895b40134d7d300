"""The hub served by a real uvicorn on loopback, and workstations that reach it by real HTTP."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection

from avise.env import FixedEnv
from avise.hub.acting import Transactions
from avise.hub.api_app import HubApplication
from avise.hub.api_parts import Parts, gathered
from avise.hub.api_serving import HubServer
from avise.hub.core import HubCore
from avise.hub.port import Actor, HubPort
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.tokens import issue_person_token

T = TypeVar("T")

TLS = ssl.create_default_context()


class HouseEnv(FixedEnv):
    """A world whose date a test turns by hand, in which waiting is real: servers and callers share it."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Running:
    """A server, and what it is made of."""

    address: str
    parts: Parts


@asynccontextmanager
async def served(
    core: HubCore, transactions: Transactions, env: FixedEnv, **options: object
) -> AsyncIterator[Running]:
    """Serve a hub for the time of the block."""
    made: list[Parts] = []

    @asynccontextmanager
    async def opening() -> AsyncIterator[Parts]:
        made.append(await gathered(core, transactions, env, **options))  # type: ignore[arg-type]  # by name
        yield made[0]

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = HubServer(HubApplication(opening), own_signals=False)
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            if serving.done():
                serving.result()
            await asyncio.sleep(0.01)
        try:
            yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", made[0])
        finally:
            server.should_exit = True
            await serving


@dataclass
class FreshTokens:
    """A token of the hub for each call, so that a test may let hours pass."""

    parts: Parts
    actor: Actor

    @property
    def device(self) -> str:
        return self.actor.device

    async def bearer(self) -> str:
        return token_of(self.parts, self.actor)

    async def renewed(self, refused: str) -> str:
        del refused
        return ""


def token_of(parts: Parts, actor: Actor) -> str:
    """Return a good token of somebody on their device."""
    signing = parts.callers.signing
    return issue_person_token(signing.keys, signing.hub_id, parts.env, login=actor.login, device=actor.device)


@dataclass
class HttpHouse:
    """A hub behind HTTP, each desk with connections of its own."""

    running: Running
    work_in: Callable[[Callable[[Connection], Any]], Awaitable[Any]]
    env: FixedEnv
    opened: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def connect(self, actor: Actor) -> HubPort:
        hub = RemoteHub(HubLine(self.running.address, TLS), FreshTokens(self.running.parts, actor), self.env)
        self.opened.push_async_callback(hub.aclose)
        await hub.enrol()
        return hub

    async def set_up(self, work: Callable[[Connection], T]) -> T:
        result: T = await self.work_in(work)
        return result

    async def say_wiped(self, device: str, secret: str) -> None:
        line = HubLine(self.running.address, TLS)
        try:
            await line.wiped(device, secret)
        finally:
            await line.aclose()

    async def aclose(self) -> None:
        await self.opened.aclose()
