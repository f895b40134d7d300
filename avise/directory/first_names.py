"""First names that are one: diminutives, spellings and initials (`resources/names/first_names.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache

from avise.models.names import fold
from avise.resources import resource_folder


@cache
def _groups() -> dict[str, frozenset[str]]:
    """Return, for each folded first name of the file, all those of its groups."""
    listed = tomllib.loads((resource_folder("names") / "first_names.toml").read_text(encoding="utf-8"))
    found: dict[str, frozenset[str]] = {}
    for group in listed["same"]:
        folded = frozenset(fold(name) for name in group)
        for name in folded:
            found[name] = found.get(name, frozenset()) | folded
    return found


def other_first_names(folded: str) -> frozenset[str]:
    """Return the other first names that the same person may go by, folded; none for most."""
    return _groups().get(folded, frozenset()) - {folded}
