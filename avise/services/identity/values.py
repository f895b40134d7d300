"""What the window shows of records that may be one person's: plain values, masked for the role."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from avise.models.customer import PersonId
from avise.models.record_dates import NO_DATES, RecordDates


class Alike(StrEnum):
    """How two values of one field stand to each other. Word: catalogue key `identity.alike.<alike>`."""

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """One of the two records tells nothing."""


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of two records, side by side. Label: catalogue key `identity.field.<name>`."""

    name: str
    one: str = field(repr=False)
    other: str = field(repr=False)
    alike: Alike
    likeness: str = ""
    """How alike, in words; "" where nothing is to be said."""


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Whose record it is and where it comes from."""

    person: PersonId
    name: str = field(repr=False)
    source: str
    """Name of the tool, "" for the identity tool's directory."""
    is_listed: bool
    """The directory lists it: it can be opened."""
    dates: RecordDates = NO_DATES
    """When it was read, and when it changed."""


@dataclass(frozen=True, slots=True)
class RecordPair:
    """Two records side by side, why they may be one person's, and what this user may do."""

    pair: uuid.UUID
    one: RecordHead
    other: RecordHead
    fields: Sequence[FieldPair]
    why: str
    """The explanation in words."""
    probability: float | None
    proposed_by: str
    """Login, "" for a pair that somebody only looks at."""
    at: datetime | None
    may_link: bool
    """This role decides; otherwise it proposes."""
    is_proposed: bool
    refused: str = ""
    """Why they cannot be linked, in words; "" when they can."""
    against: str = ""
    """Who holds them for two persons' while `proposed_by` linked them; "" where nobody does."""
    is_sealed: bool = False
    """What one record says is not told here: it has to be compared, which asks the hub and is logged."""


@dataclass(frozen=True, slots=True)
class RecordLink:
    """A link of the customer on screen with another record."""

    link: uuid.UUID
    other: RecordHead
    how: str
    """By which rule, which score or whom, in words."""
    why: str
    author: str
    at: datetime
    may_unlink: bool


@dataclass(frozen=True, slots=True)
class SamePersonNews:
    """What an open customer's screen says of links."""

    links: int = 0
    proposals: int = 0
