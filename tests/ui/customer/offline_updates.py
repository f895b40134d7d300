"""What a laptop without network tells of Hélène Marchand: most is on board, two blocks are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from avise.models.errors import ErrorKind, Failure
from avise.models.facets import FacetState
from avise.services.customer_updates import CustomerUpdate, FacetChanged
from tests.ui.persona import NOW, helene_updates

AWAY = Failure(ErrorKind.OFFLINE)
LEFT_OUT = ("contributions", "documents")


def _away(update: CustomerUpdate) -> CustomerUpdate:
    """Return what a laptop without network tells in the place of an update."""
    if not isinstance(update, FacetChanged) or update.view.state is FacetState.NOT_APPLICABLE:
        return update
    absent = update.view.facet in LEFT_OUT
    view = replace(update.view, state=FacetState.STALE, error=AWAY, carried_until=NOW + timedelta(days=6))
    nothing = replace(view, state=FacetState.FAILED, records=(), carried_until=None)
    return FacetChanged(nothing if absent else view)


OFFLINE_UPDATES = tuple(map(_away, helene_updates()))
