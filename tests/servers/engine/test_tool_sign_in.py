"""A tool that asks its user to sign in, on a whole engine: its block is read again by itself afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from avise.commands.show import find_person
from avise.connectors.contract import Health
from avise.engine.engine import Engine
from avise.engine.loops import LoopThread
from avise.models.errors import ErrorKind
from avise.models.facets import FacetState
from avise.models.roles import Purpose
from avise.models.tool_sign_in import BrowserPage, SignInWay
from avise.services.customer_updates import FacetChanged
from tests.servers.engine.conftest import MutualInABox
from tests.servers.oidc.providers import Browser, RunningProvider, start_provider
from tests.servers.tool_sign_in.conftest import BROWSER, FILE, guarded_tool

MEMBER = "0482917350"
FACET = "complaints"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[RunningProvider]:
    """Run a provider that checks PKCE."""
    said = tmp_path / "provider"
    said.mkdir()
    running = start_provider(said, strict=True)
    yield running
    running.stop()


@pytest.fixture
def guarded(provider: RunningProvider) -> Iterator[str]:
    """Run a tool behind that provider, on a loop of its own; give its address."""
    thread = LoopThread("tool of the test")
    thread.start()
    running = guarded_tool(provider.issuer)
    tool, _ = thread.submit(running.__aenter__()).result(10)
    yield tool.base_url
    thread.submit(running.__aexit__(None, None, None)).result(10)
    thread.stop()


@pytest.fixture
def folder(mutual: MutualInABox, tmp_path: Path, provider: RunningProvider, guarded: str) -> Path:
    """Write a profile whose complaints come from that tool."""
    folder = mutual.profile(tmp_path / "profile")
    (folder / "connectors" / "complaints.toml").write_text(FILE.replace("AUTH", BROWSER), "utf-8")
    settings = folder / "settings.toml"
    told = settings.read_text("utf-8")
    head, _, rest = told.partition("[instances.complaints")
    after = rest.partition("\n[instances.")
    while after[2].startswith("complaints"):
        after = after[2].partition("\n[instances.")
    own = (
        f'[instances.complaints]\nconnector = "complaints"\n'
        f'[instances.complaints.config]\nbase_url = "{guarded}"\nissuer = "{provider.issuer}"\n'
    )
    settings.write_text(f"{head}{own}{after[1]}{after[2]}", "utf-8")
    return folder


async def read_after_a_sign_in(engine: Engine) -> list[FacetState]:
    """Open a customer, sign in at the tool that asks, and follow its block until it is read."""
    person = await find_person(engine.desk, MEMBER)
    states: list[FacetState] = []
    browser = Browser()

    async def sign_in() -> None:
        steps = engine.desk.sign_in_to_tool(FACET, SignInWay.BROWSER)
        async with aclosing(steps) as told:  # type: ignore[type-var]  # a generator
            async for step in told:
                if isinstance(step, BrowserPage):
                    await browser.open(step.address)

    signing: asyncio.Task[None] | None = None
    async with (
        asyncio.timeout(60),
        aclosing(engine.desk.open_customer(person, Purpose.CALL)) as updates,  # type: ignore[type-var]
    ):
        async for update in updates:
            if not isinstance(update, FacetChanged) or update.view.facet != FACET:
                continue
            states.append(update.view.state)
            error = update.view.error
            if error is not None and signing is None:
                assert (error.kind, error.sign_in) == (ErrorKind.AUTH, True)
                signing = asyncio.create_task(sign_in())
            elif update.view.state is FacetState.FRESH:
                break
    assert signing is not None
    await signing
    await browser.aclose()
    return states


def test_a_block_is_read_again_after_a_sign_in_and_a_restart_asks_nothing(folder: Path) -> None:
    with Engine.open(folder) as engine:
        engine.run(engine.directory_ready())
        states = engine.run(read_after_a_sign_in(engine))
        assert FacetState.FAILED in states
        assert states[-1] is FacetState.FRESH
    with Engine.open(folder) as engine:
        # The sealed refresh token is enough: the tool answers, and no page is opened.
        assert engine.run(engine.desk.check_source(FACET)).health is Health.OK
