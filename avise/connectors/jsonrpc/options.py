"""What a connector file says of a JSON-RPC service, in `[options]`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.action_schema import PlanRule, VerifyRule
from avise.connectors.declarative.mapping import Scalar, SubjectMap
from avise.connectors.declarative.values import Expression, Name, RoutePath, Section, Text, TimeZone
from avise.connectors.row_mapping import RowMapping

Parameters = dict[str, Text | Scalar]
"""Named parameters; texts may hold `{config.…}` and, in a facet, `{customer.…}`."""


class SessionSection(Section):
    """How a session is opened, and how its mark travels in the other calls."""

    method: str
    params: Parameters = Field(default_factory=dict)
    secret: Name
    """The secret of `[config]` that opens the session…"""
    secret_param: str
    """… and the parameter that carries it."""
    token: Expression
    """The session's mark, on the result."""
    token_param: str
    """The parameter that carries the mark in every other call."""
    expired_codes: list[int] = Field(min_length=1)
    """Errors that mean that the session has ended: another is opened, once."""


class CodeRule(Section):
    """What an error code of the service means."""

    code: int
    means: Literal[
        "unavailable", "rate_limited", "auth", "forbidden", "config", "not_found", "invalid", "rejected",
        "conflict", "bad_data", "unsupported",
    ]  # fmt: skip


class OffsetPages(Section):
    """Lists come by parts: the first record wanted, and how many."""

    start_param: str
    size_param: str
    size: Annotated[int, Field(ge=1, le=1000)]
    max_pages: Annotated[int, Field(ge=1, le=1000)] = 20
    """More than that: the reading is truncated, and says so."""


class JsonrpcFacet(RowMapping):
    """A facet read by one method."""

    method: str
    params: Parameters = Field(default_factory=dict)
    records: Expression
    """The list in the result."""
    total: Expression | None = None
    """How many records there are, on the result."""
    pages: OffsetPages | None = None


class _ReadingCall(Section):
    """A method that only reads."""

    method: str
    params: Parameters = Field(default_factory=dict)
    records: Expression | None = None
    """The list in the result; the result itself when absent."""


class JsonrpcPlan(PlanRule, _ReadingCall):
    """What is read anew to show before and after."""

    version: Expression | None = None
    """The version on the record."""
    subject: SubjectMap | None = None
    """Whom the result concerns."""


class JsonrpcVerify(VerifyRule, _ReadingCall):
    """How to see whether the action was done."""


class JsonrpcAction(Section):
    """How one `[[action]]` is carried out."""

    method: str
    params: Parameters = Field(default_factory=dict)
    """With placeholders; one that is alone keeps the type of its value."""
    reference: Expression | None = None
    """The service's number for it, on the result."""
    done_when: Expression | None = None
    """On the result: false when the service has only taken the action."""
    plan: JsonrpcPlan | None = None
    verify: JsonrpcVerify | None = None


class CheckCall(Section):
    """A cheap call without customer data."""

    method: str
    params: Parameters = Field(default_factory=dict)
    version: Expression | None = None
    """The tool's version, on the result."""


class JsonrpcOptions(Section):
    """The whole of `[options]`."""

    path: RoutePath = "/"
    timezone: TimeZone = "Europe/Paris"
    misread_utf8: bool = False
    """The tool once read UTF-8 as latin-1 and gives "HÃ©lÃ¨ne": texts that bear the mark are put right."""
    session: SessionSection | None = None
    errors: list[CodeRule] = Field(default_factory=list)
    check: CheckCall
    facets: dict[str, JsonrpcFacet] = Field(min_length=1)
    actions: dict[str, JsonrpcAction] = Field(default_factory=dict)
