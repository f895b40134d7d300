"""Why a connector is not loaded, and whether it was written for our contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from avise.connectors.contract import CONTRACT

IMPORT_FAILED = "source.refused.import"
QUARANTINED = "source.refused.quarantined"

_BOUND = re.compile(r"(>=|<=|==|>|<)\s*(\d+)(?:\.(\d+))?")
_HOLDS: Mapping[str, Callable[[tuple[int, int], tuple[int, int]], bool]] = {
    ">=": lambda ours, bound: ours >= bound,
    "<=": lambda ours, bound: ours <= bound,
    "==": lambda ours, bound: ours == bound,
    ">": lambda ours, bound: ours > bound,
    "<": lambda ours, bound: ours < bound,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connector was not loaded. Sentence: catalogue key `because`."""

    because: str
    """"source.refused.<reason>"."""
    detail: str = ""
    """For support; no personal data."""
    name: str = field(default="", compare=False)
    """What the connector calls itself, as far as it could be read."""
    feeds: tuple[str, ...] = field(default=(), compare=False)
    """Facets, and "timeline", that it announces: their blocks say that nobody could look."""


def contract_matches(wanted: str, ours: tuple[int, int] = CONTRACT) -> bool:
    """Tell whether a range such as ">=1.0,<2" holds our contract; an unreadable range does not."""
    bounds = [bound.strip() for bound in wanted.split(",")]
    matches = [_BOUND.fullmatch(bound) for bound in bounds]
    return all(
        match is not None and _HOLDS[match[1]](ours, (int(match[2]), int(match[3] or 0))) for match in matches
    )
