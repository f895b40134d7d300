"""The house's proxy: a real one on loopback, which finds a server that nobody else finds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from avise.models.errors import ErrorKind
from avise.transport.faults import PROXY_ACCOUNT
from avise.transport.outward import Outward
from avise.transport.proxies import Proxies
from tests.forward_proxy import proxy
from tests.servers.host.tool_server import Asked, reply, running_tool
from tests.servers.tool_sign_in.authority import FAR, Authority, fronted
from tests.servers.tool_sign_in.conftest import DeviceProvider, HurriedEnv, Opening, Reader, guarded_tool

USER, PASSWORD = "svc-avise", "canari-proxy-4711"
NO_SIGN_IN = '{ type = "none" }'


async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
    del asked
    writer.write(reply({"rows": [{"id": "R-1", "subject": "Retard"}]}))
    await writer.drain()


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[tuple[str, str]]:
    """Run a tool whose name only the proxy knows; give its address, and the file of its authority."""
    authority = Authority()
    ca_file = tmp_path / "house.pem"
    ca_file.write_bytes(authority.pem)
    async with running_tool(answer) as tool:
        with fronted(tmp_path, authority, urlsplit(tool.base_url).port or 0) as front:
            yield f"https://{FAR}:{urlsplit(front.address).port}", str(ca_file)


async def failure_of(reader: Reader) -> tuple[ErrorKind, str] | None:
    error = (await reader.read()).error
    return None if error is None else (error.kind, error.detail)


async def test_a_tool_is_read_through_the_proxy_of_the_settings_with_its_account(
    open_reader: Opening,
    far: tuple[str, str],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    address, ca_file = far
    async with proxy(f"{USER}:{PASSWORD}") as running:
        outward = Outward(ca_file, Proxies(running.address, USER, PASSWORD))
        async with open_reader(address, NO_SIGN_IN, outward=outward) as reader:
            assert await failure_of(reader) is None
            assert running.asked == [f"CONNECT {urlsplit(address).netloc}"]
            said = repr(outward) + repr(reader.host.diagnostics("complaints"))
        told = capsys.readouterr()
        assert PASSWORD not in said + caplog.text + told.out + told.err


@pytest.mark.parametrize("account", [("", ""), (USER, "une autre")], ids=["none", "wrong"])
async def test_a_proxy_that_asks_for_an_account_says_so(
    open_reader: Opening, far: tuple[str, str], account: tuple[str, str]
) -> None:
    address, ca_file = far
    async with proxy(f"{USER}:{PASSWORD}") as running:
        outward = Outward(ca_file, Proxies(running.address, *account))
        async with open_reader(address, NO_SIGN_IN, outward=outward) as reader:
            assert await failure_of(reader) == (ErrorKind.CONFIG, PROXY_ACCOUNT)


async def test_a_proxy_that_asks_for_an_account_without_a_tunnel_says_the_same(open_reader: Opening) -> None:
    async with proxy(f"{USER}:{PASSWORD}") as running:
        outward = Outward(proxies=Proxies(running.address))
        async with open_reader(f"http://{FAR}", NO_SIGN_IN, outward=outward) as reader:
            assert await failure_of(reader) == (ErrorKind.CONFIG, PROXY_ACCOUNT)
        assert running.asked[0].startswith(f"GET http://{FAR}/")


async def test_the_proxy_of_the_environment_is_followed_where_the_settings_say_nothing(
    open_reader: Opening, far: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, ca_file = far
    async with proxy() as running:
        monkeypatch.setenv("HTTPS_PROXY", running.address)
        async with open_reader(address, NO_SIGN_IN, outward=Outward(ca_file)) as reader:
            assert await failure_of(reader) is None
        monkeypatch.setenv("NO_PROXY", ".maison.invalid")
        async with open_reader(address, NO_SIGN_IN, outward=Outward(ca_file)) as reader:
            assert await failure_of(reader) == (ErrorKind.UNAVAILABLE, "name not found")
        assert len(running.asked) == 1


async def test_one_tool_goes_its_own_way(open_reader: Opening, far: tuple[str, str]) -> None:
    address, ca_file = far
    async with proxy() as running:
        through = Outward(ca_file, Proxies(running.address))
        async with open_reader(address, NO_SIGN_IN, outward=through, proxy="none") as reader:
            assert await failure_of(reader) == (ErrorKind.UNAVAILABLE, "name not found")
        directly = Outward(ca_file, Proxies("none"))
        async with open_reader(address, NO_SIGN_IN, outward=directly, proxy=running.address) as reader:
            assert await failure_of(reader) is None
        assert len(running.asked) == 1


async def test_the_service_where_people_sign_in_is_reached_through_the_proxy_too(
    open_reader: Opening, device_provider: DeviceProvider, tmp_path: Path
) -> None:
    authority = Authority()
    ca_file = tmp_path / "house.pem"
    ca_file.write_bytes(authority.pem)
    async with proxy() as running, guarded_tool(device_provider.issuer) as (tool, _):
        with fronted(tmp_path, authority, device_provider.port) as front:
            service = f"https://{FAR}:{urlsplit(front.address).port}"
            auth = device_provider.auth.replace(device_provider.issuer, service)
            outward = Outward(str(ca_file), Proxies(running.address))
            async with open_reader(tool.base_url, auth, outward=outward, env=HurriedEnv()) as reader:
                await reader.sign_in_elsewhere(device_provider.approve)
                assert (await reader.read()).error is None
            assert running.asked[0] == f"CONNECT {urlsplit(service).netloc}"
