"""The tools and the mail server of the servers' tests, for the window."""

from __future__ import annotations

from tests.servers.engine.conftest import mutual
from tests.servers.engine.test_messages import box, sink

__all__ = ["box", "mutual", "sink"]
