"""What a way out does with a message, and the four things that can come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from avise.models.outgoing import MessageContent, OutgoingMessage


class Outcome(StrEnum):
    """What came of handing a message over."""

    SENT = "sent"
    REFUSED = "refused"
    """For good: nothing left, and trying again would give the same."""
    NOT_YET = "not_yet"
    """Nothing left for sure; another try may succeed."""
    UNKNOWN = "unknown"
    """The answer was lost: it may have left."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of it, and why: never a text of the outside, which may name the recipient."""

    outcome: Outcome
    reason: str = ""
    """Last part of the catalogue key `message.reason.<reason>`."""
    detail: str = ""
    """The server's own code ("550")."""


SENT = Delivery(Outcome.SENT)


class Way(Protocol):
    """Hands messages of one channel over."""

    async def deliver(self, message: OutgoingMessage, content: MessageContent, now: datetime) -> Delivery:
        """Hand a message over; never raises for what the outside does."""

    async def aclose(self) -> None:
        """End its threads; what is being handed over ends first."""
