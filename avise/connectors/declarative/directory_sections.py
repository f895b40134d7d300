"""The `[directory]` of a connector file: how everybody whom a tool lists is read, then what changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.mapping import FieldRule
from avise.connectors.declarative.values import Duration, Expression, Scheme, Section, Text

LATE = timedelta(days=2)
"""Tools write some changes under a date already past (a nightly job, a clock that is slow): what changed
that long before the last change read is asked for again. Reading it twice changes nothing."""


class DirectoryReading(Section):
    """What becomes of a row, whatever it is read from."""

    fields: dict[str, FieldRule]
    """Fields of `avise.models.customer.Party`; `native_id` and `kind` are required."""
    ids: dict[Scheme, Expression] = Field(default_factory=dict)
    """Identifier in each tool, by scheme; a scheme with a dot is quoted."""


class SqlDirectory(DirectoryReading):
    """Everybody by pages of a key, then what changed by the date of the change."""

    query: str
    """Everybody after a key: `select … where id > :after order by id limit :size`."""
    key: str
    """The column of that key: unique, and never null."""
    start: str | int = 0
    """A key before all others."""
    size: Annotated[int, Field(ge=1, le=20_000)] = 5_000
    params: dict[str, Text] = Field(default_factory=dict)
    summary: str | None = None
    """One row told before anything is read: `total`, and `newest` when `changes` is given."""
    changes: str | None = None
    """What changed: `… where changed > :since or (changed = :since and id > :after) order by changed, id`."""
    changed: str | None = None
    """The column of the date, or of the growing number, of a change."""
    overlap: Duration = LATE
    everybody: Duration | None = None
    """How often everybody is read again, so that whoever is no longer listed goes."""

    @model_validator(mode="after")
    def _follows(self) -> SqlDirectory:
        if (self.changes is None) != (self.changed is None):
            raise PydanticCustomError("directory_changed", "changes with changed")
        if self.changes is not None and self.summary is None:
            raise PydanticCustomError("directory_summary", "changes without summary")
        if self.changes is None and self.everybody is None:
            raise PydanticCustomError("directory_everybody", "neither changes nor everybody")
        return self


class CsvDirectory(DirectoryReading):
    """Everybody in the newest file: each new file is a whole, and whoever is not in it is gone."""

    size: Annotated[int, Field(ge=1, le=20_000)] = 5_000
    """Lines of a page."""
