"""A desk whose hub is a server: signing in, working through HTTP, and signing out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from avise.engine.engine import Engine
from avise.env import FixedEnv
from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.passwords import hash_password
from avise.models.errors import AviseError
from avise.models.roles import Role
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from avise.services.request_values import HubState, HubStatus, NewRequest, RequestQuery
from tests.hub_house import AGENT, hire, opener
from tests.servers.hub_http.serving import TLS, HouseEnv, served
from tests.servers.oidc.providers import LOGIN, Browser, start_provider
from tests.servers.requests.desks import board, first, opened

SENTENCE = "une phrase que personne ne dit"
NEW = NewRequest("OTHER", None, {"subject": "Carte", "topic": "other", "question": "Où est-elle ?"})

_SETTINGS = """
synthetic = true
site_namespace = "5b1f5bb6-0b6b-5d2e-9f3c-0d4b1b7a8f11"
identity_master = "parties"

[user]
login = "{login}"
name = "Léa Girard"
role = "agent"

[key]
source = "demo"

[hub]
mode = "remote"
url = "{url}"
"""


@dataclass
class Served:
    """A running server, and a profile that names it."""

    profile: Path
    stack: ExitStack

    def desk(self) -> Engine:
        """Open Léa's desk."""
        return self.stack.enter_context(opened(self.profile))


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Served]:
    env = HouseEnv()
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    await transactions.open()
    await transactions.write(hire)
    kept = await asyncio.to_thread(hash_password, SENTENCE, env)
    await transactions.write(lambda connection: staff.keep_password(connection, AGENT.login, kept))
    profile = tmp_path / "profile"
    profile.mkdir()
    async with served(HubCore(env), transactions, env) as running:
        settings = _SETTINGS.format(login=AGENT.login, url=running.address)
        (profile / "settings.toml").write_text(settings, encoding="utf-8")
        with ExitStack() as stack:
            yield Served(profile, stack)
            await asyncio.to_thread(stack.close)
    await transactions.aclose()


def status(engine: Engine, wanted: Callable[[HubStatus], bool]) -> HubStatus:
    """Wait until a desk stands with its hub as wanted."""
    return engine.run(first(engine.desk.hub_status(), wanted))


def _work(hub: Served) -> None:
    lea = hub.desk()
    asked = status(lea, lambda found: found.state is HubState.SIGN_IN_NEEDED)
    assert asked.sign_in == "local"
    with pytest.raises(AviseError, match=r"hub\.wrong_password"):
        lea.run(lea.desk.sign_in("une autre phrase"))
    lea.run(lea.desk.sign_in(SENTENCE))
    status(lea, lambda found: found.state is HubState.ONLINE)
    lea.run(lea.desk.create_request(NEW))
    told = board(lea, RequestQuery("me/sent"), lambda found: bool(found.rows and found.rows[0].number))
    assert not told.rows[0].tentative


def _work_again(hub: Served) -> None:
    lea = hub.desk()
    status(lea, lambda found: found.state is HubState.ONLINE)
    assert board(lea, RequestQuery("me/sent"), lambda found: found.total == 1).rows[0].number
    lea.run(lea.desk.sign_out())
    status(lea, lambda found: found.state is HubState.SIGN_IN_NEEDED)
    lea.run(lea.desk.create_request(NEW))
    assert board(lea, RequestQuery("me/sent"), lambda found: found.total == 2).rows


async def test_a_demonstration_signs_its_user_in_by_itself(hub: Served) -> None:
    secrets = hub.profile / "demo-secrets.toml"
    secrets.write_text(f'[hub]\npassword = "{SENTENCE}"\n', encoding="utf-8")

    def work() -> None:
        lea = hub.desk()
        status(lea, lambda found: found.state is HubState.ONLINE)
        lea.run(lea.desk.sign_out())
        status(lea, lambda found: found.state is HubState.SIGN_IN_NEEDED)

    await asyncio.to_thread(work)


async def test_somebody_signs_in_once_works_and_is_still_signed_in_at_the_next_start(hub: Served) -> None:
    await asyncio.to_thread(_work, hub)
    await asyncio.to_thread(hub.stack.close)
    await asyncio.to_thread(_work_again, hub)


async def test_somebody_signs_in_in_the_browser_and_is_still_signed_in_at_the_next_start(
    tmp_path: Path,
) -> None:
    (tmp_path / "logs").mkdir()
    running = await asyncio.to_thread(start_provider, tmp_path / "logs", strict=True)
    env = FixedEnv(moment=datetime.now(UTC))
    provider = IdentityProvider(ProviderSettings(running.issuer, "avise-desktop"), env, TLS)
    transactions = SqliteTransactions(opener(tmp_path / "hub.db"), env)
    profile = tmp_path / "profile"
    profile.mkdir()
    try:
        await transactions.open()
        await transactions.write(_hire_camille)
        async with served(HubCore(env), transactions, env, provider=provider) as house:
            settings = _SETTINGS.format(login=LOGIN, url=house.address)
            more = f'sign_in = "oidc"\nissuer = "{running.issuer}"\napplication = "avise-desktop"\n'
            (profile / "settings.toml").write_text(settings + more, encoding="utf-8")
            for turn in (_sign_in_in_browser, _is_still_signed_in):
                with ExitStack() as stack:
                    await asyncio.to_thread(turn, Served(profile, stack))
                    await asyncio.to_thread(stack.close)
    finally:
        await provider.aclose()
        await transactions.aclose()
        await asyncio.to_thread(running.stop)


def _hire_camille(connection: Connection) -> None:
    staff.save_member(connection, LOGIN, "Camille Canari", Role.AGENT)
    staff.join(connection, LOGIN, "team/PLATEAU", datetime(2020, 1, 1, tzinfo=UTC))


def _sign_in_in_browser(hub: Served) -> None:
    desk = hub.desk()
    asked = status(desk, lambda found: found.state is HubState.SIGN_IN_NEEDED)
    assert asked.sign_in == "oidc"
    with pytest.raises(AviseError, match=r"hub\.no_sign_in"):
        desk.run(desk.desk.sign_in(SENTENCE))
    address = desk.run(desk.desk.sign_in_with_provider())
    asyncio.run(Browser().browse(address))
    status(desk, lambda found: found.state is HubState.ONLINE)


def _is_still_signed_in(hub: Served) -> None:
    desk = hub.desk()
    status(desk, lambda found: found.state is HubState.ONLINE)
