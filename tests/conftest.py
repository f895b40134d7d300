"""What every test shares: no display is needed, and French is the language unless a test changes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from avise.texts import set_language

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# No test depends on how fast the machine is: speed is measured in benchmarks.
settings.register_profile("avise", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("avise")
# Asked for by `--hypothesis-profile`: what a change is checked with, and what looks for the rare example.
settings.register_profile("check", settings.get_profile("avise"), derandomize=True)
settings.register_profile("thorough", settings.get_profile("avise"), max_examples=5_000)


@pytest.fixture(autouse=True)
def clean_imports() -> Iterator[None]:
    """Import nothing from the wheels that another test installed."""
    path = list(sys.path)
    yield
    if sys.path != path:
        sys.path[:] = path
        for name in [name for name in sys.modules if name.partition(".")[0] == "ledger"]:
            del sys.modules[name]


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    """Speak French before and after each test."""
    set_language("fr")
    yield
    set_language("fr")
