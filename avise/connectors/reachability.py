"""Whether the workstation itself is cut off, so that no tool is blamed for it (`connectors.md` C8)."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from datetime import timedelta

from avise.connectors.instance import Instance

JUST_NOW = timedelta(seconds=5)
_DOCUMENTATION = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses that exist in no network (RFC 5737, RFC 3849): nothing is ever sent to them."""


def has_route() -> bool:
    """Tell whether the system knows a way out; asks its routing table, sends nothing."""
    return any(_is_routed(family, address) for family, address in _DOCUMENTATION)


def _is_routed(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            # Connecting a datagram socket only chooses a route.
            probe.connect((address, 9))
    except OSError:
        return False
    return True


def is_offline(instances: Iterable[Instance]) -> bool:
    """Tell whether a tool of the network that just failed did so because the workstation is cut off.

    That is when the system knows no way out and no other tool of the network answered a moment ago.
    """
    remote = [instance for instance in instances if instance.remote]
    return not any(_answered_just_now(instance) for instance in remote) and not has_route()


def _answered_just_now(instance: Instance) -> bool:
    last = instance.statistics.last_success
    return last is not None and instance.env.now() - last < JUST_NOW
