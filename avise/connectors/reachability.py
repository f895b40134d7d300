"""Whether the workstation itself is cut off, so that no tool is blamed for it (`connectors.md` C8)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable

from avise.connectors.instance import Instance, InstanceState
from avise.models.errors import ErrorKind

_CUT_OFF = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.OFFLINE})
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


def is_offline(instances: Iterable[Instance], routed: Callable[[], bool] = has_route) -> bool:
    """Tell whether every tool of the network is unreachable at once and there is no way out.

    Args:
        instances: all that run.
        routed: whether the system knows a way out.
    """
    remote = [instance for instance in instances if instance.remote]
    return bool(remote) and all(_is_unreachable(instance) for instance in remote) and not routed()


def _is_unreachable(instance: Instance) -> bool:
    if instance.state is InstanceState.DOWN:
        return True
    numbers = instance.statistics
    return (
        numbers.failing_since is not None
        and numbers.last_failure is not None
        and numbers.last_failure.kind in _CUT_OFF
    )
