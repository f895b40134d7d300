"""The commands of the page of visits, as the palette offers them."""

from __future__ import annotations

from avise.ui.shortcuts import SHORTCUTS, InPalette, Scope

COMMANDS = frozenset(
    declared.id
    for declared in SHORTCUTS
    if declared.scope is Scope.VISITS and declared.palette is InPalette.COMMANDS
)
"""Commands that do something only while the page is on screen."""
