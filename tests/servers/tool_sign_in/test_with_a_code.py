"""Somebody signs in at a tool with a code that is typed on another device (RFC 8628)."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from avise.models.errors import AviseError
from avise.models.tool_sign_in import DeviceCode, SignInWay, ToolSignedIn
from tests.servers.tool_sign_in.conftest import DeviceProvider, HurriedEnv, Opening, guarded_tool


async def test_a_code_typed_elsewhere_lets_the_tool_be_read(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    env = HurriedEnv()
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=env) as reader,
    ):
        signing = asyncio.create_task(reader.sign_in_elsewhere())
        await env.waited(2)
        await device_provider.visit("approve", user_code=reader.code.code)
        steps = await signing
        code = steps[0]
        assert isinstance(code, DeviceCode)
        assert code.address == f"{device_provider.issuer}/approve"
        assert code.code in code.complete_address
        assert timedelta(minutes=9) < code.ends_at - env.now() <= timedelta(minutes=10)
        assert isinstance(steps[-1], ToolSignedIn)
        assert (await reader.read()).error is None
        # The provider wanted a slower pace once (section 3.5): five seconds more, from then on.
        assert env.slept[:2] == [1.0, 6.0]


@pytest.mark.parametrize(
    ("page", "key"),
    [("deny", "tool_sign_in.refused"), ("end", "tool_sign_in.late")],
    ids=["denied", "expired"],
)
async def test_a_code_that_is_denied_or_ends_says_so(
    open_reader: Opening, device_provider: DeviceProvider, page: str, key: str
) -> None:
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=HurriedEnv()) as reader,
    ):
        with pytest.raises(AviseError) as refused:
            await reader.sign_in_elsewhere(lambda code: device_provider.visit(page, user_code=code.code))
        assert (refused.value.message_key, refused.value.params["source"]) == (key, "Réclamations")
        assert (await reader.read()).error is not None


async def test_a_network_that_leaves_for_a_while_is_waited_for(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    async def stop(_: DeviceCode) -> None:
        device_provider.stop()

    env = HurriedEnv()
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=env) as reader,
    ):
        signing = asyncio.create_task(reader.sign_in_elsewhere(stop))
        await env.waited(4)
        assert env.slept[:4] == [1.0, 2.0, 4.0, 8.0]
        signing.cancel()
        await asyncio.gather(signing, return_exceptions=True)


async def test_closing_the_sign_in_stops_asking(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=HurriedEnv()) as reader,
    ):
        async with aclosing(reader.host.sign_in("complaints", SignInWay.DEVICE)) as told:
            assert isinstance(await anext(told), DeviceCode)
        before = await device_provider.asked("device")
        await asyncio.sleep(0.1)
        assert await device_provider.asked("device") == before


async def test_a_provider_that_gives_no_code_sends_back_to_the_browser(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    auth = (
        '{ type = "oidc_user", client_id = "avise-desktop", '
        f'authorization_url = "{device_provider.issuer}/none", '
        f'token_url = "{device_provider.issuer}/token" }}'
    )
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, auth) as reader,
    ):
        with pytest.raises(AviseError) as refused:
            await reader.sign_in(None, SignInWay.DEVICE)
        assert refused.value.message_key == "tool_sign_in.no_code"
