"""The misbehaving counter of the servers' tests, seen from the window."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.servers.bad_input.conftest import day

__all__ = ["day"]


@pytest.fixture(autouse=True)
def garbage_of_the_window() -> Iterator[None]:
    """Collect on this thread only: an engine's thread must not destroy what the window left behind."""
    gc.collect()
    gc.disable()
    yield
    gc.collect()
    gc.enable()
