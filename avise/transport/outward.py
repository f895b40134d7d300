"""How this machine reaches servers, as one value: the certificates that it trusts, its proxies."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field

import httpx2

from avise.transport.proxies import Proxies
from avise.transport.trust import trusting
from avise.transport.tunnel import dial


@dataclass(frozen=True, slots=True)
class Outward:
    """What a house's settings say of the way out.

    Args:
        ca_file: certificates of the house in PEM, besides the system's; "" for none.
        proxies: which proxy leads where.
    """

    ca_file: str = ""
    proxies: Proxies = field(default_factory=Proxies)

    def context(self, *ca_files: str) -> ssl.SSLContext:
        """Return a new context that trusts the system's certificates and the house's; blocks for 20 ms.

        Args:
            ca_files: of one server's settings, besides.

        Raises:
            AviseError: `transport.ca_file`.
        """
        return trusting(self.ca_file, *ca_files)

    def proxy_to(self, address: str, tls: ssl.SSLContext, own: str = "") -> httpx2.Proxy | None:
        """Return the proxy of a web server, itself recognised by our certificates; None reaches it directly.

        Args:
            address: of the server.
            tls: what the connections trust.
            own: what this server's settings say instead of the house's.
        """
        found = self.proxies.leading_to(address, own)
        if found is not None and found.url.scheme == "https":
            found.ssl_context = tls
        return found

    def dial(self, host: str, port: int, seconds: float, own: str = "") -> socket.socket:
        """Return a connection to a server that speaks no HTTP; blocks.

        Args:
            host: of the server.
            port: of the server.
            seconds: that reaching it may take.
            own: what this server's settings say instead of the house's.

        Raises:
            OSError: it cannot be reached; a `TunnelError` when the proxy is why.
        """
        return dial(host, port, seconds, self.proxies.tunnelling_to(host, own))


@dataclass(frozen=True, slots=True)
class OwnWay:
    """The way out of one server, whose settings may say something else than the house's.

    Args:
        outward: of the house.
        proxy: of this server alone; "" does as the house says.
    """

    outward: Outward = field(default_factory=Outward)
    proxy: str = ""

    def context(self, *ca_files: str) -> ssl.SSLContext:
        """Return a new context, as `Outward.context`; blocks for 20 ms."""
        return self.outward.context(*ca_files)

    def dial(self, host: str, port: int, seconds: float) -> socket.socket:
        """Return a connection, as `Outward.dial`; blocks."""
        return self.outward.dial(host, port, seconds, self.proxy)
