"""The `[directory]` of a connector file: how everybody whom a tool lists is read, then what changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.mapping import FieldRule, Paging
from avise.connectors.declarative.values import Duration, Expression, RoutePath, Scheme, Section, Text

LATE = timedelta(days=2)
"""Tools write some changes under a date already past (a nightly job, a clock that is slow): what changed
that long before the last change read is asked for again. Reading it twice changes nothing."""


class DirectoryReading(Section):
    """What becomes of a row, whatever it is read from."""

    fields: dict[str, FieldRule]
    """Fields of `avise.models.customer.Party`; `native_id` and `kind` are required."""
    ids: dict[Scheme, Expression] = Field(default_factory=dict)
    """Identifier in each tool, by scheme; a scheme with a dot is quoted."""


class RestDirectory(DirectoryReading):
    """Everybody and then what changed, over HTTP: by the tool's own cursor, or by pages and a date."""

    path: RoutePath
    query: dict[str, Text] = Field(default_factory=dict)
    """A parameter that is `{cursor}` or `{since}` alone is left out at the first reading."""
    cursor: Expression | None = None
    """Where the next reading starts, on the answer."""
    more: Expression | None = None
    """With `cursor`: true while pages follow; without it, until a page is empty or its cursor stays."""
    paging: Paging | None = None
    """Instead of `cursor`: how the next page is asked. Every page is read: `max_pages` counts for nothing."""
    changed: Expression | None = None
    """With `paging`: on a row, the date or the growing number of its last change, asked as `{since}`."""
    overlap: Duration = LATE
    everybody: Duration | None = None
    """With `paging`: how often everybody is read again, so that whoever is no longer listed goes."""
    total: Expression | None = None
    """How many persons there are in all, on the answer."""
    expired: list[Annotated[int, Field(ge=400, le=599)]] = Field(default_factory=lambda: [410])
    """Statuses by which the tool says that it no longer knows where a reading had stopped."""
    records: Expression | None = None

    @model_validator(mode="after")
    def _one_way(self) -> RestDirectory:
        if (self.cursor is None) == (self.paging is None):
            raise PydanticCustomError("directory_way", "cursor or paging")
        if self.paging is not None and self.changed is None and self.everybody is None:
            raise PydanticCustomError("directory_everybody", "neither changes nor everybody")
        return self


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
