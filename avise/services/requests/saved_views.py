"""Lists that a user named, as they are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping

from avise.models.requests import Priority, RequestStatus
from avise.services.request_values import RequestFilters, RequestQuery, RequestSort, SavedView

PREFIX = "view/"
MOST_COLUMNS = 20


def view_text(view: SavedView) -> str:
    """Return a list as it is kept."""
    filters = view.query.filters
    told = {
        "name": view.name,
        "basket": view.query.basket,
        "sort": view.query.sort.value,
        "columns": list(view.columns[:MOST_COLUMNS]),
        "filters": {
            "unheld_or_mine": filters.unheld_or_mine,
            "holder": filters.holder,
            "status": filters.status.value if filters.status is not None else "",
            "type": filters.type,
            "channel": filters.channel,
            "priority": filters.priority.value if filters.priority is not None else "",
            "late": filters.late,
            "due_today": filters.due_today,
            "with_attachment": filters.with_attachment,
            "words": filters.words,
        },
    }
    return json.dumps(told, ensure_ascii=False)


def view_from(view_id: str, kept: str) -> SavedView | None:
    """Return a list that was kept; None when it cannot be read any more."""
    try:
        told = json.loads(kept)
        query = RequestQuery(str(told["basket"]), _filters(told["filters"]), RequestSort(told["sort"]))
        return SavedView(view_id, str(told["name"]), query, tuple(str(name) for name in told["columns"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _filters(told: Mapping[str, object]) -> RequestFilters:
    status, priority = str(told.get("status") or ""), str(told.get("priority") or "")
    return RequestFilters(
        unheld_or_mine=told.get("unheld_or_mine") is True,
        holder=str(told.get("holder") or ""),
        status=RequestStatus(status) if status else None,
        type=str(told.get("type") or ""),
        channel=str(told.get("channel") or ""),
        priority=Priority(priority) if priority else None,
        late=told.get("late") is True,
        due_today=told.get("due_today") is True,
        with_attachment=told.get("with_attachment") is True,
        words=str(told.get("words") or ""),
    )
