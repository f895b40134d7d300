"""The search directory of a Tryton server: everybody, then whoever changed, in order of identifier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from avise.connectors.contract import ConnectorError
from avise.connectors.trytond.parties import as_moment
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON

OVERLAP = timedelta(minutes=5)
"""What was being written while the last reading went by is dated before its end, and is looked for again."""

_PLACES = ("", "addresses.", "contact_mechanisms.")
_DATES = ("create_date", "write_date")


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a reading is.

    Args:
        since: moment (ISO 8601) after which changes are wanted, "" for everybody.
        after: database identifier of the last party given; 0 at the beginning.
        latest: the latest change seen so far (ISO 8601), from where the next reading starts.
    """

    since: str = ""
    after: int = 0
    latest: str = ""

    @property
    def cursor(self) -> str:
        """The place as text."""
        return f"{self.since};{self.after};{self.latest}"

    def ended(self) -> Stand:
        """Return where the next reading starts."""
        return Stand(self.latest or self.since)

    def passed(self, after: int, latest: str) -> Stand:
        """Return the place after a page."""
        return replace(self, after=after, latest=max(self.latest, latest))

    def domain(self) -> list[JSON]:
        """Return what is asked for."""
        after: JSON = ["id", ">", self.after]
        if not self.since:
            return [after]
        moment = as_moment((datetime.fromisoformat(self.since) - OVERLAP).isoformat())
        changed: list[JSON] = [[[f"{place}{dated}", ">=", moment]] for place in _PLACES for dated in _DATES]
        return [after, ["OR", *changed]]


def stand_of(cursor: str) -> Stand:
    """Read a place; "" is the beginning.

    Raises:
        ConnectorError: INVALID for what is no place of ours.
    """
    if not cursor:
        return Stand()
    try:
        since, after, latest = cursor.split(";")
        for moment in filter(None, (since, latest)):
            datetime.fromisoformat(moment)
        return Stand(since, int(after), latest)
    except ValueError:
        raise ConnectorError(ErrorKind.INVALID, "no cursor of ours", origin=Origin.HOST) from None
