"""Sections that say how a tool is reached: address, sign-in, database account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from avise.connectors.declarative.values import Duration, Name, Rate, Section, Text


class NoAuth(Section):
    """The tool asks for nothing."""

    type: Literal["none"]


class BasicAuth(Section):
    """A user and a password (RFC 7617)."""

    type: Literal["basic"]
    user: Text
    secret: Name


class BearerAuth(Section):
    """A fixed token in `Authorization: Bearer` (RFC 6750)."""

    type: Literal["bearer"]
    secret: Name


class HeaderAuth(Section):
    """A key in a header of the tool's own."""

    type: Literal["header"]
    name: str
    secret: Name


class ClientCredentialsAuth(Section):
    """OAuth 2 client credentials (RFC 6749, section 4.4)."""

    type: Literal["client_credentials"]
    token_url: Text
    """Absolute, or a path of the base URL's host."""
    client_id: Text
    secret: Name
    scope: str = ""
    client_auth: Literal["basic", "body"] = "basic"
    """Where the client's password travels."""


Auth = Annotated[
    NoAuth | BasicAuth | BearerAuth | HeaderAuth | ClientCredentialsAuth, Field(discriminator="type")
]


class HttpSection(Section):
    """An HTTP tool: everything that the gateway applies to each call."""

    base_url: Text
    auth: Auth = NoAuth(type="none")
    concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    rate: Rate | None = None
    headers: dict[str, Text] = Field(default_factory=dict)
    hosts: list[str] = Field(default_factory=list)
    """Extra hosts that may be contacted, besides the base URL's."""


class SqlSection(Section):
    """A database read with an account that can only read."""

    url: Text
    """`sqlite:///…?mode=ro` or `postgresql+psycopg://user@host/base`, without a password."""
    password_secret: Name | None = None
    read_only: Literal[True] = True
    statement_timeout: Duration = timedelta(seconds=3)
    concurrency: Annotated[int, Field(ge=1, le=8)] = 2
