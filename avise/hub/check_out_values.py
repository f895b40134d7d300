"""A portfolio taken on the road: what a workstation asks, and what the hub lends it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

MOST_CHECKED_OUT = 20_000
"""Persons of one portfolio."""

MOST_DAYS = 14
"""How long a lease may be without a contact."""

DAYS = 7

HALF_BYTES = 32
"""Of the key of what is on board: the hub's half."""

RECEIPT_DIGITS = 64
"""Of the digest of what a device says once it has erased itself."""


@dataclass(frozen=True, slots=True)
class CheckOut:
    """What a representative takes along.

    Args:
        persons: of the portfolio.
        days: of the lease, counted again from each renewal.
        take_over: end what another workstation of the same person took.
    """

    persons: tuple[uuid.UUID, ...]
    days: int = DAYS
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """What the hub lends.

    Args:
        half: its half of the key of what is on board.
        until: end of the lease, by the hub's clock.
        now: the hub's clock.
        count: persons whose requests this user takes first.
        elsewhere: persons asked for that a colleague has along already.
    """

    half: bytes
    until: datetime
    now: datetime
    count: int
    elsewhere: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOutStanding:
    """What the hub says, with each head, of what this workstation took along.

    Args:
        until: end of the lease, by the hub's clock.
        renewed_at: when it was last lent or renewed.
        ended: why it has ended for good ("given_back", "taken_over"); "" while it may be renewed.
    """

    until: datetime
    renewed_at: datetime
    ended: str = ""
