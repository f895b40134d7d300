"""Chance without clock or state: one stream for each (entity, key), and cheap draws from it."""

from __future__ import annotations

import hashlib
import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

from avise.demo.population.spec import WorldSpec

T = TypeVar("T")


def rng(spec: WorldSpec, entity: str, key: object) -> random.Random:
    """Return the stream of one entity: adding another entity shifts nothing (`domain.md` 7.1)."""
    material = f"{spec.version}|{spec.seed}|{entity}|{key}"
    return random.Random(int.from_bytes(hashlib.sha256(material.encode()).digest(), "big"))


class Weighted(Generic[T]):
    """A choice among values with fixed weights, its cumulative sums computed once."""

    __slots__ = ("_sums", "_total", "_values")

    def __init__(self, pairs: Sequence[tuple[T, float]]) -> None:
        self._values = tuple(value for value, _ in pairs)
        self._sums = tuple(accumulate(weight for _, weight in pairs))
        self._total = self._sums[-1]

    def draw(self, stream: random.Random) -> T:
        """Return one of the values."""
        return self._values[bisect_right(self._sums, stream.random() * self._total)]


def poisson(stream: random.Random, mean: float) -> int:
    """Return a Poisson count; Knuth's product, by slices of 30 so that nothing underflows."""
    count = 0
    while mean > 30:
        count += poisson(stream, 30)
        mean -= 30
    threshold, product = math.exp(-mean), stream.random()
    while product > threshold:
        count += 1
        product *= stream.random()
    return count


def overdispersed(stream: random.Random, mean: float, shape: float) -> int:
    """Return a negative binomial count: a Poisson whose mean varies as a gamma between persons."""
    return poisson(stream, mean * stream.gammavariate(shape, 1 / shape)) if mean > 0 else 0


def log_normal(stream: random.Random, mean: float, sigma: float) -> float:
    """Return a log-normal value of that mean (not that median)."""
    return mean * math.exp(stream.gauss(-sigma * sigma / 2, sigma))
