"""Signing in: each scheme, one renewal, one token at a time, and nothing without its secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from avise.connectors.contract import (
    Batch,
    CallContext,
    ConfigField,
    ConnectorEnv,
    ConnectorError,
    FacetQuery,
    Record,
)
from avise.connectors.endpoints import (
    BasicSignIn,
    BearerSignIn,
    ClientCredentialsSignIn,
    HeaderSignIn,
    SignIn,
)
from avise.connectors.instance_secrets import InstanceSecrets
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


async def test_another_host_that_the_file_declares_is_asked_without_what_signs_us_in(
    open_desk: Opening,
) -> None:
    found = Found(BenefitsConnector(), BearerSignIn("token"), hosts=("localhost",))
    async with running_tool(answering(reply({"rows": rows(1, start=1)}))) as other:
        following = other.base_url.replace("127.0.0.1", "localhost") + "/more"
        async with (
            running_tool(answering(reply({"rows": rows(1), "next": following}))) as tool,
            open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
        ):
            assert len((await desk.last()).records) == 2
    assert "authorization" in tool.asked[0].headers
    assert ["authorization" in one.headers for one in other.asked] == [False]


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
    assert (last.error.kind, last.error.detail) == (
        ErrorKind.CONFIG,
        "secret à ranger : avise secret benefits account_key",
    )
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


OTHER = "t1"


class ChangingTool:
    """Takes the one secret of the moment, whatever the scheme."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    async def __call__(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        shown = asked.headers.get("authorization", "") + asked.body.decode()
        if asked.path == "/oauth/token":
            good = f"client_secret={self.secret}" in shown
            answer = {"access_token": self.secret, "expires_in": 300}
        else:
            good = shown == f"Bearer {self.secret}"
            answer = {"rows": rows(2)}
        writer.write(reply(answer) if good else reply(b"", status=401))
        await writer.drain()


SIGN_INS = [
    BearerSignIn("token"),
    ClientCredentialsSignIn("/oauth/token", "avise", "token", client_auth="body"),
]


@pytest.mark.parametrize("sign_in", SIGN_INS)
async def test_a_secret_changed_while_the_desk_runs_is_read_again_when_it_is_refused(
    open_desk: Opening, sign_in: SignIn
) -> None:
    behaviour = ChangingTool("t0")
    found = Found(BenefitsConnector(), sign_in)
    async with (
        running_tool(behaviour) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        assert (await desk.last()).error is None
        behaviour.secret = OTHER
        desk.secrets.values["token"] = OTHER
        assert (await desk.last(force=True)).error is None


@pytest.mark.parametrize("sign_in", SIGN_INS)
async def test_a_secret_stored_after_the_refusal_is_taken_at_the_next_reading(
    open_desk: Opening, sign_in: SignIn
) -> None:
    behaviour = ChangingTool(OTHER)
    found = Found(BenefitsConnector(), sign_in)
    async with (
        running_tool(behaviour) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": found}) as desk,
    ):
        refused = (await desk.last()).error
        assert refused is not None
        assert refused.kind is ErrorKind.AUTH
        desk.secrets.values["token"] = OTHER
        assert (await desk.last(force=True)).error is None


class OpeningConnector(BenefitsConnector):
    """Signs in by itself, with the secret that it was opened with, as a session of JSON-RPC does."""

    opened_with = ""

    async def open(self, env: ConnectorEnv) -> None:
        self.opened_with = env.secret("token")
        await super().open(env)

    async def read_facet(self, query: FacetQuery, ctx: CallContext) -> AsyncIterator[Batch[Record]]:
        if self.opened_with != OTHER:
            raise ConnectorError(ErrorKind.AUTH, "session refused")
        async for batch in super().read_facet(query, ctx):
            yield batch


async def test_a_connector_that_keeps_its_secret_is_opened_anew_once_with_another(
    open_desk: Opening,
) -> None:
    connector = OpeningConnector()
    async with (
        running_tool(answering(reply({"rows": rows(2)}))) as tool,
        open_desk({"benefits": tool.base_url}, {"benefits": Found(connector)}) as desk,
    ):
        for _ in range(2):
            assert (await desk.last(force=True)).error is not None
        assert connector.opened == 1
        desk.secrets.values["token"] = OTHER
        last, _ = await asyncio.gather(desk.last(force=True), desk.host.retry_now("benefits"))
        assert last.error is None
        assert connector.opened == 2


async def test_secrets_are_read_again_once_for_all_who_are_refused_together() -> None:
    class SlowSecrets:
        asked = 0

        async def get(self, instance: str, name: str) -> str | None:
            self.asked += 1
            await asyncio.sleep(0)
            return f"{instance} {name}"

    port = SlowSecrets()
    secrets = InstanceSecrets("benefits", MANIFEST, port)
    assert await asyncio.gather(*(secrets.again() for _ in range(5))) == [True] * 5
    assert port.asked == 1
    await secrets.aclose()
