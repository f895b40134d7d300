"""Where each facet stands on the screen, and the few things that differ from one to the next.

Everything else about a block is the same for all facets: `block_state` words its state, `compact_rows`
composes its lines, `facet_detail` shows all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from avise.models.facet_specs import FACETS


@dataclass(frozen=True, slots=True)
class FacetLayout:
    """How one facet is laid out."""

    facet: str
    reserved: int
    """Rows whose room is kept before the first reading: most dossiers have about that many."""
    shown: int
    """Rows of the compact form; the rest is counted and opens the detail."""
    folded: bool = False
    """At the start: only its title and a word are read during most calls."""
    warns: bool = False
    """Told to callers: an old reading warns, in a sentence of its own (`stale_advice.<facet>`)."""
    wide: tuple[str, ...] = ()
    """Columns of the wide form under the others, when the window is wide enough."""
    of_companies: bool = False
    """No person has it: left out until a tool tells of it."""
    leads_to: str = ""
    """Field of a record that names somebody else's file: a member number, a SIREN."""
    may_be_hidden: bool = False
    """Left out when its tool says that it does not concern this person."""


LAYOUTS: Mapping[str, FacetLayout] = {
    layout.facet: layout
    for layout in (
        FacetLayout("contracts", 5, 6, leads_to="company_siren"),
        FacetLayout("authorizations", 3, 4, warns=True),
        FacetLayout(
            "benefits", 6, 6, warns=True,
            wide=(
                "paid_on", "label", "person", "provider", "spent", "mandatory_amount", "amount",
                "out_of_pocket", "settlement",
            ),
        ),
        FacetLayout("documents", 4, 4),
        FacetLayout("contributions", 3, 4, warns=True),
        FacetLayout("rights", 1, 3),
        FacetLayout("beneficiaries", 2, 4),
        FacetLayout("member_space", 3, 4),
        FacetLayout("guarantees", 4, 4, warns=True),
        FacetLayout("noemie", 2, 3),
        FacetLayout("bank", 2, 3, warns=True),
        FacetLayout("complaints", 1, 3),
        FacetLayout("appointments", 1, 3),
        FacetLayout("company", 5, 9, may_be_hidden=True, leads_to="siren"),
        FacetLayout(
            "employees", 6, 10, may_be_hidden=True, of_companies=True, leads_to="member_number"
        ),
        FacetLayout("establishments", 1, 4, may_be_hidden=True, of_companies=True),
        FacetLayout("identity", 4, 7, folded=True),
        FacetLayout("contact_points", 3, 4, folded=True),
        FacetLayout("consents", 3, 3, folded=True),
    )
}  # fmt: skip
"""Every facet, in the order of a call: what most callers ask about comes first (`domain.md` 2.1)."""


ABOVE_WIDE = 8
"""How many blocks stand over the wide ones: those that a call needs first."""


def column_of(facets: tuple[str, ...], columns: int) -> dict[str, int]:
    """Return the column of each facet: the shortest so far, by the room that each one reserves.

    Only what is reserved counts, never what was read: a block keeps its place when an answer comes.
    """
    heights = [0.0] * columns
    places: dict[str, int] = {}
    for facet in facets:
        layout = LAYOUTS[facet]
        place = heights.index(min(heights))
        places[facet] = place
        heights[place] += 2 if layout.folded else 2.5 + layout.reserved
    return places


def without_layout() -> set[str]:
    """Return the facets that nobody gave a place; a test keeps it empty."""
    return set(FACETS) - set(LAYOUTS)
