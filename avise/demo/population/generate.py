"""Generate dossiers: each one alone, from the spec and its index, so that millions may stream."""

from __future__ import annotations

from collections.abc import Iterator

from avise.demo.population.entities import Dossier
from avise.demo.population.spec import WorldSpec


def generate_dossier(world: WorldSpec, index: int) -> Dossier:
    """Return the dossier of that index (from 0); the same at each call, whatever the others are."""
    raise NotImplementedError


def iter_dossiers(spec: WorldSpec) -> Iterator[Dossier]:
    """Stream the dossiers of the world in order, one in memory at a time."""
    for index in range(spec.dossiers):
        yield generate_dossier(spec, index)
