"""A house whose desks share one embedded hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.requests.desks import House, hire, run


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house where four people work, each desk still closed."""
    made = House(tmp_path)
    run(hire(made.hub))
    with made.stack:
        yield made
