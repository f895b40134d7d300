"""What every test shares: no display is needed, and French is the language unless a test changes it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from avise.texts import set_language

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test depends on how fast the machine is: speed is measured in benchmarks.
settings.register_profile("avise", deadline=None)
settings.load_profile("avise")


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Speak French before and after each test."""
    set_language("fr")
    yield
    set_language("fr")
