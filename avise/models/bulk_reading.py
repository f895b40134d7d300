"""What is told of a bulk reading, which gives the search directory every person that a source lists.

Values without personal data: counts, sizes, dates, and marks by which a source knows its own file again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

SMALLEST_SHARE = 0.5
"""A file, or a complete reading, smaller than this part of the one before waits for somebody
(`connectors.md` C4: half)."""


class DoubtKind(StrEnum):
    """What shrank."""

    FILE = "file"
    """A file: sizes in bytes, told before anything is read."""
    PERSONS = "persons"
    """A complete reading: persons listed before, and those of them who would stay."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a source is not followed until somebody has looked.

    Args:
        kind: what shrank.
        mark: by which the source knows again what is doubted; opaque.
        before: size of what is in use.
        now: size of what came.
        before_at: its date, None when nobody says it.
        now_at: as above, of what came.
    """

    kind: DoubtKind
    mark: str
    before: int
    now: int
    before_at: datetime | None = None
    now_at: datetime | None = None


class ReadingStep(StrEnum):
    """Where the filling of the directory stands."""

    READING = "reading"
    """Everything is being read; the directory that was there answers meanwhile."""
    INTERRUPTED = "interrupted"
    """The source does not answer; what was read is kept, and the reading goes on from there."""
    HELD = "held"
    """Waits for somebody to decide about a doubt."""
    FOLLOWING = "following"
    """The directory is whole; changes are asked from time to time."""


class Decision(StrEnum):
    """What somebody decides about a doubt."""

    ACCEPT = "accept"
    KEEP = "keep"
    """Keep what is in use, and speak no more of what was doubted."""


@dataclass(frozen=True, slots=True)
class BulkReading:
    """The filling of the directory at one moment.

    Args:
        step: where it stands.
        count: persons read so far, by this reading and by the one that it goes on from.
        total: how many the source says there are, None when it does not say.
        began: when this reading began, None when none is under way.
        gone_on_from: persons that were there already when it was taken up again after a stop.
        per_second: persons read in a second, None before it can be told.
        seconds_left: None when it cannot be told.
        started_over: the source no longer knew where the last reading had stopped.
        doubt: what somebody must decide.
        of_directory: the directory is filled; else a file of a facet waits.
    """

    step: ReadingStep
    count: int = 0
    total: int | None = None
    began: datetime | None = None
    gone_on_from: int = 0
    per_second: int | None = None
    seconds_left: int | None = None
    started_over: bool = False
    doubt: Doubt | None = None
    of_directory: bool = True

    @property
    def share(self) -> float | None:
        """How much of the whole is read, from 0 to 1; None while the total is not known."""
        return min(self.count / self.total, 1.0) if self.total else None


@dataclass(frozen=True, slots=True)
class KeptReading:
    """Where a reading stands, as it is kept over stops.

    Args:
        began: when it began; None when no reading is under way.
        place: where it goes on, as the source says.
        count: persons that the source gave.
        total: how many the source says there are.
        complete: the source has given everything.
        started_over: the source no longer knew where the reading before had stopped.
        accepted: somebody wants it whatever its size.
        doubt: what waits for somebody.
        kept_against: mark of what somebody did not want.
        kept_at: when they said so of a reading: no other one is wanted for a while.
        kept_file_at: when they said so of a file: another one is looked at all the same.
    """

    began: datetime | None = None
    place: str = ""
    count: int = 0
    total: int | None = None
    complete: bool = False
    started_over: bool = False
    accepted: bool = False
    doubt: Doubt | None = None
    kept_against: str = ""
    kept_at: datetime | None = None
    kept_file_at: datetime | None = None

    @property
    def kept_since(self) -> datetime | None:
        """Since when somebody keeps what is in use; None when nobody does, or it was not noted."""
        return self.kept_at or self.kept_file_at

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def of_text(cls, written: str) -> KeptReading:
        """Return what `to_text` wrote."""
        found = json.loads(written)
        doubt = found.pop("doubt")
        if doubt is not None:
            dates = {name: _moment(doubt[name]) for name in ("before_at", "now_at")}
            doubt = Doubt(**{**doubt, **dates, "kind": DoubtKind(doubt["kind"])})
        # Not there in what an earlier version wrote.
        dates = {name: _moment(found.get(name)) for name in ("began", "kept_at", "kept_file_at")}
        return cls(**{**found, **dates, "doubt": doubt})


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
