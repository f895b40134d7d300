"""A house whose staff sign in at its identity provider: the provider says who, the hub what they may do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.port import HubError
from avise.hub.remote import RemoteHub
from avise.hub.remote_line import HubLine
from avise.hub.remote_sign_in import ProviderTokens
from avise.models.roles import Role
from avise.oidc.code_flow import SignedIn, sign_in
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from tests.hub_house import AGENT, LONG_AGO, TEAM, hire, opener
from tests.servers.hub_http.calling import call
from tests.servers.hub_http.serving import TLS, HouseEnv, HttpHouse, served
from tests.servers.oidc.providers import LOGIN, RunningProvider, browsing, start_provider


@pytest.fixture(scope="module")
def running_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """Run a provider that checks PKCE."""
    running = start_provider(tmp_path_factory.mktemp("provider"), strict=True)
    yield running
    running.stop()


@dataclass
class SignedInHouse:
    """A hub that believes a provider, and somebody who signed in there."""

    house: HttpHouse
    provider: IdentityProvider
    signed_in: SignedIn

    def hub(self, device: str) -> RemoteHub:
        tokens = ProviderTokens(self.provider, self.signed_in, device, self.house.env)
        return RemoteHub(HubLine(self.house.running.address, TLS), tokens, self.house.env)


@pytest.fixture
async def at_provider(running_provider: RunningProvider, tmp_path: Path) -> AsyncIterator[SignedInHouse]:
    """Serve a hub that believes the provider, and sign somebody in there by their browser."""
    env = HouseEnv(datetime.now(UTC))
    provider = IdentityProvider(ProviderSettings(running_provider.issuer, "avise-desktop"), env, TLS)
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    await transactions.write(hire)
    async with browsing() as browser:
        signed_in = await sign_in(provider, browser.open, env)
    async with served(HubCore(env), transactions, env, provider=provider, passwords=False) as running:
        house = HttpHouse(running, transactions.write, env)
        yield SignedInHouse(house, provider, signed_in)
        await house.aclose()
    await transactions.aclose()
    await provider.aclose()


async def test_somebody_whom_the_provider_knows_and_the_hub_does_not_reaches_nothing(
    at_provider: SignedInHouse,
) -> None:
    hub = at_provider.hub("poste-camille")
    with pytest.raises(HubError, match=r"hub\.no_right"):
        await hub.enrol()
    await hub.aclose()


async def test_a_member_of_staff_works_with_the_provider_s_token(at_provider: SignedInHouse) -> None:
    await at_provider.house.set_up(
        lambda connection: staff.save_member(connection, LOGIN, "Camille Canari", Role.AGENT)
    )
    await at_provider.house.set_up(lambda connection: staff.join(connection, LOGIN, TEAM, LONG_AGO))
    hub = at_provider.hub("poste-camille")
    await hub.enrol()
    assert [perimeter.id for perimeter in (await hub.head()).perimeters] == ["house", TEAM]
    await hub.aclose()


async def test_the_device_beside_a_provider_s_token_is_one_s_own(at_provider: SignedInHouse) -> None:
    await at_provider.house.set_up(
        lambda connection: staff.save_member(connection, LOGIN, "Camille Canari", Role.AGENT)
    )
    await at_provider.house.connect(AGENT)
    for device in (AGENT.device, "", "poste-jamais-vu"):
        hub = at_provider.hub(device)
        with pytest.raises(HubError, match=r"hub\.unknown_device"):
            await hub.head()
        await hub.aclose()


async def test_a_hub_without_passwords_says_so_and_where_to_sign_in(at_provider: SignedInHouse) -> None:
    line = HubLine(at_provider.house.running.address, TLS)
    ways = await line.ways()
    assert (ways.passwords, ways.provider) == (False, at_provider.provider.settings)
    await line.aclose()
    told = {"login": AGENT.login, "password": "x", "device": "x"}
    answer = await call(at_provider.house.running.address, "POST", "/sign-in", told)
    assert (answer.status, answer.key) == (400, "hub.no_passwords")


async def test_a_token_that_neither_the_hub_nor_the_provider_signed_is_refused(
    at_provider: SignedInHouse,
) -> None:
    header, body, _ = at_provider.signed_in.identity_token.split(".")
    for token in (f"{header}.{body}.AAAA", f"{header}.{body}.", "x.y.z", "a" * 9_000):
        answer = await call(at_provider.house.running.address, "GET", "/head", token=token)
        assert (answer.status, answer.key) == (401, "hub.token_refused")
