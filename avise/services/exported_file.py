"""A customer's file taken out of Avise: why, in which form, and what it holds, masked for the role."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avise.models.facets import FacetView
from avise.models.interaction import TimelineEntry
from avise.services.customer_updates import Header


class ExportForm(StrEnum):
    """How it leaves. Label: catalogue key `export.form.<form>`."""

    PDF = "pdf"
    JSON = "json"
    PRINT = "print"


class ExportReason(StrEnum):
    """Why it leaves. Label: catalogue key `export.reason.<reason>`."""

    ACCESS_REQUEST = "access_request"
    """The person asks for what is held of them (GDPR art. 15)."""
    COMPLAINT = "complaint"
    AUTHORITY = "authority"
    APPOINTMENT = "appointment"
    OTHER = "other"
    """Said in words."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What somebody wants to take out."""

    form: ExportForm
    reason: ExportReason
    words: str = ""
    """More about the reason; needed for OTHER."""


@dataclass(frozen=True, slots=True)
class ExportedBlock:
    """One block of the file."""

    view: FacetView
    """Masked for the role."""
    left_out: int = 0
    """Rows beyond the limit."""


@dataclass(frozen=True, slots=True)
class ExportedTimeline:
    """The timeline of the file, newest first."""

    entries: tuple[TimelineEntry, ...] = ()
    """Of what the role may read; numbers that no note may hold are masked. Sources by their names."""
    left_out: int = 0
    """Lines beyond the limit, the oldest."""
    missing: tuple[str, ...] = ()
    """Names of the tools that could not tell theirs."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """What leaves; the journal already says that it does."""

    event: uuid.UUID
    at: datetime
    by: str
    wish: ExportWish
    header: Header
    blocks: tuple[ExportedBlock, ...]
    timeline: ExportedTimeline = ExportedTimeline()
