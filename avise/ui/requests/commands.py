"""The commands of the middle office's page, as the palette offers them."""

from __future__ import annotations

from avise.ui.shortcuts import SHORTCUTS, InPalette, Scope

COMMANDS = frozenset(
    declared.id
    for declared in SHORTCUTS
    if declared.scope is Scope.REQUESTS
    and declared.palette is InPalette.COMMANDS
    and declared.id != "request_take_next"
)
"""Commands that do something only while the page is on screen."""
