"""Signing in: each scheme, one renewal, one token at a time, and nothing without its secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from avise.connectors.contract import ConfigField
from avise.connectors.endpoints import (
    BasicSignIn,
    BearerSignIn,
    ClientCredentialsSignIn,
    HeaderSignIn,
    SignIn,
)
from avise.models.errors import ErrorKind
from avise.models.source_status import SourceState
from tests.servers.host.benefits_connector import MANIFEST, BenefitsConnector, Found, manifest_with
from tests.servers.host.conftest import Desk, Opening
from tests.servers.host.tool_server import Asked, Tool, answering, reply, rows, running_tool

CLIENT = ClientCredentialsSignIn("/oauth/token", "avise", "token", "benefits.read")


@dataclass
class OAuthTool:
    """Gives tokens and takes only the last one."""

    life_s: int = 300
    slow_s: float = 0.0
    given: int = 0
    forms: list[bytes] = field(default_factory=list)
    valid: str = ""

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path == "/oauth/token":
            await asyncio.sleep(self.slow_s)
            self.given += 1
            self.forms.append(asked.body)
            self.valid = f"token-{self.given}"
            writer.write(reply({"access_token": self.valid, "expires_in": self.life_s}))
        elif asked.headers.get("authorization") == f"Bearer {self.valid}":
            writer.write(reply({"rows": rows(2)}))
        else:
            writer.write(reply(b"", status=401))
        await writer.drain()


@asynccontextmanager
async def oauth_desk(open_desk: Opening, behaviour: OAuthTool) -> AsyncIterator[tuple[Tool, Desk]]:
    found = Found(BenefitsConnector(), CLIENT)
    async with (
        running_tool(behaviour) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        yield tool, desk


@pytest.mark.parametrize(
    ("sign_in", "header", "value"),
    [
        (BasicSignIn("svc-é", "token"), "authorization", "Basic c3ZjLcOpOnQw"),
        (BearerSignIn("token"), "authorization", "Bearer t0"),
        (HeaderSignIn("X-Api-Key", "token"), "x-api-key", "t0"),
    ],
)  # fmt: skip
async def test_each_scheme_signs_the_request(
    open_desk: Opening, sign_in: SignIn, header: str, value: str
) -> None:
    found = Found(BenefitsConnector(), sign_in)
    async with running_tool(answering(reply({"rows": []}))) as tool:
        async with open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk:
            await desk.read()
        assert tool.asked[0].headers[header] == value


async def test_a_token_is_fetched_once_and_used_again(open_desk: Opening) -> None:
    oauth = OAuthTool()
    async with oauth_desk(open_desk, oauth) as (tool, desk):
        for _ in range(3):
            assert (await desk.last(force=True)).error is None
        assert oauth.given == 1
        assert oauth.forms == [b"grant_type=client_credentials&scope=benefits.read"]
        assert tool.asked[0].headers["authorization"].startswith("Basic ")


async def test_calls_at_the_same_time_fetch_one_token(open_desk: Opening) -> None:
    oauth = OAuthTool(slow_s=0.05)
    found = Found(BenefitsConnector(manifest_with(timeline=True)), CLIENT)
    async with (
        running_tool(oauth) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        values = await asyncio.gather(desk.last(), desk.host.check("benefits"))
    assert oauth.given == 1
    assert values[0].error is None


async def test_a_refused_token_is_refreshed_once(open_desk: Opening) -> None:
    oauth = OAuthTool()
    async with oauth_desk(open_desk, oauth) as (_, desk):
        await desk.read()
        oauth.valid = "revoked by the server"
        assert (await desk.last(force=True)).error is None
        assert oauth.given == 2


async def test_a_token_refused_twice_needs_signing_in(open_desk: Opening) -> None:
    async def refusing(asked: Asked, writer: asyncio.StreamWriter) -> None:
        good = reply({"access_token": "x", "expires_in": 300})
        writer.write(good if asked.path == "/oauth/token" else reply(b"", status=401))
        await writer.drain()

    found = Found(BenefitsConnector(), CLIENT)
    async with running_tool(refusing) as tool:
        async with open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk:
            last = await desk.last()
            (row,) = desk.host.status()
        assert tool.paths() == ["/oauth/token", "/benefits/0042", "/oauth/token", "/benefits/0042"]
    assert last.error is not None
    assert last.error.kind is ErrorKind.AUTH
    assert row.state is SourceState.NEEDS_AUTH


async def test_a_token_is_renewed_before_its_end(open_desk: Opening) -> None:
    oauth = OAuthTool(life_s=300)
    async with oauth_desk(open_desk, oauth) as (_, desk):
        await desk.read()
        desk.env.jump_s = 275.0
        await desk.read(force=True)
        assert oauth.given == 2


async def test_refused_client_credentials_need_signing_in(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(), CLIENT)
    async with (
        running_tool(answering(reply({"error": "invalid_client"}, status=401))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        last = await desk.last()
        assert len(tool.asked) == 1
    assert last.error is not None
    assert last.error.kind is ErrorKind.AUTH


async def test_a_fixed_token_refused_is_not_sent_again(open_desk: Opening) -> None:
    found = Found(BenefitsConnector(), BearerSignIn("token"))
    async with (
        running_tool(answering(reply(b"", status=401))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        last = await desk.last()
        assert len(tool.asked) == 1
    assert last.error is not None
    assert last.error.kind is ErrorKind.AUTH


async def test_a_missing_secret_is_a_configuration_and_sends_nothing(open_desk: Opening) -> None:
    needed = ConfigField("account_key", "secret", "Clé", required=True)
    manifest = manifest_with(config=(*MANIFEST.config, needed))
    found = Found(BenefitsConnector(manifest), BasicSignIn("svc", "account_key"))
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        last = await desk.last()
        (row,) = desk.host.status()
        assert tool.asked == []
    assert last.error is not None
    assert (last.error.kind, last.error.detail) == (ErrorKind.CONFIG, "secret account_key missing")
    assert row.state is SourceState.MISCONFIGURED


async def test_a_stored_secret_repairs_the_instance_at_the_next_try(open_desk: Opening) -> None:
    needed = ConfigField("account_key", "secret", "Clé", required=True)
    manifest = manifest_with(config=(*MANIFEST.config, needed))
    found = Found(BenefitsConnector(manifest), BasicSignIn("svc", "account_key"))
    async with (
        running_tool(answering(reply({"rows": []}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        assert (await desk.last()).error is not None
        desk.secrets.values["account_key"] = "s3cret"
        await desk.host.retry_now("benefits")
        assert (await desk.last()).error is None
