"""The help of a screen, read from `resources/help/<language>/<topic>.md`, with the keys in force."""

from __future__ import annotations

import re

from avise.resources import resource_folder
from avise.texts import language
from avise.ui.shortcuts import SHORTCUTS, keys_of

GENERAL = "general"
"""What is shown for a screen that has no page of its own."""

_KEYS = re.compile(r"\{([a-z_]+)\}")
_KNOWN = frozenset(declared.id for declared in SHORTCUTS)


def help_blocking(topic: str) -> str:
    """Return the help of a screen as Markdown; run in a thread, it reads a file.

    Raises:
        OSError: neither the screen's page nor the general one can be read.
    """
    folder = resource_folder("help") / language()
    path = folder / f"{topic}.md"
    return (path if path.is_file() else folder / f"{GENERAL}.md").read_text("utf-8")


def with_keys_in_force(words: str) -> str:
    """Return a page whose {commands} are the keys that run them, in bold."""
    return _KEYS.sub(lambda found: f"**{keys_of(found[1])}**" if found[1] in _KNOWN else found[0], words)
