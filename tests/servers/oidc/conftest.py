"""A provider for the tests of this folder, and what reaches it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avise.env import Env, FixedEnv
from avise.oidc.provider import IdentityProvider
from avise.oidc.provider_tokens import ProviderSettings
from tests.servers.oidc.providers import RunningProvider, start_provider

APPLICATION = "avise-desktop"

Reach = Callable[..., IdentityProvider]


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """Run a provider that checks PKCE, for the tests of a module."""
    running = start_provider(tmp_path_factory.mktemp("provider"), strict=True)
    yield running
    running.stop()


@pytest.fixture
def plain_provider(tmp_path: Path) -> Iterator[RunningProvider]:
    """Run the package as it comes, for one test that stops or replaces it."""
    running = start_provider(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def env() -> FixedEnv:
    """Stand at the provider's own time, which is the machine's."""
    return FixedEnv(moment=datetime.now(UTC))


@pytest.fixture
async def reach(tls: ssl.SSLContext, env: FixedEnv) -> AsyncIterator[Reach]:
    """Return how a provider is reached; what was opened is closed at the end."""
    async with AsyncExitStack() as stack:

        def reaching(issuer: str, *, clock: Env = env, **changes: str) -> IdentityProvider:
            settings = replace(ProviderSettings(issuer, APPLICATION), **changes)  # type: ignore[arg-type]  # texts by name
            reached = IdentityProvider(settings, clock, tls)
            stack.push_async_callback(reached.aclose)
            return reached

        yield reaching
