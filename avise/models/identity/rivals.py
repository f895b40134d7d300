"""Links that cannot all be true: one record held to be the same as two that are not one.

A father without a birth date is like his namesake son as much as like himself; somebody's twin is like
both. A person settles it: the weaker link becomes a proposal, and both where neither stands out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

Link = tuple[int, int, float]
"""Places of two records in their tables, and the weight of their likenesses in bits."""
AreOne = Callable[[int, int], bool]
"""Whether two records of one table may be one person's."""

STANDS_OUT = 6.0
"""From how many bits more on a link stands out from its rival: sixty times likelier (our judgement)."""
_SEVERAL = 0.1
"""Up to this share of records with several links, tables are held to name each person once."""


def rivals(links: Sequence[Link], theirs_are_one: AreOne, ours_are_one: AreOne) -> frozenset[int]:
    """Return which links, by place in the sequence, a rival speaks against.

    Args:
        links: between two tables, or within one.
        theirs_are_one: says it of two records of the second table.
        ours_are_one: says it of two records of the first.
    """
    by_ours: dict[int, list[int]] = defaultdict(list)
    by_theirs: dict[int, list[int]] = defaultdict(list)
    for index, (ours, theirs, _) in enumerate(links):
        by_ours[ours].append(index)
        by_theirs[theirs].append(index)
    return frozenset(_beaten(links, by_ours, 1, theirs_are_one) | _beaten(links, by_theirs, 0, ours_are_one))


def _beaten(
    links: Sequence[Link], groups: Mapping[int, Sequence[int]], side: int, are_one: AreOne
) -> set[int]:
    several = [group for group in groups.values() if len(group) > 1]
    once = len(several) <= _SEVERAL * len(groups)
    beaten: set[int] = set()
    for group in several:
        for one, other in combinations(group, 2):
            weaker, stronger = sorted((one, other), key=lambda index: links[index][2])
            lead = links[stronger][2] - links[weaker][2]
            if once and lead >= STANDS_OUT:
                beaten.add(weaker)
            elif not are_one(int(links[one][side]), int(links[other][side])):
                beaten.update((weaker,) if lead >= STANDS_OUT else (weaker, stronger))
    return beaten
