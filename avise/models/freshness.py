"""Which state a block is in: one pure function from what is known to what is shown (decision 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState

CLOCK_SLACK = timedelta(minutes=2)
"""A reading dated further in the future than that was read before the clock was set back."""

_REFUSALS = frozenset({ErrorKind.FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a facet at one moment."""

    read_at: datetime | None
    """When the records at hand were read; None when there are none to show."""
    count: int = 0
    reading: bool = False
    """A call to the tool is under way."""
    complete: bool = True
    """False while pages are still coming."""
    truncated: bool = False
    unreadable: int = 0
    error: Failure | None = None
    """The last attempt's failure, when it failed."""
    withheld: bool = False
    """The answer concerned somebody else."""
    not_applicable: bool = False
    """The customer is unknown to the tool: no identifier of its scheme."""
    disabled: bool = False


def facet_state(known: Known, now: datetime, fresh_for: timedelta, usable_for: timedelta) -> FacetState:
    """Return the state of a facet.

    "Found nothing" (EMPTY) needs a complete reading; "could not look" is FAILED, or STALE when a
    copy young enough to be told exists. A reading of the future, after the clock went back, is STALE:
    its age is not known.
    """
    settled = _without_data(known)
    if settled is not None:
        return settled
    if known.read_at is None:
        return FacetState.FAILED if known.error is not None and not known.reading else FacetState.WAITING
    age = now - known.read_at
    if age > usable_for > timedelta(0):
        return FacetState.FAILED if known.error is not None else FacetState.WAITING
    if known.error is not None or age < -CLOCK_SLACK or (age > fresh_for > timedelta(0)):
        return FacetState.STALE
    return _with_data(known)


def _without_data(known: Known) -> FacetState | None:
    if known.disabled:
        return FacetState.DISABLED
    if known.not_applicable:
        return FacetState.NOT_APPLICABLE
    if known.withheld:
        return FacetState.WITHHELD
    if known.error is not None and known.error.kind in _REFUSALS:
        return FacetState.FORBIDDEN
    return None


def _with_data(known: Known) -> FacetState:
    if not known.complete or known.unreadable:
        return FacetState.PARTIAL
    if known.truncated:
        return FacetState.TRUNCATED
    return FacetState.FRESH if known.count else FacetState.EMPTY
