"""Where the key of the data carried on board is."""

from __future__ import annotations

from enum import StrEnum


class LeaseState(StrEnum):
    """Where the key of the data on board is."""

    NONE = "none"
    """This profile carries nothing."""
    HELD = "held"
    ENDED = "ended"
    """Destroyed here; the hub gives it back at the next contact."""
    PIN_NEEDED = "pin_needed"
    WIPED = "wiped"
    """The hub had this machine erased."""
