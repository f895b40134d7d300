"""Which state a block is in: one pure function from what is known to what is shown (decision 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState, FacetView

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


class Aboard(StrEnum):
    """What a block has to tell while its tool cannot be asked for lack of network."""

    CARRIED = "carried"
    """Taken along in a pack, which may be told until its end."""
    KEPT = "kept"
    """The last reading of this workstation: nobody promised that it would be there."""
    ABSENT = "absent"
    """Nothing that may be told. It was not looked for, which is not "found nothing"."""


def aboard(view: FacetView, now: datetime) -> Aboard | None:
    """Return what a block has to tell without network; None where its tool was asked."""
    if view.error is None or view.error.kind is not ErrorKind.OFFLINE:
        return None
    if view.state is FacetState.FAILED:
        return Aboard.ABSENT
    if view.state is not FacetState.STALE:
        return None
    if view.carried_until is None:
        return Aboard.KEPT
    return Aboard.CARRIED if now < view.carried_until else Aboard.ABSENT
