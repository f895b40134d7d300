"""Where a tool is and how one signs in there, resolved for one instance: what the gateways are built from.

Secrets appear by name only; the gateway asks the secret port for their value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class NoSignIn:
    """The tool asks for nothing."""


@dataclass(frozen=True, slots=True)
class BasicSignIn:
    """A user and a password (RFC 7617)."""

    user: str
    secret: str


@dataclass(frozen=True, slots=True)
class BearerSignIn:
    """A fixed token (RFC 6750)."""

    secret: str


@dataclass(frozen=True, slots=True)
class HeaderSignIn:
    """A key in a header of the tool's own."""

    header: str
    secret: str


@dataclass(frozen=True, slots=True)
class ClientCredentialsSignIn:
    """OAuth 2 client credentials (RFC 6749, section 4.4)."""

    token_url: str
    """Absolute, or a path on the base URL's origin."""
    client_id: str
    secret: str
    scope: str = ""
    client_auth: str = "basic"
    """"basic" (header) or "body"."""


@dataclass(frozen=True, slots=True)
class UserSignIn:
    """A person's own sign-in: code and PKCE in the browser (RFC 7636, 8252), or a device code (RFC 8628)."""

    client_id: str
    issuer: str = ""
    """Of a provider that describes itself (OpenID Connect Discovery); the addresses are then its own."""
    authorization_url: str = ""
    token_url: str = ""
    device_url: str = ""
    secret: str = ""
    """Name of the application's secret; "" of an application that keeps none, as a desktop should."""
    scopes: tuple[str, ...] = ()
    by_device: bool = False
    """Never in the browser of this machine."""


@dataclass(frozen=True, slots=True)
class MutualTlsSignIn:
    """A certificate of ours, shown when the connection is made (RFC 8446, section 4.3.2)."""

    certificate: str = ""
    """File of the certificate with its chain, in PEM; "" where the secret holds it."""
    key: str = ""
    """File of its key; "" where the certificate's file holds both."""
    secret: str = ""
    """Name of a secret that holds certificate and key."""
    password_secret: str = ""
    """Name of the secret that opens the key; "" where it is not encrypted."""


SignIn = (
    NoSignIn
    | BasicSignIn
    | BearerSignIn
    | HeaderSignIn
    | ClientCredentialsSignIn
    | MutualTlsSignIn
    | UserSignIn
)


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """One HTTP tool."""

    base_url: str
    """Absolute, without a final slash."""
    sign_in: SignIn = field(default_factory=NoSignIn)
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    """Extra hosts that may be contacted."""
    concurrency: int = 4
    rate_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class SqlEndpoint:
    """One database, read with an account that can only read."""

    url: str
    """SQLAlchemy URL without a password."""
    password_secret: str = ""
    statement_timeout: timedelta = timedelta(seconds=3)
    concurrency: int = 2
    tls: str = ""
    """"verify" or "off"; "" for what the engine does by itself (`docs/connectors.md`)."""
    tls_ca: str = ""
    """File of the authorities that vouch for the server; "" for the system's."""
