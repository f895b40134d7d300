"""Ports for servers that want to be told theirs, and may start again on it after a crash."""

from __future__ import annotations

import secrets
import socket

FIRST, MANY = 20_000, 10_000
"""Below those that the system gives by itself, to servers that ask for any port and to outgoing connections:
none of these takes the port before its server listens, nor between its crash and its next start.
"""


def free_port() -> int:
    """Return a port of the loopback that nobody holds, at random: tests start servers side by side."""
    while True:
        port = FIRST + secrets.randbelow(MANY)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
