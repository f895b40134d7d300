"""Tokens are renewed once for all, sealed before anything else, and a refused one is not shown again."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from avise.connectors.contract import ConnectorError
from avise.connectors.endpoints import UserSignIn
from avise.connectors.ports import MemoryTokens
from avise.connectors.user_tokens import FLOOR_S, UserTokens
from avise.models.errors import AviseError, ErrorKind
from avise.models.source_status import SourceState
from avise.models.tool_sign_in import DeviceCode, SignInStep, SignInWay
from avise.oidc.provider import IdentityProvider, ProviderAddresses
from avise.oidc.provider_tokens import ProviderSettings
from tests.servers.oidc.providers import RunningProvider, browsing
from tests.servers.tool_sign_in.conftest import (
    BROWSER,
    DeviceProvider,
    HurriedEnv,
    Opening,
    guarded_tool,
)

LIFE_S = 600.0


class WatchedTokens(MemoryTokens):
    """Keeps tokens in memory; may be full."""

    full = False

    def __init__(self) -> None:
        super().__init__()
        self.history: list[str] = []

    async def put(self, instance: str, name: str, secret: str) -> None:
        if self.full:
            raise AviseError("store.full")
        self.history.append(secret)
        await super().put(instance, name, secret)


@asynccontextmanager
async def tokens_at(
    provider: DeviceProvider, kept: MemoryTokens, env: HurriedEnv, *, signed_in: bool = True
) -> AsyncIterator[UserTokens]:
    """Give the tokens of somebody, signed in unless told."""
    sign_in = UserSignIn(
        "avise-desktop",
        device_url=f"{provider.issuer}/device",
        token_url=f"{provider.issuer}/token",
        by_device=True,
    )
    tls = ssl.create_default_context()

    async def no_secret(name: str) -> str:
        raise AssertionError(name)

    def reach(settings: ProviderSettings, addresses: ProviderAddresses | None) -> IdentityProvider:
        return IdentityProvider(settings, env, tls, addresses=addresses)

    tokens = UserTokens("complaints", sign_in, no_secret, kept, reach, env)
    approving: list[asyncio.Task[None]] = []

    def tell(step: SignInStep) -> None:
        if isinstance(step, DeviceCode):
            approving.append(asyncio.create_task(provider.approve(step)))

    try:
        if signed_in:
            await tokens.sign_in(tell, SignInWay.DEVICE)
        yield tokens
    finally:
        await asyncio.gather(*approving)
        await tokens.aclose()


async def test_a_hundred_calls_at_once_renew_once(device_provider: DeviceProvider) -> None:
    env, kept = HurriedEnv(), WatchedTokens()
    async with tokens_at(device_provider, kept, env) as tokens:
        first = await tokens.headers()
        env.jump_s += LIFE_S
        found = await asyncio.gather(*(tokens.headers() for _ in range(100)))
        assert len({header["Authorization"] for header in found}) == 1
        assert found[0] != first
        assert await device_provider.asked("refresh") == 1
        assert len(kept.history) == 2


async def test_a_hundred_refusals_at_once_renew_once(device_provider: DeviceProvider) -> None:
    env = HurriedEnv()
    async with tokens_at(device_provider, WatchedTokens(), env) as tokens:
        refused = await tokens.headers()
        env.jump_s += FLOOR_S + 1
        assert all(await asyncio.gather(*(tokens.renew(refused) for _ in range(100))))
        assert await tokens.headers() != refused
        assert await device_provider.asked("refresh") == 1
        # What was just given is not replaced by another one like it: the tool refuses the person.
        assert not await tokens.renew(await tokens.headers())
        assert await device_provider.asked("refresh") == 1


async def test_a_reading_that_is_given_up_does_not_lose_the_token_that_it_renewed(
    device_provider: DeviceProvider,
) -> None:
    env, kept = HurriedEnv(), WatchedTokens()
    async with tokens_at(device_provider, kept, env) as tokens:
        env.jump_s += LIFE_S
        asking = asyncio.create_task(tokens.headers())
        await asyncio.sleep(0.02)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        await tokens.headers()
        assert await device_provider.asked("refresh") == 1
        assert len(kept.history) == 2


async def test_the_new_refresh_token_is_sealed_before_the_new_access_token_is_used(
    device_provider: DeviceProvider,
) -> None:
    env, kept = HurriedEnv(), WatchedTokens()
    async with tokens_at(device_provider, kept, env) as tokens:
        env.jump_s += LIFE_S
        await tokens.headers()
    # A kill right after: another start goes on with what was sealed.
    async with tokens_at(device_provider, kept, env, signed_in=False) as tokens:
        assert "Authorization" in await tokens.headers()
    assert len(set(kept.history)) == 3


class SlowTokens(WatchedTokens):
    """Seals nothing before it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = asyncio.Event(), asyncio.Event()
        self.let.set()

    async def put(self, instance: str, name: str, secret: str) -> None:
        self.asked.set()
        await self.let.wait()
        await super().put(instance, name, secret)


@asynccontextmanager
async def sealing_slowly(provider: DeviceProvider) -> AsyncIterator[tuple[UserTokens, SlowTokens]]:
    """Sign in, then let the access token expire; the next one waits at `asked` until `let` is set."""
    env, kept = HurriedEnv(), SlowTokens()
    async with tokens_at(provider, kept, env) as tokens:
        env.jump_s += LIFE_S
        kept.asked.clear()
        kept.let.clear()
        yield tokens, kept


async def test_nobody_is_given_a_new_access_token_while_its_refresh_token_is_being_sealed(
    device_provider: DeviceProvider,
) -> None:
    async with sealing_slowly(device_provider) as (tokens, kept):
        first = asyncio.create_task(tokens.headers())
        await kept.asked.wait()
        later = asyncio.create_task(tokens.headers())
        await asyncio.wait([first, later], timeout=0.05)
        assert [first.done(), later.done()] == [False, False]
        kept.let.set()
        assert await first == await later


async def test_a_renewal_that_waited_for_a_sign_in_takes_what_it_gave(
    device_provider: DeviceProvider,
) -> None:
    async with sealing_slowly(device_provider) as (tokens, kept):
        approving: list[asyncio.Task[None]] = []

        def tell(step: SignInStep) -> None:
            if isinstance(step, DeviceCode):
                approving.append(asyncio.create_task(device_provider.approve(step)))

        signing = asyncio.create_task(tokens.sign_in(tell, SignInWay.DEVICE))
        await kept.asked.wait()
        asking = asyncio.create_task(tokens.headers())
        await asyncio.sleep(0.02)
        kept.let.set()
        await asyncio.gather(signing, asking, *approving)
        assert await device_provider.asked("refresh") == 0


async def test_whoever_signed_in_before_does_not_come_back(device_provider: DeviceProvider) -> None:
    env, kept = HurriedEnv(), WatchedTokens()
    async with tokens_at(device_provider, kept, env) as tokens:
        assert tokens.way is SignInWay.DEVICE
    await device_provider.visit("no-refresh")
    async with tokens_at(device_provider, kept, env) as tokens:
        await tokens.headers()
        env.jump_s += LIFE_S
        with pytest.raises(ConnectorError) as ended:
            await tokens.headers()
        assert ended.value.kind is ErrorKind.AUTH
        assert tokens.asks
    assert await device_provider.asked("refresh") == 0


async def test_a_disk_that_is_full_loses_no_sign_in(device_provider: DeviceProvider) -> None:
    env, kept = HurriedEnv(), WatchedTokens()
    async with tokens_at(device_provider, kept, env) as tokens:
        kept.full = True
        env.jump_s += LIFE_S
        await tokens.headers()
        kept.full = False
        env.jump_s += LIFE_S
        await tokens.headers()
        assert await device_provider.asked("refresh") == 2
        assert len(kept.history) == 2


async def test_a_refused_refresh_asks_once_and_is_not_repeated(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    env = HurriedEnv()
    async with (
        guarded_tool(device_provider.issuer) as (tool, behaviour),
        open_reader(tool.base_url, device_provider.auth, env=env) as reader,
    ):
        await reader.sign_in_elsewhere(device_provider.approve)
        assert (await reader.read()).error is None
        await device_provider.visit("revoke")
        env.jump_s += LIFE_S
        shown = len(behaviour.shown)
        errors = [(await reader.read()).error for _ in range(5)]
        assert {error.kind for error in errors if error is not None} == {ErrorKind.AUTH}
        assert all(error is not None and error.sign_in for error in errors)
        assert await device_provider.asked("refresh") == 1
        assert len(behaviour.shown) == shown
        assert reader.host.status()[0].state is SourceState.NEEDS_AUTH
        await reader.sign_in_elsewhere(device_provider.approve)
        assert (await reader.read()).error is None
        assert reader.host.status()[0].state is SourceState.UP_TO_DATE


async def test_a_tool_that_refuses_a_token_just_given_is_not_hammered(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    async with (
        guarded_tool(device_provider.issuer) as (tool, behaviour),
        open_reader(tool.base_url, device_provider.auth, env=HurriedEnv()) as reader,
    ):
        await reader.sign_in_elsewhere(device_provider.approve)
        behaviour.refuses = True
        for _ in range(3):
            error = (await reader.read()).error
            assert error is not None
            assert error.kind is ErrorKind.AUTH
        assert await device_provider.asked("refresh") == 0


async def test_a_provider_that_is_away_is_no_reason_to_sign_in_again(device_provider: DeviceProvider) -> None:
    env = HurriedEnv()
    async with tokens_at(device_provider, WatchedTokens(), env) as tokens:
        device_provider.stop()
        env.jump_s += LIFE_S
        with pytest.raises(ConnectorError) as away:
            await tokens.headers()
        assert away.value.kind is ErrorKind.UNAVAILABLE
        assert not tokens.asks


async def test_a_clock_that_is_wrong_renews_nothing_and_is_told_at_a_sign_in(
    open_reader: Opening, provider: RunningProvider
) -> None:
    env = HurriedEnv()
    config = {"issuer": provider.issuer}
    async with (
        guarded_tool(provider.issuer) as (tool, behaviour),
        open_reader(tool.base_url, BROWSER, config=config, env=env) as reader,
    ):
        async with browsing() as browser:
            await reader.sign_in(browser)
        assert (await reader.read()).error is None
        env.offset = timedelta(hours=3)
        assert (await reader.read()).error is None
        assert len(set(behaviour.shown)) == 1
        async with browsing() as browser:
            with pytest.raises(AviseError) as wrong:
                await reader.sign_in(browser)
        assert wrong.value.message_key == "tool_sign_in.clock"
