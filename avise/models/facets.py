"""What a facet of a customer is: its specification, its records and its view at one moment.

The facets themselves are in `avise.models.facet_specs`. Values in a record are JSON: text, int,
bool, None; amounts are decimal text ("1234.56"), dates ISO ("2026-03-24"), datetimes ISO and aware.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.errors import Failure
from avise.models.json_types import JSON
from avise.models.snapshot import PURGED_AFTER


class FieldKind(StrEnum):
    """How a value is written on screen."""

    TEXT = "text"
    DATE = "date"
    DATETIME = "datetime"
    AMOUNT = "amount"
    INTEGER = "integer"
    BOOL = "bool"
    ENUM = "enum"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    NIR = "nir"


class Datum(StrEnum):
    """Rows of the masking matrix (`domain.md` 2.7)."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    NIR = "nir"
    IBAN = "iban"
    CONTACT = "contact"
    BENEFIT_LINE = "benefit_line"
    ACT_LABEL = "act_label"
    MEDICAL_DOCUMENT = "medical_document"
    CONTRIBUTIONS = "contributions"
    COMPLAINTS = "complaints"
    PROTECTED_FILE = "protected_file"
    NEUTRAL = "neutral"
    """Everything that every role may read."""


class Sensitivity(StrEnum):
    """What a facet holds; `health` is purged at log-off."""

    NONE = "none"
    PERSONAL = "personal"
    FINANCIAL = "financial"
    HEALTH = "health"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a facet's records. Label: catalogue key `field.<facet>.<name>`."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    datum: Datum = Datum.NEUTRAL
    values: tuple[str, ...] = ()
    """Canonical codes of an ENUM; label: catalogue key `enum.<facet>.<name>.<code>`."""


class Shape(StrEnum):
    """How a block is laid out."""

    CARD = "card"
    """Label and value, one record at a time."""
    LIST = "list"
    """One row a record."""


@dataclass(frozen=True, slots=True)
class FacetSpec:
    """What is common to a facet, whatever tool feeds it. Title: catalogue key `facet.<id>`."""

    id: str
    icon: str
    shape: Shape
    sensitivity: Sensitivity
    fresh_for: timedelta
    """Younger: no call to the tool."""
    datum: Datum
    """The row of the masking matrix that decides who sees the facet at all."""
    fields: tuple[FieldSpec, ...]
    usable_for: timedelta = PURGED_AFTER
    """Older: not shown as data, and purged."""
    deadline: timedelta = timedelta(seconds=4)
    live_fields: tuple[str, ...] = ()
    """Fields that may be revealed or compared by a live, logged call ("nir", "iban")."""

    def field(self, name: str) -> FieldSpec:
        """Return the field of that name; KeyError when the facet has none."""
        for spec in self.fields:
            if spec.name == name:
                return spec
        raise KeyError(name)


class FacetState(StrEnum):
    """Decision 13; one pure function (`avise.models.freshness`) gives it."""

    WAITING = "waiting"
    PARTIAL = "partial"
    FRESH = "fresh"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    STALE = "stale"
    FAILED = "failed"
    FORBIDDEN = "forbidden"
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not_applicable"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class FacetRecord:
    """One record of a facet, masked for the reader."""

    id: str
    """Stable within (source, facet)."""
    data: Mapping[str, JSON]
    as_of: datetime | None = None
    masked: frozenset[str] = frozenset()
    """Fields whose value is a masked form."""
    extra: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetView:
    """One block of the customer screen at one moment, from one tool."""

    facet: str
    source: str
    """Instance of the connector."""
    source_name: str
    """What staff call the tool."""
    state: FacetState
    records: Sequence[FacetRecord] = ()
    as_of: datetime | None = None
    """When the source says that it was true, else when it was read. Aware."""
    fetched_at: datetime | None = None
    total: int | None = None
    """How many records the source says there are, when it is more than shown."""
    truncated_because: str = ""
    error: Failure | None = None
    """With STALE: why the copy is shown. With FAILED: why nothing is."""
    refreshing: bool = False
    changed: bool = False
    """The source announced a change since this reading."""
    unreadable: int = 0
    """Records that did not fit the facet's schema and were left out."""
    carried_until: datetime | None = None
    """End of the pack that the records come from; None for records that do not come from one. Aware."""
