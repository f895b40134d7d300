"""The misbehaving counter of the servers' tests, seen from the window."""

from __future__ import annotations

from tests.servers.bad_input.conftest import day

__all__ = ["day"]
