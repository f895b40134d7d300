"""A desk whose hub is a server: signing in, working through HTTP, and signing out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from avise.engine.engine import Engine
from avise.hub import staff
from avise.hub.core import HubCore
from avise.hub.local import SqliteTransactions
from avise.hub.passwords import hash_password
from avise.models.errors import AviseError
from avise.services.request_values import HubState, HubStatus, NewRequest, RequestQuery
from tests.hub_house import AGENT, hire, opener
from tests.servers.hub_http.serving import HouseEnv, served
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


async def test_somebody_signs_in_once_works_and_is_still_signed_in_at_the_next_start(hub: Served) -> None:
    await asyncio.to_thread(_work, hub)
    await asyncio.to_thread(hub.stack.close)
    await asyncio.to_thread(_work_again, hub)
