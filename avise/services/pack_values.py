"""What a window shows of the data on board: packs, their progress, their age and their end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.errors import AviseError
from avise.models.leases import LeaseState
from avise.models.packs import PackKind


class PackState(StrEnum):
    """Where a pack is."""

    ABSENT = "absent"
    PREPARING = "preparing"
    PAUSED = "paused"
    """Interrupted: it goes on from where it was."""
    READY = "ready"
    PARTIAL = "partial"
    """Ended, and some readings failed: they are counted."""
    EXPIRED = "expired"
    """Its end has passed: erased."""
    LOCKED = "locked"
    """The key's lease has ended: unreadable until the hub is reached."""


@dataclass(frozen=True, slots=True)
class PackRow:
    """One set of data on board.

    Args:
        kind: what it holds.
        state: where it is.
        wanted: customers or documents that it should hold.
        held: those that it holds whole.
        failed: those of which a reading failed.
        bytes: on the disk.
        prepared_at: when it was last complete; None before.
        ends_at: the earlier of its own end and the key's lease; None when absent.
    """

    kind: PackKind
    state: PackState
    wanted: int = 0
    held: int = 0
    failed: int = 0
    bytes: int = 0
    prepared_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PacksStatus:
    """Everything about the data on board.

    Args:
        lease: where the key is.
        lease_until: its end.
        checked_out: customers whose requests this user holds until the lease's end.
        packs: one row a kind.
        size_limit: bytes that the packs may take together.
        preparing: whether a preparation runs.
        trouble: why the last preparation stopped, as a sentence of the catalogue; None when it did not.
        pin_set: whether a PIN protects the key.
        tries_left: of the PIN, before the key is destroyed until the next contact.
    """

    lease: LeaseState
    lease_until: datetime | None = None
    checked_out: int = 0
    packs: tuple[PackRow, ...] = ()
    size_limit: int = 0
    preparing: bool = False
    trouble: AviseError | None = None
    pin_set: bool = False
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class PackOrder:
    """What to take on board.

    Args:
        days: that the visits are taken for, the first one included.
        first_day: of the visits.
        portfolio: whether the synthesis of every customer of the portfolio is taken.
        documents: whether documents are.
        take_over: end what another workstation of this user has on board (`hub.checked_out_elsewhere`).
    """

    first_day: date
    days: int = 5
    portfolio: bool = True
    documents: bool = True
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class CarriedDocument:
    """A document on board."""

    person: PersonId
    document: str
    """Its identifier in its tool."""
    title: str
    bytes: int
    read_at: datetime
