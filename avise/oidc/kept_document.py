"""A document of the identity provider, kept between the calls that need it and renewed when it must be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from avise.env import Env
from avise.oidc.errors import ProviderError, unreachable

FRESH_FOR_S = 3600.0
"""Keys are fetched again that often, so that one that was withdrawn is believed no longer."""
USABLE_FOR_S = 24 * 3600.0
"""While the provider does not answer, keys so old still check."""
FLOOR_S = 30.0
"""Between two fetches: tokens with invented key ids do not make the hub hammer the provider."""

T = TypeVar("T")


class KeptDocument(Generic[T]):
    """A document fetched by one caller at a time, kept an hour, renewed at most twice a minute.

    Those who wait for a fetch share its end, good or bad: a provider that hangs costs each of them one
    deadline, not one after the other.

    Args:
        fetch: asks the provider; raises ProviderError and nothing else.
        env: the clock that ages the document.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T]], env: Env) -> None:
        self._fetch = fetch
        self._env = env
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fetched_at = 0.0
        self._tried_at = 0.0
        self._tries = 0
        self._failure: ProviderError | None = None

    async def get(self) -> T:
        """Return the document, an older one when the provider cannot be asked for another."""
        kept, age = self._value, self._env.monotonic() - self._fetched_at
        if kept is None:
            return await self._tried(self._tries)
        if age < FRESH_FOR_S or (age < USABLE_FOR_S and self._tried_lately()):
            return kept
        try:
            return await self._tried(self._tries)
        except ProviderError:
            if age < USABLE_FOR_S:
                return kept
            raise

    async def renewed(self) -> T:
        """Return the document as the provider gives it now, or the kept one when it was just asked for.

        Raises:
            ProviderError: it cannot be asked, or could not a moment ago.
        """
        if not self._tried_lately():
            return await self._tried(self._tries)
        return self._ended()

    def _tried_lately(self) -> bool:
        return self._tries > 0 and self._env.monotonic() - self._tried_at < FLOOR_S

    async def _tried(self, seen: int) -> T:
        """Fetch, unless somebody did between the decision of this caller and its turn."""
        async with self._lock:
            if self._tries == seen:
                await self._try()
            return self._ended()

    async def _try(self) -> None:
        failure = None
        try:
            self._value = await self._fetch()
            self._fetched_at = self._env.monotonic()
        except ProviderError as error:
            failure = error
        # Not reached when the caller is cancelled: the next one in the queue fetches.
        self._failure = failure
        self._tried_at = self._env.monotonic()
        self._tries += 1

    def _ended(self) -> T:
        if self._failure is not None:
            raise ProviderError(self._failure.message_key, self._failure.detail, **self._failure.params)
        if self._value is None:
            raise unreachable("never asked")
        return self._value
