"""Where a request may go: under the base URL, or to an address of the same origin, nowhere else.

A tool's answer chooses the next address of a paged reading; with our token in the request it must
not be able to send it to another host (`connectors.md` §9, pitfall 14).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

import httpx2

from avise.connectors.contract import ConnectorError
from avise.models.errors import ErrorKind, Origin

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_PORTS = {"http": 80, "https": 443}
_SIGN_IN_WORDS = (
    "login",
    "signin",
    "sign-in",
    "logon",
    "sso",
    "saml",
    "oauth",
    "openid",
    "adfs",
    "/auth",
    "/cas",
)


def parse_base(base_url: str) -> httpx2.URL:
    """Read a base URL.

    Raises:
        ConnectorError: CONFIG when it is not an absolute http or https address, or holds a password.
    """
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        raise ConnectorError(ErrorKind.CONFIG, "base_url unreadable") from None
    if url.scheme not in _PORTS or not url.host:
        raise ConnectorError(ErrorKind.CONFIG, "base_url is not an http address")
    if url.userinfo:
        raise ConnectorError(ErrorKind.CONFIG, "base_url holds a password")
    return url


def resolve(base: httpx2.URL, path: str, hosts: Collection[str] = ()) -> httpx2.URL:
    """Return the address of a request.

    Args:
        base: base URL of the instance.
        path: relative to the base, or an absolute address.
        hosts: other hosts that the manifest declares.

    Raises:
        ConnectorError: BAD_DATA when the address is of another origin; INVALID when a part of the path
            is "." or "..", which would climb out of the route.
    """
    if _ABSOLUTE.match(path):
        return _same_origin(base, path, hosts)
    route, _, query = path.partition("?")
    if {".", ".."} & set(route.split("/")):
        raise ConnectorError(ErrorKind.INVALID, "dot in a path", origin=Origin.HOST)
    joined = base.path.rstrip("/") + "/" + route.lstrip("/") + ("?" + query if query else "")
    try:
        return base.copy_with(raw_path=_encoded(joined))
    except httpx2.InvalidURL:
        raise ConnectorError(ErrorKind.INVALID, "path unreadable", origin=Origin.HOST) from None


def same_origin(one: httpx2.URL, other: httpx2.URL) -> bool:
    """Tell whether two addresses have the same scheme, host and port (RFC 6454)."""
    return _origin(one) == _origin(other)


def is_remote(address: str) -> bool:
    """Tell whether an address is on a network: a tool on this very machine says nothing of the network."""
    return is_elsewhere(parse_base(address).host)


def is_elsewhere(host: str) -> bool:
    """Tell whether a host is another machine than this one, by its name or number."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def looks_like_sign_in(url: httpx2.URL) -> bool:
    """Tell whether an address is where people sign in, by the words that such addresses hold."""
    place = f"{url.host}{url.path}".lower()
    return any(word in place for word in _SIGN_IN_WORDS)


def _encoded(path: str) -> bytes:
    # Letters outside ASCII are encoded, and what is encoded stays so.
    return httpx2.URL("http://host").join(path).raw_path


def _same_origin(base: httpx2.URL, address: str, hosts: Collection[str]) -> httpx2.URL:
    try:
        url = base.join(address)
    except httpx2.InvalidURL:
        raise ConnectorError(ErrorKind.BAD_DATA, "next address unreadable") from None
    declared = url.host in hosts and url.scheme == base.scheme and not url.userinfo
    if declared or (same_origin(base, url) and not url.userinfo):
        return url
    raise ConnectorError(ErrorKind.BAD_DATA, "next address of another origin")


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
