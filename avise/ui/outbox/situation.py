"""How many commands wait, and for what; the window imports it before its first frame."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many commands are in each situation."""

    to_send: int = 0
    refused: int = 0
    to_compare: int = 0
    to_handle: int = 0

    @property
    def for_person(self) -> int:
        """How many need their owner."""
        return self.refused + self.to_compare + self.to_handle

    @property
    def followed(self) -> int:
        """How many have not gone well yet."""
        return self.to_send + self.for_person
