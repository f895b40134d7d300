"""How this machine reaches servers, as one value: the certificates that it trusts, its proxies."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field

from avise.transport.proxies import Proxies
from avise.transport.trust import trusting


@dataclass(frozen=True, slots=True)
class Outward:
    """What a house's settings say of the way out.

    Args:
        ca_file: certificates of the house in PEM, besides the system's; "" for none.
        proxies: which proxy leads where.
    """

    ca_file: str = ""
    proxies: Proxies = field(default_factory=Proxies)

    def context(self) -> ssl.SSLContext:
        """Return a new context that trusts the system's certificates and the house's; blocks for 20 ms.

        Raises:
            AviseError: `transport.ca_file`.
        """
        return trusting(self.ca_file)
