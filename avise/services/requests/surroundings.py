"""What the middle office needs of the rest of the desk, of the store and of the hub."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from avise.hub.port import HubPort, Presence
from avise.models.absences import Absence
from avise.models.requests import Request, RequestId
from avise.services.request_type_files import RequestTypes
from avise.services.requests.creation import AboutPort
from avise.services.requests.customer_names import CustomerNames
from avise.services.requests.details import Details


class HubLink(Protocol):
    """The hub behind this station, as the middle office uses it."""

    hidden: bool

    @property
    def hub(self) -> HubPort:
        """The hub itself; `HubUnreachableError` while it is not there."""

    def poke(self) -> None:
        """Have what was written sent now."""

    def show_presence(self, presence: Presence | None) -> None:
        """Tell what is on screen."""


class SignIn(Protocol):
    """Signs this station's user in at a remote hub."""

    async def sign_in(self, password: str) -> None:
        """With a password of the hub's own."""

    async def sign_in_with_provider(self) -> str:
        """At the identity provider: return the address to open."""

    async def sign_out(self) -> None:
        """Forget the tokens."""


class RequestMemoryPort(Protocol):
    """What one desk keeps about requests."""

    async def save_draft(self, request: RequestId, target: str, words: str) -> None:
        """Keep what is being typed."""

    async def drafts(self, request: RequestId) -> dict[str, str]:
        """Return what was being typed."""

    async def note_seen(self, request: RequestId, ver: int) -> None:
        """Remember what was looked at."""

    async def seen(self) -> dict[RequestId, int]:
        """Return what was seen last of each request."""

    async def keep_view(self, view_id: str, body: str) -> None:
        """Keep a list."""

    async def forget_view(self, view_id: str) -> None:
        """Forget a list."""

    async def views(self) -> dict[str, str]:
        """Return the lists kept."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the middle office needs of the rest of the desk."""

    memory: RequestMemoryPort
    names: CustomerNames
    about: AboutPort
    details: Details
    types: RequestTypes
    beside: Callable[[Request], AbstractAsyncContextManager[None]]
    """Reads the file of a request's customer for as long as the request is on screen."""
    absences: Callable[[], Awaitable[Sequence[Absence]]]
