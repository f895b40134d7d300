"""Slips of a finger: how many letters two words differ by."""

from __future__ import annotations

from rapidfuzz.distance import OSA


def within_one_edit(first: str, second: str) -> bool:
    """Say whether one insertion, deletion, substitution or exchange of neighbours makes them equal."""
    return OSA.distance(first, second, score_cutoff=1) <= 1
