"""The choices of the settings that the theme does not know, apart from the page that shows them."""

from __future__ import annotations

IDLE_MINUTES = (5, 10, 15)
WRAP_UP_SECONDS = (30, 45, 60, 90)

DEFAULTS = {"reduce_motion": "system", "idle_minutes": "10", "wrap_up_seconds": "45", "sounds": "on"}
"""What holds while the store has not been read."""
