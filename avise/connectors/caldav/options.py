"""What a connector file says of a CalDAV server, in `[options]`."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import RoutePath, Section, Text, TimeZone
from avise.connectors.row_mapping import On404, RowMapping

_PROPERTY = re.compile(r"[A-Za-z0-9-]+")
_LONGEST_WINDOW_DAYS = 3_660


def _property(text: str) -> str:
    if _PROPERTY.fullmatch(text) is None:
        raise PydanticCustomError("invalid_value", "not a property of iCalendar", {"value": text})
    return text


PropertyName = Annotated[str, AfterValidator(_property)]
"""A property of an event: "X-RDV-CONTACT"."""

Days = Annotated[int, Field(ge=0, le=_LONGEST_WINDOW_DAYS)]


class CaldavFacet(RowMapping):
    """A facet read from the events of one calendar.

    A row has what `avise.connectors.caldav.events` tells, and the properties named below.
    """

    path: RoutePath
    """Of the calendar: "/rdv/{customer.calendar.contact}/"."""
    on_404: On404
    """No default: a calendar that does not exist yet and an unknown customer must not look alike."""
    past_days: Days = 1_095
    """Events that ended earlier are not asked for."""
    future_days: Days = 1_095
    """Events that start later are not asked for; repeated ones are unrolled up to then."""
    subject_from: Literal["record"] = "record"
    """Each event says whom it concerns: a calendar as a whole says nothing."""
    properties: dict[str, PropertyName] = Field(default_factory=dict)
    """Name used in expressions → property of the event."""


class CaldavAction(Section):
    """How one `[[action]]` is carried out.

    Its inputs have these names: `starts_at` and `duration_min`, and for a new appointment `kind`, `subject`,
    `place` and `advisor`, for another `appointment`, the record that changes.
    """

    does: Literal["create", "move", "cancel"]
    facet: str
    """Of this file: in whose calendar."""
    categories: dict[str, str] = Field(default_factory=dict)
    """New appointments: canonical kind → category of the server."""
    organizer: str = ""
    """New appointments: the address that stands for the advisor, whom a calendar knows by an address."""
    properties: dict[PropertyName, Text] = Field(default_factory=dict)
    """New appointments: property of the server's own → value, with placeholders."""


class CaldavOptions(Section):
    """The whole of `[options]`."""

    timezone: TimeZone = "Europe/Paris"
    """Of times without a zone; every time is given in it."""
    check_path: RoutePath = "/"
    """A collection that always exists."""
    facets: dict[str, CaldavFacet] = Field(min_length=1)
    actions: dict[str, CaldavAction] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_calendars(self) -> CaldavOptions:
        for action in self.actions.values():
            if action.facet not in self.facets:
                raise PydanticCustomError("options_facet", "no such facet", {"value": action.facet})
        return self
