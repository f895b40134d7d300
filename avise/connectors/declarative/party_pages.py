"""Parties of the search directory as JSON pages, on their way from the worker process."""

from __future__ import annotations

from collections.abc import Sequence

from avise.models.customer import Party
from avise.models.party_rows import party_rows
from avise.models.snapshot import PAGE_SIZE


def party_pages(parties: Sequence[Party]) -> tuple[tuple[int, ...], list[bytes]]:
    """Return how many parties each page holds, and the pages."""
    parts = [parties[start : start + PAGE_SIZE] for start in range(0, len(parties), PAGE_SIZE)]
    return tuple(len(part) for part in parts), [party_rows(part) for part in parts]
