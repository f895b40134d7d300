"""What a connector file says of a SOAP service, in `[options]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.mapping import Scalar
from avise.connectors.declarative.values import Expression, Name, RoutePath, Section, Text, TimeZone
from avise.connectors.row_mapping import RowMapping


def _argument(value: object) -> object:
    if isinstance(value, float):
        raise PydanticCustomError("scalar", "neither text, whole number nor boolean")
    return value


Argument = Annotated[Text | Scalar | dict[str, Text | Scalar], BeforeValidator(_argument)]
"""A value, with placeholders in a text, or a table of values for an element that holds others."""

Arguments = dict[str, Argument]
"""Elements of a request by name."""


class UsernameTokenSection(Section):
    """Who asks, in the header of the message (WS-Security UsernameToken 1.1); over TLS only."""

    type: Literal["username_token"]
    user: Text
    secret: Name
    """The secret of `[config]` that is the password."""
    digest: bool = False
    """The password is not sent: a digest of it is, with a number used once and the time."""


class FaultRule(Section):
    """What a fault of the service means."""

    code: str
    means: Literal[
        "unavailable", "rate_limited", "auth", "forbidden", "config", "not_found", "invalid", "rejected",
        "conflict", "bad_data", "unsupported",
    ]  # fmt: skip


class CheckCall(Section):
    """A cheap call without customer data."""

    operation: str
    arguments: Arguments = Field(default_factory=dict)
    version: Expression | None = None
    """The tool's version, on the answer."""


class SoapFacet(RowMapping):
    """A facet read by one operation."""

    operation: str
    arguments: Arguments = Field(default_factory=dict)
    records: Expression | None = None
    """The list in the answer; the answer itself (a list, or one record) when absent."""


class SoapOptions(Section):
    """The whole of `[options]`."""

    wsdl_file: Text | None = None
    """The service's description on this machine; what it imports lies beside it."""
    wsdl_path: Text | None = None
    """The description on the service, below the base address: "/contrats?wsdl"."""
    path: RoutePath
    """Where requests are sent, below the base address; the one in the description is not followed."""
    service: str | None = None
    """Of the description; its first when absent."""
    port: str | None = None
    timezone: TimeZone = "Europe/Paris"
    security: UsernameTokenSection | None = None
    fault_code: Expression = "code"
    """Where the code of a fault is, on `{ code, message, actor, detail }`."""
    errors: list[FaultRule] = Field(default_factory=list)
    check: CheckCall
    facets: dict[str, SoapFacet] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_description(self) -> SoapOptions:
        if (self.wsdl_file is None) == (self.wsdl_path is None):
            raise PydanticCustomError("soap_description", "wsdl_file or wsdl_path")
        return self
