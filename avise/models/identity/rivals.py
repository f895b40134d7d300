"""Links that cannot all be true: one record held to be the same as two that are not one.

A father without a birth date is like his namesake son as much as like himself; somebody's twin is like
both. Where one link stands out, its rivals are as unlikely as it is likely; where none does, a person
settles it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

Link = tuple[int, int, float]
"""Places of two records in their tables, and the weight of their likenesses in bits."""
AreOne = Callable[[int, int], bool]
"""Whether two records of one table may be one person's."""

STANDS_OUT = 6.0
"""From how many bits more on a link stands out from its rival: sixty times likelier (our judgement)."""
_MOST = 12
"""How many links of one record are held against each other, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Rivalry:
    """Two links of one record, by place in the sequence."""

    stronger: int
    weaker: int
    stands_out: bool
    """The stronger one is so much likelier that the weaker one is hardly possible."""
    may_be_one: bool = False
    """The two other records may be one person's: both links are true where a table names people twice."""
    of_ours: bool = False
    """The two other records are of the first table."""


def rivalries(links: Sequence[Link], ours_are_one: AreOne, theirs_are_one: AreOne | None) -> list[Rivalry]:
    """Return which links a record has beside others, and whether they can be true together.

    Args:
        links: between two tables, or within one; the likeliest first.
        ours_are_one: says it of two records of the first table.
        theirs_are_one: says it of two records of the second; None for links within one table.
    """
    by_ours: dict[int, list[tuple[int, int]]] = defaultdict(list)
    by_theirs: dict[int, list[tuple[int, int]]] = by_ours if theirs_are_one is None else defaultdict(list)
    for index, (ours, theirs, _) in enumerate(links):
        by_ours[ours].append((index, theirs))
        by_theirs[theirs].append((index, ours))
    if theirs_are_one is None:
        return list(_among(links, by_ours, ours_are_one))
    return [
        *_among(links, by_ours, theirs_are_one),
        *_among(links, by_theirs, ours_are_one, of_ours=True),
    ]


def _among(
    links: Sequence[Link], groups: dict[int, list[tuple[int, int]]], are_one: AreOne, *, of_ours: bool = False
) -> Iterator[Rivalry]:
    for group in groups.values():
        for (stronger, one), (weaker, other) in combinations(group[:_MOST], 2):
            lead = links[stronger][2] - links[weaker][2]
            yield Rivalry(stronger, weaker, lead >= STANDS_OUT, are_one(one, other), of_ours)
