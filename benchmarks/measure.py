"""One figure of a benchmark, and how to make it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypedDict


class Measure(TypedDict):
    """One figure; `ok` says whether it stays under its bar."""

    name: str
    value: float
    unit: str
    bar: float | None
    ok: bool


def measure(name: str, value: float, unit: str, bar: float | None = None) -> Measure:
    """Return a measure with its verdict; without a bar it is told for information."""
    return Measure(name=name, value=value, unit=unit, bar=bar, ok=bar is None or value <= bar)


def at_least(name: str, value: float, unit: str, bar: float) -> Measure:
    """Return a measure whose value must not be lower than its bar."""
    return Measure(name=name, value=value, unit=unit, bar=bar, ok=value >= bar)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that a share (0 to 1) of the values does not pass."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]
