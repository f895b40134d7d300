"""What a trial tells: values in clear, which services mask before anybody sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from avise.connectors.declarative.csv_lines import LineFault
from avise.models.errors import Failure
from avise.models.json_types import JSON


class Dropped(StrEnum):
    """Why a row is not shown. Sentence: catalogue key `connector_try.dropped.<value>`."""

    NOT_A_ROW = "not_a_row"
    """Neither an object nor a line."""
    NOT_A_RECORD = "not_a_record"
    """Code gave something else, or one without its data."""
    UNREADABLE = "unreadable"
    """A converter does not accept a value, or a required one lacks."""
    MISFIT = "misfit"
    """A value is not what its field holds."""
    TWICE = "twice"
    """Another row before it has the same identifier."""


@dataclass(frozen=True, slots=True)
class FieldTrial:
    """One field of one row: raw, extracted, mapped."""

    name: str
    origin: str
    """The expression, "" for a constant."""
    extracted: JSON
    mapped: JSON
    conversion: str
    """The converter in use."""
    problem: str = ""
    """The converter that refused the value, or "required"."""


@dataclass(frozen=True, slots=True)
class RowTrial:
    """One row of the tool's answer."""

    number: int
    raw: JSON
    """Empty of a record that code gave."""
    fields: Sequence[FieldTrial]
    dropped: Dropped | None = None
    because: str = ""
    """The field that is at fault."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the tool: a route without any value, or the file's own statement."""

    route: str
    outcome: str
    """A status, a number of rows, or the kind of an error."""
    milliseconds: int


@dataclass(frozen=True, slots=True)
class ReadingTrial:
    """One reading of the file: a facet, or the timeline."""

    name: str
    """Id of the facet, or "timeline"."""
    asked: Sequence[Asked] = ()
    rows: Sequence[RowTrial] = ()
    rows_found: int = 0
    """How many rows there are, the first of which are in `rows`."""
    kept: int = 0
    """Records that the screen would show."""
    milliseconds: int = 0
    missing_ids: Sequence[str] = ()
    """The customer lacks these: the tool was not asked."""
    truncated_because: str = ""
    withheld: bool = False
    """The answer is about somebody else."""
    error: Failure | None = None
    total: int | None = None
    """Records that the tool says there are, None when it does not."""
    silent_subject: bool = False
    """The file says where an answer tells whom it is about, and none told anything there."""


@dataclass(frozen=True, slots=True)
class LostLines:
    """Lines of a file that nobody is shown, for one reason. Sentence: `connector_try.lost.<fault>`."""

    fault: LineFault
    count: int
    first: Sequence[int]
    """Numbers of the first of them, from 1; never their content."""


@dataclass(frozen=True, slots=True)
class MisreadLines:
    """Lines that were read, and seem to be in another encoding. Sentence: `connector_try.misread`."""

    meant: str
    """The encoding that they seem to be in."""
    count: int
    first: Sequence[int]
    """Numbers of the first of them, from 1; never their content."""


@dataclass(frozen=True, slots=True)
class FileTried:
    """Which of the files that arrive was read."""

    name: str
    waiting: str = ""
    """Name of a newer one, so small that somebody must decide about it; "" for none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a file."""

    connector: str
    """Its id and version."""
    readings: Sequence[ReadingTrial] = ()
    error: Failure | None = None
    """Why it could not be opened."""
    shows_rows: bool = True
    """False for code, whose rows nobody sees but itself."""
    known_ids: Sequence[str] = ()
    """Schemes in which the customer bears an identifier."""
    lost: Sequence[LostLines] = ()
    """Lines of the file that was read, whoever they are about."""
    misread: Sequence[MisreadLines] = ()
    """Lines of the same file that seem to be in another encoding."""
    file: FileTried | None = None
    """None for a connector that reads no file, or found none."""
    instance: str = ""
    """Whose settings it was tried with."""
    encoding: str = ""
    """Which the connector's file names, "" when it reads no file."""

    @property
    def asked_nothing(self) -> bool:
        """Whether the customer lacks, for every reading, the identifier that it asks with."""
        return bool(self.readings) and all(reading.missing_ids for reading in self.readings)
