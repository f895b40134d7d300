"""How a description says that one signs in, as the `auth` of a connector file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from avise.connectors.openapi.document import Document, Node


@dataclass(frozen=True, slots=True)
class SignInGuess:
    """The sign-in proposed."""

    auth: Mapping[str, str]
    """Keys of `auth`."""
    reason: str
    """Catalogue key."""
    config: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Values that IT fills: type and catalogue key of the label."""
    doubts: Mapping[str, str] = field(default_factory=dict)
    """Catalogue keys, with the schemes that they name: what the description wants or allows besides."""


_SECRET = {"secret": ("secret", "connector_new.config.secret")}
_CLIENT = {"client": ("text", "connector_new.config.client"), **_SECRET}


def guess_sign_in(document: Document) -> SignInGuess:
    """Return the sign-in of the first requirement that a connector file can express."""
    schemes = document.table("components", "securitySchemes")
    wanted = [list(requirement) for requirement in document.each(document.root.get("security"))]
    # What one scheme says alone is likelier to suffice than what is one of several.
    ways = [*sorted(filter(None, wanted), key=len), *([name] for name in schemes)]
    guesses = [
        (_of_scheme(document, document.followed(schemes.get(name))), name, way)
        for way in ways
        for name in way
    ]
    if not guesses:
        return SignInGuess({"type": "none"}, "connector_new.sign_in.untold")
    known = (found for found in guesses if found[0].auth["type"] != "none")
    guess, name, way = next(known, guesses[0])
    beside = [other for other in way if other != name]
    others = [" + ".join(other) for other in wanted if other and other != way]
    doubts = {"connector_new.sign_in.beside": beside, "connector_new.sign_in.others": others}
    return replace(guess, doubts={key: ", ".join(names) for key, names in doubts.items() if names})


def _of_scheme(document: Document, scheme: Node) -> SignInGuess:
    kind, how = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "http" and how == "basic":
        auth = {"type": "basic", "user": "{config.user}", "secret": "secret"}
        config = {"user": ("text", "connector_new.config.user"), **_SECRET}
        return SignInGuess(auth, "connector_new.sign_in.basic", config)
    if kind == "http" and how == "bearer":
        return SignInGuess({"type": "bearer", "secret": "secret"}, "connector_new.sign_in.bearer", _SECRET)
    if kind == "apiKey" and scheme.get("in") == "header" and isinstance(scheme.get("name"), str):
        auth = {"type": "header", "name": str(scheme["name"]), "secret": "secret"}
        return SignInGuess(auth, "connector_new.sign_in.header", _SECRET)
    if kind == "oauth2":
        return _of_flows(document, scheme)
    if kind == "mutualTLS":
        auth = {"type": "mtls", "certificate": "{config.certificate}"}
        config = {"certificate": ("file", "connector_new.config.certificate")}
        return SignInGuess(auth, "connector_new.sign_in.mtls", config)
    return _of_provider(scheme) if kind == "openIdConnect" else _unknown()


def _of_provider(scheme: Node) -> SignInGuess:
    issuer = str(scheme.get("openIdConnectUrl", "")).partition("/.well-known/")[0]
    if not issuer.startswith(("https://", "http://")):
        return _unknown()
    auth = {"type": "oidc_user", "issuer": issuer, "client_id": "{config.client}"}
    return SignInGuess(
        auth, "connector_new.sign_in.oidc", {"client": ("text", "connector_new.config.client")}
    )


def _of_flows(document: Document, scheme: Node) -> SignInGuess:
    flows = document.followed(scheme.get("flows"))
    own = document.followed(flows.get("clientCredentials"))
    if isinstance(own.get("tokenUrl"), str):
        auth = {
            "type": "client_credentials",
            "token_url": own["tokenUrl"],
            "client_id": "{config.client}",
            "secret": "secret",
        }
        scopes = " ".join(scope for scope in document.followed(own.get("scopes")) if isinstance(scope, str))
        if scopes:
            auth["scope"] = scopes
        return SignInGuess(auth, "connector_new.sign_in.client_credentials", _CLIENT)
    code = document.followed(flows.get("authorizationCode"))
    addresses = (code.get("authorizationUrl"), code.get("tokenUrl"))
    if all(isinstance(address, str) for address in addresses):
        auth = {
            "type": "oidc_user",
            "authorization_url": str(addresses[0]),
            "token_url": str(addresses[1]),
            "client_id": "{config.client}",
        }
        config = {"client": ("text", "connector_new.config.client")}
        return SignInGuess(auth, "connector_new.sign_in.oidc", config)
    return _unknown()


def _unknown() -> SignInGuess:
    return SignInGuess({"type": "none"}, "connector_new.sign_in.unknown")
