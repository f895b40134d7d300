"""What a wheel asks to be installed with it: judged without installing or importing anything.

A connector lives in Avise's own interpreter. One that pins a version, or that wants its own copy of a
package that Avise ships, breaks the next update for everybody (`connectors.md` §9, pitfall 21).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([^;]*)(?:;(.*))?", re.DOTALL)
_OF_AN_EXTRA = re.compile(r"\bextra\s*==")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of `Requires-Dist` (PEP 508), as far as admission looks at it."""

    name: str
    """Normalised (PEP 503)."""
    pinned: bool


def normalised(name: str) -> str:
    """Return a distribution's name as every index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements_of(lines: Iterable[str]) -> tuple[Requirement, ...]:
    """Return what a wheel requires, extras left out: nobody asked for them."""
    found = []
    for line in lines:
        match = _REQUIREMENT.fullmatch(line)
        if match is None or (match[3] and _OF_AN_EXTRA.search(match[3])):
            continue
        found.append(Requirement(normalised(match[1]), "==" in match[2] or "@" in match[2]))
    return tuple(found)


def requirement_refusal(
    requirements: Iterable[Requirement], shipped: Collection[str], beside: Collection[str]
) -> tuple[str, str] | None:
    """Return why what a wheel requires cannot be had, as a reason and a name; None when it can.

    Args:
        requirements: of the wheel.
        shipped: names of what Avise is installed with, normalised.
        beside: names of what is in the plugins' folder, normalised.
    """
    for required in requirements:
        if required.pinned:
            return "source.refused.pinned", required.name
        if required.name in shipped:
            return "source.refused.shipped", required.name
        if required.name not in beside:
            return "source.refused.requirement", required.name
    return None
