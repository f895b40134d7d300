"""Numbered steps from an empty file to the current schema.

A step imports nothing from the rest of the program, which will change under it: it is plain SQL,
written once and never edited after a release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from avise.store.migrations import step_001, step_002, step_003, step_004, step_005


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the version that a file has after it, and the statements that take it there."""

    version: int
    statements: Sequence[str]


STEPS: tuple[Step, ...] = (
    Step(1, step_001.STATEMENTS),
    Step(2, step_002.STATEMENTS),
    Step(3, step_003.STATEMENTS),
    Step(4, step_004.STATEMENTS),
    Step(5, step_005.STATEMENTS),
)
"""In order, without a gap, from 1."""
