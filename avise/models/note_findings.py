"""What is found in a note: places, and what each asks for; the rules are in `avise.models.free_text`.

Apart from the rules so that the window shows findings without what checks numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_NOTE = 500
"""Characters of a note that somebody will read again."""


class FindingKind(StrEnum):
    """What was found. Sentence: catalogue key `free_text.<kind>`."""

    NIR = "nir"
    """With its key, with a wrong one, or the thirteen characters before it."""
    BANK_ACCOUNT = "bank_account"
    CARD = "card"
    NIR_LIKE = "nir_like"
    """A number close to a NIR: a place or an order that no NIR names."""
    HEALTH = "health"
    BELIEF = "belief"
    UNION = "union"
    ORIGIN = "origin"
    INTIMACY = "intimacy"
    JUDGEMENT = "judgement"
    LONG = "long"


BLOCKING = frozenset({FindingKind.NIR, FindingKind.BANK_ACCOUNT, FindingKind.CARD})
"""Kinds that must be masked or removed before a note is recorded; others are warnings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place of a note that asks for something."""

    kind: FindingKind
    start: int
    end: int
    """Characters `start` to `end - 1` of the note."""

    @property
    def blocks(self) -> bool:
        """Whether the note cannot be recorded as it is."""
        return self.kind in BLOCKING


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that keep a note from being recorded."""
    return tuple(finding for finding in findings if finding.blocks)
