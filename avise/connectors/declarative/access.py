"""Sections that say how a tool is reached: address, sign-in, database account."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from avise.connectors.declarative.values import Duration, HeaderName, Name, Rate, Section, Text


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
    name: HeaderName
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


class _UserAuth(Section):
    """Whoever works here signs in by themselves, at an identity provider."""

    issuer: Text | None = None
    """Address of a provider that describes itself (OpenID Connect Discovery)."""
    token_url: Text | None = None
    device_url: Text | None = None
    client_id: Text
    secret: Name | None = None
    """Only where the provider insists: a desktop keeps no secret."""
    scopes: list[str] | None = None
    """`openid` where there is an issuer, nothing otherwise; `offline_access` often gives a refresh token."""

    @model_validator(mode="after")
    def _identity_with_issuer(self) -> Self:
        if self.issuer is None and "openid" in (self.scopes or ()):
            raise PydanticCustomError("openid_without_issuer", "openid goes with issuer")
        return self

    def asked_scopes(self) -> tuple[str, ...]:
        """Return what is asked of the provider."""
        if self.scopes is not None:
            return tuple(self.scopes)
        return ("openid",) if self.issuer is not None else ()


class OidcUserAuth(_UserAuth):
    """A sign-in in the browser: authorization code and PKCE (RFC 6749, 7636, 8252)."""

    type: Literal["oidc_user"]
    authorization_url: Text | None = None

    @model_validator(mode="after")
    def _addresses_or_issuer(self) -> Self:
        written = (self.authorization_url, self.token_url, self.device_url)
        if self.issuer is None and not (self.authorization_url and self.token_url):
            raise PydanticCustomError("oidc_user_addresses", "issuer, or two addresses")
        if self.issuer is not None and any(written):
            raise PydanticCustomError("issuer_or_addresses", "issuer or addresses, not both")
        return self


class OidcDeviceAuth(_UserAuth):
    """A sign-in with a code that is typed on another device (RFC 8628)."""

    type: Literal["oidc_device"]

    @model_validator(mode="after")
    def _addresses_or_issuer(self) -> Self:
        if self.issuer is None and not (self.device_url and self.token_url):
            raise PydanticCustomError("oidc_device_addresses", "issuer, or two addresses")
        if self.issuer is not None and (self.device_url or self.token_url):
            raise PydanticCustomError("issuer_or_addresses", "issuer or addresses, not both")
        return self


class MutualTlsAuth(Section):
    """A certificate of ours, shown when the connection is made: from files, or whole from a secret."""

    type: Literal["mtls"]
    certificate: Text | None = None
    """File of the certificate with its chain, in PEM."""
    key: Text | None = None
    """File of its key, when the certificate's file does not hold it."""
    secret: Name | None = None
    """Certificate and key in one sealed PEM text."""
    password_secret: Name | None = None
    """Opens the key."""

    @model_validator(mode="after")
    def _files_or_secret(self) -> Self:
        if (self.certificate is None) == (self.secret is None) or (self.secret and self.key):
            raise PydanticCustomError("mtls_files_or_secret", "files or a secret")
        return self


Auth = Annotated[
    NoAuth
    | BasicAuth
    | BearerAuth
    | HeaderAuth
    | ClientCredentialsAuth
    | MutualTlsAuth
    | OidcUserAuth
    | OidcDeviceAuth,
    Field(discriminator="type"),
]


class HttpSection(Section):
    """An HTTP tool: everything that the gateway applies to each call."""

    base_url: Text
    auth: Auth = NoAuth(type="none")
    concurrency: Annotated[int, Field(ge=1, le=32)] = 4
    rate: Rate | None = None
    headers: dict[HeaderName, Text] = Field(default_factory=dict)
    hosts: list[str] = Field(default_factory=list)
    """Extra hosts that may be contacted, besides the base URL's."""


class SqlSection(Section):
    """A database read with an account that can only read."""

    url: Text
    """`sqlite:///…?mode=ro`, `postgresql+psycopg://user@host/base` or `mariadb+pymysql://user@host/base`,
    without a password."""
    password_secret: Name | None = None
    tls: Literal["verify", "off"] | None = None
    """How the server is recognised; without it MariaDB is verified unless it is on this very machine, and
    PostgreSQL does what libpq does."""
    tls_ca: Text | None = None
    """File of the authorities that vouch for the server; the system's without it."""
    read_only: Literal[True] = True
    statement_timeout: Duration = timedelta(seconds=3)
    concurrency: Annotated[int, Field(ge=1, le=8)] = 2
