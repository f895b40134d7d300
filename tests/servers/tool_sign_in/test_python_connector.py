"""A connector in Python whose tool asks its user to sign in, and two windows that sign in at once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from avise.connectors.endpoints import UserSignIn
from avise.models.errors import AviseError, ErrorKind
from avise.models.tool_sign_in import DeviceCode, SignInWay
from tests.servers.host.benefits_connector import BenefitsConnector, Found
from tests.servers.host.conftest import Opening as HostOpening
from tests.servers.host.conftest import open_desk
from tests.servers.host.tool_server import Asked, reply, rows, running_tool
from tests.servers.tool_sign_in.conftest import DeviceProvider, HurriedEnv, Opening, guarded_tool

__all__ = ["open_desk"]


async def test_a_connector_in_python_is_signed_like_any_other(
    open_desk: HostOpening,
    device_provider: DeviceProvider,
) -> None:
    sign_in = UserSignIn(
        "avise-desktop",
        device_url=f"{device_provider.issuer}/device",
        token_url=f"{device_provider.issuer}/token",
        by_device=True,
    )
    shown: list[str] = []

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        shown.append(asked.headers.get("authorization", ""))
        writer.write(reply({"rows": rows(2)}))
        await writer.drain()

    async with (
        running_tool(answer) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(BenefitsConnector(), sign_in)}) as desk,
    ):
        error = (await desk.last()).error
        assert error is not None
        assert (error.kind, error.sign_in, shown) == (ErrorKind.AUTH, True, [])
        async with aclosing(desk.host.sign_in("benefits", SignInWay.DEVICE)) as steps:
            async for step in steps:
                if isinstance(step, DeviceCode):
                    await device_provider.approve(step)
        assert (await desk.last(force=True)).error is None
        assert shown[-1].startswith("Bearer ")


async def test_a_second_window_takes_the_sign_in_over(
    open_reader: Opening, device_provider: DeviceProvider
) -> None:
    async with (
        guarded_tool(device_provider.issuer) as (tool, _),
        open_reader(tool.base_url, device_provider.auth, env=HurriedEnv()) as reader,
    ):
        async with aclosing(reader.host.sign_in("complaints", SignInWay.DEVICE)) as first:
            assert isinstance(await anext(first), DeviceCode)
            await reader.sign_in_elsewhere(device_provider.approve)
            with pytest.raises(AviseError) as replaced:
                await anext(first)
            assert replaced.value.message_key == "tool_sign_in.elsewhere"
        assert (await reader.read()).error is None


async def test_a_tool_that_asks_nobody_says_so(open_reader: Opening) -> None:
    async with open_reader("http://127.0.0.1:9", '{ type = "none" }') as reader:
        with pytest.raises(AviseError) as none:
            await reader.sign_in(None)
        assert none.value.message_key == "tool_sign_in.none"
