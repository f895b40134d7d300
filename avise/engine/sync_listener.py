"""Whoever shows what the hub tells a workstation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from avise.hub.port import Colleague, Head
from avise.models.fed_events import FedEvent
from avise.models.journal import EventEnvelope
from avise.services.request_values import HubStatus
from avise.services.sync import Judgement


class SyncListener(Protocol):
    """Whoever shows what the hub says; called on the engine's loop."""

    def on_status(self, status: HubStatus) -> None:
        """Take how this station stands."""

    async def on_head(self, head: Head) -> None:
        """Take what the hub says of rights and presences."""

    async def on_colleagues(self, colleagues: tuple[Colleague, ...]) -> None:
        """Take who works here."""

    async def on_fed(self, events: Sequence[FedEvent]) -> None:
        """Take events that were just kept."""

    async def on_judged(self, told: Sequence[tuple[EventEnvelope, Judgement]]) -> None:
        """Take what the hub said of own events."""

    async def on_begun(self) -> None:
        """Take that everything confirmed comes again."""

    async def on_forgotten(self) -> None:
        """Take that some feeds are gone."""
