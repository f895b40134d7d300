"""A connector file applied to one instance: its configuration put in the place of placeholders."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from avise.connectors.contract import ConnectorError
from avise.connectors.declarative.access import (
    BasicAuth,
    BearerAuth,
    ClientCredentialsAuth,
    HeaderAuth,
    HttpSection,
    MutualTlsAuth,
    NoAuth,
    OidcDeviceAuth,
    OidcUserAuth,
    SqlSection,
)
from avise.connectors.declarative.checks import database_address_problem
from avise.connectors.declarative.mapping import ConfigSection
from avise.connectors.declarative.placeholders import parse_template
from avise.connectors.endpoints import (
    BasicSignIn,
    BearerSignIn,
    ClientCredentialsSignIn,
    HeaderSignIn,
    HttpEndpoint,
    MutualTlsSignIn,
    NoSignIn,
    SignIn,
    SqlEndpoint,
    UserSignIn,
)
from avise.models.errors import ErrorKind, Origin
from avise.models.json_types import JSON
from avise.texts import text

Declared = Mapping[str, ConfigSection]
Config = Mapping[str, JSON]


def config_error(detail: str) -> ConnectorError:
    """Return the error of an instance that somebody must configure."""
    return ConnectorError(ErrorKind.CONFIG, detail, origin=Origin.HOST)


def config_value(name: str, declared: Declared, config: Config) -> str:
    """Return a value of an instance as text, its default when it was not filled.

    Raises:
        ConnectorError: CONFIG when it was not filled and has no default.
    """
    value = config.get(name)
    if value is None and name in declared:
        value = declared[name].default
    if value is None or value == "":
        raise config_error(text("instance_config.not_filled", name=name))
    return str(value)


def filled(template: str, declared: Declared, config: Config) -> str:
    """Replace the `{config.…}` of a template.

    Raises:
        ConnectorError: CONFIG when a value was not filled.
    """
    return parse_template(template).fill(
        lambda name: config_value(name.removeprefix("config."), declared, config)
    )


def _filled_by(template: str) -> str:
    """Return the keys of the instance that a template puts into an address, the template when none does."""
    names = [name.removeprefix("config.") for name in parse_template(template).names]
    return ", ".join(names) or template


def http_endpoint(section: HttpSection, declared: Declared, config: Config) -> HttpEndpoint:
    """Return the HTTP tool of an instance.

    Raises:
        ConnectorError: CONFIG.
    """
    base_url = filled(section.base_url, declared, config).rstrip("/")
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise config_error(text("instance_config.base_url.not_http", name=_filled_by(section.base_url)))
    if parts.username is not None or parts.password is not None:
        raise config_error(text("instance_config.base_url.credentials", name=_filled_by(section.base_url)))
    if isinstance(section.auth, MutualTlsAuth) and parts.scheme != "https":
        raise config_error(text("instance_config.base_url.not_https", name=_filled_by(section.base_url)))
    return HttpEndpoint(
        base_url=base_url,
        sign_in=_sign_in(section, declared, config),
        headers={name: filled(value, declared, config) for name, value in section.headers.items()},
        hosts=tuple(section.hosts),
        concurrency=section.concurrency,
        rate_per_second=section.rate,
    )


def _sign_in(section: HttpSection, declared: Declared, config: Config) -> SignIn:
    match section.auth:
        case NoAuth():
            return NoSignIn()
        case BearerAuth(secret=secret):
            return BearerSignIn(secret)
        case HeaderAuth(name=name, secret=secret):
            return HeaderSignIn(name, secret)
        case auth:
            return _named_sign_in(auth, declared, config)


def _named_sign_in(
    auth: BasicAuth | ClientCredentialsAuth | MutualTlsAuth | OidcUserAuth | OidcDeviceAuth,
    declared: Declared,
    config: Config,
) -> SignIn:
    """Return a sign-in in which values of the instance stand."""

    def value(template: str | None) -> str:
        return "" if template is None else filled(template, declared, config)

    match auth:
        case BasicAuth():
            return BasicSignIn(value(auth.user), auth.secret)
        case ClientCredentialsAuth():
            return ClientCredentialsSignIn(
                token_url=value(auth.token_url),
                client_id=value(auth.client_id),
                secret=auth.secret,
                scope=auth.scope,
                client_auth=auth.client_auth,
            )
        case MutualTlsAuth():
            return MutualTlsSignIn(
                certificate=value(auth.certificate),
                key=value(auth.key),
                secret=auth.secret or "",
                password_secret=auth.password_secret or "",
            )
        case OidcUserAuth() | OidcDeviceAuth():
            return UserSignIn(
                client_id=value(auth.client_id),
                issuer=value(auth.issuer),
                authorization_url=value(auth.authorization_url) if isinstance(auth, OidcUserAuth) else "",
                token_url=value(auth.token_url),
                device_url=value(auth.device_url),
                secret=auth.secret or "",
                scopes=auth.asked_scopes(),
                by_device=isinstance(auth, OidcDeviceAuth),
            )


def sql_endpoint(section: SqlSection, declared: Declared, config: Config) -> SqlEndpoint:
    """Return the database of an instance.

    Raises:
        ConnectorError: CONFIG.
    """
    url = filled(section.url, declared, config)
    problem = database_address_problem(url)
    if problem:
        told = text(f"connector_check.{problem}").rstrip(".")
        raise config_error(f"{_filled_by(section.url)}{text('instance_config.colon')}{told}")
    return SqlEndpoint(
        url=url,
        # A file has no account: the same connector file serves both engines.
        password_secret="" if url.startswith("sqlite:") else section.password_secret or "",
        statement_timeout=section.statement_timeout,
        concurrency=section.concurrency,
        tls=section.tls or "",
        tls_ca=filled(section.tls_ca, declared, config) if section.tls_ca else "",
    )
