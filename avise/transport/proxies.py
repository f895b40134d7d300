"""Which proxy leads to which server: the house's settings, the system's, or none.

Servers of HTTP and of other protocols are led to by one rule, but for the system's word: it names the proxy
of each protocol, and that of all others (`ALL_PROXY`). Whatever is on this machine is reached directly. An
account of the house's proxy comes from the sealed secrets; no address in a settings file may hold one.
"""

from __future__ import annotations

import ipaddress
import urllib.request
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2

DIRECT = "none"
"""In settings: no proxy at all."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies of a house.

    Args:
        address: of its proxy; "" follows the system (environment, or the settings of Windows and macOS),
            "none" reaches everything directly.
        user: of an account that the proxy asks for; "" for none.
        password: of that account.
        exceptions: hosts that are reached directly: "intranet.maison.fr", "*.maison.fr", "10.0.0.0/8".
    """

    address: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    exceptions: tuple[str, ...] = ()

    def leading_to(self, address: str, own: str = "") -> httpx2.Proxy | None:
        """Return the proxy for an address, None where it is reached directly.

        Args:
            address: of a server.
            own: what this server's settings say instead of the house's.
        """
        parts = urlsplit(address)
        return self._leading(parts.hostname or "", parts.scheme, own)

    def tunnelling_to(self, host: str, own: str = "") -> httpx2.Proxy | None:
        """Return the proxy by which a server that speaks no HTTP is reached, None where it is directly.

        Args:
            host: of a server of mail or of a database.
            own: what this server's settings say instead of the house's.
        """
        return self._leading(host, "all", own)

    def _leading(self, host: str, protocol: str, own: str) -> httpx2.Proxy | None:
        if not host or _is_loopback(host) or own == DIRECT:
            return None
        if own:
            return self._made(own)
        if self.address == DIRECT or _is_among(host, self.exceptions):
            return None
        return self._made(self.address) if self.address else _of_system(protocol, host)

    def _made(self, address: str) -> httpx2.Proxy:
        return httpx2.Proxy(address, auth=(self.user, self.password) if self.user else None)


def _of_system(protocol: str, host: str) -> httpx2.Proxy | None:
    address = urllib.request.getproxies().get(protocol, "")
    if not address or urllib.request.proxy_bypass(host):
        return None
    # Many write the host alone, as the system's own panels do.
    whole = address if "://" in address else f"http://{address}"
    try:
        return httpx2.Proxy(whole)
    except (ValueError, httpx2.InvalidURL):
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_among(host: str, exceptions: Collection[str]) -> bool:
    return any(_matches(host.lower(), exception.lower()) for exception in exceptions)


def _matches(host: str, exception: str) -> bool:
    if exception.startswith(("*.", ".")):
        domain = exception.lstrip("*")
        return host.endswith(domain) or host == domain[1:]
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(exception, strict=False)
    except ValueError:
        return host == exception
