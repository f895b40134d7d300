"""What a connector file says of a Tryton server, in `[options]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.mapping import FieldRule
from avise.connectors.declarative.placeholders import is_restricted
from avise.connectors.declarative.values import Expression, Name, RoutePath, Scheme, Section, Text, TimeZone
from avise.connectors.row_mapping import RowMapping

_NIR = "nir"


def _not_restricted(text: str) -> str:
    if text.rpartition("_")[2] == _NIR or is_restricted(text):
        raise PydanticCustomError("restricted_in_request", "never asked", {"name": text})
    return text


IdentifierType = Annotated[str, Field(min_length=1), AfterValidator(_not_restricted)]
"""A type of identifier of the server ("fr_siren"); a NIR is never asked for."""


class SessionSection(Section):
    """As whom the server is read."""

    user: Text
    secret: Name
    """The secret of `[config]` that is the password."""
    language: str = "fr"


class TrytondFacet(RowMapping):
    """A facet read from a party: one row, or for `contact_points` one an address and a contact mechanism."""


class TrytondDirectory(Section):
    """The search directory, from the same rows as the facets that are read from a party."""

    fields: dict[str, FieldRule]
    ids: dict[Scheme, Expression] = Field(default_factory=dict)
    page: Annotated[int, Field(ge=1, le=1_000)] = 200


class TrytondOptions(Section):
    """The whole of `[options]`."""

    path: RoutePath = "/{config.database}/rpc/"
    """Before Tryton 7.2: "/{config.database}/"."""
    session: SessionSection
    customer: Text
    """The identifier of the customer: "{customer.trytond.party}"."""
    found_by: Literal["code", "id", "identifier"] = "code"
    """What `customer` is: the party's code, its database identifier, or one of its identifiers."""
    identifier_types: list[IdentifierType] = Field(default=["fr_siren", "fr_siret", "eu_vat"])
    """Types of identifiers that are asked for; the others never leave the server."""
    timezone: TimeZone = "Europe/Paris"
    facets: dict[str, TrytondFacet] = Field(min_length=1)
    directory: TrytondDirectory | None = None
