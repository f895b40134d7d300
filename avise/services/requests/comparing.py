"""A form that two people completed at once, side by side, as a screen compares it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from avise.models.customer import PersonId
from avise.models.json_types import JSON
from avise.models.merging import Side
from avise.models.request_conflicts import first_conflicts
from avise.models.request_types import RequestType
from avise.models.requests import FieldConflict, Request
from avise.services.comparison_values import ComparedField, Comparison
from avise.services.request_wording import field_label, type_label, value_words
from avise.texts import text

Shown = Callable[[Mapping[str, JSON]], Mapping[str, JSON]]
"""Returns the fields of a form as a role may read them."""


def masked_conflict(found: FieldConflict, shown: Shown) -> FieldConflict:
    """Return a collision with its three values as a role may read them."""
    values = (
        shown({found.name: value}).get(found.name) for value in (found.before, found.mine, found.theirs)
    )
    before, mine, theirs = values
    return replace(found, before=before, mine=mine, theirs=theirs)


def request_comparison(
    request: Request,
    kind: RequestType | None,
    names: Mapping[PersonId, str],
    whom: str,
    name_of: Callable[[str], str],
) -> Comparison | None:
    """Return what waits for a choice in a form, None when nothing does.

    Args:
        request: masked for the role.
        kind: of the request, None when no file tells it any more.
        names: of the persons in the form.
        whom: name of the customer.
        name_of: gives the name of a member of staff.
    """
    if not request.conflicts:
        return None

    def words(name: str, value: JSON) -> str:
        each = kind.field_named(name) if kind is not None else None
        return value_words(each, value, names) if each is not None else str(value or "")

    fields = tuple(
        ComparedField(
            name=found.name,
            label=field_label(found.name),
            before=words(found.name, found.before),
            mine=words(found.name, found.mine),
            theirs=words(found.name, request.fields.get(found.name)),
            side=Side.BOTH,
            keep=None,
            seen=request.fields.get(found.name),
        )
        for found in first_conflicts(request).values()
    )
    who = next((name_of(found.theirs_by) for found in request.conflicts if found.theirs_by), "")
    what = request.number or request.title or type_label(request.type)
    return Comparison(what, whom, who or text("conflict.somebody"), fields)
